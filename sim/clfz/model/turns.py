"""Whose turn it is in step 5, in rounds; and what is open to them (ODD 7.5)."""

import numpy as np

from clfz.model.columns import BRIDGE_SEATS, TEACHERS
from clfz.model.compiling import part, rule
from clfz.model.group import under_age_limit
from clfz.model.layout import ALL_TURN, MOST_BIRTHS, TURN

SCHOOL_DOOR, BRIDGE_DOOR = (
    64,
    128,
)  # bits of what is open; below them the tiers, for older and for under-age children


# Position of the lowest bit that is set.
LOWEST = np.array([0, *((n & -n).bit_length() - 1 for n in range(1, 1 << MOST_BIRTHS))], np.uint8)


@part
def call_villages(s, first, last, scratch):
    """List the households in which it is somebody's turn, each village from the month's offset; own turns lapse."""
    homes = np.uintp(0)
    for v in range(first, last):
        start, end = np.uintp(s.village_household[v]), np.uintp(s.village_household[v + 1])
        middle = start + np.uintp(s.offset[v])
        homes = call_homes(s, v, middle, end, homes, scratch)
        homes = call_homes(s, v, start, middle, homes, scratch)
    return homes


@part
def take_turns(homes, scratch):
    """Rows of the children whose turn it is, in rounds.

    The first round is every called household's eldest child whose turn it is, in the order of the list, the second
    round their next one, and so on. `scratch.rounds` says where each begins in `scratch.rows`.
    """
    waiting, still = scratch.waiting, scratch.still
    eldest, begins, village = scratch.eldest, scratch.begins, scratch.village
    rows, positions, villages = scratch.rows, scratch.positions, scratch.villages
    for n in range(homes):
        still[n] = n
    found = np.uintp(0)
    for r in range(MOST_BIRTHS):
        left = np.uintp(0)
        for n in range(homes):
            home, others = np.uintp(still[n]), waiting[n] & (waiting[n] - np.uint8(1))
            nth = LOWEST[waiting[n]]
            rows[found + n] = eldest[home] + nth
            positions[found + n] = begins[home] + nth
            villages[found + n] = village[home]
            # a household with nobody left is written over by the next one
            waiting[left], still[left] = others, home
            left += np.uintp(others != 0)
        found += homes
        homes = left
        scratch.rounds[r + 1] = found


@part
def call_homes(s, v, low, high, homes, scratch):
    """Add to the list the households low..high-1 of a village in which it is somebody's turn.

    `waiting` has one bit for each child of age, eldest lowest; `eldest` is the row of the first. Returns the length.
    """
    waiting, eldest, village = scratch.waiting, scratch.eldest, scratch.village
    called = homes
    for h in range(low, high):
        # written whether it counts or not: no branch
        eldest[called] = h
        called += np.uintp(s.turn[h] != 0)
    left = homes
    for n in range(homes, called):
        h = np.uintp(eldest[n])
        first = np.uintp(s.household_child[h]) + np.uintp(s.grown[h])
        children = (1 << np.int64(s.of_age[h])) - 1
        if s.turn[h] != ALL_TURN:
            children &= own_turns(s, first, s.of_age[h], s.turn[h])
        eldest[left], village[left] = first, v
        waiting[left] = children * s.here[h]
        left += np.uintp(waiting[left] != 0)
    s.turn[low:high] = 0
    return left


@part
def own_turns(s, first, size, turn):
    """Bits of the children with a turn of their own; all, if it is everybody's. Own turns lapse."""
    children = 0
    for k in range(np.uintp(size)):
        i = first + k
        children |= np.int64((turn >= ALL_TURN) | ((s.marks[i] & TURN) != 0)) << k
        s.marks[i] &= ~np.uint8(TURN)
    return children


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
