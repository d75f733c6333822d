"""Step 5 of a month: households decide, one child after another, about the children whose turn it is (ODD 7.5)."""

import numpy as np

from sim.engine.books import enter
from sim.engine.calendar import class_age, right_grade, year_of_life
from sim.engine.choice import (
    at_school,
    consumption_utility,
    gumbel,
    learning,
    pay_at,
    transfer_band,
    works,
)
from sim.engine.columns import BRIDGE_SEATS, CONDITION, ENDORSEMENT, TEACHERS
from sim.engine.compiling import in_place, outline, rule
from sim.engine.group import mark_counted, under_age_limit
from sim.engine.layout import (
    ALL_TURN,
    BRIDGED,
    FARM,
    FIRST_AGE,
    HOME,
    KNOWN,
    NEITHER,
    NO_PLACE,
    RETURNED,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    TIER3,
    TURN,
    WITHDRAWN,
    WORK_ONLY,
    Z_BRIDGE_STARTS,
    Z_BRIDGED,
    Z_WITHDRAWN,
)
from sim.engine.random import DECIDE, uniform, words
from sim.engine.transfers import eligible
from sim.engine.turnover import of_age

SHUT = -1e300  # utility of what is not open


@in_place
def decide(s, z, p, m, v, offset, scratch):
    """Go round the households of a village; children whose turn it is get the activity of highest utility."""
    bridge_seats = _bridge_seats(m.levers[BRIDGE_SEATS], v, z.villages)
    seats = np.int64(
        np.floor(s.pupils_start[v] * (1.0 + z.seat_slack) * (1.0 + m.levers[TEACHERS]) + 0.5)
    )
    children = _whose_turn(s, m, v, offset, scratch.rows)
    _draw_luck(s, m, children, scratch)
    for n in range(children):
        i = np.int64(scratch.rows[n])
        h = np.int64(s.household[i])
        listed = m.pays_transfers and eligible(
            uniform(s.rank[h]), uniform(s.noise[h]), m.error, m.limit
        )
        g0, g1, g2, g3 = (
            scratch.luck[0, n],
            scratch.luck[1, n],
            scratch.luck[2, n],
            scratch.luck[3, n],
        )
        decide_child(s, z, p, m, v, h, i, listed, seats, bridge_seats, g0, g1, g2, g3)


@in_place
def _whose_turn(s, m, v, offset, rows):
    """Rows of the children whose turn it is, households from `offset` round, eldest first; own turns lapse."""
    start, homes = s.village_household[v], s.village_household[v + 1] - s.village_household[v]
    found = 0
    for n in range(homes):
        h = start + offset + n
        if h >= start + homes:
            h -= homes
        turn = s.turn[h]
        if turn == 0:
            continue
        s.turn[h] = 0
        for i in range(s.household_child[h], s.household_child[h + 1]):
            mine = turn >= ALL_TURN or (s.marks[i] & TURN) != 0
            s.marks[i] &= ~np.uint8(TURN)
            if mine and s.present[h] and of_age(m.month - np.int64(s.birth[i])):
                rows[found] = i
                found += 1
    return found


@in_place
def _draw_luck(s, m, children, scratch):
    """Gumbel noise of the four activities for each child whose turn it is, in loops without branches.

    The noise belongs to the child's school year, not to the month: who looks again at unchanged circumstances decides
    the same, so that being asked is no effect in itself.
    """
    keys, years = scratch.keys, scratch.years
    for n in range(children):
        i = scratch.rows[n]
        keys[n] = s.key[i]
        years[n] = year_of_life(m.reference, np.int64(s.birth[i]))
    luck0, luck1, luck2, luck3 = scratch.luck[0], scratch.luck[1], scratch.luck[2], scratch.luck[3]
    for n in range(children):
        w0, w1, w2, w3 = words(s.seed, np.int64(keys[n]), np.int64(years[n]), DECIDE)
        luck0[n] = uniform(w0)
        luck1[n] = uniform(w1)
        luck2[n] = uniform(w2)
        luck3[n] = uniform(w3)
    for k in range(4):
        luck = scratch.luck[k]
        for n in range(children):
            luck[n] = gumbel(luck[n])


