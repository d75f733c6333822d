"""Synthetic households and children of a zone (ODD 7.1).

A slot is a home in which one family follows another every `CYCLE` months; the phase is uniform, so that births flow
evenly and the ages of children stand still. Everyone who will be 5-17 inside the horizon has a row from the start.
"""

import numpy as np

from clfz.model.compiling import inner, kernel, outline, part, rule
from clfz.model.layout import ENTRY_MONTHS, EXIT_MONTHS, MOST_BIRTHS, NEITHER
from clfz.model.maths import exp, normal
from clfz.model.random import CHILD, HOUSEHOLD, SLOT, bell, uniform, words

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
def migration_cycle(share, yearly):
    """Months between two departures of a migrant household (0: nobody migrates)."""
    if share <= 0.0 or yearly <= 0.0:
        return 0
    return max(12, np.int64(np.floor(12.0 * share / yearly + 0.5)))


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
