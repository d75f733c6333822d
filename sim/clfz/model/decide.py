"""Step 5 of a month: who is activated, in which order, what is open to them, and what they choose (ODD 7.5).

The first round is every activated household's eldest activated child, the second round their next one, and so on.
What brothers and sisters bring in is worked out once a household, and again when one of them has moved: what all bring
in, less the child's own. A block of children is gathered, weighed side by side, and settled one by one. Who is settled
may take the last seat or place; whoever saw it open is weighed again, so that the result is that of deciding one after
another.
"""

import numpy as np

from clfz.model.calendar import class_age, right_grade, year_of_life
from clfz.model.choice import (
    at_school,
    consumption_utility,
    draw_shocks,
    learning,
    pay_at,
    recall_shocks,
    school_years,
    transfer_band,
    works,
)
from clfz.model.community_group import count_once, under_age_limit
from clfz.model.compiling import in_place, lanes, outline, part, rule
from clfz.model.incomes import eligible
from clfz.model.layout import (
    ACTIVATED,
    ALL_ACTIVATED,
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
    SUM,
    TIER1,
    TIER2,
    TIER3,
    WITHDRAWN,
    WORK_ONLY,
)
from clfz.model.random import uniform
from clfz.model.tallies import move
from clfz.programme.levers import LEVER

SCHOOL_SEAT, BRIDGE_SEAT = (
    64,
    128,
)  # bits of what is open; below them the tiers, for older and for under-age children


# Position of the lowest bit that is set.
LOWEST = np.array([0, *((n & -n).bit_length() - 1 for n in range(1, 1 << MOST_BIRTHS))], np.uint8)


@part
def activated_villages(s, first, last, scratch):
    """List the households with somebody activated, each village from the month's offset; own activations lapse."""
    homes = np.uintp(0)
    for v in range(first, last):
        start, end = np.uintp(s.village_household[v]), np.uintp(s.village_household[v + 1])
        middle = start + np.uintp(s.offset[v])
        homes = activated_households(s, v, middle, end, homes, scratch)
        homes = activated_households(s, v, start, middle, homes, scratch)
    return homes


@part
def list_in_rounds(homes, scratch):
    """Rows of the children who are activated, in rounds.

    The first round is every activated household's eldest child who are activated, in the order of the list, the second
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
def activated_households(s, v, low, high, homes, scratch):
    """Add to the list the households low..high-1 of a village with somebody activated.

    `waiting` has one bit for each child of age, eldest lowest; `eldest` is the row of the first. Returns the length.
    """
    waiting, eldest, village = scratch.waiting, scratch.eldest, scratch.village
    listed = homes
    for h in range(low, high):
        # written whether it counts or not: no branch
        eldest[listed] = h
        listed += np.uintp(s.activation[h] != 0)
    left = homes
    for n in range(homes, listed):
        h = np.uintp(eldest[n])
        first = np.uintp(s.household_child[h]) + np.uintp(s.grown[h])
        children = (1 << np.int64(s.of_age[h])) - 1
        if s.activation[h] != ALL_ACTIVATED:
            children &= own_activations(s, first, s.of_age[h], s.activation[h])
        eldest[left], village[left] = first, v
        waiting[left] = children * s.here[h]
        left += np.uintp(waiting[left] != 0)
    s.activation[low:high] = 0
    return left


@part
def own_activations(s, first, size, activation):
    """Bits of the children with an activation of their own; all, if everybody is activated. Own activations lapse."""
    children = 0
    for k in range(np.uintp(size)):
        i = first + k
        children |= np.int64((activation >= ALL_ACTIVATED) | ((s.flags[i] & ACTIVATED) != 0)) << k
        s.flags[i] &= ~np.uint8(ACTIVATED)
    return children


@part
def open_school_year(s, z, m, v):
    """Seats of this month in a village, and the places that under-age children may hold."""
    s.seats[v] = np.int64(
        np.floor(s.pupils_start[v] * (1.0 + z.seat_slack) * (1.0 + m.levers[LEVER.teachers]) + 0.5)
    )
    s.bridge_seats[v] = village_bridge_seats(m.levers[LEVER.bridge_seats], v, z.villages)
    for k in range(3):
        s.under_limit[v, k] = under_age_limit(s.places[v, k], m.checked[k])
    s.vacancies[v] = find_vacancies(s, v)


@rule
def village_bridge_seats(seats, v, villages):
    """The zone's seats in bridge classes, spread evenly."""
    return np.int64(np.floor(seats * (v + 1.0) / villages + 0.5)) - np.int64(
        np.floor(seats * v / villages + 0.5)
    )


