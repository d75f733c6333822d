"""Step 9 of a month: the tallies (ODD 7.9), kept rather than counted anew.

Whoever changes leaves the tallies before and enters them again after: `enter(..., IN or OUT)` adds or takes away
everything that one present child counts for, its activity, labour, place, seat, and what neighbours see. A test counts
everybody anew and finds the same.
"""

import numpy as np

from clfz.model.calendar import band, class_age
from clfz.model.choice import at_school, transfer_band, works
from clfz.model.compiling import in_place, inner, part, rule
from clfz.model.incomes import eligible
from clfz.model.layout import (
    COUNT,
    NEITHER,
    NO_PLACE,
    SUM,
    TIER3,
    WORK_ONLY,
)
from clfz.model.random import uniform
from clfz.programme.levers import LEVER

WORK_THRESHOLD = (
    1.0,
    14.0,
    43.0,
)  # weekly hours by band that make work child labour (ICLS 2018, SDG 8.7.1)
CHORES_THRESHOLD = 21.0  # weekly hours of household services, more than, bands 5-11 and 12-14
YOUNGEST_NEIGHBOUR, OLDEST_NEIGHBOUR = 6, 14  # class ages that neighbours look at
# Into the tallies, out of them. Not plain numbers: Numba would compile `enter` anew for each of them.
IN, OUT = np.int64(1), np.int64(-1)


@inner
def write_cutoffs(s, z):
    """Smallest personal byte that makes a child's hours count, 256 where none does (hazard: bytes below count).

    Written: `work_cut` [activity, band], `chores_cut` [activity, sex], `hazard_cut` [place].
    """
    s.work_cut[:] = 256
    s.chores_cut[:] = 256
    for byte in range(255, -1, -1):
        personal = (byte + 0.5) / 256.0
        for activity in range(4):
            for b in range(3):
                if z.hours[activity, b] * (0.5 + personal) >= WORK_THRESHOLD[b] and works(activity):
                    s.work_cut[activity, b] = byte
            for sex in range(2):
                share = 1.6 if activity == NEITHER else 0.8
                if z.chores[sex] * (0.5 + personal) * share > CHORES_THRESHOLD:
                    s.chores_cut[activity, sex] = byte
    for byte in range(256):
        for place in range(1, 6):
            if (byte + 0.5) / 256.0 < z.hazard[place]:
                s.hazard_cut[place] = byte + 1


@rule
def code(activity, place):
    """A present child in one byte: 128, plus its place times 4, plus its activity. Absent children are 0."""
    return 128 + 4 * place + activity


@part
def count_in_band(s, month, v, i, activity, place, in_bridge, change):
    """Add or take away what a child does in the counts of its sex and band."""
    years, sex = np.uintp(band(month - np.int64(s.birth[i]))), np.uintp(s.sex[i])
    hazardous = np.int64(s.hazard_byte[i]) < s.hazard_cut[np.uintp(place)]
    labour = hazardous | (np.int64(s.hours_byte[i]) >= s.work_cut[np.uintp(activity), years])
    cut = s.chores_cut[np.uintp(activity), sex]
    chores = labour | ((years < 2) & (np.int64(s.chores_byte[i]) >= cut))
    counts = s.counts[v, sex * np.uintp(3) + years]
    counts[COUNT.children] += change
    counts[np.uintp(COUNT.school_only + activity)] += change
    counts[COUNT.child_labour] += change * labour
    counts[COUNT.child_labour_with_chores] += change * chores
    counts[COUNT.hazardous] += change * hazardous
    counts[COUNT.bridge] += change * in_bridge
    counts[np.uintp(COUNT.farm + max(place, 1) - 1)] += change * (place != NO_PLACE)


@part
def count_in_village(s, z, age, v, activity, place, in_bridge, change):
    """Add or take away the seat or place that a child of a class age takes, and what neighbours see of it."""
    kind = np.uintp(1) if activity == WORK_ONLY else np.uintp(2)
    s.village_supply[v, np.uintp(max(place, 1) - 1), kind] += change * (place != NO_PLACE)
    tier = np.uintp(max(place, TIER3) - TIER3)
    s.filled[v, tier] += change * (place >= TIER3)
    s.filled_under[v, tier] += change * ((place >= TIER3) & (age < z.minimum_age))
    s.bridge_pupils[v] += change * (at_school(activity) & in_bridge)
    s.pupils[v] += change * (at_school(activity) & (not in_bridge))
    neighbour = change * looked_at(age)
    s.neighbours[v, 1] += neighbour * at_school(activity)
    s.neighbours[v, 2] += neighbour * works(activity)


