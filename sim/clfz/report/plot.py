"""A figure with its data and words, drawn by Matplotlib in the house style (`house.mplstyle`).

A figure is one function `draw(figure, narrow)`, called with an empty `matplotlib.figure.Figure` in constrained layout,
once for a page and once for a phone. The title, the key and the note stand around what it draws.

    def draw(figure, narrow):
        axes = figure.subplots(2 if narrow else 1, 1 if narrow else 2, sharey=True, squeeze=False).ravel()
        ...

    plot = Plot(name="fan", title=..., label=..., note=..., draw=draw, height=(190, 260), key=handles, ...)
    plot.figure().savefig("fan.png")
"""

from __future__ import annotations

import json
import re
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("house.mplstyle")
WIDE, NARROW = 511.0, 266.0
"""Widths of a figure on a page and on a phone, points."""
TITLE, HEAD, TEXT, SMALL = 10.5, 9.0, 8.5, 7.5
"""Sizes of letters, points."""
INK, SOFT, FAINT = "#1a1a1a", "#555555", "#d9d9d9"
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
"""Okabe & Ito (2008): told apart by readers who are colour-blind."""
BASE_DASH = (0, (4, 2))
# Colour, dash and marker always go together: never colour alone.
STYLES: tuple[tuple[str, Any, str], ...] = (
    (BLUE, "solid", "o"),
    (VERMILLION, (0, (6, 1.5)), "s"),
    (GREEN, (0, (1.5, 1.2)), "^"),
    (PURPLE, (0, (7, 1.5, 1.5, 1.5)), "D"),
)

_DRAWING = Lock()
_IDS = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
_PATH = re.compile(r' d="[^"]*"')
_BARE = re.compile(r"<g>((?:(?!</?g\b).)*)</g>", re.DOTALL)
_MARKS = re.compile(r'<use [^>]*?( style="[^"]*")/>(?:\s*<use [^>]*?\1/>)+')
_STYLE = re.compile(r'\sstyle="[^"]*"')
_LONG = re.compile(r"\d+\.\d{2,}")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Plot:
    """One figure with everything that belongs to it.

    Attributes:
        name: File name without ending.
        title: One sentence, above the figure.
        label: One sentence for readers who cannot see it.
        note: Runs and bands, small below the figure.
        data: The plotted numbers; becomes the CSV file.
        draw: Draws on an empty figure; the second argument says whether it is for a phone.
        height: Of everything, for a page and for a phone, points.
        key: Matplotlib's handles with labels, for the key above the panels.
        unit: Of the plotted numbers.
        description: How to read it, sentences.
        definition_id: The definition of the plotted measure.
        table: The numbers as text for the page, rounded; column names are headings. The data themselves when None.
    """

    name: str
    title: str
    label: str
    note: str
    data: pd.DataFrame
    draw: Callable[[Figure, bool], Any]
    height: tuple[float, float] = (240.0, 260.0)
    key: Sequence[Any] = field(default=())
    unit: str = ""
    description: tuple[str, ...] = ()
    definition_id: str = "model-state"
    table: pd.DataFrame | None = None

    @cached_property
    def wide(self) -> str:
        """SVG for a page; the same bytes each time."""
        return self._svg(narrow=False)

    @cached_property
    def narrow(self) -> str:
        """SVG for a phone."""
        return self._svg(narrow=True)

    def figure(self, *, narrow: bool = False) -> Figure:
        """The figure of Matplotlib, to be changed or saved as anything (`savefig("x.pdf")`)."""
        import matplotlib as mpl

        # Matplotlib's settings are global: one figure at a time, and all back as they were.
        with _DRAWING, mpl.rc_context(fname=STYLE):
            return self._drawn(narrow)

    def _drawn(self, narrow: bool) -> Figure:
        from matplotlib.figure import Figure

        width = NARROW if narrow else WIDE
        figure = Figure(figsize=(width / 72, self.height[narrow] / 72), layout="constrained")
        self.draw(figure, narrow)
        for axes in figure.axes:  # the layout needs no room for them beyond that of the ticks
            for spine in axes.spines.values():
                spine.set_in_layout(False)
        title = wrap(self.title, width, TITLE * 1.08)
        if (
            self.key
        ):  # constrained layout keeps no room for a title above a key, so it is the key's own
            columns = _columns(self.key, width)
            figure.legend(
                handles=self.key,
                loc="outside upper left",
                title=title,
                ncols=columns,
                alignment="left",
                title_fontproperties={"size": TITLE, "weight": "bold"},
            )
        else:
            figure.suptitle(title, x=0.005, ha="left")
        figure.supxlabel(wrap(self.note, width, SMALL), x=0.005, ha="left", color=SOFT)
        return figure

    def _svg(self, *, narrow: bool) -> str:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        prefix = f"{self.name}-{'n' if narrow else 'w'}-"
        salt: dict[Any, Any] = {"svg.hashsalt": prefix}
        empty: Any = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        text = StringIO()
        with _DRAWING, mpl.rc_context(salt, fname=STYLE), warnings.catch_warnings():
            # A title in a script that the font lacks is no mishap: the reader's browser has the letters.
            warnings.filterwarnings("ignore", message=".*Glyph.*")
            figure = self._drawn(narrow)
            # `savefig` would draw all once more, unseen, for the layout alone.
            figure.set_dpi(72)
            FigureCanvasSVG(figure)
            if engine := figure.get_layout_engine():
                engine.execute(figure)
            figure.set_layout_engine()
            figure.savefig(text, format="svg", metadata=empty)
        return _clean(text.getvalue(), prefix, self.label)


