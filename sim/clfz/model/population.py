"""Synthetic households and children of a zone (ODD 7.1), and who comes and goes before a month starts (ODD 7.8).

A slot is a home in which one family follows another every `CYCLE` months; the phase is uniform, so that births flow
evenly and the ages of children stand still. Everyone who will be 5-17 inside the horizon has a row from the start.
"""

import numpy as np

from clfz.model.calendar import class_age, migration_cycle
from clfz.model.choice import at_school, works
from clfz.model.compiling import in_place, inner, kernel, outline, part, rule
from clfz.model.layout import (
    ACTIVATED,
    ALL_ACTIVATED,
    ENTRY_MONTHS,
    EXIT_MONTHS,
    MOST_BIRTHS,
    NEITHER,
    NO_PLACE,
    OWN_ACTIVATION,
    TIER1,
    TIER2,
    TIER3,
)
from clfz.model.maths import exp, normal
from clfz.model.random import CHILD, HOUSEHOLD, SLOT, bell, uniform, words
from clfz.model.tallies import IN, OUT, change_band, enter, looked_at

CYCLE = 300  # months from one family in a home to the next
EARLIEST, GENERATIONS = -2, 12  # generations looked at: enough for any horizon up to 600 months
WINDOW_SHARE = 0.52  # share of a cycle in which a child is of age (156 of 300 months)
UNDER_18_SHARE = 0.72  # share of a cycle in which a child is under 18 (216 of 300)


@rule
def births_mean(household_size, adults):
    """Mean births a family, so that households have on average `household_size` members."""
    return (household_size - adults) / UNDER_18_SHARE


@kernel
def slot_count(z):
    """Homes of a zone: as many as hold its children of 5-17 on average, at least one a village."""
    mean = births_mean(z.household_size, z.adults)
    return max(np.int64(z.villages), np.int64(np.floor(z.children / (mean * WINDOW_SHARE) + 0.5)))


@rule
def first_birth(seed, slot, generation):
    """Month of the first birth of a family."""
    w0, _, _, _ = words(seed, slot, 0, SLOT)
    return -np.int64(np.floor(uniform(w0) * CYCLE)) + generation * CYCLE


@rule
def family(seed, hid, mean_births, mean_adults):
    """Births, months between them, adults, and the word that picks the trade."""
    a0, a1, a2, a3 = words(seed, hid, 0, HOUSEHOLD)
    adults = max(1, np.int64(np.floor(mean_adults - 1.0 + 3.0 * uniform(a0))))
    births = min(MOST_BIRTHS, max(1, np.int64(np.floor(mean_births - 1.0 + 3.0 * uniform(a1)))))
    spacing = 24 + np.int64(np.floor(13.0 * uniform(a2)))
    return births, spacing, adults, a3


@rule
def has_row(birth, months):
    """Whether a child is of age in one of the months 0..months."""
    return -EXIT_MONTHS < birth <= months - ENTRY_MONTHS


@rule
def present_at(phase, cycle, month):
    """Whether a household is in the zone: migrant households are away for the last third of each cycle."""
    if phase < 0:
        return True
    return (month + phase) % cycle < cycle - cycle // 3


@rule
def village_slots(village, villages, slots):
    """First slot of a village."""
    return village * slots // villages


@inner
def count_village(z, seed, months, village, slots, mean):
    """Household and child rows of one village."""
    households = 0
    children = 0
    for slot in range(
        village_slots(village, z.villages, slots), village_slots(village + 1, z.villages, slots)
    ):
        for step in range(GENERATIONS):
            generation = EARLIEST + step
            first = first_birth(seed, slot, generation)
            if first > months - ENTRY_MONTHS:
                break
            births, spacing, _, _ = family(seed, slot * 16 + generation + 4, mean, z.adults)
            rows = 0
            for k in range(births):
                rows += has_row(first + k * spacing, months)
            children += rows
            households += rows > 0
    return households, children


@kernel
def count_rows(z, seed, months):
    """First household and child row of each village, and their numbers in all [V + 1, 2]."""
    slots, mean = slot_count(z), births_mean(z.household_size, z.adults)
    rows = np.zeros((np.int64(z.villages) + 1, 2), np.int64)
    for v in range(z.villages):
        households, children = count_village(z, seed, months, v, slots, mean)
        rows[v + 1, 0] = rows[v, 0] + households
        rows[v + 1, 1] = rows[v, 1] + children
    return rows