@rule
def _bridge_seats(seats, v, villages):
    return np.int64(np.floor(seats * (v + 1.0) / villages + 0.5)) - np.int64(
        np.floor(seats * v / villages + 0.5)
    )


@rule
def school_cost(z, m, grade):
    """What the family pays a month (poverty lines)."""
    return m.cost_secondary if grade >= z.secondary_grade else m.cost_primary


@rule
def transfer(m, sex, age, activity, listed):
    """Cash due to a child's family: withheld, as far as it is monitored, from a child that is not at school."""
    amount = m.amounts[sex, transfer_band(age)] if listed else 0.0
    return amount if at_school(activity) else amount * (1.0 - m.levers[CONDITION])


@rule
def siblings_receipts(s, z, p, m, h, child, listed):
    """Net receipts from the other present children, and how many of them are in family work."""
    first, last = s.household_child[h], s.household_child[h + 1]
    helping = 0
    for i in range(first, last):
        family = s.place[i] == FARM or s.place[i] == HOME
        helping += i != child and family and of_age(m.month - np.int64(s.birth[i]))
    mine = s.place[child] == FARM or s.place[child] == HOME
    total = 0.0
    for i in range(first, last):
        birth = np.int64(s.birth[i])
        if i == child or not of_age(m.month - birth):
            continue
        age = class_age(m.reference, birth)
        activity = np.int64(s.activity[i])
        place = np.int64(s.place[i])
        receipts = transfer(m, s.sex[i], age, activity, listed)
        if place != NO_PLACE:
            family = place == FARM or place == HOME
            return_ = m.sibling_return[helping + mine - 1] if family else 1.0
            pay = pay_at(m.pay[place], age) * return_
            receipts += pay if activity == WORK_ONLY else p.combine_share * pay
        if at_school(activity) and s.bridge_clock[i] == 0:
            receipts -= school_cost(z, m, s.grade[i])
        total += receipts
    return total, helping


@rule
def best_offer(s, z, p, m, v, h, i, age, helping):
    """The best place open to a child and its full-time pay: family work, or an employer with a vacancy."""
    trade = np.int64(s.trade[h]) + 1
    now = np.int64(s.place[i])
    best, best_worth, best_pay = NO_PLACE, -1.0, 0.0
    for k in range(FARM, TIER3 + 3):
        if k == FARM and trade != FARM:
            continue
        if k >= TIER3 and k != now:
            t = k - TIER3
            if s.filled[v, t] >= s.places[v, t]:
                continue
            if age < z.minimum_age and s.filled_under[v, t] >= under_age_limit(
                s.places[v, t], m.checked[t]
            ):
                continue
        pay = pay_at(m.pay[k], age) * (m.sibling_return[helping] if k <= HOME else 1.0)
        worth = pay if (k == trade or k == now) else pay * (1.0 - p.search_cost)
        if worth > best_worth:
            best, best_worth, best_pay = k, worth, pay
    return best, best_pay


