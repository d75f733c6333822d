"""What a household weighs when it decides about one child (ODD 7.5): the scalar rules, one idea each."""

import numpy as np

from clfz.model.compiling import rule
from clfz.model.maths import log

FLOOR = (
    0.25  # consumption above subsistence, in units of subsistence, below which utility is linear
)


@rule
def pay_at(pay_at_15, age):
    """Full-time pay of a child: nothing at 4, rising linearly to `pay_at_15`.

    Substitution axiom: an adult's pay times the child's productivity (Basu and Van 1998, eq. 2).
    """
    return pay_at_15 * (age - 4.0) / 11.0


@rule
def utility_above(above):
    """Utility of consumption above subsistence (in units of subsistence): a logarithm, straight below a floor."""
    # both sides are computed so that a loop over people has no branch
    straight = (above - FLOOR) / FLOOR
    curved = log(max(above, FLOOR) / FLOOR)
    return curved if above >= FLOOR else straight


@rule
def consumption_utility(consumption, per_need):
    """Stone-Geary utility of consumption above subsistence, linear below a floor (continuous, concave).

    `consumption` in poverty lines; `per_need` is 1 / (equivalent adults times subsistence). Basu and Van's (1998)
    luxury axiom is a consequence: near subsistence a child's pay is worth much, further up it is worth little.
    """
    return utility_above(consumption * per_need - 1.0)


@rule
def learning(gap, gap_half):
    """Share of the lessons that reaches a child `gap` grades behind."""
    ratio = gap / gap_half
    return 1.0 / (1.0 + ratio * ratio)


@rule
def gumbel(u):
    """Standard Gumbel noise (McFadden 1974: its maximum gives the logit), rounded to single precision.

    So that a world's noise takes half the room when it is kept for all scenarios.
    """
    return np.float64(np.float32(-log(-log(u))))


@rule
def at_school(activity):
    """Whether an activity includes school."""
    return activity <= 1


@rule
def works(activity):
    """Whether an activity includes work."""
    return activity == 1 or activity == 2


@rule
def transfer_band(age):
    """Band of a class age for transfers: up to 11, 12-14, 15 and over."""
    return (age >= 12) + (age >= 15)