@inner
def fill_village(s, z, p, village, slots, mean, first_household, first_child):
    """Write the rows of one village."""
    seed = s.seed
    months = s.months
    cycle = migration_cycle(z.migrant_share, z.yearly_migration)
    poverty_line = normal(z.poverty_headcount)
    h = first_household
    i = first_child
    for slot in range(
        village_slots(village, z.villages, slots), village_slots(village + 1, z.villages, slots)
    ):
        for step in range(GENERATIONS):
            generation = EARLIEST + step
            first = first_birth(seed, slot, generation)
            if first > months - ENTRY_MONTHS:
                break
            hid = slot * 16 + generation + 4
            births, spacing, adults, trade_word = family(seed, hid, mean, z.adults)
            start = i
            for k in range(births):
                birth = first + k * spacing
                if has_row(birth, months):
                    _fill_child(s, i, h, hid * 16 + k, birth)
                    i += 1
            if i > start:
                s.household_child[h] = start
                s.births[h] = births
                s.adults[h] = adults
                _fill_household(s, z, p, h, hid, trade_word, poverty_line, cycle)
                h += 1


@part
def _fill_child(s, i, h, key, birth):
    w0, w1, w2, _ = words(s.seed, key, 0, CHILD)
    s.key[i] = key
    s.household[i] = h
    s.birth[i] = birth
    s.sex[i] = uniform(w0) >= 0.5
    s.ability[i] = np.int64(w1) & 0xFFFF
    s.hours_byte[i] = np.int64(w2) & 0xFF
    s.chores_byte[i] = (np.int64(w2) >> 8) & 0xFF
    s.hazard_byte[i] = (np.int64(w2) >> 16) & 0xFF
    s.activity[i] = NEITHER


@part
def _fill_household(s, z, p, h, hid, trade_word, poverty_line, cycle):
    b0, b1, b2, b3 = words(s.seed, hid, 1, HOUSEHOLD)
    c0, c1, c2, c3 = words(s.seed, hid, 2, HOUSEHOLD)
    d0, d1, _, _ = words(s.seed, hid, 3, HOUSEHOLD)
    s.hid[h] = hid
    trade = 4
    total = 0.0
    for k in range(5):
        total += z.livelihood[k]
        if uniform(trade_word) < total:
            trade = k
            break
    s.trade[h] = trade
    equivalents = np.float64(s.adults[h]) + p.child_weight * np.float64(s.births[h])
    s.equivalents[h] = equivalents
    s.rank[h] = b0
    s.noise[h] = b1
    s.coverage[h] = b2
    s.base[h] = equivalents * exp(z.log_income_sd * (normal(uniform(b0)) - poverty_line))
    s.distance[h] = z.distance_km * (0.25 + 1.5 * uniform(b3))
    s.attitude[h] = p.attitude_sd * normal(uniform(c0))
    s.credit[h] = uniform(c1) < p.credit_share
    s.phase[h] = -1
    if cycle > 0 and uniform(c2) < z.migrant_share:
        s.phase[h] = np.int64(np.floor(uniform(c3) * cycle))
    s.here[h] = present_at(s.phase[h], cycle, 0)
    s.transitory[h] = p.income_sd * bell(d0, d1)
    s.buffer[h] = 0.5 * p.buffer_months * s.base[h]


@outline
def populate(s, z, p, rows):
    """Write the people of a zone, village by village, before the children have a history.

    Args:
        s: An empty state, written.
        z: Zone data (record).
        p: Parameters (record).
        rows: From `count_rows`.
    """
    villages = np.int64(z.villages)
    mean = births_mean(z.household_size, z.adults)
    s.village_household[:] = rows[:, 0]
    s.household_child[rows[villages, 0]] = rows[villages, 1]
    for v in range(villages):
        fill_village(s, z, p, v, s.slots, mean, rows[v, 0], rows[v, 1])


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
    goes leaves its places and bridge classes. A child that turns 5 is activated for the first time.
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
        s.activation[h] |= ALL_ACTIVATED
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
                s.flags[i] |= ACTIVATED
                s.activation[h] |= OWN_ACTIVATION
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
