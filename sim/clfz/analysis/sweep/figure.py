"""The picture of a sweep: one panel a factor, one line a programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from clfz.report.figures.canvas import STYLES, Head, Key, Sheet
from clfz.report.figures.panel import Axis
from clfz.report.figures.plot import Plot, render

if TYPE_CHECKING:
    from clfz.analysis.sweep.effects import Effect
    from clfz.runs.indicators import Indicator

MOST = 12
"""Panels on a page; the factors after them move least."""


def picture(found: list[Effect], entry: Indicator, titles: dict[str, str], note: str) -> Plot:
    """Draw the effects.

    Args:
        found: Effects, what matters most first.
        entry: The measure.
        titles: Scenario -> its title.
        note: Runs, and what the marks mean.
    """
    factors = list(dict.fromkeys(each.factor for each in found))[:MOST]
    shown = [each for each in found if each.factor in factors]
    scenarios = [name for name in titles if any(each.scenario == name for each in shown)]
    look = {name: STYLES[k % len(STYLES)] for k, name in enumerate(scenarios)}
    low = min(float(each.low.min()) for each in shown)
    high = max(float(each.high.max()) for each in shown)
    room = (high - low or 1.0) * 0.04
    y = Axis(low - room, high + room, "", grid=True)
    x = Axis(0.0, 1.0, "", [(0.08, "low"), (0.92, "high")])
    title = f"{entry.label} ({entry.unit})"
    keys = [Key(titles[name], "line", look[name][0], look[name][1]) for name in scenarios]

    def draw(sheet: Sheet) -> None:
        heads = [
            Head(factor.replace(".", ": ").replace("_", " "), _says(factor, shown))
            for factor in factors
        ]
        columns = min(len(factors), 2 if sheet.narrow else 3)
        panels = sheet.panels(heads, 92.0, x, y, left=44.0, right=12.0, columns=columns)
        for factor, panel in zip(factors, panels, strict=True):
            mine = [each for each in shown if each.factor == factor]
            first = min(float(each.middle[0]) for each in mine)
            last = max(float(each.middle[-1]) for each in mine)
            span = last - first or 1.0
            for each in mine:
                color, dash, marker = look[each.scenario]
                along = (each.middle - first) / span * 0.9 + 0.05
                panel.band(along, each.low, each.high, color, 0.14)
                panel.line(along, each.mean, color, dash)
                panel.marks(along, each.mean, marker, color, 3.5)

    label = f"{entry.label}, along the values of {len(factors)} factors."
    wide, narrow = render("sweep", title, label, note, keys, draw)
    data = pd.concat([_rows(each) for each in shown], ignore_index=True)
    return Plot(
        "sweep",
        title,
        entry.unit,
        label,
        (
            "Each panel is one thing that was varied, from its smallest value at the left to its largest at the right.",
            "The one that goes with most of the spread comes first.",
        ),
        note,
        entry.definition_id,
        data,
        data.round(3),
        wide,
        narrow,
    )


def _says(factor: str, shown: list[Effect]) -> tuple[str, ...]:
    """Range of a factor, and the share of the spread that goes with it."""
    mine = [each for each in shown if each.factor == factor]
    first, last = min(each.middle[0] for each in mine), max(each.middle[-1] for each in mine)
    best = max(each.share for each in mine)
    told = f"{100 * best:.0f} % of the spread" if best >= 0.01 else "not told from luck"
    return f"{first:.3g} to {last:.3g}", told


def _rows(each: Effect) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "factor": each.factor,
            "scenario": each.scenario,
            "value": each.middle,
            "mean": each.mean,
            "low": each.low,
            "high": each.high,
            "share_of_spread": each.share,
        }
    )
