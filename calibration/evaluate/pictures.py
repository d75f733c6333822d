"""The four pictures of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from calibration.evaluate import words
from calibration.evaluate.evaluation import Evaluation
from sim.report.figures.canvas import BLUE, GREEN, PURPLE, VERMILLION, Head, Key, Sheet
from sim.report.figures.panel import FAINT, INK, SOFT, Axis, Panel
from sim.report.figures.plot import Plot, render
from sim.report.figures.spread import pile
from sim.report.figures.text import wrap
from sim.report.figures.who import add_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOTS = 50
_FLAT = Axis(0, 1, ticks=(), line=False)
_PILE = 46.0
_LOOKS = {
    "changed": (BLUE, ""),
    "deadweight": (FAINT, ""),
    "relapsed": (PURPLE, "\\\\\\\\"),
    "displaced": (VERMILLION, "////"),
    "twice": (GREEN, "xxx"),
}


def note(found: Evaluation, meaning: str) -> str:
    """How many runs a picture stands on, and what its marks mean."""
    comparison = found.plan.comparison
    return (
        f"{found.runs:,} runs with and without the programme ({comparison.draws} sets of assumptions × "
        f"{comparison.replicates} rolls of luck). {meaning}"
    )


def agreement(found: Evaluation) -> Plot:
    """Every figure on a line of its own, over what the model would have reported."""
    verdicts = found.verdicts
    title = "What was reported, and what the model would have reported"
    heads = [
        Head(
            f"{words.label(each.placed.row)}, {each.placed.row.period}",
            (
                f"reported {words.reported(each)}; model {words.modelled(each)}",
                words.verdict(each).split(":")[0],
            ),
        )
        for each in verdicts
    ]
    keys = [
        Key("reported, agrees", "dot", INK, marker="D"),
        Key("reported, does not agree", "dot", VERMILLION, marker="X"),
        Key("middle half of the runs", "band", BLUE, alpha=0.5),
        Key("9 of 10 runs", "band", BLUE, alpha=0.2),
        Key("middle run", "line", BLUE),
    ]

    def draw(sheet: Sheet) -> None:
        columns = 1 if sheet.narrow or len(verdicts) == 1 else 2
        panels = sheet.panels(
            heads, 20.0, Axis(0, 1, ticks=(), line=False), _FLAT, left=6, right=22, columns=columns
        )
        for panel, each in zip(panels, verdicts, strict=True):
            scale = 100.0 if each.placed.row.kind == "rate" else 1.0
            top = 1.1 * scale * max(each.p95, each.placed.row.value, 0.01 if scale > 1 else 4.0)
            own = Panel(panel.page, panel.box, Axis(0, top), _FLAT)
            for value, text in own.x.marks(panel.box[2], 34):
                at = panel.box[0] + value / top * panel.box[2]
                panel.page.text(at, panel.box[1] - 8.5, text, ha="center", fontsize=6.5, color=SOFT)
            own.line([0, top], [0, 0], FAINT, width=0.6)
            for low, high, alpha in ((each.p05, each.p95, 0.2), (each.p25, each.p75, 0.5)):
                own.bar(
                    scale * low,
                    0.15,
                    scale * max(high, low + 0.002 * top / scale),
                    0.85,
                    BLUE,
                    alpha=alpha,
                )
            own.line([scale * each.p50] * 2, [0.1, 0.9], BLUE, width=1.8)
            marker, color = ("D", INK) if each.agrees else ("X", VERMILLION)
            own.marks(
                [scale * each.placed.row.value], [0.5], marker, color, 6.0, mec="white", mew=0.7
            )

    said = "; ".join(
        f"{words.label(v.placed.row)}: reported {words.reported(v)}, model {words.modelled(v)}"
        for v in verdicts
    )
    data = figures_table(found)
    text = note(
        found, "Counts are children; rates are children in 100. Every line has its own scale."
    )
    wide, narrow = render("agreement", title, said, text, keys, draw)
    how = "A mark on the pale band is a figure that the model may well have reported."
    return _plot(
        "agreement", title, "children, or children in 100", said, how, text, data, wide, narrow
    )


def fates(found: Evaluation) -> Plot | None:
    """Of 100 reported children, one square each, what became of them."""
    if not found.parts:
        return None
    counts = add_up([100 * part.share[0] for part in found.parts])
    title = "Of 100 reported children"
    order = [name for name in _LOOKS if any(part.name == name for part in found.parts)]
    by_name = {part.name: (part, count) for part, count in zip(found.parts, counts, strict=True)}
    keys = [
        Key(f"{by_name[n][1]} {by_name[n][0].words}", "bar", _LOOKS[n][0], hatch=_LOOKS[n][1])
        for n in order
    ]
    squares = [name for name in order for _ in range(by_name[name][1])]

    def draw(sheet: Sheet) -> None:
        columns, rows = (20, 5) if sheet.narrow else (25, 4)
        size = (sheet.width - 8) / columns
        across, up = (Axis(0, count, ticks=(), line=False) for count in (columns, rows))
        (panel,) = sheet.panels([Head("")], rows * size, across, up, left=4, right=4)
        for at, name in enumerate(squares):
            column, row = at // rows, rows - 1 - at % rows
            color, hatch = _LOOKS[name]
            panel.bar(column + 0.06, row + 0.06, column + 0.94, row + 0.94, color, hatch)

    said = "; ".join(f"{count} {part.words}" for part, count in by_name.values())
    data = pd.DataFrame(
        [(part.name, part.words, *part.share) for part in found.parts],
        columns=["fate", "words", "share", "lower", "upper"],
    )
    meaning = "Averages; one square is one of 100 reported children. Each child is compared with itself, with the same "
    text = note(found, meaning + "luck, without the programme.")
    wide, narrow = render("fates", title, said, text, keys, draw)
    how = "Only the first colour is the programme’s own work."
    return _plot("fates", title, "share of reported children", said, how, text, data, wide, narrow)


def falls(found: Evaluation) -> Plot | None:
    """How large a change is without and with the programme, beside what was reported."""
    shown = [one for one in found.falls if not one.share or one.reported > 0][:3]
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
        panels = sheet.panels(heads, _PILE, _FLAT, up, left=8, right=20, columns=columns)
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

    said = "; ".join(words.could_have(one, runs) for one in shown)
    data = pd.DataFrame(
        [(o.title, o.of, o.reported, o.chance_without, o.chance_with) for o in shown],
        columns=["what", "of", "reported", "chance_without", "chance_with"],
    )
    meaning = "Each dot is one equally likely outcome (50 in each panel). Right of 0 is better"
    meaning += ": fewer children, or children in 100."
    text = note(found, meaning)
    wide, narrow = render("falls", title, said, text, keys, draw)
    how = "Dots at or beyond the dashed line are runs in which the change was as large as reported."
    return _plot("falls", title, "children, or share", said, how, text, data, wide, narrow)


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
    return _plot("surveys", title, "share of the width", said, how, text, data, wide, narrow)


def figures_table(found: Evaluation) -> pd.DataFrame:
    """Every figure with the model beside it, as numbers."""
    rows = []
    for each in found.verdicts:
        row = each.placed.row
        rows.append(
            {
                "row": row.line,
                "indicator": row.indicator,
                "definition_id": row.definition_id,
                "period_start": f"{row.start[0]}-{row.start[1]:02d}",
                "period_end": f"{row.end[0]}-{row.end[1]:02d}",
                "sex": row.sex,
                "age": row.age_band,
                "unit": "share" if row.kind == "rate" else "children",
                "reported": row.value,
                "p05": each.p05,
                "p25": each.p25,
                "p50": each.p50,
                "p75": each.p75,
                "p95": each.p95,
                "share_of_runs_below": each.lower,
                "agrees": each.agrees,
                "use": row.use,
            }
        )
    return pd.DataFrame(rows)


def _plot(
    name: str,
    title: str,
    unit: str,
    label: str,
    how: str,
    text: str,
    data: pd.DataFrame,
    wide: str,
    narrow: str,
) -> Plot:
    return Plot(
        name,
        title,
        unit,
        label,
        (how,),
        text,
        "programme:reported-counts",
        data,
        data,
        wide,
        narrow,
    )
