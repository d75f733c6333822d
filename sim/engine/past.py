"""The past of each child, and intercepts that keep the zone at its profile (ODD 7.2).

Children relive their school years in step, age by age, under ordinary conditions. At each age the intercepts are the
ones at which the expected shares of the four activities are those of the profile; they exist and are unique
(Berry 1994), and Newton's method finds them, since the log-likelihood is concave in them. What a child did and
learned on the way is its activity and grade at month 0, so the zone starts where its own rules leave it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.calendar import calendar_month, class_age, right_grade, school_year, year_of_life
from sim.engine.choice import at_school, learning, utility_above, works
from sim.engine.compiling import inner, part
from sim.engine.layout import (
    CLASS_AGES,
    ENTRY_MONTHS,
    EXIT_MONTHS,
    FIRST_AGE,
    NEITHER,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    WORK_ONLY,
)
from sim.engine.maths import exp, log
from sim.engine.population import WINDOW_SHARE
from sim.engine.random import DECIDE, HISTORY, uniform, words
from sim.engine.schools import LAST_GRADE, promotion_chance

TOLERANCE, MOST_ROUNDS, LARGEST_STEP = 1e-12, 60, 2.0
EXTREME = 30.0  # largest difference of utility from `neither`
STEP = 2.0**-42  # shares are added up in whole steps of this size
SHIFT = 1.5 * 2.0**52 * STEP  # adding it rounds to whole steps, which then stand in the low bits


ABOVE, PAY, PRIMARY, SECONDARY, WORTH, AROUND, DISLIKE = range(7)  # rows of `known`


class Children(NamedTuple):
    """Children of one sex that are of age at month 0, oldest class first, in columns [n]."""

    row: NDArray[np.int64]
    key: NDArray[np.int64]
    age_now: NDArray[np.int64]  # class age in month 0
    year_now: NDArray[np.int64]  # school year of life in month 0
    known: NDArray[
        np.float64
    ]  # [7, n] ABOVE, PAY, ... : what does not change with age, money over need
    activity: NDArray[np.int64]
    grade: NDArray[np.float64]
    plain: NDArray[np.float64]  # [3, n] exp of the utilities against neither, without inertia
    weight: NDArray[np.float64]  # [3, n] with inertia
    luck: NDArray[np.float64]  # [4, n] waiting times


@inner
def _by_sex_and_age(s, reference):
    """Rows of the children of age, girls or boys first as coded, oldest class first; and how many reach each age."""
    reach = np.zeros((2, CLASS_AGES + 1), np.int64)
    for i in range(s.key.size):
        birth = np.int64(s.birth[i])
        counts = (-birth >= ENTRY_MONTHS) & (-birth < EXIT_MONTHS)
        reach[s.sex[i], class_age(reference, birth) - FIRST_AGE] += counts
    for sex in range(2):
        for a in range(CLASS_AGES - 1, -1, -1):
            reach[sex, a] += reach[sex, a + 1]
    rows = np.empty(reach[0, 0] + reach[1, 0] + 1, np.int64)  # one more for who does not count
    place = reach.copy()
    place[1] += reach[0, 0]
    for i in range(s.key.size):
        birth = np.int64(s.birth[i])
        counts = (-birth >= ENTRY_MONTHS) & (-birth < EXIT_MONTHS)
        after = class_age(reference, birth) - FIRST_AGE + 1
        rows[place[s.sex[i], after] if counts else rows.size - 1] = i
        place[s.sex[i], after] += counts
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
        np.empty((7, n)),
        np.full(n, NEITHER, np.int64),
        np.zeros(n),
        np.empty((3, n)),
        np.empty((3, n)),
        np.empty((4, n)),
    )
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
        c.known[ABOVE, k] = (s.base[h] + siblings) * need - 1.0
        c.known[PAY, k] = (
            z.adult_pay * p.child_productivity * z.tier_wage_ratio[trade] / 11.0 * need
        )
        c.known[PRIMARY, k] = z.cost_primary * need
        c.known[SECONDARY, k] = z.cost_secondary * need
        c.known[WORTH, k] = p.schooling_value * (1.0 + p.ability_weight * ability)
        c.known[AROUND, k] = -p.distance_cost * s.distance[h]
        c.known[DISLIKE, k] = s.attitude[h] + p.hazard_weight * z.hazard[trade + 1]
    return c


@inner
def _exponentials(z, p, age, n, c):
    """exp of the utility of school only, both and work only against neither, without inertia and intercepts."""
    right = np.float64(right_grade(age, z.entry_age))
    years = np.float64(age) - 4.0
    secondary = np.float64(z.secondary_grade)
    weight = p.consumption_weight
    share = p.combine_share
    kept = 1.0 - p.combine_learning_loss
    gap_half = p.gap_half
    known, plain, grade = c.known, c.plain, c.grade
    for i in range(n):
        above = known[ABOVE, i]
        pay = known[PAY, i] * years
        cost = known[SECONDARY, i] if grade[i] >= secondary else known[PRIMARY, i]
        around, dislike = known[AROUND, i], known[DISLIKE, i]
        value = known[WORTH, i] * learning(max(0.0, right - grade[i]), gap_half)
        idle = utility_above(above)
        v_school = weight * (utility_above(above - cost) - idle) + value + around
        v_both = (
            weight * (utility_above(above - cost + share * pay) - idle)
            + kept * value
            + around
            - share * dislike
        )
        v_work = weight * (utility_above(above + pay) - idle) - dislike
        plain[0, i] = exp(min(max(v_school, -EXTREME), EXTREME))
        plain[1, i] = exp(min(max(v_both, -EXTREME), EXTREME))
        plain[2, i] = exp(min(max(v_work, -EXTREME), EXTREME))


@inner
def _inertia(p):
    """Factors of school only, both, work only against neither, by present activity."""
    table = np.empty((4, 3), np.float64)
    for m in range(4):
        school = exp(p.inertia_school if at_school(m) else -p.inertia_school)
        work = exp(p.inertia_work if works(m) else -p.inertia_work)
        table[m, 0] = school
        table[m, 1] = school * work
        table[m, 2] = work
    return table


@inner
def _weights(inertia, n, c):
    """The same with the inertia of what each child does."""
    for i in range(n):
        f = inertia[c.activity[i]]
        for k in range(3):
            c.weight[k, i] = c.plain[k, i] * f[k]


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


@inner
def _races(seed, age, n, c):
    """Exponential waiting times of the four activities; the Gumbel noise of `decide` is their negative logarithm."""
    luck0, luck1, luck2, luck3 = c.luck[0], c.luck[1], c.luck[2], c.luck[3]
    key, age_now, year_now = c.key[:n], c.age_now[:n], c.year_now[:n]
    for i in range(n):
        year = year_now[i] if age_now[i] == age else age
        w0, w1, w2, w3 = words(seed, key[i], year, DECIDE)
        luck0[i] = uniform(w0)
        luck1[i] = uniform(w1)
        luck2[i] = uniform(w2)
        luck3[i] = uniform(w3)
    for k in range(4):
        waiting = c.luck[k]
        for i in range(n):
            waiting[i] = -log(waiting[i])


@inner
def _choose(d, n, c):
    """The activity with the largest weight over waiting time: the same as the largest utility plus Gumbel noise."""
    d0, d1, d2 = d[0], d[1], d[2]
    weight, luck, activity = c.weight, c.luck, c.activity
    for i in range(n):
        school, both = weight[0, i] * d0 / luck[0, i], weight[1, i] * d1 / luck[1, i]
        work, idle = weight[2, i] * d2 / luck[2, i], 1.0 / luck[3, i]
        now = SCHOOL_AND_WORK if both > school else SCHOOL_ONLY
        top = max(school, both)
        now = WORK_ONLY if work > top else now
        top = max(top, work)
        activity[i] = NEITHER if idle > top else now


@inner
def _move_up(seed, z, p, age, n, c):
    """Pupils move up a grade or repeat."""
    right = np.float64(right_grade(age, z.entry_age))
    promotion, loss, gap_half = p.promotion, p.combine_learning_loss, p.gap_half
    key, activity, grade = c.key[:n], c.activity[:n], c.grade[:n]
    for i in range(n):
        learned = learning(max(0.0, right - grade[i]), gap_half)
        combines = activity[i] == SCHOOL_AND_WORK
        chance = promotion_chance(promotion, 1.0, loss, combines, learned)
        w0, _, _, _ = words(seed, key[i], age, HISTORY)
        up = (activity[i] <= SCHOOL_AND_WORK) & (uniform(w0) < chance) & (grade[i] < LAST_GRADE)
        grade[i] += 1.0 if up else 0.0


@inner
def relive(s, z, p):
    """Give the children of month 0 a past, and the zone its intercepts.

    Args:
        s: State at month 0 (activity and grade of children of age are written, and `intercepts`).
        z: Zone figures; `targets` [2, 13, 4] are the shares to hold.
        p: Parameters.
    """
    inertia = _inertia(p)
    reference = school_year(0, z.start_month, z.school_start)
    since_start = (calendar_month(0, z.start_month) - z.school_start) % 12
    since_end = (calendar_month(0, z.start_month) - z.school_end) % 12
    year_over = since_end <= since_start
    out = np.empty(9, np.float64)
    rows, reach = _by_sex_and_age(s, reference)
    for sex in range(2):
        first = reach[0, 0] if sex == 1 else 0
        c = _gather(s, z, p, rows[first : first + reach[sex, 0]], reference)
        d = np.ones(3, np.float64)
        for a in range(CLASS_AGES):
            age, n = FIRST_AGE + a, reach[sex, a]
            if n > 0:
                _exponentials(z, p, age, n, c)
                _weights(inertia, n, c)
                _solve(c.weight, d, n, z.targets[sex, a], out)
                _races(s.seed, age, n, c)
                _choose(d, n, c)
                _move_up(s.seed, z, p, age, n if year_over else reach[sex, a + 1], c)
            for k in range(3):
                s.intercepts[sex, a, k] = log(d[k])
        for k in range(c.row.size):
            s.activity[c.row[k]] = c.activity[k]
            s.grade[c.row[k]] = np.int64(c.grade[k])
