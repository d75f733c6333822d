"""A household decides about one child (ODD 7.5, step 5)."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from clfz.reference import choice, shared
from clfz.reference.codes import (
    ACTIVITIES,
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
    works,
)
from clfz.reference.shared import log, single, uniform

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.household import Household
    from clfz.reference.village import Village


def decide_in(village: Village) -> None:
    """Decide in rounds: each household's eldest child whose turn it is, then each one's next."""
    families = [
        [child for child in household.present_children if household.its_turn or child.its_turn]
        for household in village.round()
    ]
    for children_of_a_round in zip_longest(*families):
        for child in children_of_a_round:
            if child is not None:
                decide(child)
    for household in village.households:
        for child in household.children:
            child.its_turn = False


def decide(child: Child) -> None:
    """Take the open activity of highest utility."""
    place, pay = best_offer(child)
    worth = total_utilities(child, place, pay)
    school_open = may_join_school(child)
    bridge_open = may_join_bridge_class(child)

    open_worth = {}
    bridge = False
    if bridge_open:
        bridge = True
        open_worth[SCHOOL_ONLY] = worth_of_bridge_class(child)
    if school_open and (not bridge or open_worth[SCHOOL_ONLY] <= worth[SCHOOL_ONLY]):
        bridge = False
        open_worth[SCHOOL_ONLY] = worth[SCHOOL_ONLY]
    if school_open:
        open_worth[SCHOOL_AND_WORK] = worth[SCHOOL_AND_WORK]
    open_worth[WORK_ONLY] = worth[WORK_ONLY]
    open_worth[NEITHER] = worth[NEITHER]

    # max takes the first of equals, and the order is that of the activities
    activity = max(open_worth, key=lambda k: open_worth[k])
    change(child, activity, place, bridge=bridge and activity == SCHOOL_ONLY)


# --- what is open ---


def may_join_school(child: Child) -> bool:
    """Whether regular classes are open to the child, with or without work."""
    if child.in_bridge_class:
        return False
    return child.is_pupil or child.household.village.school.has_seat


def may_join_bridge_class(child: Child) -> bool:
    """Whether a bridge class is open to the child."""
    if child.in_bridge_class:
        return True
    far_behind = child.gap >= child.model.parameters.bridge_min_gap
    school = child.household.village.school
    return far_behind and not child.at_school and school.has_bridge_seat


def best_offer(child: Child) -> tuple[int, float]:
    """The place of highest worth and its full pay; there is always work at home."""
    household = child.household
    search_cost = child.model.parameters.search_cost
    best_place, best_pay, best_worth = NO_PLACE, 0.0, 0.0
    for place in (FARM, HOME, TIER3, TIER2, TIER1):
        if place == FARM and household.trade != FARM:
            continue
        employer = household.village.employers.get(place)
        if employer and not employer.would_take(child):
            continue
        pay = child.pay_at(place)
        familiar = place in (household.trade, child.place)
        worth = pay if familiar else pay * (1 - search_cost)
        if best_place == NO_PLACE or worth > best_worth:
            best_place, best_pay, best_worth = place, pay, worth
    return best_place, best_pay


# --- what it is worth ---


def income_without(child: Child) -> float:
    """`Y + (R - own)`: adult income and what the siblings bring as things stand."""
    household = child.household
    siblings = [other for other in household.present_children if other is not child]
    return household.income + sum(other.receipts_now for other in siblings)


def total_utilities(child: Child, place: int, pay: float) -> list[float]:
    """Utility of each activity with intercept, inertia and noise, regular school."""
    p, household = child.model.parameters, child.household
    money = [
        money_utility(child, receipts)
        for receipts in child.receipts_by_activity(child.school_cost, pay)
    ]
    quality = household.village.school.quality
    value = choice.schooling_value(p, quality, child.gap, child.ability)
    worth = choice.utilities(
        p, money, value, pull_to_school(household), dislike_of_work(household, place)
    )
    besides = besides_utility(child)
    return [worth[k] + besides[k] for k in ACTIVITIES]


def worth_of_bridge_class(child: Child) -> float:
    """Utility of a bridge class: school only, without cost, at the child's own grade."""
    p = child.model.parameters
    free = child.receipts_by_activity(0.0, 0.0)[SCHOOL_ONLY]
    value = choice.schooling_value(p, p.bridge_quality, 0, child.ability)
    around = pull_to_school(child.household)
    worth = choice.school_only_utility(p, money_utility(child, free), value, around)
    return worth + besides_utility(child)[SCHOOL_ONLY]


def money_utility(child: Child, receipts: float) -> float:
    """Utility of consumption when the child brings so much."""
    consumption = income_without(child) + receipts
    adult_equivalents = child.household.adult_equivalents
    return choice.consumption_utility(child.model.parameters, consumption, adult_equivalents)


def pull_to_school(household: Household) -> float:
    """`around`: neighbours, endorsement by a transfer, messages, distance."""
    model, village = household.model, household.village
    p = model.parameters
    return (
        p.norm_school * (village.seen_school - model.usual_school)
        + p.endorsement * model.lever.transfer_endorsement * household.hears_of_a_transfer
        + p.message_to_school * household.message
        - p.distance_cost * household.distance
    )


def dislike_of_work(household: Household, place: int) -> float:
    """`dis`: attitude, messages, shame where work is rare, danger."""
    model, village = household.model, household.village
    p = model.parameters
    return (
        household.attitude
        + household.message
        + p.norm_work * (model.usual_work - village.seen_work)
        + p.hazard_weight * model.figures.hazard[place]
    )


def besides_utility(child: Child) -> list[float]:
    """Intercept, inertia and noise of each activity."""
    model = child.model
    intercept = model.delta[child.sex][child.class_age]
    habit = choice.inertia(model.parameters, child.activity)
    words = model.luck.words(child.key, child.year_of_life, shared.DECIDE)
    noise = [single(-log(-log(uniform(word)))) for word in words]
    return [intercept[k] + habit[k] + noise[k] for k in ACTIVITIES]


# --- what follows ---


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

    if child.is_pupil and not was_at_school and counts_as_back(child):
        child.returned = True
        child.count_once("withdrawn")


def counts_as_back(child: Child) -> bool:
    """Whether a programme claims a child that goes to school again, not for the first time."""
    should_have_started = child.class_age > child.model.figures.entry_age
    return should_have_started and (child.known or child.transfer > 0)
