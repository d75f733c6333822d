"""How much each activity is worth to a household (ODD 7.5): pure functions of numbers.

Both the past (ODD 7.2) and the months use them.
"""

from clfz.reference.codes import (
    ACTIVITIES,
    FAMILY_WORK,
    NEITHER,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    WORK_ONLY,
    goes_to_school,
    works,
)
from clfz.reference.inputs import Figures, Numbers
from clfz.reference.shared import log

HIGHEST_GRADE = 12


def standard_pay(z: Figures, p: Numbers, class_age: int, place: int) -> float:
    """Full-time pay of a child at wage index 1, poverty lines a month."""
    ratio = z.tier_wage_ratio[place - 1]
    return z.adult_pay * p.child_productivity * ratio * (class_age - 4) / 11


def standard_cost(z: Figures, grade: int) -> float:
    """Cost of a month at school before any relief, poverty lines."""
    return z.cost_secondary if grade >= z.secondary_grade else z.cost_primary


def receipts(
    p: Numbers, cost: float, pay: float, transfer: float, transfer_if_absent: float
) -> list[float]:
    """What the child brings the household in each activity, poverty lines a month."""
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
    """Worth of the lessons, utils."""
    return p.schooling_value * quality * learning(p, gap) * (1 + p.ability_weight * ability)


def school_only_utility(p: Numbers, money_utility: float, value: float, around: float) -> float:
    """`V_S`: money, lessons, and what is around the school."""
    return p.consumption_weight * money_utility + value + around


def utilities(
    p: Numbers, money_utility: list[float], value: float, around: float, dislike: float
) -> list[float]:
    """`V_S, V_B, V_W, V_N` without intercept, inertia and noise.

    Args:
        p: Parameters.
        money_utility: Utility of consumption in each activity.
        value: Worth of the lessons.
        around: What pulls to school besides lessons: neighbours, messages, endorsement, distance.
        dislike: How much the household dislikes full-time work of this child.
    """
    worth = [0.0] * 4
    worth[SCHOOL_ONLY] = school_only_utility(p, money_utility[SCHOOL_ONLY], value, around)
    worth[SCHOOL_AND_WORK] = (
        p.consumption_weight * money_utility[SCHOOL_AND_WORK]
        + (1 - p.combine_learning_loss) * value
        + around
        - p.combine_share * dislike
    )
    worth[WORK_ONLY] = p.consumption_weight * money_utility[WORK_ONLY] - dislike
    worth[NEITHER] = p.consumption_weight * money_utility[NEITHER]
    return worth


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
    """Probability to rise a grade at the year's end (ODD 7.6).

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


def is_family_work(place: int) -> bool:
    """Whether the place is the family's own farm or enterprise."""
    return place in FAMILY_WORK
