"""Steps 7 and 9 of a month: what neighbours see, and the books (ODD 7.7 and 7.9)."""

import numpy as np

from sim.engine.calendar import band, class_age
from sim.engine.choice import at_school, transfer_band, works
from sim.engine.columns import CONDITION
from sim.engine.compiling import in_place, kernel, rule
from sim.engine.layout import (
    C_ACTIVITY,
    C_BRIDGE,
    C_CHILDREN,
    C_CHORES,
    C_HAZARD,
    C_LABOUR,
    C_PLACE,
    NEITHER,
    SCHOOL_AND_WORK,
    WORK_ONLY,
    Z_BRIDGE,
    Z_HOUSEHOLDS,
    Z_PAID,
    Z_PAID_CHILDREN,
    Z_PUPILS,
    Z_SUPPORT,
)
from sim.engine.random import uniform
from sim.engine.transfers import eligible
from sim.engine.turnover import of_age

WORK_THRESHOLD = (1.0, 14.0, 43.0)  # weekly hours by band that make work child labour (ICLS 2018, SDG 8.7.1)
CHORES_THRESHOLD = 21.0  # weekly hours of household services, more than, bands 5-11 and 12-14


@kernel
def cutoffs(z):
    """Smallest personal byte that makes a child's hours count.

    Returns:
        work [4, 3] by activity and band, chores [4, 2] by activity and sex, hazard [6] by place: a child's work is
        hazardous when its hazard byte is below. 256 where no byte does.
    """
    work = np.full((4, 3), 256, np.int64)
    chores = np.full((4, 2), 256, np.int64)
    hazard = np.zeros(6, np.int64)
    for byte in range(255, -1, -1):
        personal = (byte + 0.5) / 256.0
        for activity in range(4):
            for b in range(3):
                if z.hours[activity, b] * (0.5 + personal) >= WORK_THRESHOLD[b] and works(activity):
                    work[activity, b] = byte
            for sex in range(2):
                share = 1.6 if activity == NEITHER else 0.8
                if z.chores[sex] * (0.5 + personal) * share > CHORES_THRESHOLD:
                    chores[activity, sex] = byte
    for byte in range(256):
        for place in range(1, 6):
            if (byte + 0.5) / 256.0 < z.hazard[place]:
                hazard[place] = byte + 1
    return work, chores, hazard


@rule
def look_around(s, p, v, children, school, working):
    """Step 7: perceived shares follow what the village's children of 6-14 do (Strulik 2013; Bobonis and Finan 2009)."""
    if children > 0:
        s.seen_school[v] += p.norm_speed * (school / children - s.seen_school[v])
        s.seen_work[v] += p.norm_speed * (working / children - s.seen_work[v])


@in_place
def books(s, m, v, counts, cuts, history):
    """Count one village.

    Args:
        counts: [6, COUNTS] of this village by sex and band, written.
        cuts: From `cutoffs`.
        history: [N] code of each child this month (see `code`), or empty when nobody wants it.

    Returns:
        Present children of class age 6-14, those at school, those who work: what neighbours see.
    """
    work_cut, chores_cut, hazard_cut = cuts
    counts[:, :] = 0
    s.village_supply[v, :, :] = 0
    keep = history.size > 0
    support = 0
    neighbours, school, working = 0, 0, 0
    for h in range(s.village_household[v], s.village_household[v + 1]):
        if not s.present[h]:
            continue
        s.village_supply[v, s.trade[h], 0] += s.adults[h]
        support += s.attitude[h] + s.message[h] > 0.0
        for i in range(s.household_child[h], s.household_child[h + 1]):
            months = m.month - np.int64(s.birth[i])
            if not of_age(months):
                continue
            b = band(months)
            sex = np.int64(s.sex[i])
            activity = np.int64(s.activity[i])
            place = np.int64(s.place[i])
            cell = sex * 3 + b
            seen = 6 <= class_age(m.reference, np.int64(s.birth[i])) <= 14
            neighbours += seen
            school += seen and at_school(activity)
            working += seen and works(activity)
            counts[cell, C_CHILDREN] += 1
            counts[cell, C_ACTIVITY + activity] += 1
            hazardous = np.int64(s.hazard_byte[i]) < hazard_cut[place]
            labour = hazardous or np.int64(s.hours_byte[i]) >= work_cut[activity, b]
            counts[cell, C_LABOUR] += labour
            counts[cell, C_CHORES] += labour or (b < 2 and np.int64(s.chores_byte[i]) >= chores_cut[activity, sex])
            counts[cell, C_HAZARD] += hazardous
            counts[cell, C_BRIDGE] += s.bridge_clock[i] > 0
            if place > 0:
                counts[cell, C_PLACE + place - 1] += 1
                s.village_supply[v, place - 1, 1] += activity == WORK_ONLY
                s.village_supply[v, place - 1, 2] += activity == SCHOOL_AND_WORK
            if keep:
                history[i] = code(activity, place)
    s.village_sums[v, Z_HOUSEHOLDS] = s.families[v]
    s.village_sums[v, Z_PUPILS] = s.pupils[v]
    s.village_sums[v, Z_BRIDGE] = s.bridge_pupils[v]
    s.village_sums[v, Z_SUPPORT] = support
    if m.pays_transfers:
        pay_transfers(s, m, v)
    return neighbours, school, working


@rule
def code(activity, place):
    """A present child in one byte: 128, plus its place times 4, plus its activity. Absent children are 0."""
    return np.uint8(128 + 4 * place + activity)


@in_place
def pay_transfers(s, m, v):
    """Cash paid this month (poverty lines) and to how many children."""
    for h in range(s.village_household[v], s.village_household[v + 1]):
        if not (s.present[h] and eligible(uniform(s.rank[h]), uniform(s.noise[h]), m.error, m.limit)):
            continue
        for i in range(s.household_child[h], s.household_child[h + 1]):
            birth = np.int64(s.birth[i])
            if not of_age(m.month - birth):
                continue
            amount = m.amounts[s.sex[i], transfer_band(class_age(m.reference, birth))]
            paid = amount if at_school(s.activity[i]) else amount * (1.0 - m.levers[CONDITION])
            s.village_sums[v, Z_PAID] += paid
            s.village_sums[v, Z_PAID_CHILDREN] += paid > 0.0
