"""How much of what we see is luck: a two-way analysis of variance, rows by common lucks.

Every row meets the same K lucks. So the variance has three parts: between rows (what we do not know), between lucks
(good and bad years that hit all rows alike), and what is left, luck that falls differently on each row. The
estimators are those of the random-effects model without repetition (Searle, Casella and McCulloch 1992, ch. 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RESAMPLES = 1000


@dataclass(frozen=True)
class Luck:
    """Shares of the variance of single runs, each (value, low, high).

    Attributes:
        whole: All luck.
        common: Luck that hits all rows alike.
        residual: Variance of the average over lucks that is luck still, as a share of that variance.
    """

    whole: tuple[float, float, float]
    common: tuple[float, float, float]
    residual: float


def luck(values: Array, seed: int) -> Luck:
    """The share of luck in rows [R, K] that are samples of their own.

    Rows are many and are resampled. Lucks are few: what K of them say of their variance is a chi-square with K - 1
    degrees of freedom, which makes a generalised interval (Weerahandi 1993). It is wide, as it should be.

    Args:
        values: By row and luck.
        seed: For the resampling.
    """
    generator = np.random.default_rng(seed)
    rows, lucks = values.shape
    found = []
    for _ in range(RESAMPLES):
        between, common, own = components(values[generator.integers(rows, size=rows)])
        seen = (common + own / rows) * (lucks - 1) / generator.chisquare(lucks - 1)
        found.append(_shares(between, max(0.0, seen - own / rows), own))
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    between, common, own = components(values)
    whole, shared = _shares(between, common, own)
    left = own / lucks / (between + own / lucks) if between + own > 0 else 0.0
    return Luck(
        (whole, float(low[0]), float(high[0])), (shared, float(low[1]), float(high[1])), float(left)
    )


def components(values: Array) -> tuple[float, float, float]:
    """Variance between rows, between lucks, and of both together; none below zero."""
    rows, lucks = values.shape
    whole = values.mean()
    by_row, by_luck = values.mean(axis=1), values.mean(axis=0)
    left = values - by_row[:, None] - by_luck + whole
    own = float((left**2).sum() / ((rows - 1) * (lucks - 1)))
    between = max(0.0, float(by_row.var(ddof=1)) - own / lucks)
    common = max(0.0, float(by_luck.var(ddof=1)) - own / rows)
    return between, common, own


def _shares(between: float, common: float, own: float) -> tuple[float, float]:
    total = between + common + own
    return ((common + own) / total, common / total) if total > 0 else (0.0, 0.0)
