"""Which households a cash transfer is meant for (ODD 7.3)."""

from math import sqrt

from clfz.reference.inputs import Levers


def targeting_score(poverty_rank: float, noise: float, error: float) -> float:
    """The rank that the programme sees: true rank and noise, mixed by the targeting error."""
    return (1 - error) * poverty_rank + error * noise


def score_limit(coverage: float, error: float) -> float:
    """The score below which lies a share `coverage` of households.

    The score is a sum of two uniform numbers of widths m <= M = 1 - m: its density is a trapezium.
    """
    narrow = min(error, 1 - error)
    wide = 1 - narrow
    if narrow == 0:
        return coverage
    if coverage < narrow / (2 * wide):
        return sqrt(2 * coverage * narrow * wide)
    if coverage <= 1 - narrow / (2 * wide):
        return coverage * wide + narrow / 2
    return 1 - sqrt(2 * (1 - coverage) * narrow * wide)


def is_eligible(poverty_rank: float, noise: float, lever: Levers) -> bool:
    """Whether the household is on the list this month."""
    error, coverage = lever.transfer_targeting_error, lever.transfer_coverage
    limit = score_limit(coverage, error)
    return coverage > 0 and targeting_score(poverty_rank, noise, error) < limit
