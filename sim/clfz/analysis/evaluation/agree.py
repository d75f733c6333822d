"""Does a figure agree with the model? Where it lies among what the model would have reported.

A figure agrees when it lies in the range that holds 9 in 10 of the runs, ends included (as in
`clfz calibrate`): 5 in 100 are cut off on either side; where zero is more likely than that, nothing below and 10 in 100
above. If the model is right, about 9 of 10 figures agree; one that does not is no proof, several are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration.reporting import interval
from clfz.analysis.evaluation.months import Placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ALIKE = 1e-12
"""Shares that differ by less are one."""


@dataclass(frozen=True)
class Verdict:
    """One figure against the model.

    Attributes:
        placed: The figure.
        lower: Share of runs that report less.
        same: Share of runs that report the same.
        low: Low end of the range of 9 in 10.
        p25: A quarter.
        p50: The middle.
        p75: Three quarters.
        high: High end of the range of 9 in 10.
    """

    placed: Placed
    lower: float
    same: float
    low: float
    p25: float
    p50: float
    p75: float
    high: float

    @property
    def agrees(self) -> bool:
        """Whether the figure is one that the model may well have reported."""
        return self.low - _ALIKE <= self.placed.row.value <= self.high + _ALIKE


def verdicts(placed: Sequence[Placed], predicted: Floats) -> list[Verdict]:
    """Each figure against its column of predictions [W, figures]."""
    found = []
    lows, highs = interval(predicted)
    for at, each in enumerate(placed):
        values = predicted[:, at]
        lower = float((values < each.row.value - _ALIKE).mean())
        same = float((np.abs(values - each.row.value) <= _ALIKE).mean())
        p25, p50, p75 = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
        low, high = float(lows[at]), float(highs[at])
        found.append(Verdict(each, lower, same, low, p25, p50, p75, high))
    return found


def stable(values: Floats, placed: Sequence[Placed]) -> Floats:
    """Figures [..., k] on scales on which errors are alike: logs of counts, arcsines of the roots of shares.

    Size, reach and errors of counting are factors, so they are alike in logs; the one that is added is for zeros.
    """
    columns = []
    for at, each in enumerate(placed):
        column = values[..., at]
        if each.row.kind == "rate":
            columns.append(np.arcsin(np.sqrt(np.clip(column, 0.0, 1.0))))
        else:
            columns.append(np.log1p(np.maximum(column, 0.0)))
    return np.stack(columns, axis=-1)


def distances(summaries: Floats, observed: Floats) -> Floats:
    """How far runs and figures lie apart, in standard deviations of the runs.

    Args:
        summaries: [W, k] of the runs.
        observed: [k] of the file.

    Returns:
        [W].
    """
    return _lengths(summaries - observed, summaries)


def _lengths(gaps: Floats, among: Floats) -> Floats:
    """Lengths of gaps [W, k] by the covariance of points [N, k] (Mahalanobis 1936)."""
    spread = np.atleast_2d(np.cov(among, rowvar=False))
    # what never varies (nobody in a bridge school that does not exist) gets a floor instead of a division by zero
    floor = 1e-6 * max(float(np.trace(spread)), 1e-9)
    inverse = np.linalg.inv(spread + floor * np.eye(len(spread)))
    squared = np.einsum("wi,ij,wj->w", gaps, inverse, gaps)
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), np.float64)


def together(placed: Sequence[Placed], predicted: Floats) -> float:
    """Share of runs and figures that lie as far from the middle of all of them as the figures do, all taken at once.

    The figures are one point among those of the runs, so with few runs they are not called far for being new: of a
    right model the share is uniform for any number of runs (the p-value of a conformal test, Vovk and others 2005).
    """
    observed = stable(np.array([each.row.value for each in placed]), placed)
    everyone = np.vstack([stable(predicted, placed), observed])
    out = _lengths(everyone - everyone.mean(axis=0), everyone)
    return float((out >= out[-1] - _ALIKE).mean())