def save(plot: Plot, folder: Path, citation: str) -> None:
    """Write NAME.svg, NAME.csv and NAME.json into a folder."""
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    (folder / f"{plot.name}.svg").write_text(head + plot.wide + "\n", encoding="utf-8")
    plot.data.to_csv(folder / f"{plot.name}.csv", index=False, lineterminator="\n")
    facts = {
        "titleShort": plot.title,
        "unit": plot.unit,
        "descriptionKey": [*plot.description, plot.note],
        "citation": citation,
        "definition_id": plot.definition_id,
        "description": plot.label,
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    (folder / f"{plot.name}.json").write_text(text + "\n", encoding="utf-8")


def line(label: str, color: str, dash: Any = "solid", marker: str = "", **style: Any) -> Any:
    """A line, or a marker with `dash=""`, for the key."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, color=color, linestyle=dash, marker=marker, **style)


def patch(label: str, color: str, **style: Any) -> Any:
    """A band or bar for the key."""
    from matplotlib.patches import Patch

    return Patch(label=label, facecolor=color, **{"linewidth": 0.0} | style)


def head(axes: Axes, title: str, *lines: str) -> None:
    """A bold title over a panel, with lines of text under it; write line breaks with `wrap`."""
    rest = "\n".join(lines)
    breaks = rest.count("\n") + 1 if rest else 0
    if rest:
        axes.set_title(rest, fontsize=TEXT, color=SOFT, loc="left", fontweight="normal", pad=4)
    if title:
        axes.annotate(
            title,
            (0, 1),
            (0, 5 + breaks * TEXT * 1.25),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=HEAD,
            fontweight="bold",
            color=INK,
            va="bottom",
            annotation_clip=False,
        )


def panels(figure: Figure, count: int, columns: int) -> list[Axes]:
    """Panels in rows with one upright axis, as many as asked for."""
    rows = -(-count // columns)
    every = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for axes in every[count:]:
        axes.remove()
    return list(every[:count])


def wrap(text: str, width: float, size: float = TEXT) -> str:
    """Break a text so that it fits into a width, points; 0.56 of the size is a letter of DejaVu Sans on average."""
    return textwrap.fill(text, max(12, int(width / (0.56 * size))), break_long_words=False)


def _columns(key: Sequence[Any], width: float) -> int:
    """How many entries of a key fit beside each other."""
    longest = max(len(str(entry.get_label())) for entry in key)
    return max(1, min(len(key), int(width / (longest * 0.56 * TEXT + 34))))


def _clean(svg: str, prefix: str, label: str) -> str:
    """Keep the `<svg>` element: own ids, short numbers, a role and a sentence to be read aloud."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"<g id=\"[^\"]*\"", "<g", body).replace("<g/>", "")  # nothing refers to a group
    if font := re.search(r"font-family: [^;\"]*", body):  # said once for all texts that have it
        body = body.replace(f"{font[0]}; ", "").replace("<svg ", f'<svg style="{font[0]}" ', 1)
    ids: dict[str, str] = {}
    body = _IDS.sub(lambda found: found[1] + ids.setdefault(found[2], f"{prefix}{len(ids)}"), body)
    body = _TAG.sub(lambda tag: _LONG.sub(_short, tag[0]), body)
    body = _PATH.sub(lambda found: found[0].replace("\n", "").replace(" L ", "L"), body)
    body = _STYLE.sub(lambda found: found[0].replace("; ", ";").replace(": ", ":"), body)
    body = _MARKS.sub(_together, _BARE.sub(r"\1", body))
    named = f'<svg role="img" aria-label="{escape(label)}" '
    return re.sub(r">\s+<", ">\n<", body).replace("<svg ", named, 1).strip()


def _together(found: re.Match[str]) -> str:
    """Marks that look alike in one group, so that their look is written once."""
    style = found[1]
    return f"<g{style}>{found[0].replace(style, '')}</g>"


def _short(found: re.Match[str]) -> str:
    """A coordinate with one decimal: a twentieth of a point is invisible."""
    return f"{float(found.group(0)):.1f}".rstrip("0").rstrip(".")