@part
def find_vacancies(s, v):
    """What is open now: bits 0-2 tier3, tier2, tier1; bits 3-5 the same for under-age children; classes."""
    vacancies = SCHOOL_SEAT * np.int64(s.pupils[v] < s.seats[v])
    vacancies |= BRIDGE_SEAT * np.int64(s.bridge_pupils[v] < s.bridge_seats[v])
    for k in range(3):
        vacancy = s.filled[v, k] < s.places[v, k]
        vacancies |= np.int64(vacancy) << k
        vacancies |= np.int64(vacancy and s.filled_under[v, k] < s.under_limit[v, k]) << (k + 3)
    return vacancies


@part
def on_list(s, m, h):
    """Whether a household is on the list of a transfer that pays this month."""
    return m.pays_transfers and eligible(uniform(s.rank[h]), uniform(s.noise[h]), m.error, m.limit)


@part
def look_at_households(s, m, homes, scratch):
    """What each child of the activated households brings in, and the others of each.

    Args:
        s: State.
        m: Month.
        homes: How many are activated: `scratch.eldest` has the first child of age of each.
        scratch: Written: `brought`, `others` household by household; `begins`, where each household's begin.
    """
    begin = np.uintp(0)
    for n in range(homes):
        first = np.uintp(scratch.eldest[n])
        h = np.uintp(s.household[first])
        size, listed = np.uintp(s.of_age[h]), on_list(s, m, h)
        scratch.begins[n] = begin
        for k in range(size):
            bring(s, m, first + k, listed, scratch.brought[begin + k])
        add_up_others(begin, size, scratch)
        begin += size


@part
def look_again(s, m, child, position, scratch):
    """The same for the younger ones after a child, at `position` in the lists, has moved."""
    h = np.uintp(s.household[child])
    eldest = np.uintp(s.household_child[h]) + np.uintp(s.grown[h])
    size = np.uintp(s.of_age[h])
    if child + np.uintp(1) < eldest + size:
        bring(s, m, child, on_list(s, m, h), scratch.brought[position])
        add_up_others(position - (child - eldest), size, scratch)


@part
def bring(s, m, i, listed, brought):
    """What a child brings in outside the family, in it, and otherwise; and 1 if it is in family work."""
    code = np.uintp(s.codes[i] & np.uint8(127))
    age = class_age(m.reference, np.int64(s.birth[i]))
    pupil = at_school(code & np.uintp(3))
    # a table, not branches: who pays no fees pays 0
    free = np.uintp(not pupil) | np.uintp(s.bridge_clock[i] > 0)
    other = -m.fees[2 * free + np.uintp(s.grade[i] >= m.secondary_grade)]
    if m.pays_transfers:
        amount = m.amounts[np.uintp(s.sex[i]), np.uintp(transfer_band(age))]
        other += amount * (1.0 if pupil else m.kept) if listed else 0.0
    years = age - 4.0
    brought[0] = m.earned[code, np.uintp(0)] * years
    brought[1] = m.earned[code, np.uintp(1)] * years
    brought[2] = other
    brought[3] = in_family(code >> np.uintp(2))


@part
def add_up_others(begin, size, scratch):
    """For each child of a household what all children of age bring in, less its own."""
    outside, family, other, helping = 0.0, 0.0, 0.0, 0.0
    for k in range(begin, begin + size):
        brought = scratch.brought[k]
        outside += brought[0]
        family += brought[1]
        other += brought[2]
        helping += brought[3]
    for k in range(begin, begin + size):
        brought, others = scratch.brought[k], scratch.others[k]
        others[0] = outside - brought[0]
        others[1] = family - brought[1]
        others[2] = other - brought[2]
        others[3] = helping - brought[3]


@part
def siblings(m, positions, size, x, scratch):
    """Net receipts from the other present children, added to resources, and what family work returns beside them."""
    for k in range(size):
        others = scratch.others[np.uintp(positions[k])]
        helping = np.int64(others[3])
        x.outside[k] = others[0]
        x.family[k] = others[1]
        x.other[k] = others[2]
        x.sibling_return[k] = m.sibling_return[np.uintp(helping)]
        x.their_return[k] = m.sibling_return[np.uintp(max(0, helping + in_family(x.at[k]) - 1))]
    for k in range(size):
        earned = x.outside[k] + x.family[k] * x.their_return[k]
        x.resources[k] += earned / 11.0 + x.other[k]


