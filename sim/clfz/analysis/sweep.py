"""The page of a sweep: what moves the measure that matters, one small picture a factor.

Opens offline: the figure first, then the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f

from clfz.analysis.folder import in_words, write_folder
from clfz.inputs.indicators import Indicator
from clfz.report.fill import fill
from clfz.report.plot import STYLES, Plot, head, line, panels, wrap
from clfz.runs.store import Results
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 12
"""Panels on a page; the factors after them move least."""
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


def build(done: Results) -> Path | None:
    """Write `report.html` into the folder of a study; None for a study without factors or without runs."""
    if not done.study.factors or not len(done.runs):
        return None
    return write_folder(done.folder, page=html(done))


def facts(done: Results) -> dict[str, Any]:
    """What a sweep holds, as one plain object."""
    return {
        "name": done.study.spec.name,
        "complete": done.complete,
        "points": done.study.points,
        "runs": len(done.runs),
        "failures": len(done.failures),
        "measures": list(done.study.measures),
        "factors": list(done.study.factors),
    }


def failures(done: Results) -> Iterator[str]:
    """Says how many runs failed, and why the first did."""
    for run_id, reason in done.failures[["run_id", "reason"]].head(1).itertuples(index=False):
        count = f"{len(done.failures)} of {done.study.runs} runs failed"
        yield f"{count}; the first is run {run_id}: {reason}."


def html(done: Results) -> str:
    """The page as text."""
    study = done.study
    measure = main_measure(done)
    found = effects(done, measure)
    best = found.groupby("factor", sort=False)["share_of_spread"].max()
    entry = describe(measure)
    titles = {each.name: each.title for each in study.programmes}
    return fill(
        Path(__file__).with_suffix(".html"),
        spec=study.spec,
        told=study.told(),
        places=", ".join(zone.title for zone in study.zones),
        plot=picture(found, entry, titles, len(done.runs) // len(study.programmes)),
        label=entry.label,
        most=list(best[best >= 0.05].items())[:3],
        left_out=max(0, len(study.factors) - MOST),
        rows=found.groupby(["factor", "scenario"], sort=False),
        titles=titles,
        failures=done.failures,
        complete=done.complete,
        unit=entry.unit,
        shown=lambda value: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}",
        folder=done.folder.name,
    )


def picture(found: pd.DataFrame, entry: Indicator, titles: dict[str, str], runs: int) -> Plot:
    """One panel a factor, one line a programme.

    Args:
        found: Effects, what matters most first.
        entry: The measure.
        titles: Scenario -> its title.
        runs: Of each programme.
    """
    factors = list(found["factor"].unique()[:MOST])
    shown = found[found["factor"].isin(factors)]
    scenarios = [name for name in titles if name in set(shown["scenario"])]
    looks = {name: STYLES[k % len(STYLES)] for k, name in enumerate(scenarios)}

    def draw(figure: Figure, narrow: bool) -> None:
        columns = min(len(factors), 2 if narrow else 3)
        grid = panels(figure, len(factors), columns)
        for factor, panel in zip(factors, grid, strict=True):
            part = shown[shown["factor"] == factor]
            for scenario, each in part.groupby("scenario", sort=False):
                color, dash, marker = looks[str(scenario)]
                panel.fill_between(
                    each["value"], each["low"], each["high"], color=color, alpha=0.14
                )
                style: Any = {"color": color, "linestyle": dash, "marker": marker}
                panel.plot(each["value"], each["mean"], **style, markersize=3.5)
            share = part["share_of_spread"].max()
            told = f"{100 * share:.0f} % of the spread" if share >= 0.01 else "not told from chance"
            head(panel, wrap(in_words(factor), (230 if narrow else 470) / columns - 10), told)
            panel.locator_params(axis="x", nbins=4)

    rows = [-(-len(factors) // columns) for columns in (3, 2)]
    return Plot(
        name="sweep",
        title=f"{entry.label} ({entry.unit})",
        label=f"{entry.label}, along the values of {len(factors)} factors.",
        note=f"{runs} runs for each programme. Line: average of the runs. Band: 9 of 10 runs; all other "
        "things that were varied, and chance, make its width.",
        data=shown,
        draw=draw,
        height=(80 + 130 * rows[0], 110 + 135 * rows[1]),
        key=[line(titles[name], *looks[name]) for name in scenarios],
        unit=entry.unit,
        description=(
            "Each panel is one thing that was varied, from its smallest value at the left to its largest at the right.",
            "The one that goes with most of the spread comes first.",
        ),
        definition_id=entry.definition_id,
        table=shown.round(3),
    )
