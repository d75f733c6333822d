"""Step 6 of a month: bridge classes run their course, pupils move up, crowding wears on quality (ODD 7.6)."""

import numpy as np

from clfz.model.calendar import class_age, right_grade
from clfz.model.choice import at_school, learning
from clfz.model.community_group import count_once
from clfz.model.compiling import in_place, lanes, part, rule
from clfz.model.layout import (
    ACTIVATED,
    BLOCK,
    OWN_ACTIVATION,
    RETURNED,
    SCHOOL_AND_WORK,
    SUM,
    WITHDRAWN,
)
from clfz.model.maths import exp, log
from clfz.model.population import of_age, village_children
from clfz.model.random import PROMOTE, uniform, words
from clfz.model.tallies import IN, OUT, enter
from clfz.programme.levers import LEVER

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
    course = np.int64(np.floor(m.levers[LEVER.bridge_months]))
    closed = m.levers[LEVER.bridge_seats] <= 0.0
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
            s.village_sums[v, SUM.withdrawn] += count_once(s, i, WITHDRAWN, m.month)
        s.bridge_clock[i] = 0
        s.flags[i] |= RETURNED | ACTIVATED
        s.activation[h] |= OWN_ACTIVATION
        if here:
            enter(s, z, m.month, m.reference, v, i, IN)


@in_place
def year_end(s, z, p, m, first, last, scratch):
    """The end of the school year in villages first..last-1."""
    x = scratch.children[0]
    for v in range(first, last):
        begin, end = village_children(s, v)
        for low in range(begin, end, BLOCK):
            move_up(s, z, p, m, v, np.uintp(low), np.uintp(min(low + BLOCK, end)), x)


@part
def move_up(s, z, p, m, v, low, high, x):
    """Pupils among rows low..high-1 move up a grade or repeat."""
    size = 0
    for i in range(low, high):
        # written whether it counts or not: no branch
        x.row[size] = i
        pupil = at_school(s.activity[i]) & (s.bridge_clock[i] == 0)
        size += pupil & of_age(m.month - np.int64(s.birth[i]))
    for k in range(size):
        i = np.uintp(x.row[k])
        x.key[k] = s.key[i]
        x.age[k] = class_age(m.reference, np.int64(s.birth[i]))
        x.now[k] = s.activity[i]
        x.grade[k] = s.grade[i]
        x.returned[k] = s.flags[i] & RETURNED
    support, quality = m.levers[LEVER.bridge_support], s.quality[v]
    promotion, loss, gap_half, entry_age = (
        p.promotion,
        p.combine_learning_loss,
        p.gap_half,
        z.entry_age,
    )
    for k in range(lanes(size)):
        gap = max(0, right_grade(x.age[k], entry_age) - x.grade[k])
        learned = learning(np.float64(gap), gap_half)
        learned = learned + support * (1.0 - learned) if x.returned[k] != 0 else learned
        chance = promotion_chance(promotion, quality, loss, x.now[k] == SCHOOL_AND_WORK, learned)
        w0, _, _, _ = words(s.seed, x.key[k], m.month, PROMOTE)
        x.grade[k] += (uniform(w0) < chance) & (x.grade[k] < LAST_GRADE)
    for k in range(size):
        s.grade[np.uintp(x.row[k])] = x.grade[k]


@in_place
def teach(s, p, m, first, last):
    """Quality of next month's lessons, from this month's pupils."""
    lessons = (1.0 + m.levers[LEVER.school_quality]) * (1.0 + m.levers[LEVER.school_attractiveness])
    for v in range(first, last):
        s.quality[v] = lessons * crowded_quality(
            np.float64(s.pupils[v]),
            np.float64(s.pupils_start[v]),
            m.levers[LEVER.teachers],
            p.crowding,
        )
