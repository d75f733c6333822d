"""Pictures of an evaluation: figures against the model, and what became of the listed children."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from clfz.analysis.evaluation import words
from clfz.analysis.evaluation.evaluation import Evaluation
from clfz.analysis.evaluation.labels import label
from clfz.report.figures.canvas import BLUE, GREEN, PURPLE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import FAINT, INK, SOFT, Axis, Panel
from clfz.report.figures.pen import Shape
from clfz.report.figures.plot import Plot, render
from clfz.report.figures.who import add_up

if TYPE_CHECKING:
    pass

FLAT = Axis(0, 1, ticks=(), line=False)
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
            f"{label(each.placed.row)}, {each.placed.row.period}",
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
            heads, 20.0, Axis(0, 1, ticks=(), line=False), FLAT, left=6, right=22, columns=columns
        )
        for panel, each in zip(panels, verdicts, strict=True):
            scale = 100.0 if each.placed.row.kind == "rate" else 1.0
            top = 1.1 * scale * max(each.high, each.placed.row.value, 0.01 if scale > 1 else 4.0)
            own = Panel(panel.page, panel.box, Axis(0, top), FLAT)
            for value, text in own.x.marks(panel.box[2], 34):
                at = panel.box[0] + value / top * panel.box[2]
                panel.page.text(at, panel.box[1] - 8.5, text, ha="center", fontsize=6.5, color=SOFT)
            own.line([0, top], [0, 0], FAINT, width=0.6)
            for low, high, alpha in ((each.low, each.high, 0.2), (each.p25, each.p75, 0.5)):
                own.bar(
                    scale * low,
                    0.15,
                    scale * max(high, low + 0.002 * top / scale),
                    0.85,
                    BLUE,
                    alpha=alpha,
                )
            own.line([scale * each.p50] * 2, [0.1, 0.9], BLUE, width=1.8)
            marker: Shape = "D" if each.agrees else "X"
            color = INK if each.agrees else VERMILLION
            own.marks(
                [scale * each.placed.row.value], [0.5], marker, color, 6.0, mec="white", mew=0.7
            )

    said = "; ".join(
        f"{label(v.placed.row)}: reported {words.reported(v)}, model {words.modelled(v)}"
        for v in verdicts
    )
    data = figures_table(found)
    text = note(
        found, "Counts are children; rates are children in 100. Every line has its own scale."
    )
    wide, narrow = render("agreement", title, said, text, keys, draw)
    how = "A mark on the pale band is a figure that the model may well have reported."
    return plot(
        "agreement", title, "children, or children in 100", said, how, text, data, wide, narrow
    )


def fates(found: Evaluation) -> Plot | None:
    """Of 100 children on the list, one square each, what became of them."""
    if not found.parts:
        return None
    counts = add_up([100 * part.share[0] for part in found.parts])
    title = "Of 100 children on the model’s list"
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
    meaning = "Averages; one square is one of 100 listed children. Each child is compared with itself, with the same "
    text = note(found, meaning + "luck, without the programme.")
    wide, narrow = render("fates", title, said, text, keys, draw)
    how = "Only the first colour is the programme’s own work."
    return plot("fates", title, "share of listed children", said, how, text, data, wide, narrow)


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
                "low": each.low,
                "p25": each.p25,
                "p50": each.p50,
                "p75": each.p75,
                "high": each.high,
                "share_of_runs_below": each.lower,
                "agrees": each.agrees,
                "use": row.use,
            }
        )
    return pd.DataFrame(rows)


def plot(
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
    """A finished picture; every one of them is about what a programme would report."""
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
