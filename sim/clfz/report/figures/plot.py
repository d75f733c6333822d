"""A finished figure: drawn twice, with its data, its words and its place on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clfz.report.figures.canvas import NARROW, WIDE, Key, Sheet

if TYPE_CHECKING:
    import pandas as pd


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
    wide = Sheet(f"{name}-w", title, note, WIDE, keys)
    narrow = Sheet(f"{name}-n", title, note, NARROW, keys)
    draw(wide)
    draw(narrow)
    return wide.page.svg(label), narrow.page.svg(label)


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
