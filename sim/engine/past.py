"""The past of each child, and intercepts that keep the zone at its profile (ODD 7.2).

Children relive their school years in step, age by age, under ordinary conditions. At each age the intercepts are the
ones at which the expected shares of the four activities are those of the profile; they exist and are unique
(Berry 1994), and Newton's method finds them, since the log-likelihood is concave in them. What a child did and
learned on the way is its activity and grade at month 0, so the zone starts where its own rules leave it.
"""

import numpy as np

from sim.engine.calendar import calendar_month, class_age, right_grade, school_year, year_of_life
from sim.engine.choice import at_school, learning, utility_above, works
from sim.engine.compiling import kernel, rule
from sim.engine.layout import CLASS_AGES, ENTRY_MONTHS, EXIT_MONTHS, FIRST_AGE, NEITHER
from sim.engine.maths import exp, log
from sim.engine.population import WINDOW_SHARE
from sim.engine.random import DECIDE, HISTORY, uniform, words
from sim.engine.schools import LAST_GRADE, promotion_chance

TOLERANCE, MOST_ROUNDS, LARGEST_STEP = 1e-12, 60, 2.0
EXTREME = 30.0  # largest difference of utility from `neither`
GATHERED = 8  # columns of what is gathered once a child


@kernel
def _rows_by_age(s, z, sex):
    """Rows of the children of one sex that are of age at month 0, oldest class first, and how many reach each age."""
    reference = school_year(0, z.start_month, z.school_start)
    reach = np.zeros(CLASS_AGES + 1, np.int64)
    for i in range(s.key.size):
        age = -np.int64(s.birth[i])
        if s.sex[i] == sex and ENTRY_MONTHS <= age < EXIT_MONTHS:
            reach[class_age(reference, np.int64(s.birth[i])) - FIRST_AGE] += 1
    for a in range(CLASS_AGES - 1, -1, -1):
        reach[a] += reach[a + 1]
    rows = np.empty(reach[0], np.int64)
    place = reach.copy()
    for i in range(s.key.size):
        age = -np.int64(s.birth[i])
        if s.sex[i] == sex and ENTRY_MONTHS <= age < EXIT_MONTHS:
            a = class_age(reference, np.int64(s.birth[i])) - FIRST_AGE
            rows[place[a + 1]] = i
            place[a + 1] += 1
    return rows, reach


@kernel
def _gather(s, z, p, rows, known):
    """What does not change with age, by column: resources, pay a year of age, costs, worths; money over need."""
    for n in range(rows.size):
        i = rows[n]
        h = s.household[i]
        trade = np.int64(s.trade[h])
        need = 1.0 / (s.equivalents[h] * p.subsistence)
        siblings = WINDOW_SHARE * (np.float64(s.births[h]) - 1.0) * z.sibling_mean
        known[0, n] = (s.base[h] + siblings) * need - 1.0
        known[1, n] = z.adult_pay * p.child_productivity * z.tier_wage_ratio[trade] / 11.0 * need
        known[2, n] = z.cost_primary * need
        known[3, n] = z.cost_secondary * need
        ability = np.sqrt(3.0) * (2.0 * (np.float64(s.ability[i]) + 0.5) / 65536.0 - 1.0)
        known[4, n] = p.schooling_value * (1.0 + p.ability_weight * ability)
        known[5, n] = -p.distance_cost * s.distance[h]
        known[6, n] = s.attitude[h] + p.hazard_weight * z.hazard[trade + 1]


@kernel
def _exponentials(z, p, age, n, known, grade, q):
    """exp of the utility of school only, both and work only against neither, without inertia and intercepts."""
    right = np.float64(right_grade(age, z.entry_age))
    years = np.float64(age) - 4.0
    secondary = np.float64(z.secondary_grade)
    weight = p.consumption_weight
    share = p.combine_share
    kept = 1.0 - p.combine_learning_loss
    gap_half = p.gap_half
    for i in range(n):
        above = known[0, i]
        pay = known[1, i] * years
        cost = known[3, i] if grade[i] >= secondary else known[2, i]
        value = known[4, i] * learning(max(0.0, right - grade[i]), gap_half)
        idle = utility_above(above)
        v_school = weight * (utility_above(above - cost) - idle) + value + known[5, i]
        v_both = (
            weight * (utility_above(above - cost + share * pay) - idle)
            + kept * value
            + known[5, i]
            - share * known[6, i]
        )
        v_work = weight * (utility_above(above + pay) - idle) - known[6, i]
        q[0, i] = exp(min(max(v_school, -EXTREME), EXTREME))
        q[1, i] = exp(min(max(v_both, -EXTREME), EXTREME))
        q[2, i] = exp(min(max(v_work, -EXTREME), EXTREME))


