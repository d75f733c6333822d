"""Step 8 of a month: who comes and goes before the next one starts (ODD 7.8)."""

import numpy as np

from clfz.model.books import IN, OUT, change_band, enter, looked_at
from clfz.model.calendar import class_age
from clfz.model.choice import at_school, works
from clfz.model.compiling import in_place, inner, part, rule
from clfz.model.layout import (
    ALL_TURN,
    ENTRY_MONTHS,
    EXIT_MONTHS,
    NO_PLACE,
    OWN_TURN,
    TIER1,
    TIER2,
    TIER3,
    TURN,
)

BIRTHDAYS = (ENTRY_MONTHS, 144, 180, EXIT_MONTHS)  # in months: 5, 12, 15 and 18 years


@rule
def of_age(age_months):
    """5 to 17 years completed."""
    return ENTRY_MONTHS <= age_months < EXIT_MONTHS


@part
def children_of_age(s, h):
    """Rows of the children of a household that are of age: eldest first, they stand side by side."""
    first = np.uintp(s.household_child[h]) + np.uintp(s.grown[h])
    return range(first, first + np.uintp(s.of_age[h]))


@in_place
def turnover(s, z, m, first, last):
    """Who is here in month `m.month`: migrant households leave and return, children turn 5, 12, 15 and 18.

    A household is present when it is in the zone and has a child of 5-17. One that has come back reconsiders; one that
    goes leaves its places and bridge classes. A child that turns 5 has its first turn.
    """
    s.village_sums[first:last] = 0.0
    for v in range(first, last):
        if m.cycle > 0:
            migrations(s, z, m, v)
        birthdays(s, z, m, v)
        if m.school_start:
            school_year_older(s, z, m, v)


@part
def migrations(s, z, m, v):
    """Migrant households whose phase says that they leave or return this month."""
    leave_or_return(s, z, m, v, (m.cycle - m.cycle // 3 - m.month) % m.cycle, False)
    leave_or_return(s, z, m, v, -m.month % m.cycle, True)


@part
def leave_or_return(s, z, m, v, phase, here):
    """All households of a phase, found in the village's rows by phase."""
    end = s.village_household[v + 1]
    n = first_of_phase(s, v, phase)
    while n < end and s.phase[s.by_phase[n]] == phase:
        _migrate(s, z, m, v, np.int64(s.by_phase[n]), here)
        n += 1


@part
def first_of_phase(s, v, phase):
    """Where in `by_phase` the households of a village begin whose phase is not below this one."""
    low, high = s.village_household[v], s.village_household[v + 1]
    while low < high:
        middle = (low + high) // 2
        if s.phase[s.by_phase[middle]] < phase:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _migrate(s, z, m, v, h, here):
    for i in children_of_age(s, h):
        enter(s, z, m.month - 1, m.reference_before, v, i, IN if here else OUT)
    if not here:
        for i in range(np.uintp(s.household_child[h]), np.uintp(s.household_child[h + 1])):
            s.place[i] = NO_PLACE
            s.bridge_clock[i] = 0
    s.here[h] = here
    if here:
        s.turn[h] |= ALL_TURN
    show(s, v, h)


@part
def birthdays(s, z, m, v):
    """Children whose birthday changes what they count for, found in the village's rows by month of birth."""
    end = np.uintp(s.household_child[s.village_household[v + 1]])
    for k in range(4):
        n = np.uintp(s.next_birthday[v, k])
        while n < end and m.month - np.int64(s.birth[np.uintp(s.by_birth[n])]) == BIRTHDAYS[k]:
            i = np.uintp(s.by_birth[n])
            h = np.uintp(s.household[i])
            n += np.uintp(1)
            if k == 0:
                s.marks[i] |= TURN
                s.turn[h] |= OWN_TURN
                s.of_age[h] += 1
                if s.here[h]:
                    enter(s, z, m.month, m.reference_before, v, i, IN)
                show(s, v, h)
            elif k == 3:
                if s.here[h]:
                    enter(s, z, m.month - 1, m.reference_before, v, i, OUT)
                s.of_age[h] -= 1
                s.grown[h] += 1
                show(s, v, h)
            elif s.here[h]:
                change_band(s, m.month, v, i)
        s.next_birthday[v, k] = n


@part
def show(s, v, h):
    """Whether a household is present, and the adults and families that follow from it."""
    present = s.here[h] and s.of_age[h] > 0
    change = np.int64(present) - np.int64(s.present[h])
    s.present[h] = present
    s.families[v] += change
    s.village_supply[v, s.trade[h], 0] += change * s.adults[h]


@part
def school_year_older(s, z, m, v):
    """At a school start everybody's class age changes, and with it who is under age and whom neighbours look at."""
    first, last = village_children(s, v)
    birth, codes = s.birth[first:last], s.codes[first:last]
    under3, under2, under1, seen, seen_school, seen_work = 0, 0, 0, 0, 0, 0
    for i in range(birth.size):
        present = codes[i] != 0
        activity, place = codes[i] & np.uint8(3), (codes[i] & np.uint8(127)) >> np.uint8(2)
        age = class_age(m.reference, np.int64(birth[i]))
        under_age = present & (age < z.minimum_age)
        neighbour = present & looked_at(age)
        under3 += under_age & (place == TIER3)
        under2 += under_age & (place == TIER2)
        under1 += under_age & (place == TIER1)
        seen += neighbour
        seen_school += neighbour & at_school(activity)
        seen_work += neighbour & works(activity)
    under, neighbours = s.filled_under[v], s.neighbours[v]
    under[0], under[1], under[2] = under3, under2, under1
    neighbours[0], neighbours[1], neighbours[2] = seen, seen_school, seen_work


@part
def village_children(s, v):
    """First and last-plus-one child row of a village."""
    first, last = s.village_household[v], s.village_household[v + 1]
    return np.int64(s.household_child[first]), np.int64(s.household_child[last])


@inner
def sort_phases(s, v):
    """Household rows of a village in order of their phase."""
    in_order(s.phase, s.village_household[v], s.village_household[v + 1], s.by_phase)


@inner
def sort_births(s, v):
    """Rows of a village in order of birth, and where each kind of birthday stands at month 0."""
    first, end = village_children(s, v)
    in_order(s.birth, first, end, s.by_birth)
    for k in range(4):
        n = first
        while n < end and -np.int64(s.birth[s.by_birth[n]]) >= BIRTHDAYS[k]:
            n += 1
        s.next_birthday[v, k] = n


@inner
def in_order(values, first, end, rows):
    """Write first..end-1 into `rows` in order of `values` (counting sort)."""
    if end == first:
        return
    low, high = np.int64(values[first:end].min()), np.int64(values[first:end].max())
    start = np.zeros(high - low + 2, np.int64)
    for i in range(first, end):
        start[np.int64(values[i]) - low + 1] += 1
    for k in range(1, start.size):
        start[k] += start[k - 1]
    for i in range(first, end):
        k = np.int64(values[i]) - low
        rows[first + start[k]] = i
        start[k] += 1
