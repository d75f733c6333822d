"""Who gets a cash transfer, and how much (ODD 7.3)."""

import numpy as np

from clfz.model.columns import CONDITION, COVERAGE, ENDORSEMENT, TARGETING_ERROR, TRANSFER
from clfz.model.compiling import part, rule


@rule
def threshold(coverage, error):
    """Score below which households are on the list: the quantile `coverage` of (1 - error) r + error noise.

    The sum of two uniform numbers with weights `m` and `1 - m` has a trapezoidal density, whose quantile is known.
    """
    if coverage <= 0.0:
        return -1.0
    small = min(error, 1.0 - error)
    large = 1.0 - small
    if small == 0.0:
        return coverage
    if coverage < small / (2.0 * large):
        return np.sqrt(2.0 * coverage * small * large)
    if coverage <= 1.0 - small / (2.0 * large):
        return coverage * large + small / 2.0
    return 1.0 - np.sqrt(2.0 * (1.0 - coverage) * small * large)


@rule
def eligible(rank, noise, error, limit):
    """Whether a household is on the list."""
    return (1.0 - error) * rank + error * noise < limit


@part
def transfer_changed(levers, before):
    """Whether any lever of the transfer differs from last month's."""
    for column in range(TRANSFER, TRANSFER + 6):
        if levers[column] != before[column]:
            return True
    return (
        levers[COVERAGE] != before[COVERAGE]
        or levers[TARGETING_ERROR] != before[TARGETING_ERROR]
        or levers[CONDITION] != before[CONDITION]
        or levers[ENDORSEMENT] != before[ENDORSEMENT]
    )