@rule
def looked_at(age):
    """Whether neighbours look at a child of this class age."""
    return (age >= YOUNGEST_NEIGHBOUR) & (age <= OLDEST_NEIGHBOUR)


@part
def enter(s, z, month, reference, village, child, change):
    """Add (`IN`) or take away (`OUT`) one present child of age: what it does, and the seat or place it holds.

    There are no branches: what does not apply adds 0.
    """
    v, i = np.uintp(village), np.uintp(child)
    activity, place, in_bridge = (
        np.int64(s.activity[i]),
        np.int64(s.place[i]),
        s.bridge_clock[i] > 0,
    )
    age = class_age(reference, np.int64(s.birth[i]))
    count_in_band(s, month, v, i, activity, place, in_bridge, change)
    count_in_village(s, z, age, v, activity, place, in_bridge, change)
    s.neighbours[v, 0] += change * looked_at(age)
    s.codes[i] = code(activity, place) if change > 0 else 0


@part
def move(s, z, m, village, child, activity, place, in_bridge):
    """Give a present child another activity, place or class: out of the tallies and in again, without what stays."""
    v, i = np.uintp(village), np.uintp(child)
    age = class_age(m.reference, np.int64(s.birth[i]))
    before, left, clock = np.int64(s.activity[i]), np.int64(s.place[i]), s.bridge_clock[i]
    count_in_band(s, m.month, v, i, before, left, clock > 0, OUT)
    count_in_band(s, m.month, v, i, activity, place, in_bridge, IN)
    count_in_village(s, z, age, v, before, left, clock > 0, OUT)
    count_in_village(s, z, age, v, activity, place, in_bridge, IN)
    s.activity[i] = activity
    s.place[i] = place
    s.bridge_clock[i] = max(1, clock) if in_bridge else 0
    s.codes[i] = code(activity, place)


@part
def change_band(s, month, village, child):
    """A present child turns 12 or 15 in a month: it counts in another band, all else stays."""
    v, i = np.uintp(village), np.uintp(child)
    activity, place, in_bridge = (
        np.int64(s.activity[i]),
        np.int64(s.place[i]),
        s.bridge_clock[i] > 0,
    )
    count_in_band(s, month - 1, v, i, activity, place, in_bridge, OUT)
    count_in_band(s, month, v, i, activity, place, in_bridge, IN)


@in_place
def look_around(s, p, first, last):
    """Step 7: perceived shares follow what the village's children of 6-14 do (Strulik 2013; Bobonis and Finan 2009)."""
    for v in range(first, last):
        children = s.neighbours[v, 0]
        if children > 0:
            s.seen_school[v] += p.norm_speed * (s.neighbours[v, 1] / children - s.seen_school[v])
            s.seen_work[v] += p.norm_speed * (s.neighbours[v, 2] / children - s.seen_work[v])


@in_place
def close_tallies(s, m, first, last):
    """What is left to count at the end of a month in villages first..last-1."""
    for v in range(first, last):
        low, high = s.village_household[v], s.village_household[v + 1]
        present, attitude, message = s.present[low:high], s.attitude[low:high], s.message[low:high]
        support = 0
        for k in range(present.size):
            support += present[k] & (attitude[k] + message[k] > 0.0)
        s.village_sums[v, SUM.norm_support] = support
        s.village_sums[v, SUM.households] = s.families[v]
        s.village_sums[v, SUM.pupils] = s.pupils[v]
        s.village_sums[v, SUM.bridge_pupils] = s.bridge_pupils[v]
        if m.pays_transfers:
            pay_transfers(s, m, low, high, v)


@in_place
def pay_transfers(s, m, first, last, v):
    """Cash paid this month (poverty lines) and to how many children."""
    for h in range(first, last):
        if not (
            s.present[h] and eligible(uniform(s.rank[h]), uniform(s.noise[h]), m.error, m.limit)
        ):
            continue
        first = s.household_child[h] + s.grown[h]
        for i in range(first, first + s.of_age[h]):
            amount = m.amounts[
                s.sex[i], transfer_band(class_age(m.reference, np.int64(s.birth[i])))
            ]
            paid = (
                amount
                if at_school(s.activity[i])
                else amount * (1.0 - m.levers[LEVER.transfer_condition])
            )
            s.village_sums[v, SUM.transfers_paid] += paid
            s.village_sums[v, SUM.transfer_children] += paid > 0.0
