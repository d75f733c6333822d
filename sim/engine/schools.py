"""Step 6 of a month: bridge classes run their course, pupils move up, crowding wears on quality (ODD 7.6)."""

import numpy as np

from sim.engine.books import IN, OUT, enter
from sim.engine.calendar import class_age, right_grade
from sim.engine.choice import at_school, learning
from sim.engine.columns import (
    ATTRACTIVENESS,
    BRIDGE_MONTHS,
    BRIDGE_SEATS,
    BRIDGE_SUPPORT,
    QUALITY,
    TEACHERS,
)
from sim.engine.compiling import in_place, part, rule
from sim.engine.group import mark_counted
from sim.engine.layout import OWN_TURN, RETURNED, SCHOOL_AND_WORK, TURN, WITHDRAWN, Z_WITHDRAWN
from sim.engine.maths import exp, log
from sim.engine.random import PROMOTE, uniform, words
from sim.engine.turnover import of_age, village_children

LAST_GRADE = 12
WORST, BEST = 0.3, 2.0  # bounds of what crowding and relief do to quality


@rule
def crowded_quality(pupils, pupils_start, teachers, elasticity):
    """Quality against month 0 when each teacher has more or fewer pupils (constant elasticity, held within bounds)."""
    ratio = (1.0 + teachers) * pupils_start / max(1.0, pupils)
    return min(max(exp(elasticity * log(max(ratio, 1e-9))), WORST), BEST)


@rule
def promotion_chance(promotion, quality, loss, combines, learned):
    """Probability of moving up a grade: a child that follows little of the lessons repeats more."""
    kept = 1.0 - loss if combines else 1.0
    return min(1.0, promotion * quality * kept * (0.5 + 0.5 * learned))


@in_place
def bridge_classes(s, z, p, m, first, last):
    """Bridge classes of villages first..last-1."""
    for v in range(first, last):
        _bridge_classes(s, z, p, m, v)


@part
def _bridge_classes(s, z, p, m, v):
    """Bridge clocks move on; a course that ends puts the child into the right grade, and the family reconsiders."""
    course = np.int64(np.floor(m.levers[BRIDGE_MONTHS]))
    closed = m.levers[BRIDGE_SEATS] <= 0.0
    gain = np.int64(np.floor(p.bridge_catch_up + 0.5))
    first, last = village_children(s, v)
    for i in range(np.uintp(first), np.uintp(last)):
        if s.bridge_clock[i] == 0:
            continue
        finished = course > 0 and s.bridge_clock[i] >= course
        if not (finished or closed):
            s.bridge_clock[i] += 1
            continue
        h = s.household[i]
        here = s.here[h] and of_age(m.month - np.int64(s.birth[i]))
        if here:
            enter(s, z, m.month, m.reference, v, i, OUT)
        if finished:
            right = right_grade(class_age(m.reference, np.int64(s.birth[i])), z.entry_age)
            s.grade[i] = max(np.int64(s.grade[i]), min(right, s.grade[i] + gain))
            s.village_sums[v, Z_WITHDRAWN] += mark_counted(s, i, WITHDRAWN, m.month)
        s.bridge_clock[i] = 0
        s.marks[i] |= RETURNED | TURN
        s.turn[h] |= OWN_TURN
        if here:
            enter(s, z, m.month, m.reference, v, i, IN)


@in_place
def year_end(s, z, p, m, first, last):
    """The end of the school year in villages first..last-1."""
    for v in range(first, last):
        _year_end(s, z, p, m, v)


@part
def _year_end(s, z, p, m, v):
    """Pupils move up a grade or repeat."""
    support = m.levers[BRIDGE_SUPPORT]
    first, last = village_children(s, v)
    for i in range(np.uintp(first), np.uintp(last)):
        birth = np.int64(s.birth[i])
        activity = s.activity[i]
        if not (at_school(activity) and s.bridge_clock[i] == 0 and of_age(m.month - birth)):
            continue
        gap = max(0, right_grade(class_age(m.reference, birth), z.entry_age) - s.grade[i])
        learned = learning(np.float64(gap), p.gap_half)
        if s.marks[i] & RETURNED:
            learned += support * (1.0 - learned)
        chance = promotion_chance(
            p.promotion, s.quality[v], p.combine_learning_loss, activity == SCHOOL_AND_WORK, learned
        )
        if (
            uniform(words(s.seed, np.int64(s.key[i]), m.month, PROMOTE)[0]) < chance
            and s.grade[i] < LAST_GRADE
        ):
            s.grade[i] += 1


@in_place
def teach(s, p, m, first, last):
    """Quality of next month's lessons, from this month's pupils."""
    lessons = (1.0 + m.levers[QUALITY]) * (1.0 + m.levers[ATTRACTIVENESS])
    for v in range(first, last):
        s.quality[v] = lessons * crowded_quality(
            np.float64(s.pupils[v]), np.float64(s.pupils_start[v]), m.levers[TEACHERS], p.crowding
        )
