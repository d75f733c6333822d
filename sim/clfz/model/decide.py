"""Step 5 of a month: households decide, one child after another, about the children whose turn it is (ODD 7.5).

A block of children is gathered, weighed side by side, and settled one by one. Who is settled may take the last seat
or place; whoever saw it open is weighed again, so that the result is that of deciding one after another.
"""

import numpy as np

from clfz.model.books import move
from clfz.model.calendar import class_age, right_grade, year_of_life
from clfz.model.choice import at_school, consumption_utility, learning, pay_at, transfer_band, works
from clfz.model.columns import ENDORSEMENT
from clfz.model.compiling import in_place, lanes, outline, part, rule
from clfz.model.group import mark_counted
from clfz.model.layout import (
    BLOCK,
    BRIDGED,
    FARM,
    FIRST_AGE,
    HOME,
    KNOWN,
    LAST_AGE,
    MOST_BIRTHS,
    NEITHER,
    NO_PLACE,
    RETURNED,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    TIER1,
    TIER2,
    TIER3,
    WITHDRAWN,
    WORK_ONLY,
    Z_BRIDGE_STARTS,
    Z_BRIDGED,
    Z_WITHDRAWN,
)
from clfz.model.siblings import look_again, look_at_households, on_list, siblings
from clfz.model.taste_shocks import draw_shocks, recall_shocks, school_years
from clfz.model.turns import (
    BRIDGE_DOOR,
    SCHOOL_DOOR,
    call_villages,
    open_doors,
    open_school_year,
    take_turns,
)

SHUT = -1e300  # utility of what is not open
BRIDGE = 4  # choice: a bridge class


@in_place
def decide(s, z, p, m, first, last, scratch):
    """Children of villages first..last-1 whose turn it is get the activity of highest utility, round by round."""
    for v in range(first, last):
        open_school_year(s, z, m, v)
    homes = call_villages(s, first, last, scratch)
    look_at_households(s, m, homes, scratch)
    take_turns(homes, scratch)
    for r in range(MOST_BIRTHS):
        begin = scratch.rounds[r]
        while begin < scratch.rounds[r + 1]:
            size = min(BLOCK, scratch.rounds[r + 1] - begin)
            decide_block(s, z, p, m, begin, size, scratch)
            begin += size


@outline
def decide_block(s, z, p, m, begin, size, scratch):
    """Decide about children of different households, in order: `size` of those whose turn it is, from `begin`."""
    x = scratch.children[0]
    rows, villages = scratch.rows[begin:], scratch.villages[begin:]
    positions = scratch.positions[begin:]
    gather(s, m, rows, villages, positions, size, x, scratch)
    whole = lanes(size)
    if scratch.shocks.shape[0] > 0:
        recall_shocks(scratch.shocks[school_years(z, m.month)], rows, size, x)
    else:
        draw_shocks(s.seed, whole, x)
    best_offers(z, p, m, 0, whole, x)
    weigh(s, z, p, m, 0, whole, x)
    for k in range(size):
        v = np.uintp(villages[k])
        if (x.doors[k] ^ s.doors[v]) & x.cares[k] != 0:
            x.doors[k] = s.doors[v]
            best_offers(z, p, m, k, k + 1, x)
            weigh(s, z, p, m, k, k + 1, x)
        if x.moves[k] != 0:
            choice = x.choice[k]
            activity = SCHOOL_ONLY if choice == BRIDGE else choice
            place = x.place[k] if works(activity) else NO_PLACE
            take(s, z, m, np.int64(v), np.int64(rows[k]), activity, place, choice == BRIDGE)
            look_again(s, m, np.uintp(rows[k]), np.uintp(positions[k]), scratch)
            s.doors[v] = open_doors(s, np.int64(v))


@part
def gather(s, m, rows, villages, positions, size, x, scratch):
    """Put together what the households of a block know when they decide: loops over few arrays each."""
    for k in range(size):
        i = np.uintp(rows[k])
        x.home[k] = s.household[i]
        x.key[k] = s.key[i]
        x.sex[k] = s.sex[i]
        x.year[k] = year_of_life(m.reference, np.int64(s.birth[i]))
        x.grade[k] = s.grade[i]
    for k in range(size):
        i = np.uintp(rows[k])
        x.now[k] = s.activity[i]
        x.at[k] = s.place[i]
        x.clock[k] = s.bridge_clock[i]
        x.ability[k] = s.ability[i]
    for k in range(size):
        h = np.uintp(x.home[k])
        x.trade[k] = s.trade[h]
        x.resources[k] = s.resources[h]
        x.equivalents[k] = s.equivalents[h]
        x.message[k] = s.message[h]
        x.attitude[k] = s.attitude[h]
        x.distance[k] = s.distance[h]
    for k in range(size):
        v = np.uintp(villages[k])
        x.doors[k] = s.doors[v]
        x.quality[k] = s.quality[v]
        x.seen_school[k] = s.seen_school[v]
        x.seen_work[k] = s.seen_work[v]
    for k in range(size):
        x.age[k] = min(max(x.year[k], FIRST_AGE), LAST_AGE)
    for k in range(size):
        d = s.intercepts[np.uintp(x.sex[k]), np.uintp(x.age[k] - FIRST_AGE)]
        x.intercept0[k] = d[0]
        x.intercept1[k] = d[1]
        x.intercept2[k] = d[2]
    for k in range(size):
        x.listed[k] = 0
        x.transfer[k] = 0.0
    if m.pays_transfers:
        for k in range(size):
            listed = on_list(s, m, np.uintp(x.home[k]))
            amount = m.amounts[np.uintp(x.sex[k]), np.uintp(transfer_band(x.age[k]))]
            x.listed[k] = listed
            x.transfer[k] = amount if listed else 0.0
    siblings(m, positions, size, x, scratch)


