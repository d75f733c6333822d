"""What a child earns and costs, and how its household decides (ODD 7.2, 7.5). Money is in poverty lines a month."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from clfz.model import random
from clfz.reference.shared import (
    ACTIVITIES,
    FAMILY_WORK,
    FARM,
    HOME,
    NEITHER,
    NO_PLACE,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    TIER1,
    TIER2,
    TIER3,
    WORK_ONLY,
    Numbers,
    ZoneData,
    age_band,
    goes_to_school,
    gumbel,
    log,
    works,
)

if TYPE_CHECKING:
    from clfz.reference.people import Child
    from clfz.reference.places import Village


# --- money and utility: pure functions of numbers, used in the burn-in (7.2) and in the months ---


def standard_pay(z: ZoneData, p: Numbers, class_age: int, place: int) -> float:
    """Full-time pay of a child at wage index 1."""
    ratio = z.tier_wage_ratio[place - 1]
    return z.adult_pay * p.child_productivity * ratio * (class_age - 4) / 11


def standard_cost(z: ZoneData, grade: int) -> float:
    """Cost of a month at school before any relief."""
    return z.cost_secondary if grade >= z.secondary_grade else z.cost_primary


def receipts(
    p: Numbers, cost: float, pay: float, transfer: float, transfer_if_absent: float
) -> list[float]:
    """What the child brings the household in each activity."""
    money = [0.0] * 4
    money[SCHOOL_ONLY] = -cost + transfer
    money[SCHOOL_AND_WORK] = -cost + transfer + p.combine_share * pay
    money[WORK_ONLY] = pay + transfer_if_absent
    money[NEITHER] = transfer_if_absent
    return money


def consumption_utility(p: Numbers, consumption: float, adult_equivalents: float) -> float:
    """Stone-Geary utility: logarithmic above subsistence, linear below a floor (luxury axiom)."""
    above = consumption / (adult_equivalents * p.subsistence) - 1
    if above >= 0.25:
        return log(above / 0.25)
    return (above - 0.25) / 0.25


def learning(p: Numbers, gap: int) -> float:
    """Share of the lessons that a child so many grades behind can follow."""
    return 1 / (1 + (gap / p.gap_half) ** 2)


def schooling_value(p: Numbers, quality: float, gap: int, ability: float) -> float:
    """Value of the lessons, utils."""
    return p.schooling_value * quality * learning(p, gap) * (1 + p.ability_weight * ability)


def utilities(
    p: Numbers, money_utility: list[float], value: float, around: float, dislike: float
) -> list[float]:
    """`V_S, V_B, V_W, V_N` without intercept, inertia and taste shocks.

    Args:
        p: Parameters.
        money_utility: Utility of consumption in each activity.
        value: Value of the lessons.
        around: What pulls to school besides lessons: neighbours, messages, endorsement, distance.
        dislike: How much the household dislikes full-time work of this child.
    """
    utility = [p.consumption_weight * money for money in money_utility]
    utility[SCHOOL_ONLY] = utility[SCHOOL_ONLY] + value + around
    utility[SCHOOL_AND_WORK] = (
        utility[SCHOOL_AND_WORK]
        + (1 - p.combine_learning_loss) * value
        + around
        - p.combine_share * dislike
    )
    utility[WORK_ONLY] = utility[WORK_ONLY] - dislike
    return utility


def inertia(p: Numbers, present: int) -> list[float]:
    """The pull of the present activity on each activity, utils."""
    return [
        p.inertia_school * (goes_to_school(k) == goes_to_school(present))
        + p.inertia_work * (works(k) == works(present))
        for k in ACTIVITIES
    ]


def promotion_chance(
    p: Numbers, quality: float, activity: int, gap: int, support: float = 0.0
) -> float:
    """Probability to rise a grade at the year's end (7.6).

    Args:
        p: Parameters.
        quality: Quality of the school.
        activity: School only, or school and work.
        gap: Grades behind.
        support: Help for children who came back, 0-1; 0 for others.
    """
    follows = learning(p, gap)
    follows = follows + support * (1 - follows)
    lost = p.combine_learning_loss * (activity == SCHOOL_AND_WORK)
    return min(1.0, p.promotion * quality * (1 - lost) * (0.5 + 0.5 * follows))


# --- what a child brings and costs this month ---


def pay_at(child: Child, place: int) -> float:
    """Full-time pay of a child in a place at this month's prices."""
    model, p = child.model, child.model.p
    pay = standard_pay(model.z, p, child.class_age, place)
    wage = model.wages.index(place)
    demand = 1 + model.lever.demand(place)
    if place not in FAMILY_WORK:
        return pay * (wage * demand)
    steady = p.farm_task_share if place == FARM else 0.0
    siblings = sum(
        other.place in FAMILY_WORK
        for other in child.household.present_children
        if other is not child
    )
    return pay * (wage * (steady + (1 - steady) * demand) * p.sibling_return**siblings)


def school_cost(child: Child) -> float:
    """Cost of regular school after relief."""
    return standard_cost(child.model.z, child.grade) * (1 - child.model.lever.school_cost_relief)


def transfers(child: Child) -> tuple[float, float]:
    """`T` and `T'`: what the household gets for this child if it goes to school, and if not."""
    if not child.household.eligible:
        return 0.0, 0.0
    lever = child.model.lever
    amount = lever.transfer(child.sex, age_band(child.class_age)) * child.model.z.eur
    return amount, amount * (1 - lever.transfer_condition)


