"""Two more pictures of an evaluation: with and without the programme, and what further surveys would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.analysis.evaluation import words
from clfz.analysis.evaluation.evaluation import Evaluation
from clfz.analysis.evaluation.pictures import FLAT, note, plot
from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import FAINT, INK, SOFT, Axis, Panel
from clfz.report.figures.plot import Plot, render
from clfz.report.figures.spread import pile
from clfz.report.figures.text import wrap

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOTS = 50
_PILE = 46.0


def falls(found: Evaluation) -> Plot | None:
    """How large a change is without and with the programme, beside what was reported."""
    shown = [one for one in found.falls if not one.measured or one.reported > 0][:3]
    if not shown:
        return None
    title = "Could it have happened without the programme?"
    keys = [Key("reported", "line", VERMILLION, (0, (4, 2)))]
    panels_of = [
        (one, values, name)
        for one in shown
        for values, name in (
            (one.without, "without the programme"),
            (one.with_programme, "with the programme"),
        )
    ]
    runs = found.runs
    heads = [
        Head(
            f"{one.title}, {name}",
            (
                f"as large in {round((values >= one.reported - 1e-12).mean() * runs):,} of {runs:,} runs",
            ),
        )
        for one, values, name in panels_of
    ]
    chances = (np.arange(DOTS) + 0.5) / DOTS

    def draw(sheet: Sheet) -> None:
        columns = 1 if sheet.narrow else 2
        up = Axis(0, _PILE, ticks=(), line=False)
        panels = sheet.panels(heads, _PILE, FLAT, up, left=8, right=20, columns=columns)
        for panel, (one, values, _) in zip(panels, panels_of, strict=True):
            scale = 100.0 if one.share else 1.0
            everything = scale * np.concatenate(
                [one.without, one.with_programme, [one.reported, 0.0]]
            )
            low, high = float(np.quantile(everything, 0.005)), float(np.quantile(everything, 0.995))
            low, high = min(low, 0.0), max(high, scale * one.reported) * 1.04
            own = Panel(panel.page, panel.box, Axis(low, high), panel.y)
            for value, text in own.x.marks(panel.box[2], 38):
                at = panel.box[0] + (value - low) / (high - low) * panel.box[2]
                panel.page.text(at, panel.box[1] - 8.5, text, ha="center", fontsize=6.5, color=SOFT)
            own.line([low, high], [0, 0], FAINT, width=0.6)
            drawn = np.clip(scale * np.quantile(values, chances), low, high)
            x, y, size = pile(drawn - low, high - low, panel.box[2], _PILE - 2)
            own.marks(x + low, y, "o", BLUE if values is one.with_programme else SOFT, 0.88 * size)
            own.rule(x=scale * one.reported, color=VERMILLION, dash=(0, (4, 2)), width=1.4)
            own.rule(x=0.0, color=FAINT, width=0.5)

    said = "; ".join(words.could_have(one, runs, found.reached) for one in shown)
    data = pd.DataFrame(
        [(o.title, o.of, o.reported, o.chance_without, o.chance_with) for o in shown],
        columns=["what", "of", "reported", "chance_without", "chance_with"],
    )
    meaning = "Each dot is one equally likely outcome (50 in each panel). Right of 0 is better"
    meaning += ": fewer children, or children in 100."
    text = note(found, meaning)
    wide, narrow = render("falls", title, said, text, keys, draw)
    how = "Dots at or beyond the dashed line are runs in which the change was as large as reported."
    return plot("falls", title, "children, or share", said, how, text, data, wide, narrow)


def surveys(found: Evaluation) -> Plot:
    """How much narrower the answer would become with each survey."""
    title = "How much narrower would the answer become? Child-years out of child labour gained"
    shown = found.worths
    heads = [Head("")]
    top = max(0.1, *(worth.narrower + 2 * worth.error for worth in shown)) * 102
    places: NDArray[np.float64] = -np.arange(len(shown), dtype=np.float64)

    def draw(sheet: Sheet) -> None:
        left = 150.0 if sheet.narrow else 250.0
        lines = [wrap(worth.survey.title, 7.0, left - 10) for worth in shown]
        row = 9.0 * max(len(each) for each in lines) + 4
        x = Axis(0, top, "in 100 narrower", grid=True)
        y = Axis(places[-1] - 0.5, 0.5, ticks=(), line=True)
        (panel,) = sheet.panels(heads, row * len(shown), x, y, left=left, right=14)
        for at, worth in zip(places.tolist(), shown, strict=True):
            value = 100 * max(worth.narrower, 0.0)
            panel.bar(0, at - 0.3, value, at + 0.3, BLUE if worth.clear else FAINT)
            ends = [max(0.0, 100 * (worth.narrower + side * worth.error)) for side in (-2, 2)]
            panel.line(ends, [at, at], INK, width=1.0)
            middle = panel.box[1] + (at - y.low) / (y.high - y.low) * panel.box[3]
            text = lines[round(-at)]
            for index, line in enumerate(text):
                up = middle + 4.5 * len(text) - 9 * index - 7
                panel.page.text(panel.box[0] - 5, up, line, ha="right", fontsize=7.0, color=INK)

    keys = [
        Key("can be told from nothing", "bar", BLUE),
        Key("cannot", "bar", FAINT),
        Key("likely range of the estimate", "line", INK),
    ]
    data = pd.DataFrame(
        [(w.survey.name, w.survey.title, w.survey.size, w.narrower, w.error) for w in shown],
        columns=["survey", "title", "size", "narrower", "standard_error"],
    )
    said = "; ".join(f"{w.survey.title}: {100 * w.narrower:.0f} in 100 narrower" for w in shown)
    text = note(
        found,
        "Expected, before the survey is made; luck that no survey can take away is part of the width.",
    )
    wide, narrow = render("surveys", title, said, text, keys, draw)
    how = "The longer the bar, the more a survey would teach about what this programme changed."
    return plot("surveys", title, "share of the width", said, how, text, data, wide, narrow)