@rule
def better(worth, offered, place, pay, best_worth, best_place, best_pay):
    """The better of an offer and the best so far."""
    if offered & (worth > best_worth):
        return worth, place, pay
    return best_worth, best_place, best_pay


@part
def best_offers(z, p, m, first, last, x):
    """The best place open to each child, its full-time pay, and the doors on which that depends.

    Family work, or an employer with a vacancy; a child's own present place is open to it.
    """
    pay_farm, pay_home = m.pay[FARM], m.pay[HOME]
    pay3, pay2, pay1 = m.pay[TIER3], m.pay[TIER2], m.pay[TIER1]
    hazard_farm, hazard_home = z.hazard[FARM], z.hazard[HOME]
    hazard3, hazard2, hazard1 = z.hazard[TIER3], z.hazard[TIER2], z.hazard[TIER1]
    found = 1.0 - p.search_cost
    minimum_age = z.minimum_age
    for k in range(first, last):
        trade, at = x.trade[k] + 1, x.at[k]
        young = x.age[k] < minimum_age
        shift = 3 if young else 0
        doors = x.doors[k] >> shift
        farm, home = pay_farm * x.sibling_return[k], pay_home * x.sibling_return[k]
        worth, place, pay = better(farm, trade == FARM, FARM, farm, -1.0, NO_PLACE, 0.0)
        worth_home = home if (trade == HOME) | (at == HOME) else home * found
        worth, place, pay = better(worth_home, True, HOME, home, worth, place, pay)
        worth3 = pay3 if (trade == TIER3) | (at == TIER3) else pay3 * found
        worth2 = pay2 if (trade == TIER2) | (at == TIER2) else pay2 * found
        worth1 = pay1 if (trade == TIER1) | (at == TIER1) else pay1 * found
        open3 = (at == TIER3) | (doors & 1 != 0)
        open2 = (at == TIER2) | (doors & 2 != 0)
        open1 = (at == TIER1) | (doors & 4 != 0)
        worth, place, pay = better(worth3, open3, TIER3, pay3, worth, place, pay)
        worth, place, pay = better(worth2, open2, TIER2, pay2, worth, place, pay)
        worth, place, pay = better(worth1, open1, TIER1, pay1, worth, place, pay)
        hazard = hazard_farm if place == FARM else hazard_home
        hazard = hazard3 if place == TIER3 else hazard
        hazard = hazard2 if place == TIER2 else hazard
        hazard = hazard1 if place == TIER1 else hazard
        x.place[k] = place
        x.hazard[k] = hazard
        x.pay[k] = pay_at(pay, x.age[k])
        # a door matters if the place behind it is, or would be, the best
        cares = (1 if (worth3 >= worth) & (at != TIER3) else 0) + (
            2 if (worth2 >= worth) & (at != TIER2) else 0
        )
        cares += 4 if (worth1 >= worth) & (at != TIER1) else 0
        x.cares[k] = cares << shift


