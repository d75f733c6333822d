"""A finished figure: drawn twice, with its data, its words and its place on disk."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sim.report.figures.canvas import NARROW, RC, WIDE, Key, Sheet

if TYPE_CHECKING:
    import pandas as pd

_DRAWING = Lock()
_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_LONG = re.compile(r"\d+\.\d{2,}")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Plot:
    """One figure with everything that belongs to it.

    Attributes:
        name: file name without ending.
        title: short title (`titleShort`).
        unit: of the plotted numbers.
        label: one sentence for readers who cannot see it.
        description: how to read it, sentences.
        note: runs and bands, as printed in the figure.
        definition_id: the definition of the plotted measure.
        data: the plotted numbers; becomes the CSV file.
        table: the same as text for the page, rounded; column names are headings.
        wide: SVG for a page.
        narrow: SVG for a phone.
    """

    name: str
    title: str
    unit: str
    label: str
    description: tuple[str, ...]
    note: str
    definition_id: str
    data: pd.DataFrame
    table: pd.DataFrame
    wide: str
    narrow: str


def render(
    name: str,
    title: str,
    label: str,
    note: str,
    keys: Sequence[Key],
    draw: Callable[[Sheet], None],
) -> tuple[str, str]:
    """Draw a figure wide and narrow; return two SVG texts (same numbers, same bytes each time)."""
    import matplotlib as mpl

    drawn = []
    for suffix, width in (("w", WIDE), ("n", NARROW)):
        sheet = Sheet(title, note, width, keys)
        salt: dict[Any, Any] = {"svg.hashsalt": f"{name}-{suffix}"}
        # Matplotlib's settings are global: one figure at a time, and all back as they were. A title
        # in a script that the font lacks is no mishap: the reader's browser has the letters.
        with _DRAWING, mpl.rc_context(RC | salt), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*Glyph.*")
            draw(sheet)
            text = StringIO()
            empty: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
            sheet.figure.savefig(text, format="svg", metadata=empty)
        drawn.append(clean(text.getvalue(), f"{name}-{suffix}-", label))
    return drawn[0], drawn[1]


def clean(svg: str, prefix: str, label: str) -> str:
    """Keep the `<svg>` element: own ids, short numbers, a role and a sentence to be read aloud."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = _IDS.sub(lambda found: found.group(1) + prefix, body)
    body = _TAG.sub(lambda tag: _LONG.sub(_short, tag.group(0)), body)
    named = f'<svg role="img" aria-label="{escape(label)}" '
    return body.replace("<svg ", named, 1).strip()


def _short(found: re.Match[str]) -> str:
    """Write a coordinate with one decimal: a twentieth of a point is invisible."""
    return f"{float(found.group(0)):.1f}".rstrip("0").rstrip(".")


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
