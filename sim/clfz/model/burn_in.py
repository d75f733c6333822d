"""The initial history of each child, and the intercepts that keep the zone at its profile (ODD 7.2).

First a profile by three bands becomes the activity shares that the zone must hold, year of age by year of age. Then
children live their school years in step, age by age, under ordinary conditions. At each age the intercepts are the
ones at which the expected shares of the four activities are those of the profile; they exist and are unique
(Berry 1994), and Newton's method finds them, since the log-likelihood is concave in them. What a child did and
learned on the way is its activity and grade at month 0, so the zone starts where its own rules leave it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clfz.model.calendar import calendar_month, class_age, right_grade, school_year, year_of_life
from clfz.model.choice import at_school, learning, utility_above, works
from clfz.model.compiling import in_place, inner, kernel, part
from clfz.model.layout import (
    BLOCK,
    CLASS_AGES,
    COLUMN,
    ENTRY_MONTHS,
    EXIT_MONTHS,
    FIRST_AGE,
    LAST_AGE,
    NEITHER,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    WORK_ONLY,
)
from clfz.model.maths import exp, log
from clfz.model.population import WINDOW_SHARE
from clfz.model.random import DECIDE, HISTORY, uniform, words
from clfz.model.schools import LAST_GRADE, promotion_chance

CENTRES = (8.0, 13.0, 16.0)  # middle years of the bands 5-11, 12-14, 15-17
BANDS = ((5, 12), (12, 15), (15, 18))
BEFORE_ENTRY = (
    0.15  # school shares before entry age, against what the profile would give: pre-primary classes
)
ROUNDS = 50


def age_targets(profile: NDArray[np.float64], entry_age: int) -> NDArray[np.float64]:
    """Spread a profile over the years of age.

    Args:
        profile: [2, 3, 4] shares of the four activities by sex and band; each row sums to 1 and is above 0.
        entry_age: Age of entry into grade 1.

    Returns:
        [2, 13, 4] shares by sex and class age 5..17. Rows sum to 1; the mean over a band's ages is the profile's row
        (iterative proportional fitting, Deming and Stephan 1940).
    """
    shares = np.empty((2, CLASS_AGES, 4))
    _spread(np.ascontiguousarray(profile, np.float64), entry_age, shares)
    return shares


@kernel
def _spread(profile, entry_age, shares):
    """Fill `shares` [2, 13, 4]. Compiled: a study asks for it at every point, and in NumPy it cost 1.3 ms."""
    for sex in range(2):
        for year in range(CLASS_AGES):
            age = FIRST_AGE + year
            _between_bands(
                profile[sex], min(max(float(age), CENTRES[0]), CENTRES[2]), shares[sex, year]
            )
            if age < entry_age:
                shares[sex, year, 3] += (1.0 - BEFORE_ENTRY) * (
                    shares[sex, year, 0] + shares[sex, year, 1]
                )
                shares[sex, year, 0] *= BEFORE_ENTRY
                shares[sex, year, 1] *= BEFORE_ENTRY
            _sum_to_one(shares[sex, year])
        for _ in range(ROUNDS):
            for band in range(3):
                low, high = BANDS[band][0] - FIRST_AGE, BANDS[band][1] - FIRST_AGE
                for k in range(4):
                    total = 0.0
                    for year in range(low, high):
                        total += shares[sex, year, k]
                    ratio = profile[sex, band, k] / (total / (high - low))
                    for year in range(low, high):
                        shares[sex, year, k] *= ratio
                for year in range(low, high):
                    _sum_to_one(shares[sex, year])


@in_place
def _between_bands(rows, age, row):
    """Fill `row` [4]: geometric interpolation between the middle years of the bands (`rows` [3, 4])."""
    band = 0 if age < CENTRES[1] else 1
    share = (age - CENTRES[band]) / (CENTRES[band + 1] - CENTRES[band])
    for k in range(4):
        low, high = log(rows[band, k]), log(rows[band + 1, k])
        row[k] = exp(low + share * (high - low))


@in_place
def _sum_to_one(row):
    total = row[0] + row[1] + row[2] + row[3]
    for k in range(4):
        row[k] /= total


def shifted(profile: NDArray[np.float64], log_odds: float) -> NDArray[np.float64]:
    """Move the share out of school (work only, neither) of each row by a number of log-odds, in proportion."""
    out = profile[..., 2:].sum(axis=-1, keepdims=True)
    odds = out / (1.0 - out) * np.exp(log_odds)
    new = odds / (1.0 + odds)
    moved = profile.copy()
    moved[..., 2:] *= new / out
    moved[..., :2] *= (1.0 - new) / (1.0 - out)
    return moved


TOLERANCE, MOST_ROUNDS, LARGEST_STEP = 1e-12, 60, 2.0
SHORT = 5e-7  # a step of at most this ends within `TOLERANCE`: it leaves less than 3 times its square (Taylor)
EXTREME = 30.0  # largest difference of utility from `neither`
STEP = 2.0**-42  # shares are added up in whole steps of this size
SHIFT = 1.5 * 2.0**52 * STEP  # adding it rounds to whole steps, which then stand in the low bits

# Rows of `known`. In units of need: what is above it, with no school, primary or secondary paid, and pay a year of age.
ABOVE, AFTER_PRIMARY, AFTER_SECONDARY, PAY = range(4)
# In utility: of `ABOVE`; of what school costs, primary or secondary; schooling, the way there, work.
IDLE, PRIMARY, SECONDARY, WORTH, AROUND, DISLIKE = range(4, 10)


class Children(NamedTuple):
    """Children of one sex that are of age at month 0, oldest class first, in columns [n]."""

    row: NDArray[np.int64]
    key: NDArray[np.int64]
    age_now: NDArray[np.int64]  # class age in month 0
    year_now: NDArray[np.int64]  # school year of life in month 0
    known: NDArray[np.float64]  # [10, n] ABOVE, AFTER_PRIMARY, ... : what does not change with age
    activity: NDArray[np.int64]
    grade: NDArray[np.float64]
    learned: NDArray[np.float64]  # share of this year's lessons that reaches the child
    weight: NDArray[np.float64]  # [3, n] exp of the utilities against neither, without intercepts


@inner
def _by_sex_and_age(s, reference):
    """Rows of the children of age, girls or boys first as coded, oldest class first; and how many reach each age."""
    nobody = 2 * CLASS_AGES  # one more group for who does not count
    group = np.empty(s.key.size, np.int64)
    for i in range(s.key.size):
        birth = np.int64(s.birth[i])
        counts = (-birth >= ENTRY_MONTHS) & (-birth < EXIT_MONTHS)
        place = s.sex[i] * CLASS_AGES + LAST_AGE - class_age(reference, birth)
        group[i] = place if counts else nobody
    size = np.zeros(nobody + 1, np.int64)
    for i in range(group.size):
        size[group[i]] += 1
    end = np.cumsum(size)
    next_place = end - size
    rows = np.empty(group.size, np.int64)
    for i in range(group.size):
        g = group[i]
        rows[next_place[g]] = i
        next_place[g] += 1
    reach = np.zeros((2, CLASS_AGES + 1), np.int64)
    for a in range(CLASS_AGES):
        reach[0, a] = end[CLASS_AGES - 1 - a]
        reach[1, a] = end[nobody - 1 - a] - end[CLASS_AGES - 1]
    return rows, reach


@inner
def _gather(s, z, p, rows, reference):
    """What does not change with age, by column."""
    n = rows.size
    c = Children(
        rows,
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty((10, n)),
        np.full(n, NEITHER, np.int64),
        np.zeros(n),
        np.empty(n),
        np.empty((3, n)),
    )
    known = c.known
    for k in range(n):
        i = rows[k]
        h = s.household[i]
        birth = np.int64(s.birth[i])
        trade = np.int64(s.trade[h])
        need = 1.0 / (s.equivalents[h] * p.subsistence)
        siblings = WINDOW_SHARE * (np.float64(s.births[h]) - 1.0) * z.sibling_mean
        ability = np.sqrt(3.0) * (2.0 * (np.float64(s.ability[i]) + 0.5) / 65536.0 - 1.0)
        c.key[k] = s.key[i]
        c.age_now[k] = class_age(reference, birth)
        c.year_now[k] = year_of_life(reference, birth)
        above = (s.base[h] + siblings) * need - 1.0
        known[ABOVE, k] = above
        known[AFTER_PRIMARY, k] = above - z.cost_primary * need
        known[AFTER_SECONDARY, k] = above - z.cost_secondary * need
        known[PAY, k] = z.adult_pay * p.child_productivity * z.tier_wage_ratio[trade] / 11.0 * need
        known[WORTH, k] = p.schooling_value * (1.0 + p.ability_weight * ability)
        known[AROUND, k] = -p.distance_cost * s.distance[h]
        known[DISLIKE, k] = s.attitude[h] + p.hazard_weight * z.hazard[trade + 1]
    weight = p.consumption_weight
    for k in range(n):
        idle = utility_above(known[ABOVE, k])
        known[IDLE, k] = idle
        known[PRIMARY, k] = weight * (utility_above(known[AFTER_PRIMARY, k]) - idle)
        known[SECONDARY, k] = weight * (utility_above(known[AFTER_SECONDARY, k]) - idle)
    return c


@inner
def _weights(z, p, age, n, c):
    """exp of the utility of school only, both and work only against neither, with inertia, without intercepts."""
    right = np.float64(right_grade(age, z.entry_age))
    years = np.float64(age) - 4.0
    secondary = np.float64(z.secondary_grade)
    weight, share, gap_half = p.consumption_weight, p.combine_share, p.gap_half
    kept = 1.0 - p.combine_learning_loss
    stay_at_school, go_to_school = exp(p.inertia_school), exp(-p.inertia_school)
    stay_at_work, go_to_work = exp(p.inertia_work), exp(-p.inertia_work)
    known, activity, grade, learned, out = c.known, c.activity, c.grade, c.learned, c.weight
    for i in range(n):
        upper = grade[i] >= secondary
        after1, after2 = known[AFTER_PRIMARY, i], known[AFTER_SECONDARY, i]
        paid1, paid2 = known[PRIMARY, i], known[SECONDARY, i]
        after, paid = after2 if upper else after1, paid2 if upper else paid1
        above, idle, pay = known[ABOVE, i], known[IDLE, i], known[PAY, i] * years
        around, dislike = known[AROUND, i], known[DISLIKE, i]
        learned[i] = learning(max(0.0, right - grade[i]), gap_half)
        value = known[WORTH, i] * learned[i]
        v_school = paid + value + around
        v_both = (
            weight * (utility_above(after + share * pay) - idle)
            + kept * value
            + around
            - share * dislike
        )
        v_work = weight * (utility_above(above + pay) - idle) - dislike
        out[0, i] = min(max(v_school, -EXTREME), EXTREME)
        out[1, i] = min(max(v_both, -EXTREME), EXTREME)
        out[2, i] = min(max(v_work, -EXTREME), EXTREME)
    # apart: the three wait for each other less when nothing else holds the registers
    for i in range(n):
        school = stay_at_school if at_school(activity[i]) else go_to_school
        work = stay_at_work if works(activity[i]) else go_to_work
        out[0, i] = exp(out[0, i]) * school
        out[1, i] = exp(out[1, i]) * (school * work)
        out[2, i] = exp(out[2, i]) * work


@part
def _steps(x):
    """A number in whole steps of `STEP`, as an integer: sums of them do not depend on any order."""
    return np.float64(x + SHIFT).view(np.int64)


@inner
def _shares(weight, d, n, out):
    """Expected shares of the first three activities, and their derivatives by log weight (columns 3..8)."""
    d0, d1, d2 = d[0], d[1], d[2]
    e0, e1, e2 = weight[0, :n], weight[1, :n], weight[2, :n]
    p0, p1, p2, h00, h11, h22, h01, h02, h12 = 0, 0, 0, 0, 0, 0, 0, 0, 0
    for i in range(n):
        a, b, c = e0[i] * d0, e1[i] * d1, e2[i] * d2
        scale = 1.0 / (1.0 + a + b + c)
        a *= scale
        b *= scale
        c *= scale
        p0 += _steps(a)
        p1 += _steps(b)
        p2 += _steps(c)
        h00 += _steps(a * a)
        h11 += _steps(b * b)
        h22 += _steps(c * c)
        h01 += _steps(a * b)
        h02 += _steps(a * c)
        h12 += _steps(b * c)
    none = n * np.float64(SHIFT).view(np.int64)
    unit = STEP / n
    out[0], out[1], out[2] = (p0 - none) * unit, (p1 - none) * unit, (p2 - none) * unit
    out[3], out[4], out[5] = (p0 - h00) * unit, (p1 - h11) * unit, (p2 - h22) * unit
    out[6], out[7], out[8] = -(h01 - none) * unit, -(h02 - none) * unit, -(h12 - none) * unit


@inner
def _solve(weight, d, n, target, out):
    """Weights `d` at which the mean choice probabilities are `target`: damped Newton steps on log weights."""
    for _ in range(MOST_ROUNDS):
        _shares(weight, d, n, out)
        g0, g1, g2 = target[0] - out[0], target[1] - out[1], target[2] - out[2]
        if max(abs(g0), abs(g1), abs(g2)) < TOLERANCE:
            break
        a, b, c, x, y, w = out[3], out[4], out[5], out[6], out[7], out[8]
        m00, m01, m02 = b * c - w * w, y * w - x * c, x * w - y * b
        m11, m12, m22 = a * c - y * y, x * y - a * w, a * b - x * x
        det = max(a * m00 + x * m01 + y * m02, 1e-300)
        s0 = (m00 * g0 + m01 * g1 + m02 * g2) / det
        s1 = (m01 * g0 + m11 * g1 + m12 * g2) / det
        s2 = (m02 * g0 + m12 * g1 + m22 * g2) / det
        longest = max(abs(s0), abs(s1), abs(s2))
        cut = LARGEST_STEP / longest if longest > LARGEST_STEP else 1.0
        d[0] *= exp(s0 * cut)
        d[1] *= exp(s1 * cut)
        d[2] *= exp(s2 * cut)
        if longest < SHORT:
            break


@inner
def _live(seed, age, d, first, last, c, draws):
    """Children first..last-1 take the activity with the largest weight over its exponential waiting time.

    The same as the largest utility plus Gumbel noise, since that noise is minus the logarithm of a waiting time.
    """
    n = last - first
    key, activity = c.key[first:last], c.activity[first:last]
    age_now, year_now = c.age_now[first:last], c.year_now[first:last]
    for i in range(n):
        year = year_now[i] if age_now[i] == age else age
        w0, w1, w2, w3 = words(seed, key[i], year, DECIDE)
        draws[0, i] = uniform(w0)
        draws[1, i] = uniform(w1)
        draws[2, i] = uniform(w2)
        draws[3, i] = uniform(w3)
    wait0, wait1, wait2, wait3 = draws[0], draws[1], draws[2], draws[3]
    for i in range(n):
        wait0[i], wait1[i] = -log(wait0[i]), -log(wait1[i])
        wait2[i], wait3[i] = -log(wait2[i]), -log(wait3[i])
    d0, d1, d2 = d[0], d[1], d[2]
    e0, e1, e2 = c.weight[0, first:last], c.weight[1, first:last], c.weight[2, first:last]
    for i in range(n):
        # a / x > b / y as a * y > b * x: a division takes five times as long
        top, wait = e0[i] * d0, draws[0, i]
        other, its = e1[i] * d1, draws[1, i]
        more = other * wait > top * its
        now = SCHOOL_AND_WORK if more else SCHOOL_ONLY
        top, wait = other if more else top, its if more else wait
        other, its = e2[i] * d2, draws[2, i]
        more = other * wait > top * its
        now = WORK_ONLY if more else now
        top, wait = other if more else top, its if more else wait
        activity[i] = NEITHER if wait > top * draws[3, i] else now


@inner
def _move_up(seed, p, age, first, last, c):
    """Pupils among children first..last-1 move up a grade or repeat."""
    promotion, loss = p.promotion, p.combine_learning_loss
    key, activity = c.key[first:last], c.activity[first:last]
    grade, learned = c.grade[first:last], c.learned[first:last]
    for i in range(last - first):
        combines = activity[i] == SCHOOL_AND_WORK
        chance = promotion_chance(promotion, 1.0, loss, combines, learned[i])
        w0, _, _, _ = words(seed, key[i], age, HISTORY)
        up = (activity[i] <= SCHOOL_AND_WORK) & (uniform(w0) < chance) & (grade[i] < LAST_GRADE)
        grade[i] += 1.0 if up else 0.0


@inner
def initial_histories(s, z, p):
    """Give the children of month 0 a past, and the zone its intercepts.

    Args:
        s: State at month 0 (activity and grade of children of age are written, and `intercepts`).
        z: Zone data; `targets` [2, 13, 4] are the shares to hold.
        p: Parameters.
    """
    reference = school_year(0, z.start_month, z.school_start)
    since_start = (calendar_month(0, z.start_month) - z.school_start) % 12
    since_end = (calendar_month(0, z.start_month) - z.school_end) % 12
    year_over = since_end <= since_start
    out = np.empty(9, np.float64)
    draws = np.empty((4, COLUMN), np.float64)
    rows, reach = _by_sex_and_age(s, reference)
    for sex in range(2):
        first = reach[0, 0] if sex == 1 else 0
        c = _gather(s, z, p, rows[first : first + reach[sex, 0]], reference)
        d = np.ones(3, np.float64)
        for a in range(CLASS_AGES):
            age, n = FIRST_AGE + a, reach[sex, a]
            if n > 0:
                _weights(z, p, age, n, c)
                _solve(c.weight, d, n, z.targets[sex, a], out)
            older = n if year_over else reach[sex, a + 1]
            for low in range(0, n, BLOCK):
                _live(s.seed, age, d, low, min(low + BLOCK, n), c, draws)
                _move_up(s.seed, p, age, low, min(low + BLOCK, older), c)
            for k in range(3):
                s.intercepts[sex, a, k] = log(d[k])
        for k in range(c.row.size):
            s.activity[c.row[k]] = c.activity[k]
            s.grade[c.row[k]] = np.int64(c.grade[k])