@outline
def decide_child(s, z, p, m, v, h, i, listed, seats, bridge_seats, g0, g1, g2, g3):
    """Utilities of the four activities, Gumbel noise, the best one taken, and its places and seats."""
    sex = np.int64(s.sex[i])
    birth = np.int64(s.birth[i])
    age = class_age(m.reference, birth)
    now = np.int64(s.activity[i])
    in_bridge = s.bridge_clock[i] > 0
    pupil = at_school(now) and not in_bridge
    around_rest, helping = siblings_receipts(s, z, p, m, h, i, listed)
    place, pay = best_offer(s, z, p, m, v, h, i, age, helping)

    # money
    resources = s.resources[h] + around_rest
    need = s.equivalents[h] * p.subsistence
    amount = transfer(m, sex, age, SCHOOL_ONLY, listed)
    withheld = transfer(m, sex, age, NEITHER, listed)
    cost = school_cost(z, m, s.grade[i])
    weight = p.consumption_weight
    u_school = weight * consumption_utility(resources - cost + amount, need)
    u_both = weight * consumption_utility(resources - cost + amount + p.combine_share * pay, need)
    u_work = weight * consumption_utility(resources + pay + withheld, need)
    u_neither = weight * consumption_utility(resources + withheld, need)

    # school, neighbours, work
    gap = max(0, right_grade(age, z.entry_age) - s.grade[i])
    ability = np.sqrt(3.0) * (2.0 * (s.ability[i] + 0.5) / 65536.0 - 1.0)
    worth = p.schooling_value * (1.0 + p.ability_weight * ability)
    value = worth * s.quality[v] * learning(np.float64(gap), p.gap_half)
    around = (
        p.norm_school * (s.seen_school[v] - s.references[0])
        + (p.endorsement * m.levers[ENDORSEMENT] if listed else 0.0)
        + p.message_to_school * s.message[h]
        - p.distance_cost * s.distance[h]
    )
    dislike = (
        s.attitude[h]
        + s.message[h]
        + p.norm_work * (s.references[1] - s.seen_work[v])
        + p.hazard_weight * z.hazard[place]
    )
    d = s.intercepts[sex, age - FIRST_AGE]
    stay_school = p.inertia_school if at_school(now) else 0.0
    leave_school = p.inertia_school - stay_school
    stay_work = p.inertia_work if works(now) else 0.0
    leave_work = p.inertia_work - stay_work

    # school only: the ordinary class or a bridge class, whichever is open and better
    open_school = pupil or (not in_bridge and s.pupils[v] < seats)
    open_bridge = in_bridge or (
        gap >= p.bridge_min_gap and not at_school(now) and s.bridge_pupils[v] < bridge_seats
    )
    v_school = u_school + value + around if open_school else SHUT
    bridge = False
    if open_bridge:
        u_bridge = weight * consumption_utility(resources + amount, need)
        v_bridge = u_bridge + worth * p.bridge_quality + around
        bridge = v_bridge > v_school
        v_school = max(v_school, v_bridge)
    v_school += d[0] + stay_school + leave_work + g0
    v_both = u_both + (1.0 - p.combine_learning_loss) * value + around - p.combine_share * dislike
    v_both = v_both + d[1] + stay_school + stay_work + g1 if open_school else SHUT
    v_work = u_work - dislike + d[2] + leave_school + stay_work + g2
    v_neither = u_neither + leave_school + leave_work + g3

    choice, top = SCHOOL_ONLY, v_school
    if v_both > top:
        choice, top = SCHOOL_AND_WORK, v_both
    if v_work > top:
        choice, top = WORK_ONLY, v_work
    if v_neither > top:
        choice = NEITHER
    new_place = place if works(choice) else NO_PLACE
    take(s, z, m, v, i, age, choice, new_place, choice == SCHOOL_ONLY and bridge, listed)


@outline
def take(s, z, m, v, i, age, choice, place, bridge, listed):
    """Move a child to its new activity, place and class, and count what a programme would report."""
    now = np.int64(s.activity[i])
    was_bridge = s.bridge_clock[i] > 0
    changes = choice != now or place != s.place[i] or bridge != was_bridge
    if changes:
        enter(s, z, m.month, m.reference, v, i, -1)
    if bridge and not was_bridge:
        s.bridge_clock[i] = 1
        s.marks[i] |= KNOWN
        s.village_sums[v, Z_BRIDGE_STARTS] += 1
        s.village_sums[v, Z_BRIDGED] += mark_counted(s, i, BRIDGED, m.month)
    elif not bridge:
        s.bridge_clock[i] = 0
    known = (s.marks[i] & KNOWN) != 0 or (listed and m.amounts[s.sex[i], transfer_band(age)] > 0.0)
    if known and not at_school(now) and at_school(choice) and not bridge and age > z.entry_age:
        s.marks[i] |= RETURNED
        s.village_sums[v, Z_WITHDRAWN] += mark_counted(s, i, WITHDRAWN, m.month)
    s.activity[i] = choice
    s.place[i] = place
    if changes:
        enter(s, z, m.month, m.reference, v, i, 1)
