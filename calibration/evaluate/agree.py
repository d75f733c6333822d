"""Does a figure agree with the model? Where it lies among what the model would have reported.

A figure agrees when at least 5 in 100 runs report as little or less, and 5 in 100 as much or more. If the model is
right, about 9 of 10 figures agree; one that does not is no proof, several are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calibration.evaluate.months import Placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TAIL = 0.05


@dataclass(frozen=True)
class Verdict:
    """One figure against the model.

    Attributes:
        placed: The figure.
        lower: Share of runs that report less.
        same: Share of runs that report the same.
        p05: What 5 in 100 runs stay below.
        p25: A quarter.
        p50: The middle.
        p75: Three quarters.
        p95: What 5 in 100 runs go beyond.
    """

    placed: Placed
    lower: float
    same: float
    p05: float
    p25: float
    p50: float
    p75: float
    p95: float

    @property
    def agrees(self) -> bool:
        """Whether the figure is one that the model may well have reported."""
        return self.lower + self.same >= TAIL and 1.0 - self.lower >= TAIL


def verdicts(placed: Sequence[Placed], predicted: Floats) -> list[Verdict]:
    """Each figure against its column of predictions [W, figures]."""
    found = []
    for at, each in enumerate(placed):
        values = predicted[:, at]
        lower = float((values < each.row.value - 1e-12).mean())
        same = float((np.abs(values - each.row.value) <= 1e-12).mean())
        found.append(
            Verdict(each, lower, same, *np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist())
        )
    return found


def stable(values: Floats, placed: Sequence[Placed]) -> Floats:
    """Figures [..., k] on scales on which errors are alike: roots of counts, arcsines of the roots of shares."""
    columns = []
    for at, each in enumerate(placed):
        column = values[..., at]
        if each.row.kind == "rate":
            columns.append(np.arcsin(np.sqrt(np.clip(column, 0.0, 1.0))))
        else:
            columns.append(np.sqrt(np.maximum(column, 0.0)))
    return np.stack(columns, axis=-1)


def distances(summaries: Floats, observed: Floats) -> tuple[Floats, Floats]:
    """How far runs and figures lie apart, in standard deviations of the runs.

    Args:
        summaries: [W, k] of the runs.
        observed: [k] of the file.

    Returns:
        [W] from each run to the figures; [W + 1] from the middle of the runs to each run and, last, to the figures.
    """
    middle = summaries.mean(axis=0)
    spread = np.atleast_2d(np.cov(summaries, rowvar=False))
    # what never varies (nobody in a bridge school that does not exist) gets a floor instead of a division by zero
    floor = 1e-6 * max(float(np.trace(spread)), 1e-9)
    inverse = np.linalg.inv(spread + floor * np.eye(len(middle)))

    def length(gaps: Floats) -> Floats:
        squared = np.einsum("wi,ij,wj->w", gaps, inverse, gaps)
        return np.asarray(np.sqrt(np.maximum(squared, 0.0)), np.float64)

    everyone = np.vstack([summaries, observed])
    return length(summaries - observed), length(everyone - middle)


def together(placed: Sequence[Placed], predicted: Floats) -> float:
    """Share of runs that lie as far from the middle of all runs as the figures do, all figures taken at once."""
    observed = stable(np.array([each.row.value for each in placed]), placed)
    _, out = distances(stable(predicted, placed), observed)
    return float((out[:-1] >= out[-1]).mean())
