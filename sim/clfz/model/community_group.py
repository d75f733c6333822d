"""Step 4 of a month: the community group visits, employers check ages (ODD 7.4). Each can only do so much."""

import numpy as np

from clfz.model.calendar import class_age
from clfz.model.choice import at_school
from clfz.model.compiling import in_place, part, rule
from clfz.model.layout import (
    ACTIVATED,
    ALL_ACTIVATED,
    KNOWN,
    NO_PLACE,
    OWN_ACTIVATION,
    PROTECTED,
    RETURNED,
    SCHOOL_ONLY,
    SUM,
    TIER3,
)
from clfz.model.population import children_of_age, village_slots
from clfz.model.random import ORDER, VISIT, uniform, words
from clfz.model.tallies import IN, OUT, enter
from clfz.programme.levers import LEVER

OLDEST_CASE = 14  # the zone's norm: every child of 5-14 in full-time school


@part
def month_offset(s, m, v):
    """The household row (from 0) with which the month begins in a village, so that no one is always first.

    A home (slot) is drawn, not a row: rows depend on the horizon, homes do not.
    """
    start, end = s.village_household[v], s.village_household[v + 1]
    low = village_slots(v, s.places.shape[0], s.slots)
    slots = village_slots(v + 1, s.places.shape[0], s.slots) - low
    w0, _, _, _ = words(s.seed, v, m.month, ORDER)
    home = (low + np.int64(w0) % slots) * 16
    h, beyond = start, end
    while h < beyond:
        middle = (h + beyond) // 2
        if np.int64(s.hid[middle]) < home:
            h = middle + 1
        else:
            beyond = middle
    return h - start if h < end else 0


@part
def count_once(s, i, flag, month):
    """Count a child once for each kind of reported outcome. Returns 1 when it is the first time."""
    new = (s.flags[i] & flag) == 0
    if new:
        s.flags[i] |= flag
        if s.counted[i] == 0:
            s.counted[i] = month
    return new


@in_place
def visits(s, p, m, first, last):
    """Home visits in villages first..last-1; and where this month's rounds begin."""
    for v in range(first, last):
        s.offset[v] = month_offset(s, m, v)
        s.visit_credit[v] += m.levers[LEVER.group_visits] / 100.0 * s.families[v]
        total = np.int64(np.floor(s.visit_credit[v]))
        if total > 0:
            s.visit_credit[v] -= total
            s.village_sums[v, SUM.visits] = visit_round(s, p, m, v, total)


@part
def visit_round(s, p, m, v, total):
    """Visits to families with a child of 5-14 that is not in full-time school, and to children who came back."""
    follow_ups = np.int64(np.floor(total * m.levers[LEVER.group_follow_up]))
    left = total - follow_ups
    start, homes = s.village_household[v], s.village_household[v + 1] - s.village_household[v]
    made = 0
    h = start + s.offset[v]
    for _ in range(homes):
        if left == 0 and follow_ups == 0:
            break
        here = h
        h = here + 1 if here + 1 < start + homes else start
        if not s.present[here]:
            continue
        case, known, returned = _look(s, m, here)
        found = (
            case
            and left > 0
            and (
                known
                or uniform(words(s.seed, np.int64(s.hid[here]), m.month, VISIT)[0])
                < m.levers[LEVER.group_detection]
            )
        )
        if found:
            left -= 1
            s.activation[here] |= ALL_ACTIVATED
            s.village_sums[v, SUM.protected] += _register(s, m, here)
        elif returned and follow_ups > 0:
            follow_ups -= 1
        else:
            continue
        s.message[here] = min(p.message_cap, s.message[here] + p.visit_persuasion)
        made += 1
    return made


@part
def _look(s, m, h):
    """Whether a household has a case, whether the group knows one, and whether a child of it came back to school."""
    case, known, returned = False, False, False
    for i in children_of_age(s, h):
        young = class_age(m.reference, np.int64(s.birth[i])) <= OLDEST_CASE
        is_case = young & (s.activity[i] != SCHOOL_ONLY)
        case |= is_case
        known |= is_case & ((s.flags[i] & KNOWN) != 0)
        returned |= ((s.flags[i] & RETURNED) != 0) & at_school(s.activity[i])
    return case, known, returned


@part
def _register(s, m, h):
    """A visited family: its cases become known, its children at school are counted as protected (once each)."""
    protected = 0
    for i in children_of_age(s, h):
        if class_age(m.reference, np.int64(s.birth[i])) <= OLDEST_CASE:
            if s.activity[i] != SCHOOL_ONLY:
                s.flags[i] |= KNOWN
            if at_school(s.activity[i]):
                protected += count_once(s, i, PROTECTED, m.month)
    return protected


@rule
def under_age_limit(places, checked):
    """Places of an employer that under-age children may hold."""
    return np.int64(np.floor(places * (1.0 - checked) + 0.5))


@in_place
def age_checks(s, z, m, first, last):
    """Employers who verify age send under-age children away, tier 1 first; the children must look elsewhere."""
    for k in range(2, -1, -1):
        if m.verified[k] > 0.0:
            for v in range(first, last):
                s.village_sums[v, SUM.places_checked_tier1 + 2 - k] = s.places[v, k] * m.verified[k]
                excess = s.filled_under[v, k] - under_age_limit(s.places[v, k], m.checked[k])
                if excess > 0:
                    _send_away(s, z, m, v, k, excess)


@in_place
def _send_away(s, z, m, v, k, excess):
    """Under-age children in tier k lose their place, household by household, until no more than allowed are left."""
    start, homes = s.village_household[v], s.village_household[v + 1] - s.village_household[v]
    for n in range(homes):
        if excess <= 0:
            break
        h = start + (s.offset[v] + n) % homes
        for i in children_of_age(s, h):
            under = class_age(m.reference, np.int64(s.birth[i])) < z.minimum_age
            if excess > 0 and s.here[h] and s.place[i] == TIER3 + k and under:
                enter(s, z, m.month, m.reference, v, np.int64(i), OUT)
                s.place[i] = NO_PLACE
                enter(s, z, m.month, m.reference, v, np.int64(i), IN)
                s.flags[i] |= ACTIVATED
                s.activation[h] |= OWN_ACTIVATION
                s.village_sums[v, SUM.lost_place] += 1
                excess -= 1
