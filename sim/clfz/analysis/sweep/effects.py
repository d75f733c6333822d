"""What a factor does to a measure: means and ranges along its values, and how much of the spread goes with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f

from clfz.runs.store import Results

SLICES = 8
LOW, HIGH = 0.05, 0.95
DOUBT = 0.01
PREFERRED = ("child_years_in_school_gained", "child_years_out_of_labour_gained")


def main_measure(done: Results) -> str:
    """The measure that the page is about: gains when they are kept, else the first."""
    kept = done.study.measures
    return next((name for name in PREFERRED if name in kept), kept[0])


def effects(done: Results, measure: str) -> pd.DataFrame:
    """Every factor and programme (see `effect`), the factors that matter most in any programme first."""
    rows = done.joined()
    # nothing is gained without a programme
    scenarios = done.study.scenarios[1:] or done.study.scenarios
    found = [
        effect(rows[rows["scenario"] == scenario], factor, scenario, measure)
        for factor in sorted(done.study.factors)
        for scenario in scenarios
    ]
    whole = pd.concat(found, ignore_index=True)
    best = whole.groupby("factor")["share_of_spread"].transform("max")
    return whole.loc[best.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def effect(rows: pd.DataFrame, factor: str, scenario: str, measure: str) -> pd.DataFrame:
    """One factor in one programme: a row for each of its values, or for each of eight slices of them.

    Columns: factor, scenario, value (the middle of a slice), mean of the runs, their 5th and 95th percentile (low,
    high), and share_of_spread, the part of the spread between points that goes with the factor (0-1).
    """
    x, y = rows[factor].to_numpy(np.float64), rows[measure].to_numpy(np.float64)
    slices = _slices(x)
    parts = pd.DataFrame({"value": x, "y": y}).groupby(slices)
    runs = parts["y"]
    columns = {"value": parts["value"].mean(), "mean": runs.mean()}
    columns |= {"low": runs.quantile(LOW), "high": runs.quantile(HIGH)}
    share = _spread(rows, slices, measure)
    found = pd.DataFrame({"factor": factor, "scenario": scenario} | columns)
    return found.assign(share_of_spread=share).reset_index(drop=True)


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
