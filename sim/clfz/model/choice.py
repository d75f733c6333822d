"""What a household weighs when it decides about one child: scalar rules, and taste shocks (ODD 7.5).

A taste shock belongs to the child's school year, not to the month or the scenario: who looks again at unchanged
circumstances decides the same, so that being asked is no effect in itself. Scenarios that are compared meet the same
shocks, so they are drawn once for all of a replication, where there is room to keep them, or else when a child decides.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clfz.model.calendar import school_year, year_of_life
from clfz.model.compiling import in_place, kernel, lanes, part, rule
from clfz.model.layout import BLOCK, ENTRY_MONTHS, EXIT_MONTHS
from clfz.model.maths import log
from clfz.model.random import DECIDE, uniform, words
from clfz.model.state import CHILDREN, State

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

    So that a replication's noise takes half the room when it is kept for all scenarios.
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


MOST_BYTES = (
    64_000_000  # of shocks that are kept; in larger zones they are drawn again in each scenario
)
NONE_KEPT = (0, 0, 4)  # shape of the shocks of a replication when none are kept


@part
def draw_shocks(seed, size, x):
    """Gumbel noise of the four activities in the school years of a block of children."""
    for k in range(size):
        w0, w1, w2, w3 = words(seed, x.key[k], x.year[k], DECIDE)
        x.shock0[k] = uniform(w0)
        x.shock1[k] = uniform(w1)
        x.shock2[k] = uniform(w2)
        x.shock3[k] = uniform(w3)
    for k in range(size):
        x.shock0[k] = gumbel(x.shock0[k])
        x.shock1[k] = gumbel(x.shock1[k])
        x.shock2[k] = gumbel(x.shock2[k])
        x.shock3[k] = gumbel(x.shock3[k])


@part
def recall_shocks(shocks, rows, size, x):
    """The same from what was drawn for a school year, `shocks` [N, 4]."""
    for k in range(size):
        noise = shocks[np.uintp(rows[k])]
        x.shock0[k] = noise[0]
        x.shock1[k] = noise[1]
        x.shock2[k] = noise[2]
        x.shock3[k] = noise[3]


@rule
def school_years(z, month):
    """School years that began since that of month 1 and up to a month: the row of `shocks`."""
    return (month - school_year(1, z.start_month, z.school_start)) // 12


def taste_shocks(s: State, z: Any) -> NDArray[np.float32]:
    """Taste shocks of all school years of a run [years, N, 4], where a child is of age; `NONE_KEPT` if too much.

    Raises:
        MemoryError: There is no room for them.
    """
    first = int(school_year(1, int(z["start_month"]), int(z["school_start"])))
    years = (s.months - first) // 12 + 1
    if 16 * years * s.key.size > MOST_BYTES:
        return np.empty(NONE_KEPT, np.float32)
    shocks = np.empty((years, s.key.size, 4), np.float32)
    draw_years(s.seed, s.key, s.birth, first, np.zeros(1, CHILDREN), shocks)
    return shocks


@kernel
def draw_years(seed, key, birth, first, block, shocks):
    """Fill `shocks` [years, N, 4], where a child is of age; the first school year begins in month `first`."""
    for y in range(shocks.shape[0]):
        draw_year(seed, key, birth, first + 12 * y, block[0], shocks[y])


@in_place
def draw_year(seed, key, birth, reference, x, shocks):
    """Taste shocks [N, 4] of who is of age at some time in the school year that begins in month `reference`."""
    for low in range(0, key.size, BLOCK):
        size = 0
        for i in range(low, min(low + BLOCK, key.size)):
            # written whether it counts or not: no branch
            x.row[size] = i
            youngest = reference - np.int64(birth[i])
            size += (youngest + 11 >= ENTRY_MONTHS) & (youngest < EXIT_MONTHS)
        for k in range(size):
            i = np.uintp(x.row[k])
            x.key[k] = key[i]
            x.year[k] = year_of_life(reference, np.int64(birth[i]))
        draw_shocks(seed, lanes(size), x)
        for k in range(size):
            noise = shocks[np.uintp(x.row[k])]
            noise[0], noise[1], noise[2], noise[3] = (
                x.shock0[k],
                x.shock1[k],
                x.shock2[k],
                x.shock3[k],
            )