@rule
def in_family(place):
    """1 for family work on the farm or at home, else 0."""
    return np.int64((place >= FARM) & (place <= HOME))


SHUT = -1e300  # utility of what is not open
BRIDGE = 4  # choice: a bridge class


@in_place
def decide(s, z, p, m, first, last, scratch):
    """Children of villages first..last-1 who are activated get the activity of highest utility, round by round."""
    for v in range(first, last):
        open_school_year(s, z, m, v)
    homes = activated_villages(s, first, last, scratch)
    look_at_households(s, m, homes, scratch)
    list_in_rounds(homes, scratch)
    for r in range(MOST_BIRTHS):
        begin = scratch.rounds[r]
        while begin < scratch.rounds[r + 1]:
            size = min(BLOCK, scratch.rounds[r + 1] - begin)
            decide_block(s, z, p, m, begin, size, scratch)
            begin += size


@outline
def decide_block(s, z, p, m, begin, size, scratch):
    """Decide about children of different households, in order: `size` of those who are activated, from `begin`."""
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
        if (x.vacancies[k] ^ s.vacancies[v]) & x.cares[k] != 0:
            x.vacancies[k] = s.vacancies[v]
            best_offers(z, p, m, k, k + 1, x)
            weigh(s, z, p, m, k, k + 1, x)
        if x.moves[k] != 0:
            choice = x.choice[k]
            activity = SCHOOL_ONLY if choice == BRIDGE else choice
            place = x.place[k] if works(activity) else NO_PLACE
            take(s, z, m, np.int64(v), np.int64(rows[k]), activity, place, choice == BRIDGE)
            look_again(s, m, np.uintp(rows[k]), np.uintp(positions[k]), scratch)
            s.vacancies[v] = find_vacancies(s, np.int64(v))


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
        x.vacancies[k] = s.vacancies[v]
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
    """The best place open to each child, its full-time pay, and the vacancies on which that depends.

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
        vacancies = x.vacancies[k] >> shift
        farm, home = pay_farm * x.sibling_return[k], pay_home * x.sibling_return[k]
        worth, place, pay = better(farm, trade == FARM, FARM, farm, -1.0, NO_PLACE, 0.0)
        worth_home = home if (trade == HOME) | (at == HOME) else home * found
        worth, place, pay = better(worth_home, True, HOME, home, worth, place, pay)
        worth3 = pay3 if (trade == TIER3) | (at == TIER3) else pay3 * found
        worth2 = pay2 if (trade == TIER2) | (at == TIER2) else pay2 * found
        worth1 = pay1 if (trade == TIER1) | (at == TIER1) else pay1 * found
        open3 = (at == TIER3) | (vacancies & 1 != 0)
        open2 = (at == TIER2) | (vacancies & 2 != 0)
        open1 = (at == TIER1) | (vacancies & 4 != 0)
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
        # a vacancy matters if the place is, or would be, the best
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
    endorsement = p.endorsement * m.levers[LEVER.transfer_endorsement]
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
        open_school = pupil | ((not in_bridge) & (x.vacancies[k] & SCHOOL_SEAT != 0))
        open_bridge = in_bridge | (may_bridge & (x.vacancies[k] & BRIDGE_SEAT != 0))

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

        # a vacancy matters if the class is worth no less than what is open to everybody
        least = max(work, neither)
        waits = (max(school, both) >= least) & (not pupil) & (not in_bridge)
        waits_bridge = may_bridge & (bridge >= least)
        x.cares[k] |= (SCHOOL_SEAT if waits else 0) | (BRIDGE_SEAT if waits_bridge else 0)

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
        s.flags[i] |= KNOWN
        s.village_sums[v, SUM.bridge_starts] += 1
        s.village_sums[v, SUM.bridged] += count_once(s, i, BRIDGED, m.month)
    if bridge or was_at_school or not at_school(activity):
        return
    age = class_age(m.reference, np.int64(s.birth[i]))
    known = (s.flags[i] & KNOWN) != 0 or (
        on_list(s, m, s.household[i]) and m.amounts[s.sex[i], transfer_band(age)] > 0.0
    )
    if known and age > z.entry_age:
        s.flags[i] |= RETURNED
        s.village_sums[v, SUM.withdrawn] += count_once(s, i, WITHDRAWN, m.month)
