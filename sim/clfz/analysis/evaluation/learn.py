"""What the figures of a file teach: runs that would have reported nearly the same count most.

Approximate Bayesian computation with regression adjustment (Beaumont, Zhang and Balding 2002, Genetics 162:2025): the
nearest two fifths of the runs, weighted by an Epanechnikov kernel of their distance, each answer moved along a weighted
linear regression (scikit-learn) to where the figures are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.agree import distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KEPT = 0.4
"""Of 0.2 to 0.5, on planted worlds: fewer give ranges that hold too little, more change nothing."""
FEWEST = 50
"""Runs that are kept at least."""


@dataclass(frozen=True)
class Learned:
    """Runs near the figures.

    Attributes:
        kept: [K] which runs.
        weights: [K] their weights, which add up to one.
        gaps: [K, k] summaries less those of the figures.
    """

    kept: NDArray[np.int64]
    weights: Floats
    gaps: Floats

    @property
    def effective(self) -> float:
        """Runs of equal weight that would be worth as much."""
        return float(1.0 / (self.weights**2).sum())

    def adjusted(self, answer: Floats, share: bool = False) -> Floats:
        """An answer [W] of the kept runs, moved to where the figures are [K].

        Args:
            answer: One number a run.
            share: Whether it lies between 0 and 1 and has to stay there.
        """
        from sklearn.linear_model import LinearRegression

        own = _logit(answer[self.kept]) if share else answer[self.kept]
        model = LinearRegression().fit(self.gaps, own, sample_weight=self.weights)
        moved = own - self.gaps @ model.coef_
        # what a regression leaves over is too small by the directions that it was free to choose
        free = max(self.effective - self.gaps.shape[1] - 1, 1.0)
        middle = float(np.average(moved, weights=self.weights))
        moved = middle + (moved - middle) * np.sqrt(self.effective / free)
        return np.asarray(1.0 / (1.0 + np.exp(-moved)) if share else moved, np.float64)

    def product(self, factor: Floats, answer: Floats) -> Floats:
        """A factor above zero [W] times an answer [W], each moved on its own scale [K]: a log, and as it is."""
        return np.asarray(np.exp(self.adjusted(np.log(factor))) * self.adjusted(answer), np.float64)


def learn(summaries: Floats, observed: Floats) -> Learned:
    """The runs nearest to the figures.

    Args:
        summaries: [W, k] of the runs, on the scales of `agree.stable`.
        observed: [k] of the file.
    """
    away = distances(summaries, observed)
    count = min(len(away), max(FEWEST, round(KEPT * len(away))))
    order = np.argsort(away, kind="stable")[:count]
    width = max(float(away[order[-1]]) * (1 + 1e-9), 1e-12)
    weights = np.maximum(1.0 - (away[order] / width) ** 2, 1e-12)
    return Learned(order, weights / weights.sum(), summaries[order] - observed)


def quantiles(values: Floats, weights: Floats | None = None) -> tuple[float, float, float]:
    """Middle, and the ends of the range of 9 in 10, of weighted values."""
    ends = (0.5, 0.05, 0.95)
    if weights is None:
        found = np.quantile(values, ends)
    else:
        order = np.argsort(values)
        chances = np.cumsum(weights[order]) - 0.5 * weights[order]
        found = np.interp(ends, chances, values[order])
    middle, low, high = found.tolist()
    return middle, low, high


def _logit(share: Floats) -> Floats:
    inside = np.clip(share, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(inside / (1 - inside)), np.float64)
