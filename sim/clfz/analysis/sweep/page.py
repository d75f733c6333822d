"""One HTML file about a sweep, that opens offline: the figure first, then the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from clfz.analysis.folder import in_words, write_folder
from clfz.analysis.sweep.effects import effects, main_measure
from clfz.inputs.indicators import Indicator
from clfz.report.fill import fill
from clfz.report.plot import STYLES, Plot, head, line, wrap
from clfz.runs.store import Results
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 12
"""Panels on a page; the factors after them move least."""


def build(done: Results, folder: Path | None = None) -> Path | None:
    """Write `report.html` into the folder of a study; nothing for a study without factors or without runs.

    Args:
        done: A study that was run.
        folder: Elsewhere.

    Returns:
        Path of the page.
    """
    if not done.study.factors or not len(done.runs):
        return None
    return write_folder(folder or done.folder, page=html(done))


def html(done: Results) -> str:
    """The page as text."""
    study = done.study
    measure = main_measure(done)
    found = effects(done, measure)
    best = found.groupby("factor", sort=False)["share_of_spread"].max()
    entry = describe(measure)
    titles = {each.name: each.title for each in study.programmes}
    return fill(
        Path(__file__).with_name("page.html"),
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
        shape = -(-len(factors) // columns), columns
        grid = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
        for panel in grid[len(factors) :]:
            panel.remove()
        for factor, panel in zip(factors, grid, strict=False):
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
