"""What a factor does to a measure: means and ranges along its values, and how much of the spread goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f

from clfz.runs.studies import Results

SLICES = 8
LOW, HIGH = 0.05, 0.95
DOUBT = 0.01
PREFERRED = ("child_years_in_school_gained", "child_years_out_of_labour_gained")


@dataclass(frozen=True)
class Effect:
    """One factor and one programme.

    Attributes:
        factor: Its name.
        scenario: The programme.
        middle: [slices] middle value of each slice, or each value when there are few.
        mean: [slices].
        low: [slices] 5th percentile of the runs.
        high: [slices] 95th percentile.
        share: Part of the spread between points that goes with the factor, 0-1.
    """

    factor: str
    scenario: str
    middle: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    share: float


def main_measure(done: Results) -> str:
    """The measure that the page is about: gains when they are kept, else the first."""
    kept = done.study.measures
    return next((name for name in PREFERRED if name in kept), kept[0])


def effects(done: Results, measure: str) -> list[Effect]:
    """Every factor and programme, the factors that matter most first."""
    rows = done.joined()
    # nothing is gained without a programme
    scenarios = done.study.scenarios[1:] or done.study.scenarios
    found = [
        effect(part, factor, scenario, measure)
        for scenario in scenarios
        for part in [rows[rows["scenario"] == scenario]]
        for factor in done.study.factors
    ]
    best = strongest(found)
    return sorted(found, key=lambda each: (-best[each.factor], each.factor))


def strongest(found: list[Effect]) -> dict[str, float]:
    """Factor -> the largest share of the spread that goes with it in any programme."""
    return {name: max(e.share for e in found if e.factor == name) for name in names_of(found)}


def names_of(found: list[Effect]) -> list[str]:
    """The factors, in the order of the effects."""
    return list(dict.fromkeys(each.factor for each in found))


def effect(rows: pd.DataFrame, factor: str, scenario: str, measure: str) -> Effect:
    """One factor in one programme."""
    x, y = rows[factor].to_numpy(np.float64), rows[measure].to_numpy(np.float64)
    slices = _slices(x)
    parts = [y[slices == k] for k in range(slices.max() + 1)]
    mean = np.array([part.mean() for part in parts])
    low, high = np.array([np.quantile(part, [LOW, HIGH]) for part in parts]).T
    middle = np.array([x[slices == k].mean() for k in range(len(parts))])
    return Effect(factor, scenario, middle, mean, low, high, _spread(rows, slices, measure))


def _slices(x: NDArray[np.float64]) -> NDArray[np.int64]:
    """The slice of each run: its value when there are few, else eight slices of equally many runs."""
    values, at = np.unique(x, return_inverse=True)
    if len(values) <= SLICES:
        return np.asarray(at, np.int64)
    ends = np.quantile(x, np.linspace(0, 1, SLICES + 1)[1:-1])
    found = np.searchsorted(ends, x, side="right")
    return np.asarray(np.unique(found, return_inverse=True)[1], np.int64)


def _spread(rows: pd.DataFrame, slices: NDArray[np.int64], measure: str) -> float:
    """Part of the spread that goes with the slices: epsilon squared (Kelley 1935), less what they explain by chance.

    Replicates of a point are not told apart by any factor, so points are counted once, by their average; when a slice
    holds one point only, its replicates have to say how much is chance. 0 when an F test of one way does not tell the
    slices apart at the level `DOUBT`.
    """
    frame = rows.assign(_slice=slices)
    points = frame.groupby("point")[["_slice", measure]].agg({"_slice": "first", measure: "mean"})
    frame = points if len(points) >= 2 * (slices.max() + 1) else frame
    y, means = frame[measure], frame.groupby("_slice")[measure].transform("mean")
    total = float(((y - y.mean()) ** 2).sum())
    groups, runs = frame["_slice"].nunique(), len(y)
    if total == 0 or groups < 2 or runs <= groups:
        return 0.0
    between = float(((means - y.mean()) ** 2).sum())
    within = (total - between) / (runs - groups)
    chance = within * (groups - 1)
    if within > 0 and f.sf(between / chance, groups - 1, runs - groups) > DOUBT:
        return 0.0
    return max(0.0, (between - chance) / total)