def transfer_now(child: Child) -> float:
    """What the household gets for this child as things stand."""
    at_school, absent = transfers(child)
    return at_school if child.at_school else absent


def receipts_now(child: Child) -> float:
    """What the child brings in its present activity and place."""
    pay = pay_at(child, child.place) if child.place != NO_PLACE else 0.0
    cost = 0.0 if child.in_bridge_class else school_cost(child)
    return receipts(child.model.p, cost, pay, *transfers(child))[child.activity]


# --- who decides, and what is chosen ---


def decide_in(village: Village) -> None:
    """Decide in rounds: each household's eldest activated child, then each one's next."""
    families = [
        [child for child in household.present_children if household.activated or child.activated]
        for household in village.round()
    ]
    for children_of_a_round in zip_longest(*families):
        for child in children_of_a_round:
            if child is not None:
                decide(child)
    for household in village.households:
        for child in household.children:
            child.activated = False


def decide(child: Child) -> None:
    """Take the open activity of highest utility."""
    school = child.household.village.school
    place, pay = best_offer(child)
    regular, bridge = total_utilities(child, place, pay)
    school_open = not child.in_bridge_class and (child.is_pupil or school.has_seat)
    bridge_open = child.in_bridge_class or (
        child.gap >= child.model.p.bridge_min_gap and not child.at_school and school.has_bridge_seat
    )
    takes_bridge = bridge_open and not (school_open and bridge <= regular[SCHOOL_ONLY])

    open_utility = {WORK_ONLY: regular[WORK_ONLY], NEITHER: regular[NEITHER]}
    if school_open:
        open_utility[SCHOOL_AND_WORK] = regular[SCHOOL_AND_WORK]
    if school_open or bridge_open:
        open_utility[SCHOOL_ONLY] = bridge if takes_bridge else regular[SCHOOL_ONLY]
    # max takes the first of equals: go through the activities in their order
    activity = max(sorted(open_utility), key=lambda k: open_utility[k])
    change(child, activity, place, bridge=takes_bridge and activity == SCHOOL_ONLY)


def best_offer(child: Child) -> tuple[int, float]:
    """The place of highest pay net of search cost, and its full pay; there is always work at home."""
    household = child.household
    best_place, best_pay, best_net = NO_PLACE, 0.0, 0.0
    for place in (FARM, HOME, TIER3, TIER2, TIER1):
        if place == FARM and household.trade != FARM:
            continue
        employer = household.village.employers.get(place)
        if employer and not employer.would_take(child):
            continue
        pay = pay_at(child, place)
        familiar = place in (household.trade, child.place)
        net = pay if familiar else pay * (1 - child.model.p.search_cost)
        if best_place == NO_PLACE or net > best_net:
            best_place, best_pay, best_net = place, pay, net
    return best_place, best_pay


def total_utilities(child: Child, place: int, pay: float) -> tuple[list[float], float]:
    """Utility of each activity with regular school, and of a bridge class.

    A bridge class is school only, without cost and at the child's own grade.
    """
    model, household = child.model, child.household
    p, lever, village = model.p, model.lever, household.village
    siblings = [other for other in household.present_children if other is not child]
    others = household.income + sum(receipts_now(other) for other in siblings)  # Y + R

    def money_utility(cost: float, pay: float) -> list[float]:
        return [
            consumption_utility(p, others + money, household.adult_equivalents)
            for money in receipts(p, cost, pay, *transfers(child))
        ]

    endorsed = household.eligible and lever.pays_transfers
    around = (
        p.norm_school * (village.seen_school - model.usual_school)
        + p.endorsement * lever.transfer_endorsement * endorsed
        + p.message_to_school * household.message
        - p.distance_cost * household.distance
    )
    dislike = (
        household.attitude
        + household.message
        + p.norm_work * (model.usual_work - village.seen_work)
        + p.hazard_weight * model.z.hazard[place]
    )
    value = schooling_value(p, village.school.quality, child.gap, child.ability)
    bridge_value = schooling_value(p, p.bridge_quality, 0, child.ability)
    regular = utilities(p, money_utility(school_cost(child), pay), value, around, dislike)
    bridge = utilities(p, money_utility(0.0, 0.0), bridge_value, around, dislike)[SCHOOL_ONLY]

    intercept = model.delta[child.sex][child.class_age]
    habit = inertia(p, child.activity)
    words = model.words(child.key, child.year_of_life, random.DECIDE)
    taste = [float(np.float32(gumbel(word))) for word in words]  # in single precision
    besides = [intercept[k] + habit[k] + taste[k] for k in ACTIVITIES]
    return [regular[k] + besides[k] for k in ACTIVITIES], bridge + besides[SCHOOL_ONLY]


def change(child: Child, activity: int, place: int, bridge: bool) -> None:
    """Move the child to its new seat and place at once, and count what a programme counts."""
    village = child.household.village
    was_at_school, was_in_bridge = child.at_school, child.in_bridge_class

    village.take_up(child, -1)
    child.activity = activity
    child.place = place if works(activity) else NO_PLACE
    if not bridge:
        child.bridge_clock = 0
    elif not was_in_bridge:
        child.bridge_clock = 1
        child.known = True
        child.model.events["bridge_starts"] += 1
        child.count_once("bridged")
    village.take_up(child, 1)

    if child.is_pupil and not was_at_school:
        # a programme claims a child that goes to school again, not for the first time
        should_have_started = child.class_age > child.model.z.entry_age
        if should_have_started and (child.known or transfers(child)[0] > 0):
            child.returned = True
            child.count_once("withdrawn")
