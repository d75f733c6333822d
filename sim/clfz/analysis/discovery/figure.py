"""Pictures of a discovery: each restriction alone, and the two strongest together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import INK, Axis
from clfz.report.figures.plot import Plot, render

if TYPE_CHECKING:
    from clfz.analysis.discovery.run import Discovery
    from clfz.analysis.discovery.trust import Found, Restriction

MOST_DOTS = 500
SHADE = 0.13


def pictures(found: Discovery) -> list[Plot]:
    """All pictures of the first box; of the strongest doubtful restrictions when there is none."""
    if not found.boxes:
        shown = sorted(found.doubtful, key=lambda each: each.p_value)[:3]
        return (
            [_alone(found, tuple(shown), "What the search looked at, and could not trust")]
            if shown
            else []
        )
    first = found.boxes[0]
    plots = []
    if len(first.restrictions) > 1:
        plots.append(_plane(found, first))
    every = tuple(each for box in found.boxes for each in box.restrictions)
    plots.append(_alone(found, every, "What goes with failure, one by one"))
    return plots


def _alone(found: Discovery, shown: tuple[Restriction, ...], title: str) -> Plot:
    """One panel a restriction: the values that were tried against what came out."""
    x, value = found.varied.values[:MOST_DOTS], found.value[:MOST_DOTS]
    fails = found.fails[:MOST_DOTS]
    low, high = float(value.min()), float(value.max())
    low, high = min(low, found.goal.threshold), max(high, found.goal.threshold)
    room = 0.05 * (high - low)
    y = Axis(low - room, high + room, "", grid=True)
    across = Axis(-0.03, 1.03, "", [(0.05, "low"), (0.95, "high")])
    note = _note(found)

    def draw(sheet: Sheet) -> None:
        heads = [_head(found, each) for each in shown]
        columns = 1 if len(shown) == 1 else 2 if sheet.narrow or len(shown) in (2, 4) else 3
        panels = sheet.panels(heads, 110.0, across, y, left=40.0, right=12.0, columns=columns)
        for each, panel in zip(shown, panels, strict=True):
            column = x[:, each.limit.factor]
            start, span = float(column.min()), float(np.ptp(column)) or 1.0
            at = min(1.03, max(-0.03, (each.limit.at - start) / span))
            ends = (at, 1.03) if each.limit.above else (-0.03, at)
            panel.bar(ends[0], y.low, ends[1], y.high, VERMILLION, alpha=SHADE)
            panel.rule(y=found.goal.threshold, color=INK, dash=(0, (4, 2)))
            along = (column - start) / span
            panel.marks(along[~fails], value[~fails], "o", BLUE, 2.6, alpha=0.55)
            panel.marks(along[fails], value[fails], "s", VERMILLION, 2.6, alpha=0.55)

    keys = [*_keys(), Key("the goal", "line", INK, (0, (4, 2)))]
    if found.boxes:
        keys.append(Key("side of the limit where it fails", "band", VERMILLION, alpha=SHADE))
    label = f"{found.goal.label}, along {len(shown)} uncertain things, with the limits found."
    wide, narrow = render("limits", title, label, note, keys, draw)
    data = _dots(found, list(dict.fromkeys(each.limit.factor for each in shown)))
    return Plot(
        "limits",
        title,
        found.goal.name,
        label,
        (
            f"Up and down: {found.goal.label}. Left to right: the values that were tried.",
            "The shaded side is part of a box; dots below the dashed line miss the goal."
            if found.goal.at_least
            else "The shaded side is part of a box; dots above the dashed line miss the goal.",
        ),
        note,
        "model-state",
        data,
        data.round(3),
        wide,
        narrow,
    )


def _plane(found: Discovery, box: Found) -> Plot:
    """The box as a rectangle in the plane of its two strongest factors."""
    drop = sorted(box.restrictions, key=lambda each: each.without.density)
    factors = list(dict.fromkeys(each.limit.factor for each in drop))[:2]
    if len(factors) == 1:  # both limits on one thing
        return _alone(found, box.restrictions, "What goes with failure")
    x, fails = found.varied.values[:MOST_DOTS], found.fails[:MOST_DOTS]
    ends = []
    for factor in factors:
        low, high = float(x[:, factor].min()), float(x[:, factor].max())
        room = 0.03 * (high - low)
        ends.append([low - room, high + room, low - room, high + room])
        for each in box.restrictions:
            if each.limit.factor == factor:
                ends[-1][2 if each.limit.above else 3] = each.limit.at
    (x0, x1, left, right), (y0, y1, bottom, top) = ends
    names = [found.varied.names[factor] for factor in factors]
    axes = Axis(x0, x1, names[0].replace("_", " ")), Axis(y0, y1, "", grid=True)
    others = len(box.restrictions) - sum(e.limit.factor in factors for e in box.restrictions)
    title = "Where it fails"
    upright = found.varied.labels[factors[1]]

    def draw(sheet: Sheet) -> None:
        head = Head("", (f"Upwards: {upright} ({names[1]})",))
        (panel,) = sheet.panels([head], 210.0, *axes, left=40.0, right=12.0, columns=1)
        panel.bar(left, bottom, right, top, VERMILLION, alpha=SHADE)
        panel.marks(x[~fails, factors[0]], x[~fails, factors[1]], "o", BLUE, 3.2, alpha=0.6)
        panel.marks(x[fails, factors[0]], x[fails, factors[1]], "s", VERMILLION, 3.2, alpha=0.6)

    keys = [*_keys(), Key("the box", "band", VERMILLION, alpha=SHADE)]
    label = f"Draws in the plane of {names[0]} and {names[1]}; those in the box mostly fail."
    wide, narrow = render("box", title, label, _note(found), keys, draw)
    data = _dots(found, factors)
    says = [f"Left to right: {found.varied.labels[factors[0]]} ({names[0]})."]
    if others:
        says.append(f"The box has {others} more limit{'s' if others > 1 else ''}, not seen here.")
    return Plot(
        "box",
        title,
        "",
        label,
        tuple(says),
        _note(found),
        "model-state",
        data,
        data.round(3),
        wide,
        narrow,
    )


def _head(found: Discovery, each: Restriction) -> Head:
    name = found.varied.names[each.limit.factor].replace(".", ": ").replace("_", " ")
    column = found.varied.values[:, each.limit.factor]
    sign = "above" if each.limit.above else "up to"
    number = next((k for k, box in enumerate(found.boxes, 1) if each in box.restrictions), 0)
    of = f"box {number}: " if len(found.boxes) > 1 else ""
    span = f"{column.min():.3g} to {column.max():.3g}"
    return Head(name, (f"{of}{sign} {each.limit.at:.3g} (tried: {span})",))


def _keys() -> list[Key]:
    return [Key("reaches the goal", "dot", BLUE), Key("fails", "dot", VERMILLION, marker="s")]


def _note(found: Discovery) -> str:
    shown, points = min(MOST_DOTS, len(found.fails)), len(found.fails)
    part = f"{shown} of {points} sets are drawn" if shown < points else f"{points} sets"
    repeats = found.done.study.spec.replicates
    return f"Each dot is one set of what is not known, the average of {repeats} repeats; {part}."


def _dots(found: Discovery, factors: list[int]) -> pd.DataFrame:
    columns = {found.varied.names[k]: found.varied.values[:, k] for k in factors}
    return pd.DataFrame(
        {"point": found.varied.points, **columns, "value": found.value, "fails": found.fails}
    )
