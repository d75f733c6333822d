"""Step 8 of a month: who comes and goes before the next one starts (ODD 7.8)."""

import numpy as np

from sim.engine.calendar import class_age
from sim.engine.choice import at_school
from sim.engine.compiling import in_place, rule
from sim.engine.layout import ALL_TURN, ENTRY_MONTHS, EXIT_MONTHS, NO_PLACE, OWN_TURN, TIER3, TURN
from sim.engine.population import present_at


@rule
def of_age(age_months):
    """5 to 17 years completed."""
    return ENTRY_MONTHS <= age_months < EXIT_MONTHS


@in_place
def turnover(s, z, m, v):
    """Who is here in month `m.month`: migrant households leave and return, children turn 5 and 18.

    A household is present when it is in the zone and has a child of 5-17. One that has come back reconsiders; one that
    goes leaves its places and bridge classes. A child that turns 5 has its first turn. Seats and places are then
    counted anew, over those who are here.
    """
    s.pupils[v], s.bridge_pupils[v], s.families[v] = 0, 0, 0
    s.filled[v, :] = 0
    s.filled_under[v, :] = 0
    s.village_sums[v, :] = 0.0
    for h in range(s.village_household[v], s.village_household[v + 1]):
        s.turn[h] = 0
        s.present[h] = False
        if s.phase[h] >= 0 and not _stays(s, m, h):
            continue
        for i in range(s.household_child[h], s.household_child[h + 1]):
            birth = np.int64(s.birth[i])
            if of_age(m.month - birth):
                s.present[h] = True
                if m.month - birth == ENTRY_MONTHS:
                    s.marks[i] |= TURN
                if s.marks[i] & TURN:
                    s.turn[h] |= OWN_TURN
                _occupy(s, z, m, v, i, birth)
        s.families[v] += s.present[h]


@rule
def _stays(s, m, h):
    phase = np.int64(s.phase[h])
    here = present_at(phase, m.cycle, m.month)
    before = present_at(phase, m.cycle, m.month - 1)
    s.turn[h] = ALL_TURN if here and not before else 0
    if before and not here:
        for i in range(s.household_child[h], s.household_child[h + 1]):
            s.place[i] = NO_PLACE
            s.bridge_clock[i] = 0
    return here


@rule
def _occupy(s, z, m, v, i, birth):
    if at_school(s.activity[i]):
        if s.bridge_clock[i] > 0:
            s.bridge_pupils[v] += 1
        else:
            s.pupils[v] += 1
    place = s.place[i]
    if place >= TIER3:
        s.filled[v, place - TIER3] += 1
        s.filled_under[v, place - TIER3] += class_age(m.reference, birth) < z.minimum_age
