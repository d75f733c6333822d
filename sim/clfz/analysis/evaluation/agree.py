"""Does a reported number agree with the model, and what do the numbers of a file teach?

A number agrees when it lies in the range that holds 9 in 10 of the runs, ends included (as in `clfz calibrate`): 5 in
100 are cut off on either side; where zero is more likely than that, nothing below and 10 in 100 above. If the model is
right, about 9 of 10 numbers agree; one that does not is no proof, several are.

What they teach is approximate Bayesian computation with regression adjustment (Beaumont, Zhang and Balding 2002,
Genetics 162:2025): the nearest two fifths of the runs, weighted by an Epanechnikov kernel of their distance, each
answer moved along a weighted linear regression (scikit-learn) to where the numbers are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.analysis.calibration.reporting import interval
from clfz.analysis.evaluation.observe import Placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KEPT = 0.4
"""Of 0.2 to 0.5, on planted numbers: fewer give ranges that hold too little, more change nothing."""
FEWEST = 50
"""Runs that are kept at least."""
_ALIKE = 1e-12
"""Shares that differ by less are one."""


def verdicts(placed: Sequence[Placed], predicted: Floats) -> pd.DataFrame:
    """Each reported number against its column of predictions [W, numbers].

    Returns:
        One row a number, with the columns of `figures.csv`: `low` to `high` is the range of 9 in 10 of the runs. Those
        after `use` are for sentences; `survey_low` and `survey_high` come from the file.
    """
    rows = [each.row for each in placed]
    values = np.array([row.value for row in rows])
    low, high = interval(predicted)
    p25, p50, p75 = np.quantile(predicted, (0.25, 0.5, 0.75), axis=0)
    return pd.DataFrame(
        {
            "row": [row.line for row in rows],
            "indicator": [row.indicator for row in rows],
            "definition_id": [row.definition_id for row in rows],
            "period_start": [f"{row.start[0]}-{row.start[1]:02d}" for row in rows],
            "period_end": [f"{row.end[0]}-{row.end[1]:02d}" for row in rows],
            "sex": [row.sex for row in rows],
            "age": [row.age_band for row in rows],
            "unit": ["share" if row.kind == "rate" else "children" for row in rows],
            "reported": values,
            "low": low,
            "p25": p25,
            "p50": p50,
            "p75": p75,
            "high": high,
            "share_of_runs_below": (predicted < values - _ALIKE).mean(axis=0),
            "agrees": (low - _ALIKE <= values) & (values <= high + _ALIKE),
            "use": [row.use for row in rows],
            "share_of_runs_equal": (np.abs(predicted - values) <= _ALIKE).mean(axis=0),
            "label": [each.label for each in placed],
            "period": [row.period for row in rows],
            "survey_low": np.array([row.low for row in rows], np.float64),
            "survey_high": np.array([row.high for row in rows], np.float64),
        }
    )


def stable(values: Floats, placed: Sequence[Placed]) -> Floats:
    """Numbers [..., k] on scales on which errors are alike: logs of counts, arcsines of the roots of shares.

    Size, reach and errors of counting are factors, so they are alike in logs; the one that is added is for zeros.
    """
    rates = np.array([each.row.kind == "rate" for each in placed])
    shares = np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
    found = np.where(rates, shares, np.log1p(np.maximum(values, 0.0)))
    return np.ascontiguousarray(found, np.float64)  # as the sums of products depend on the order


def distances(summaries: Floats, point: Floats) -> Floats:
    """How far runs lie from a point [k], by the covariance of their summaries [W, k] (Mahalanobis 1936): [W]."""
    spread = np.atleast_2d(np.cov(summaries, rowvar=False))
    # what never varies (nobody in a bridge school that does not exist) gets a floor instead of a division by zero
    floor = 1e-6 * max(float(np.trace(spread)), 1e-9)
    inverse = np.linalg.inv(spread + floor * np.eye(len(spread)))
    gaps = summaries - point
    squared = np.einsum("wi,ij,wj->w", gaps, inverse, gaps)
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), np.float64)


def together(placed: Sequence[Placed], predicted: Floats) -> float:
    """Share of runs and reported numbers that lie as far from the middle of all as the numbers do, all taken at once.

    The numbers are one point among those of the runs, so with few runs they are not called far for being new: of a
    right model the share is uniform for any number of runs (the p-value of a conformal test, Vovk and others 2005).
    """
    observed = stable(np.array([each.row.value for each in placed]), placed)
    everyone = np.vstack([stable(predicted, placed), observed])
    out = distances(everyone, everyone.mean(axis=0))
    return float((out >= out[-1] - _ALIKE).mean())


@dataclass(frozen=True)
class Learned:
    """Runs near the reported numbers.

    Attributes:
        away: [W] distances of all runs from the numbers.
        kept: [K] which runs are near.
        weights: [K] their weights, which add up to one.
        gaps: [K, k] summaries less those of the file.
    """

    away: Floats
    kept: NDArray[np.int64]
    weights: Floats
    gaps: Floats

    @property
    def effective(self) -> float:
        """Runs of equal weight that would be worth as much."""
        return float(1.0 / (self.weights**2).sum())

    def adjusted(self, answer: Floats, share: bool = False) -> Floats:
        """An answer [W] of the kept runs, moved to where the reported numbers are [K].

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
    """The runs nearest to the reported numbers.

    Args:
        summaries: [W, k] of the runs, on the scales of `stable`.
        observed: [k] of the file.
    """
    away = distances(summaries, observed)
    count = min(len(away), max(FEWEST, round(KEPT * len(away))))
    order = np.argsort(away, kind="stable")[:count]
    width = max(float(away[order[-1]]) * (1 + 1e-9), 1e-12)
    weights = np.maximum(1.0 - (away[order] / width) ** 2, 1e-12)
    return Learned(away, order, weights / weights.sum(), summaries[order] - observed)


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
