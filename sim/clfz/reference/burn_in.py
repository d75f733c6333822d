"""Initial histories of all children, and the intercepts that keep the zone at its profile (ODD 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clfz.model import random
from clfz.reference.decision import (
    consumption_utility,
    inertia,
    promotion_chance,
    receipts,
    schooling_value,
    standard_cost,
    standard_pay,
    utilities,
)
from clfz.reference.shared import (
    ACTIVITIES,
    CLASS_AGES,
    HIGHEST_GRADE,
    NEITHER,
    NO_PLACE,
    SEXES,
    exp,
    goes_to_school,
    grade_gap,
    gumbel,
    log,
    uniform,
)

if TYPE_CHECKING:
    from clfz.reference.model import ReferenceModel
    from clfz.reference.people import Child

EXACT = 1e-12  # largest distance of a mean probability from its target
LARGEST_STEP = 1.0  # of a log weight: keeps Newton's method from overshooting
MOST_STEPS = 200
Intercepts = list[dict[int, list[float]]]
"""`delta[sex][class age][activity]`; that of neither is 0."""


def live_burn_in(model: ReferenceModel) -> Intercepts:
    """Take all children of age through their class ages up to month 0, all in step.

    Returns:
        The intercepts of each sex, class age and activity.
    """
    of_age = [child for child in model.children if child.of_age]
    delta: Intercepts = [{}, {}]
    weights = [[1.0] * 4 for _ in SEXES]
    for class_age in CLASS_AGES:
        for sex in SEXES:
            cohort = [c for c in of_age if c.sex == sex and c.class_age >= class_age]
            attraction = [attractions(child, class_age) for child in cohort]
            if cohort:
                target = model.z.targets[sex][class_age - CLASS_AGES[0]]
                weights[sex] = solve_weights(attraction, weights[sex], target)
            delta[sex][class_age] = [log(weight) for weight in weights[sex]]
            for child, pull in zip(cohort, attraction, strict=True):
                live_a_year(child, class_age, pull, weights[sex])
    for child in of_age:
        child.place = child.household.trade if child.works and child.present else NO_PLACE
    return delta


def attractions(child: Child, class_age: int) -> list[float]:
    """`e_k`: how much each activity attracts, against neither, in the zone's ordinary conditions."""
    household, z, p = child.household, child.model.z, child.model.p
    resources = household.base + 0.52 * (household.births - 1) * z.sibling_mean
    pay = standard_pay(z, p, class_age, household.trade)
    cost = standard_cost(z, child.grade)
    gap = grade_gap(z, class_age, child.grade)
    utility = utilities(
        p,
        [
            consumption_utility(p, resources + money, household.adult_equivalents)
            for money in receipts(p, cost, pay, 0.0, 0.0)
        ],
        value=schooling_value(p, 1.0, gap, child.ability),
        around=-p.distance_cost * household.distance,
        dislike=household.attitude + p.hazard_weight * z.hazard[household.trade],
    )
    habit = inertia(p, child.activity)
    gain = [min(max(own - utility[NEITHER], -30.0), 30.0) for own in utility]
    return [exp(gain[k] + habit[k] - habit[NEITHER]) for k in ACTIVITIES]


def probabilities(
    attraction: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`p_ik`, [children, activities]: probabilities of the activities."""
    weighted = attraction * weights
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))


def solve_weights(
    attraction: list[list[float]], weights: list[float], target: list[float]
) -> list[float]:
    """Find the weights at which the children's mean probabilities are the target (Berry 1994).

    Newton's method on the logs of the first three weights; that of neither stays 1.
    """
    each = np.array(attraction)
    log_weights = np.array([log(weight) for weight in weights])
    for _ in range(MOST_STEPS):
        chances = probabilities(each, np.exp(log_weights))
        mean = chances.mean(axis=0)
        missing = (np.array(target) - mean)[:NEITHER]
        if np.abs(missing).max() < EXACT:
            return [float(weight) for weight in np.exp(log_weights)]
        slope = np.diag(mean) - chances.T @ chances / len(each)
        step = np.linalg.solve(slope[:NEITHER, :NEITHER], missing)
        log_weights[:NEITHER] += step * min(1.0, LARGEST_STEP / np.abs(step).max())
    raise ArithmeticError(f"no weights bring the mean probabilities to {target}")


def live_a_year(
    child: Child, class_age: int, attraction: list[float], weights: list[float]
) -> None:
    """Choose, and perhaps rise a grade."""
    model, calendar = child.model, child.model.calendar
    gap = grade_gap(model.z, class_age, child.grade)
    is_now = class_age == child.class_age  # the school year of month 0
    words = model.words(child.key, child.year_of_life if is_now else class_age, random.DECIDE)
    total = [log(attraction[k] * weights[k]) + gumbel(words[k]) for k in ACTIVITIES]
    child.activity = max(ACTIVITIES, key=lambda k: total[k])

    months = range(calendar.last_school_start(0), 1)
    year_has_ended = not is_now or any(calendar.is_year_end(month) for month in months)
    if goes_to_school(child.activity) and year_has_ended:
        chance = promotion_chance(model.p, 1.0, child.activity, gap)
        u = uniform(model.words(child.key, class_age, random.HISTORY)[0])
        if u < chance and child.grade < HIGHEST_GRADE:
            child.grade += 1
