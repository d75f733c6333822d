"""The sheet that figures are drawn on: title, key, panels and a note that never overlap.

Everything outside the axes is laid out in points with measured text widths, so that the same figure
can be drawn wide (a page) and narrow (a phone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, FAINT, PALE = "#1b1b1b", "#595959", "#8c8c8c", "#d9d9d9"
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
BASE_DASH = (0, (4, 2))
# Colour, dash and marker always go together: never colour alone.
STYLES: tuple[tuple[str, Any, str], ...] = (
    (BLUE, "solid", "o"),
    (VERMILLION, (0, (6, 1.5)), "s"),
    (GREEN, (0, (1.5, 1.2)), "^"),
    (PURPLE, (0, (7, 1.5, 1.5, 1.5)), "D"),
)
WIDE, NARROW = 511.0, 266.0
TITLE, HEAD, TEXT, SMALL = 10.5, 9.0, 8.0, 7.5
RC: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.7,
}


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
    dash: Any = "solid"
    marker: str = "o"
    alpha: float = 1.0
    hatch: str = ""


@dataclass
class Sheet:
    """One figure in the making.

    Attributes:
        title: sentence above everything.
        note: number of runs and meaning of the bands, below everything.
        width: points.
        keys: entries of the key.
    """

    title: str
    note: str
    width: float
    keys: Sequence[Key] = ()
    figure: Figure = field(init=False)

    @property
    def narrow(self) -> bool:
        """Whether this is the phone's version."""
        return self.width < 400

    def panels(
        self,
        heads: Sequence[Head],
        height: float,
        *,
        left: float = 34.0,
        right: float = 8.0,
        below: float = 30.0,
        columns: int | None = None,
        x_label: str = "",
        y_label: str = "",
    ) -> list[Axes]:
        """Lay out one panel for each head; all share both axes.

        Args:
            heads: titles of the panels; a head may be empty.
            height: of the axes, points.
            left: room for the tick labels of the first column, points.
            right: room at the right of each panel, points.
            below: room for tick labels and the axis label under the last row, points.
            columns: how many side by side; chosen from the number of panels when None.
            x_label: under the last panel of each column.
            y_label: beside the first panel of each row.
        """
        from matplotlib.figure import Figure

        count = len(heads)
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
        title, note = (
            wrap(self.title, TITLE, self.width, bold=True),
            wrap(self.note, SMALL, self.width),
        )
        key_rows = flow(self.keys, self.width)
        # The labels of the last row's missing neighbours stand under the row before it.
        gaps = [12.0] * (len(rows) - 1)
        if count % across and gaps:
            gaps[-1] = below + 4
        total = 6.0 + len(title) * 14 + len(key_rows) * 14 + (6 if key_rows else 0)
        total += sum(tops) + len(rows) * height + sum(gaps) + below
        total += len(note) * 10.5 + 8
        self.figure = Figure(figsize=(self.width / 72, total / 72), facecolor="white")
        page = self._page(total)
        y = _write(page, title, 0.0, total, TITLE, 14, weight="bold")
        y = _draw_keys(page, key_rows, y - 6)
        y -= 6 if key_rows else 0
        made: list[Axes] = []
        for row, top, gap in zip(rows, tops, [*gaps, 0.0], strict=True):
            for position, index in enumerate(row):
                x = left + position * cell
                at = _write(page, wrapped[index][0], x, y, HEAD, 12, weight="bold")
                _write(page, wrapped[index][1], x, at, TEXT, 11, color=SOFT)
                box = (x / self.width, (y - top - height) / total)
                size = ((cell - right) / self.width, height / total)
                axes = self.figure.add_axes((*box, *size), **_shared(made))
                _quiet(axes, first=position == 0, last=index + across >= count)
                if index + across >= count and x_label:
                    labelled = wrap(x_label, SMALL, cell - right)
                    axes.set_xlabel("\n".join(labelled), fontsize=SMALL, color=SOFT, labelpad=2)
                if position == 0 and y_label:
                    axes.set_ylabel(y_label, fontsize=SMALL, color=SOFT, labelpad=3)
                made.append(axes)
            y -= top + height + gap
        _write(page, note, 0.0, len(note) * 10.5 + 2, SMALL, 10.5, color=SOFT)
        return made

    def _page(self, total: float) -> Axes:
        page = self.figure.add_axes((0, 0, 1, 1))
        page.set_xlim(0, self.width)
        page.set_ylim(0, total)
        page.set_axis_off()
        return page


def _columns(count: int, narrow: bool) -> int:
    """Choose how many panels stand side by side."""
    if narrow:
        return min(count, 2)
    return 4 if count > 6 or count == 4 else min(count, 3)


def _head_height(lines: tuple[list[str], list[str]]) -> float:
    title, rest = lines
    return len(title) * 12 + len(rest) * 11 + (5 if title or rest else 0)


def _shared(made: list[Axes]) -> dict[str, Any]:
    return {"sharex": made[0], "sharey": made[0]} if made else {}


def _quiet(axes: Axes, *, first: bool, last: bool) -> None:
    """Take away what carries no information."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.spines[["left", "bottom"]].set_linewidth(0.6)
    axes.tick_params(labelsize=SMALL, colors=SOFT, length=2, width=0.6, pad=2)
    axes.tick_params(labelleft=first, labelbottom=last)
    axes.grid(axis="y", color="#eeeeee", linewidth=0.6)
    axes.set_axisbelow(True)


def _write(
    page: Axes, lines: Sequence[str], x: float, y: float, size: float, leading: float, **style: Any
) -> float:
    """Write lines downwards from y; return the y below them."""
    style = {"color": INK} | style
    for line in lines:
        page.text(x, y - leading * 0.78, line, fontsize=size, va="baseline", **style)
        y -= leading
    return y


def _draw_keys(page: Axes, rows: list[list[tuple[float, Key]]], y: float) -> float:
    """Draw the key, one line of entries under the other."""
    from matplotlib.patches import Rectangle

    for row in rows:
        for x, key in row:
            middle = y - 7.0
            if key.kind in {"band", "bar"}:
                color: dict[str, Any] = {
                    "facecolor": key.color,
                    "alpha": key.alpha,
                    "linewidth": 0.0,
                }
                if key.hatch:
                    color |= {"hatch": key.hatch, "edgecolor": "white"}
                page.add_patch(Rectangle((x, middle - 3.5), 16, 7, **color))
            elif key.kind == "line":
                page.plot([x, x + 16], [middle] * 2, color=key.color, ls=key.dash, lw=1.8)
            else:
                face = "white" if key.kind == "ring" else key.color
                page.plot(
                    [x + 8], [middle], key.marker, ms=5, mfc=face, mec=key.color, alpha=key.alpha
                )
            page.text(x + 21, middle, key.text, fontsize=TEXT, va="center_baseline", color=INK)
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


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break text into lines that fit the width (points), at spaces."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, bold=bold) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line, points, in the font that Matplotlib ships."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties("DejaVu Sans", weight="bold" if bold else "normal")))
    font.set_size(size, 72)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64
