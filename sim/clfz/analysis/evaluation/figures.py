"""The four figures of an evaluation: agreement, what became of the listed children, changes, further surveys."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.evaluation import words
from clfz.analysis.evaluation.answers import table_of
from clfz.report import plot
from clfz.report.figures.who import add_up
from clfz.report.plot import BLUE, FAINT, GREEN, INK, PURPLE, SOFT, VERMILLION, Plot

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clfz.analysis.evaluation.answers import Fall
    from clfz.analysis.evaluation.evaluation import Evaluation

DOTS = 50  # as `words.txt` says
_LOOKS = {
    "changed": (BLUE, ""),
    "deadweight": (FAINT, ""),
    "relapsed": (PURPLE, "\\\\\\\\"),
    "displaced": (VERMILLION, "////"),
    "twice": (GREEN, "xxx"),
}


def draw_all(found: Evaluation) -> dict[str, Plot | None]:
    """Every figure by its name; None where there is nothing to draw."""
    return {each.__name__: each(found) for each in (agreement, fates, falls, surveys)}


def _plot(
    found: Evaluation, name: str, said: Iterable[str], data: pd.DataFrame, **more: Any
) -> Plot:
    title, unit, how, meaning = words.of_figure(name)
    note, more["definition_id"] = words.said("note", found, meaning), "programme:reported-counts"
    return Plot(name, title, "; ".join(said), note, data, unit=unit, description=(how,), **more)


def _panels(figure: Figure, count: int, columns: int) -> list[Axes]:
    """Axes without a vertical scale, as many as asked for."""
    from matplotlib.ticker import MaxNLocator

    everything = figure.subplots(ceil(count / columns), columns, squeeze=False).ravel()
    for axes in everything[count:]:
        axes.set_axis_off()
    for axes in everything:
        axes.set_yticks([])
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False)
    return list(everything[:count])


def agreement(found: Evaluation) -> Plot:
    """Every reported number on a line of its own, over what the model would have reported."""
    verdicts = list(found.verdicts.itertuples())
    several = len(verdicts) > 1

    def draw(figure: Figure, narrow: bool) -> None:
        columns = 2 if several and not narrow else 1
        width = (plot.NARROW if narrow else plot.WIDE) / columns - 30
        for axes, each in zip(_panels(figure, len(verdicts), columns), verdicts, strict=True):
            _verdict(axes, each, width)

    key = [
        plot.line("reported, agrees", INK, "", "D"),
        plot.line("reported, does not agree", VERMILLION, "", "X"),
        plot.patch("middle half of the runs", BLUE, alpha=0.5),
        plot.patch("9 of 10 runs", BLUE, alpha=0.2),
        plot.line("middle run", BLUE),
    ]
    said = (
        f"{each.label}: reported {words.reported(each)}, model {words.modelled(each)}"
        for each in verdicts
    )
    height = (80 + 88 * ceil(len(verdicts) / 2), 110 + 104 * len(verdicts))
    return _plot(
        found, "agreement", said, found.verdicts.loc[:, :"use"], draw=draw, height=height, key=key
    )


def _verdict(axes: Axes, each: Any, width: float) -> None:
    """One reported number over the ranges of the runs."""
    scale = 100.0 if each.unit == "share" else 1.0
    top = 1.1 * scale * max(each.high, each.reported, 0.01 if scale > 1 else 4.0)
    for low, high, alpha in ((each.low, each.high, 0.2), (each.p25, each.p75, 0.5)):
        length = scale * max(high - low, 0.002 * top / scale)
        axes.barh(0, length, 0.7, scale * low, color=BLUE, alpha=alpha)
    axes.plot([scale * each.p50] * 2, [-0.4, 0.4], color=BLUE, linewidth=1.8)
    marker, color = ("D", INK) if each.agrees else ("X", VERMILLION)
    axes.plot(scale * each.reported, 0, marker, color=color, markersize=7, mec="white", mew=0.7)
    axes.set(xlim=(0, top), ylim=(-0.5, 0.5))
    title = plot.wrap(f"{each.label}, {each.period}", width, plot.HEAD)
    lines = (
        f"reported {words.reported(each)}; model {words.modelled(each)}",
        words.said("verdict", each).split(":")[0],
    )
    plot.head(axes, title, *(plot.wrap(line, width) for line in lines))


def fates(found: Evaluation) -> Plot | None:
    """Of 100 children on the list, one square each, what became of them."""
    if found.parts.empty:
        return None
    shown = found.parts.set_index("fate").assign(
        count=add_up((100 * found.parts["share"]).tolist())
    )
    texts = shown["count"].astype(str) + " " + shown["words"]
    squares = [look for name, look in _LOOKS.items() for _ in range(shown["count"][name])]

    def draw(figure: Figure, narrow: bool) -> None:
        from matplotlib.patches import Rectangle

        columns, rows = (20, 5) if narrow else (25, 4)
        axes = figure.subplots()
        for at, (color, hatch) in enumerate(squares):
            corner = (at // rows + 0.06, rows - 0.94 - at % rows)
            axes.add_patch(
                Rectangle(corner, 0.88, 0.88, facecolor=color, hatch=hatch, edgecolor="white")
            )
        axes.set(xlim=(0, columns), ylim=(0, rows), aspect="equal")
        axes.set_axis_off()

    key = [
        plot.patch(texts[name], color, hatch=hatch, edgecolor="white")
        for name, (color, hatch) in _LOOKS.items()
    ]
    data = found.parts.loc[:, :"share_p95"]
    data = data.rename(columns={"share_p05": "lower", "share_p95": "upper"})
    return _plot(found, "fates", texts, data, draw=draw, height=(185, 220), key=key)


def falls(found: Evaluation) -> Plot | None:
    """How large a change is without and with the programme, beside what was reported."""
    shown = [one for one in found.falls if not one.measured or one.reported > 0][:3]
    if not shown:
        return None

    def draw(figure: Figure, narrow: bool) -> None:
        columns = 1 if narrow else 2
        width = (plot.NARROW if narrow else plot.WIDE) / columns - 30
        panels = _panels(figure, 2 * len(shown), columns)
        for at, axes in enumerate(panels):
            _fall(axes, shown[at // 2], at % 2 == 1, found.runs, width)

    said = (words.said("could_have", one, found.runs, found.reached) for one in shown)
    data = table_of(shown).drop(columns="unit")
    height = (90 + 130 * len(shown), 100 + 240 * len(shown))
    key = [plot.line("reported", VERMILLION, plot.BASE_DASH)]
    return _plot(found, "falls", said, data, draw=draw, height=height, key=key)


def _fall(axes: Axes, one: Fall, programme: bool, runs: int, width: float) -> None:
    """Quantiles of a change as dots in piles, and the change that was reported."""
    values, name, chance, color = (
        (one.with_programme, "with the programme", one.chance_with, BLUE)
        if programme
        else (one.without, "without the programme", one.chance_without, SOFT)
    )
    scale = 100.0 if one.unit == "share" else 1.0
    everything = scale * np.concatenate([one.without, one.with_programme, [one.reported, 0.0]])
    low, high = np.quantile(everything, (0.005, 0.995)).tolist()
    low, high = min(low, 0.0), max(high, scale * one.reported) * 1.04
    drawn = np.clip(scale * np.quantile(values, (np.arange(DOTS) + 0.5) / DOTS), low, high)
    column = (high - low) / 45  # sorted, so that equal columns stand together
    places = np.round((drawn - low) / column)
    height = np.arange(DOTS) - np.searchsorted(places, places)
    axes.plot(places * column + low, height + 0.5, "o", color=color, markersize=3.6)
    axes.axvline(scale * one.reported, color=VERMILLION, linestyle=plot.BASE_DASH, linewidth=1.4)
    axes.axvline(0, color=FAINT, linewidth=0.6, zorder=0)
    axes.set(xlim=(low - column, high + column), ylim=(0, max(12, height.max() + 1)))
    title = plot.wrap(f"{one.what}, {name}", width, plot.HEAD)
    plot.head(axes, title, f"as large in {round(chance * runs):,} of {runs:,} runs")


def surveys(found: Evaluation) -> Plot:
    """How much narrower the answer would become with each survey."""
    shown = found.narrowings
    places = -np.arange(len(shown))

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        narrower, error = 100 * shown["narrower"], 100 * shown["standard_error"]
        colors = np.where(shown["clear"], BLUE, FAINT)
        axes.barh(places, narrower.clip(0), 0.6, color=colors)
        ends = (narrower - 2 * error).clip(0), (narrower + 2 * error).clip(0)
        axes.hlines(places, *ends, color=INK, linewidth=1.0)
        width = 130.0 if narrow else 250.0
        axes.set_yticks(places, [plot.wrap(title, width, plot.SMALL) for title in shown["what"]])
        axes.tick_params(axis="y", length=0, labelsize=plot.SMALL)
        axes.set(xlim=(0, max(10.0, *ends[1]) * 1.02), ylim=(places[-1] - 0.6, 0.6))
        axes.set_xlabel("in 100 narrower")
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")

    key = [
        plot.patch("can be told from nothing", BLUE),
        plot.patch("cannot", FAINT),
        plot.line("likely range of the estimate", INK),
    ]
    pairs = zip(shown["what"], shown["narrower"], strict=True)
    said = (f"{what}: {100 * narrower:.0f} in 100 narrower" for what, narrower in pairs)
    data = shown.loc[:, :"standard_error"].rename(columns={"what": "title"})
    height = (90 + 24 * len(shown), 160 + 44 * len(shown))
    return _plot(found, "surveys", said, data, draw=draw, height=height, key=key)