@kernel
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


@kernel
def _shares(e, d, n, out):
    """Expected shares of the first three activities, and their derivatives by log weight (columns 3..8)."""
    p0, p1, p2 = 0.0, 0.0, 0.0
    h00, h11, h22, h01, h02, h12 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        a = e[0, i] * d[0]
        b = e[1, i] * d[1]
        c = e[2, i] * d[2]
        scale = 1.0 / (1.0 + a + b + c)
        a *= scale
        b *= scale
        c *= scale
        p0 += a
        p1 += b
        p2 += c
        h00 += a * a
        h11 += b * b
        h22 += c * c
        h01 += a * b
        h02 += a * c
        h12 += b * c
    out[0], out[1], out[2] = p0 / n, p1 / n, p2 / n
    out[3], out[4], out[5] = (p0 - h00) / n, (p1 - h11) / n, (p2 - h22) / n
    out[6], out[7], out[8] = -h01 / n, -h02 / n, -h12 / n


@kernel
def _solve(e, d, n, target, out):
    """Weights `d` at which the mean choice probabilities are `target`: damped Newton steps on log weights."""
    for _ in range(MOST_ROUNDS):
        _shares(e, d, n, out)
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


@kernel
def _races(s, reference, age, rows, n, luck):
    """Exponential waiting times of the four activities; the Gumbel noise of `decide` is their negative logarithm."""
    luck0, luck1, luck2, luck3 = luck[0], luck[1], luck[2], luck[3]
    for i in range(n):
        birth = np.int64(s.birth[rows[i]])
        now = class_age(reference, birth) == age
        year = year_of_life(reference, birth) if now else age
        w0, w1, w2, w3 = words(s.seed, np.int64(s.key[rows[i]]), year, DECIDE)
        luck0[i] = uniform(w0)
        luck1[i] = uniform(w1)
        luck2[i] = uniform(w2)
        luck3[i] = uniform(w3)
    for k in range(4):
        waiting = luck[k]
        for i in range(n):
            waiting[i] = -log(waiting[i])


@kernel
def _live_year(s, z, p, age, rows, n, e, d, luck, activity, grade, ended):
    """What each child did at this class age, and whether it moved up.

    The activity with the largest weight over waiting time: the same choice as the largest utility plus Gumbel noise.
    """
    right = np.float64(right_grade(age, z.entry_age))
    for i in range(n):
        now, top = 0, e[0, i] * d[0] / luck[0, i]
        both, work, idle = (
            e[1, i] * d[1] / luck[1, i],
            e[2, i] * d[2] / luck[2, i],
            1.0 / luck[3, i],
        )
        if both > top:
            now, top = 1, both
        if work > top:
            now, top = 2, work
        if idle > top:
            now = 3
        activity[i] = now
        if now <= 1 and i < ended:
            learned = learning(max(0.0, right - grade[i]), p.gap_half)
            chance = promotion_chance(p.promotion, 1.0, p.combine_learning_loss, now == 1, learned)
            w0, _, _, _ = words(s.seed, np.int64(s.key[rows[i]]), age, HISTORY)
            if uniform(w0) < chance and grade[i] < LAST_GRADE:
                grade[i] += 1.0


@kernel
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
    for sex in range(2):
        rows, reach = _rows_by_age(s, z, sex)
        size = rows.size
        known = np.empty((GATHERED, size), np.float64)
        q = np.empty((3, size), np.float64)
        e = np.empty((3, size), np.float64)
        luck = np.empty((4, size), np.float64)
        activity = np.full(size, NEITHER, np.int8)
        grade = np.zeros(size, np.float64)
        d = np.ones(3, np.float64)
        _gather(s, z, p, rows, known)
        for a in range(CLASS_AGES):
            n = reach[a]
            if n > 0:
                _exponentials(z, p, FIRST_AGE + a, n, known, grade, q)
                for i in range(n):
                    f = inertia[activity[i]]
                    e[0, i] = q[0, i] * f[0]
                    e[1, i] = q[1, i] * f[1]
                    e[2, i] = q[2, i] * f[2]
                _solve(e, d, n, z.targets[sex, a], out)
                ended = n if year_over else reach[a + 1]
                _races(s, reference, FIRST_AGE + a, rows, n, luck)
                _live_year(s, z, p, FIRST_AGE + a, rows, n, e, d, luck, activity, grade, ended)
            for k in range(3):
                s.intercepts[sex, a, k] = log(d[k])
        for i in range(size):
            s.activity[rows[i]] = activity[i]
            s.grade[rows[i]] = np.int64(grade[i])