@part
def weigh(s, z, p, m, first, last, x):
    """The activity of highest utility in positions first..last-1 (`BRIDGE`: school only, in a bridge class)."""
    weight, share, subsistence = p.consumption_weight, p.combine_share, p.subsistence
    kept = 1.0 - p.combine_learning_loss
    gap_half, bridge_gap, bridge_quality = p.gap_half, p.bridge_min_gap, p.bridge_quality
    schooling_value, ability_weight = p.schooling_value, p.ability_weight
    inertia_school, inertia_work = p.inertia_school, p.inertia_work
    norm_school, norm_work = p.norm_school, p.norm_work
    reference_school, reference_work = s.references[0], s.references[1]
    endorsement = p.endorsement * m.levers[ENDORSEMENT]
    to_school, distance_cost, hazard_weight = p.message_to_school, p.distance_cost, p.hazard_weight
    entry_age, secondary = z.entry_age, z.secondary_grade
    cost_primary, cost_secondary, unconditional = m.cost_primary, m.cost_secondary, m.kept
    spread = np.sqrt(3.0)
    for k in range(first, last):
        x.in_bridge[k] = 0.0
    if m.bridging:
        for k in range(first, last):
            per_need = 1.0 / (x.equivalents[k] * subsistence)
            sent = x.resources[k] + x.transfer[k]
            x.in_bridge[k] = weight * consumption_utility(sent, per_need)
    for k in range(first, last):
        now = x.now[k]
        in_school, in_work = now <= SCHOOL_AND_WORK, (now == SCHOOL_AND_WORK) | (now == WORK_ONLY)
        in_bridge = x.clock[k] > 0
        pupil = in_school & (not in_bridge)
        gap = max(0, right_grade(x.age[k], entry_age) - x.grade[k])
        may_bridge = (not in_bridge) & (not in_school) & (gap >= bridge_gap)
        open_school = pupil | ((not in_bridge) & (x.doors[k] & SCHOOL_DOOR != 0))
        open_bridge = in_bridge | (may_bridge & (x.doors[k] & BRIDGE_DOOR != 0))

        # money
        per_need = 1.0 / (x.equivalents[k] * subsistence)
        cost = cost_secondary if x.grade[k] >= secondary else cost_primary
        sent = x.resources[k] + x.transfer[k]
        idle = x.resources[k] + x.transfer[k] * unconditional
        u_school = weight * consumption_utility(sent - cost, per_need)
        u_both = weight * consumption_utility(sent - cost + share * x.pay[k], per_need)
        u_work = weight * consumption_utility(idle + x.pay[k], per_need)
        u_neither = weight * consumption_utility(idle, per_need)

        # school, neighbours, work
        ability = spread * (2.0 * (x.ability[k] + 0.5) / 65536.0 - 1.0)
        worth = schooling_value * (1.0 + ability_weight * ability)
        value = worth * x.quality[k] * learning(gap, gap_half)
        around = norm_school * (x.seen_school[k] - reference_school) + endorsement * x.listed[k]
        around += to_school * x.message[k] - distance_cost * x.distance[k]
        dislike = x.attitude[k] + x.message[k] + norm_work * (reference_work - x.seen_work[k])
        dislike += hazard_weight * x.hazard[k]
        stay_school = inertia_school if in_school else 0.0
        stay_work = inertia_work if in_work else 0.0
        leave_school, leave_work = inertia_school - stay_school, inertia_work - stay_work

        same = around + x.intercept0[k] + stay_school + leave_work + x.shock0[k]
        school = u_school + value + same
        bridge = x.in_bridge[k] + worth * bridge_quality + same
        both = u_both + kept * value + around - share * dislike
        both += x.intercept1[k] + stay_school + stay_work + x.shock1[k]
        work = u_work - dislike + x.intercept2[k] + leave_school + stay_work + x.shock2[k]
        neither = u_neither + leave_school + leave_work + x.shock3[k]

        # a door matters if what is behind it is worth no less than what is open to everybody
        least = max(work, neither)
        waits = (max(school, both) >= least) & (not pupil) & (not in_bridge)
        waits_bridge = may_bridge & (bridge >= least)
        x.cares[k] |= (SCHOOL_DOOR if waits else 0) | (BRIDGE_DOOR if waits_bridge else 0)

        school = school if open_school else SHUT
        both = both if open_school else SHUT
        bridge = bridge if open_bridge else SHUT
        choice = BRIDGE if bridge > school else SCHOOL_ONLY
        top = max(school, bridge)
        choice = SCHOOL_AND_WORK if both > top else choice
        top = max(both, top)
        choice = WORK_ONLY if work > top else choice
        top = max(work, top)
        choice = NEITHER if neither > top else choice
        x.choice[k] = choice
        bridged = choice == BRIDGE
        activity = SCHOOL_ONLY if bridged else choice
        moves = (activity != now) | (bridged != in_bridge)
        x.moves[k] = moves | (x.at[k] != (x.place[k] if works(activity) else NO_PLACE))


@part
def take(s, z, m, v, i, activity, place, bridge):
    """Move a child to its new activity, place and class, and count what a programme would report."""
    was_at_school, was_in_bridge = at_school(s.activity[i]), s.bridge_clock[i] > 0
    move(s, z, m, v, i, activity, place, bridge)
    if bridge and not was_in_bridge:
        s.marks[i] |= KNOWN
        s.village_sums[v, Z_BRIDGE_STARTS] += 1
        s.village_sums[v, Z_BRIDGED] += mark_counted(s, i, BRIDGED, m.month)
    if bridge or was_at_school or not at_school(activity):
        return
    age = class_age(m.reference, np.int64(s.birth[i]))
    known = (s.marks[i] & KNOWN) != 0 or (
        on_list(s, m, s.household[i]) and m.amounts[s.sex[i], transfer_band(age)] > 0.0
    )
    if known and age > z.entry_age:
        s.marks[i] |= RETURNED
        s.village_sums[v, Z_WITHDRAWN] += mark_counted(s, i, WITHDRAWN, m.month)
