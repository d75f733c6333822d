"""A past for every child, and the intercepts that keep the zone at its profile (ODD 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.reference import choice, shared
from clfz.reference.codes import ACTIVITIES, CLASS_AGES, NEITHER, NO_PLACE, SEXES, goes_to_school
from clfz.reference.dates import grade_gap
from clfz.reference.shared import exp, log, uniform

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.model import Twin

EXACT = 1e-12  # largest distance of a mean chance from its target
LARGEST_STEP = 1.0  # of a log weight: keeps Newton's method from overshooting
MOST_STEPS = 200
Intercepts = list[dict[int, list[float]]]
"""`delta[sex][class age][activity]`; that of neither is 0."""


def live_past(model: Twin) -> Intercepts:
    """Take all children of age through their class ages up to month 0, all in step.

    Returns:
        The intercepts of each sex, class age and activity.
    """
    of_age = [child for child in model.children if child.of_age]
    delta: Intercepts = [{}, {}]
    weights = [[1.0] * 4 for _ in SEXES]
    for class_age in CLASS_AGES:
        cohort = [Chooser(child, class_age) for child in of_age if child.class_age >= class_age]
        for sex in SEXES:
            same_sex = [chooser for chooser in cohort if chooser.child.sex == sex]
            if same_sex:
                target = model.figures.targets[sex][class_age - CLASS_AGES[0]]
                weights[sex] = solve_weights(same_sex, weights[sex], target)
            delta[sex][class_age] = [log(weight) for weight in weights[sex]]
        for chooser in cohort:
            live_a_year(chooser, weights[chooser.child.sex])
    for child in of_age:
        child.place = child.household.trade if child.works and child.present else NO_PLACE
    return delta


@dataclass
class Chooser:
    """A child at one class age of its past, under the zone's ordinary conditions."""

    child: Child
    class_age: int

    def __post_init__(self) -> None:
        """Work out what each activity is worth but for habit."""
        self.worth = self._worth()
        self.appeal = self.appeal_after(self.child.activity)

    @property
    def gap(self) -> int:
        """Grades behind at this class age."""
        return grade_gap(self.child.model.figures, self.class_age, self.child.grade)

    def appeal_after(self, present: int) -> list[float]:
        """`e_k`: how much each activity attracts, against neither, from a present activity."""
        habit = choice.inertia(self.child.model.parameters, present)
        gain = [min(max(worth - self.worth[NEITHER], -30.0), 30.0) for worth in self.worth]
        return [exp(gain[k] + habit[k] - habit[NEITHER]) for k in ACTIVITIES]

    def _worth(self) -> list[float]:
        child, household = self.child, self.child.household
        z, p = child.model.figures, child.model.parameters
        siblings = 0.52 * (household.births - 1) * z.sibling_mean
        resources = household.base + siblings
        pay = choice.standard_pay(z, p, self.class_age, household.trade)
        cost = choice.standard_cost(z, child.grade)
        utility_of_money = [
            choice.consumption_utility(p, resources + money, household.adult_equivalents)
            for money in choice.receipts(p, cost, pay, 0.0, 0.0)
        ]
        return choice.utilities(
            p,
            utility_of_money,
            value=choice.schooling_value(p, 1.0, self.gap, child.ability),
            around=-p.distance_cost * household.distance,
            dislike=household.attitude + p.hazard_weight * z.hazard[household.trade],
        )


def probabilities(appeal: list[float], weights: list[float]) -> list[float]:
    """`p_ij`: chances of the activities."""
    attraction = [appeal[k] * weights[k] for k in ACTIVITIES]
    total = sum(attraction)
    return [a / total for a in attraction]


def solve_weights(group: list[Chooser], weights: list[float], target: list[float]) -> list[float]:
    """Find the weights at which the group's mean chances are the target (Berry 1994).

    Newton's method on the logs of the first three weights; that of neither stays 1.
    """
    appeal = np.array([chooser.appeal for chooser in group])
    log_weights = np.array([log(weight) for weight in weights])
    for _ in range(MOST_STEPS):
        attraction = appeal * np.exp(log_weights)
        chances = attraction / attraction.sum(axis=1, keepdims=True)
        mean = chances.mean(axis=0)
        missing = (np.array(target) - mean)[:NEITHER]
        if np.abs(missing).max() < EXACT:
            return [float(weight) for weight in np.exp(log_weights)]
        slope = np.diag(mean) - chances.T @ chances / len(group)
        step = np.linalg.solve(slope[:NEITHER, :NEITHER], missing)
        log_weights[:NEITHER] += step * min(1.0, LARGEST_STEP / np.abs(step).max())
    raise ArithmeticError(f"no weights bring the mean chances to {target}")


def live_a_year(chooser: Chooser, weights: list[float]) -> None:
    """Choose, and perhaps rise a grade."""
    child = chooser.child
    p, luck = child.model.parameters, child.model.luck
    now = chooser.class_age == child.class_age
    year = child.year_of_life if now else chooser.class_age
    noise = [-log(-log(uniform(w))) for w in luck.words(child.key, year, shared.DECIDE)]
    total = [log(chooser.appeal[k] * weights[k]) + noise[k] for k in ACTIVITIES]
    child.activity = max(ACTIVITIES, key=lambda k: total[k])

    if goes_to_school(child.activity) and year_has_ended(chooser):
        chance = choice.promotion_chance(p, 1.0, child.activity, chooser.gap)
        u = uniform(luck.words(child.key, chooser.class_age, shared.HISTORY)[0])
        if u < chance and child.grade < choice.HIGHEST_GRADE:
            child.grade += 1


def year_has_ended(chooser: Chooser) -> bool:
    """Whether the school year of this class age was over by month 0."""
    if chooser.class_age < chooser.child.class_age:
        return True
    dates = chooser.child.model.dates
    return any(dates.is_year_end(month) for month in range(dates.last_school_start(0), 1))
