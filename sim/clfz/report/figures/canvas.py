"""The sheet that figures are drawn on: title, key, panels and a note that never overlap.

Everything outside the axes is laid out in points with measured text widths, so that the same figure
can be drawn wide (a page) and narrow (a phone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from clfz.report.figures.panel import HEAD, INK, SMALL, SOFT, TEXT, TITLE, Axis, Panel
from clfz.report.figures.pen import Dash, Pen, Shape
from clfz.report.figures.text import text_width, wrap

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
BASE_DASH: Dash = (0, (4, 2))
# Colour, dash and marker always go together: never colour alone.
STYLES: tuple[tuple[str, Dash, Shape], ...] = (
    (BLUE, "solid", "o"),
    (VERMILLION, (0, (6, 1.5)), "s"),
    (GREEN, (0, (1.5, 1.2)), "^"),
    (PURPLE, (0, (7, 1.5, 1.5, 1.5)), "D"),
)
WIDE, NARROW = 511.0, 266.0


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a panel."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key above the panels: a sample and its meaning."""

    text: str
    kind: str
    color: str
    dash: Dash = "solid"
    marker: Shape = "o"
    alpha: float = 1.0
    hatch: str = ""


@dataclass
class Sheet:
    """One figure in the making.

    Attributes:
        name: of the drawing, its own on every page.
        title: sentence above everything.
        note: number of runs and meaning of the bands, below everything.
        width: points.
        keys: entries of the key.
    """

    name: str
    title: str
    note: str
    width: float
    keys: Sequence[Key] = ()
    page: Pen = field(init=False)

    @property
    def narrow(self) -> bool:
        """Whether this is the phone's version."""
        return self.width < 400

    def panels(
        self,
        heads: Sequence[Head],
        height: float,
        x: Axis,
        y: Axis,
        *,
        left: float = 34.0,
        right: float = 8.0,
        columns: int | None = None,
    ) -> list[Panel]:
        """Lay out one panel for each head; all have the same axes.

        Args:
            heads: titles of the panels; a head may be empty.
            height: of a panel, points.
            x: horizontal axis, labelled under the last panel of each column.
            y: vertical axis, labelled beside the first panel of each row.
            left: room for the tick labels of the first column, points.
            right: room at the right of each panel, points.
            columns: how many side by side; chosen from the number of panels when None.
        """
        count, below = len(heads), 26.0 if x.label else 14.0
        across = columns or _columns(count, self.narrow)
        cell = (self.width - left) / across
        wrapped = [
            (
                wrap(head.title, HEAD, cell - right, bold=True),
                [part for line in head.lines for part in wrap(line, TEXT, cell - right)],
            )
            for head in heads
        ]
        rows = [list(range(start, min(start + across, count))) for start in range(0, count, across)]
        tops = [max(_head_height(wrapped[index]) for index in row) for row in rows]
        title = wrap(self.title, TITLE, self.width, bold=True)
        note, key_rows = wrap(self.note, SMALL, self.width), flow(self.keys, self.width)
        # The labels of the last row's missing neighbours stand under the row before it.
        gaps = [12.0] * (len(rows) - 1) + [0.0]
        if count % across and len(rows) > 1:
            gaps[-2] = below + 6
        total = 6.0 + len(title) * 14 + len(key_rows) * 14 + (6 if key_rows else 0)
        total += sum(tops) + len(rows) * height + sum(gaps) + below + len(note) * 10.5 + 8
        page = self.page = Pen(self.name, self.width, total)
        down = _write(page, title, 0.0, total, TITLE, 14, weight="bold")
        whole = Panel(page, (0, 0, self.width, total), Axis(0, self.width), Axis(0, total))
        down = _draw_keys(whole, key_rows, down - 6) - (6 if key_rows else 0)
        made: list[Panel] = []
        for row, top, gap in zip(rows, tops, gaps, strict=True):
            for position, index in enumerate(row):
                start = left + position * cell
                at = _write(page, wrapped[index][0], start, down, HEAD, 12, weight="bold")
                _write(page, wrapped[index][1], start, at, TEXT, 11, color=SOFT)
                made.append(Panel(page, (start, down - top - height, cell - right, height), x, y))
                made[-1].frame(first=position == 0, last=index + across >= count)
            down -= top + height + gap
        _write(page, note, 0.0, len(note) * 10.5 + 2, SMALL, 10.5, color=SOFT)
        return made


def _columns(count: int, narrow: bool) -> int:
    """Choose how many panels stand side by side."""
    if narrow:
        return min(count, 2)
    return 4 if count > 6 or count == 4 else min(count, 3)


def _head_height(lines: tuple[list[str], list[str]]) -> float:
    title, rest = lines
    return len(title) * 12 + len(rest) * 11 + (5 if title or rest else 0)


def _write(
    page: Pen, lines: Sequence[str], x: float, y: float, size: float, leading: float, **style: Any
) -> float:
    """Write lines downwards from y; return the y below them."""
    style = {"color": INK} | style
    for line in lines:
        page.text(x, y - leading * 0.78, line, fontsize=size, **style)
        y -= leading
    return y


def _draw_keys(sheet: Panel, rows: list[list[tuple[float, Key]]], y: float) -> float:
    """Draw the key on the sheet, one line of entries under the other."""
    for row in rows:
        for x, key in row:
            middle = y - 7.0
            place = ([x + 8], [middle])
            if key.kind in {"band", "bar"}:
                sheet.bar(x, middle - 3.5, x + 16, middle + 3.5, key.color, key.hatch, key.alpha)
            elif key.kind == "line":
                sheet.line([x, x + 16], [middle] * 2, key.color, key.dash, 1.8)
            elif key.kind == "tick":
                sheet.marks(*place, "|", key.color, 8, mew=1.6)
            elif key.kind == "ring":
                sheet.marks(*place, key.marker, key.color, 5, mfc="white", mew=1.1)
            else:
                sheet.marks(*place, key.marker, key.color, 5, alpha=key.alpha)
            sheet.page.text(x + 21, middle - 2.9, key.text, fontsize=TEXT, color=INK)
        y -= 14
    return y


def flow(keys: Sequence[Key], width: float) -> list[list[tuple[float, Key]]]:
    """Place key entries beside each other, breaking lines where the width ends."""
    rows: list[list[tuple[float, Key]]] = []
    x = width + 1
    for key in keys:
        needs = 21 + text_width(key.text, TEXT) + 14
        if x + needs - 14 > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, key))
        x += needs
    return rows
