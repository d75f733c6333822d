"""Whose turn it is in step 5, in rounds; and what is open to them (ODD 7.5)."""

import numpy as np

from sim.engine.columns import BRIDGE_SEATS, TEACHERS
from sim.engine.compiling import part, rule
from sim.engine.group import under_age_limit
from sim.engine.layout import ALL_TURN, MOST_BIRTHS, TURN
from sim.engine.turnover import children_of_age

SCHOOL_DOOR, BRIDGE_DOOR = (
    64,
    128,
)  # bits of what is open; below them the tiers, for older and for under-age children


@part
def take_turns(s, first, last, scratch):
    """Rows of the children whose turn it is in villages first..last-1, in rounds; own turns lapse.

    The first round is every household's eldest child whose turn it is, household by household from the month's
    offset, the second round their next one, and so on.

    Returns:
        Rounds; `scratch.rounds` says where each begins in `scratch.rows`.
    """
    found = 0
    begin = scratch.rounds
    begin[:] = 0
    for v in range(first, last):
        start, end = s.village_household[v], s.village_household[v + 1]
        middle = start + s.offset[v]
        for half in range(2):
            low = middle if half == 0 else start
            high = end if half == 0 else middle
            for h in range(low, high):
                turn = s.turn[h]
                if turn == 0:
                    continue
                s.turn[h] = 0
                nth = 0
                everyone = turn >= ALL_TURN
                for i in children_of_age(s, h):
                    # written whether it counts or not: no branch
                    mine = (everyone | ((s.marks[i] & TURN) != 0)) & s.here[h]
                    s.marks[i] &= ~np.uint8(TURN)
                    scratch.found[found] = i
                    scratch.nth[found] = nth
                    scratch.village_found[found] = v
                    found += mine
                    nth += mine
                    begin[nth] += mine
    place = scratch.place
    place[0] = 0
    for r in range(MOST_BIRTHS):
        begin[r + 1] += begin[r]
        place[r + 1] = begin[r + 1]
    for n in range(found):
        r = scratch.nth[n]
        scratch.rows[place[r]] = scratch.found[n]
        scratch.villages[place[r]] = scratch.village_found[n]
        place[r] += 1


@part
def open_school_year(s, z, m, v):
    """Seats of this month in a village, and the places that under-age children may hold."""
    s.seats[v] = np.int64(
        np.floor(s.pupils_start[v] * (1.0 + z.seat_slack) * (1.0 + m.levers[TEACHERS]) + 0.5)
    )
    s.bridge_seats[v] = village_bridge_seats(m.levers[BRIDGE_SEATS], v, z.villages)
    for k in range(3):
        s.under_limit[v, k] = under_age_limit(s.places[v, k], m.checked[k])
    s.doors[v] = open_doors(s, v)


@rule
def village_bridge_seats(seats, v, villages):
    """The zone's seats in bridge classes, spread evenly."""
    return np.int64(np.floor(seats * (v + 1.0) / villages + 0.5)) - np.int64(
        np.floor(seats * v / villages + 0.5)
    )


@part
def open_doors(s, v):
    """What is open now: bits 0-2 tier3, tier2, tier1; bits 3-5 the same for under-age children; classes."""
    doors = SCHOOL_DOOR * np.int64(s.pupils[v] < s.seats[v])
    doors |= BRIDGE_DOOR * np.int64(s.bridge_pupils[v] < s.bridge_seats[v])
    for k in range(3):
        vacancy = s.filled[v, k] < s.places[v, k]
        doors |= np.int64(vacancy) << k
        doors |= np.int64(vacancy and s.filled_under[v, k] < s.under_limit[v, k]) << (k + 3)
    return doors
