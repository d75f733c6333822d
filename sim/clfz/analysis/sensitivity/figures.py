"""The pictures: what matters, with intervals; and whether more samples would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.indices import ALL
from clfz.analysis.sensitivity.outcomes import MEAN
from clfz.analysis.sensitivity.words import FIVE, Story, words_of
from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import FAINT, SMALL, Axis
from clfz.report.figures.pen import Shape
from clfz.report.figures.plot import Plot, render
from clfz.report.figures.text import text_width

if TYPE_CHECKING:
    import pandas as pd

    from clfz.analysis.sensitivity.chain import Found
    from clfz.report.figures.panel import Panel

MOST = 15
LOW_END = -0.1


def drivers(story: Story, found: Found) -> Plot:
    """Total and first-order indices of the factors that matter most."""
    rows = story.rows[story.rows["ST"].notna()].iloc[:MOST]
    names = [words_of(str(name)) for name in rows.index]
    single = found.indices[
        (found.indices["seed"] != ALL)
        & (found.indices["scenario"] == story.scenario)
        & (found.indices["measure"] == story.measure)
    ]
    has = "surrogate_ST" in rows and bool(story.facts["surrogate"]["shown"])
    title = f"What moves it: {story.label}"
    keys = [Key("Sobol index", "dot", BLUE), Key("each seed alone", "tick", FAINT)]
    keys += [Key("surrogate", "dot", VERMILLION, marker="D")] if has else []
    lucks = found.plan.spec.replicates
    note = (
        f"{found.plan.samples} base samples, {lucks} common seeds, {found.facts['runs']:,} runs in all. Lines: 95 % "
        "intervals over samples and seeds; beyond the frame they are cut."
    )
    heads = (
        Head("Alone and together with others", ("total index",)),
        Head("Alone", ("first-order index",)),
    )
    longest = max(text_width(name, SMALL) for name in names)
    top = float(np.clip(np.nanmax(rows[["ST_high", "S1_high"]].to_numpy()), 0.2, 1.0))

    def draw(sheet: Sheet) -> None:
        left = min(longest + 10, 0.5 * sheet.width)
        fits = [short(name, left - 8) for name in names]
        y = Axis(-len(names) + 0.4, 0.6, ticks=[(-i, t) for i, t in enumerate(fits)], grid=True)
        x = Axis(LOW_END, top, "share of the spread", grid=True)
        across = 1 if sheet.narrow else 2
        panels = sheet.panels(
            heads, 15 * len(names) + 6, x, y, left=left, right=20.0, columns=across
        )
        for panel, index in zip(panels, ("ST", "S1"), strict=True):
            panel.rule(x=0.0)
            alone = single[single["index"] == index]
            for at, name in enumerate(rows.index):
                seeds = alone.loc[alone["factor"] == name, "value"].to_numpy(np.float64)
                seeds = seeds[(seeds >= LOW_END) & (seeds <= top)]
                panel.marks(seeds, np.full(len(seeds), -at + 0.2), "|", FAINT, 5, mew=0.8)
                _mark(panel, rows.loc[name], index, -at + 0.2, BLUE, "o", top)
                if has:
                    _mark(
                        panel, rows.loc[name], f"surrogate_{index}", -at - 0.2, VERMILLION, "D", top
                    )

    five = ", ".join(words_of(name) for name in story.five) or "nothing"
    label = f"Sobol indices of the {len(names)} things that matter most. First: {five}."
    wide, narrow = render(
        f"drivers-{story.scenario}-{story.measure}", title, label, note, keys, draw
    )
    told = (
        "Right: further from zero, more of the spread goes with it.",
        "A line that crosses zero cannot be told from zero.",
    )
    return _plot("drivers", title, label, told, note, rows.reset_index(), wide, narrow)


def curve(story: Story, found: Found) -> Plot | None:
    """Total indices of the five along the number of samples; None when there is one number only."""
    x = found.indices
    part = x[
        (x["method"] == "sobol")
        & (x["index"] == "ST")
        & (x["quantity"] == MEAN)
        & (x["seed"] == ALL)
        & (x["scenario"] == story.scenario)
        & (x["measure"] == story.measure)
    ]
    sizes = sorted(part["n"].unique().tolist())
    five = story.five[:FIVE]
    if len(sizes) < 2 or not five:
        return None
    shown = part[part["factor"].isin(five)]
    high = float(np.clip(shown.loc[shown["n"] > sizes[0], "high"].max(), 0.2, 1.2))
    title = "Would more samples change it?"
    note = "Band: 95 % interval over samples and seeds, cut at the frame. Dashed: the surrogate."
    xs = np.arange(len(sizes), dtype=np.float64)
    ticks = [(float(at), str(size)) for at, size in enumerate(sizes)]

    def draw(sheet: Sheet) -> None:
        heads = [Head(words_of(name)) for name in five]
        axis = Axis(-0.2, len(sizes) - 0.8, "base samples", ticks)
        columns = 2 if sheet.narrow else 3
        y = Axis(LOW_END, high, "", grid=True)
        panels = sheet.panels(heads, 82.0, axis, y, left=30.0, right=14.0, columns=columns)
        for name, panel in zip(five, panels, strict=True):
            mine = shown[shown["factor"] == name].sort_values("n")
            ends = mine[["value", "low", "high"]].to_numpy(np.float64).clip(LOW_END, high)
            panel.rule(y=0.0)
            panel.band(xs, ends[:, 1], ends[:, 2], BLUE, 0.18)
            panel.line(xs, ends[:, 0], BLUE)
            panel.marks(xs, ends[:, 0], "o", BLUE, 4)
            model = story.rows.get("surrogate_ST")
            if model is not None and np.isfinite(model.get(name, np.nan)):
                panel.rule(y=float(model[name]), color=VERMILLION, dash=(0, (4, 2)), width=1.2)

    label = f"Total indices of {len(five)} factors for {sizes[0]} to {sizes[-1]} base samples."
    wide, narrow = render(f"curve-{story.scenario}-{story.measure}", title, label, note, [], draw)
    told = ("When the line is level and the band narrow, more samples would change little.",)
    return _plot("curve", title, label, told, note, shown, wide, narrow)


def short(name: str, room: float) -> str:
    """Cut a name that is too long for its place."""
    if text_width(name, SMALL) <= room:
        return name
    while name and text_width(name + "…", SMALL) > room:
        name = name[:-1]
    return name.rstrip() + "…"


def _mark(
    panel: Panel, row: Any, index: str, y: float, color: str, marker: Shape, top: float
) -> None:
    """One index with its interval, cut at the frame."""
    value, low, high = (float(row[index + end]) for end in ("", "_low", "_high"))
    if not np.isfinite(value):
        return
    ends = np.clip([low, high], LOW_END, top)
    if ends[1] > ends[0]:
        panel.levels([y], [ends[0]], [ends[1]], color, 1.4)
    if LOW_END <= value <= top:
        unsure = bool(row[f"{index}_zero"])
        panel.marks([value], [y], marker, color, 4.5, mfc="white" if unsure else color, mew=1.0)


def _plot(
    name: str,
    title: str,
    label: str,
    told: tuple[str, ...],
    note: str,
    data: pd.DataFrame,
    wide: str,
    narrow: str,
) -> Plot:
    unit = "share of the variance (0 to 1)"
    return Plot(name, title, unit, label, told, note, "sobol-index", data, data, wide, narrow)
