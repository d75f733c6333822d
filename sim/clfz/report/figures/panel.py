"""One panel of a figure: data places turned into points on the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from clfz.report.figures.pen import GRID, Dash, Pen, Shape

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

INK, SOFT, FAINT, PALE = "#1b1b1b", "#595959", "#8c8c8c", "#e6e6e6"
TITLE, HEAD, TEXT, SMALL = 10.5, 9.0, 8.0, 7.5


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of every panel of a figure.

    Attributes:
        low: value at the left or bottom end.
        high: value at the other end.
        label: what is measured.
        ticks: (value, text) pairs; round numbers are chosen when None.
        grid: whether pale lines mark the ticks.
        line: whether the axis itself is drawn.
    """

    low: float
    high: float
    label: str = ""
    ticks: Sequence[tuple[float, str]] | None = None
    grid: bool = False
    line: bool = True

    def marks(self, room: float, each: float) -> list[tuple[float, str]]:
        """Return the ticks for an axis of that length, `each` points apart or more."""
        if self.ticks is not None:
            return list(self.ticks)
        return round_ticks(self.low, self.high, max(3, int(room // each)))


def round_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most that many ticks at round numbers between two values."""
    span = high - low
    if not span > 0:
        return [(low, f"{low:,.6g}")]
    power = 10.0 ** floor(log10(span / most))
    by = next(
        power * n for n in (1, 2, 5, 10, 20, 50) if int(span / (power * n) + 1e-9) + 1 <= most
    )
    decimals = max(0, -floor(log10(by) + 1e-9))
    first, last = ceil(low / by - 1e-9), floor(high / by + 1e-9)
    return [
        (index * by, f"{index * by:,.{decimals}f}".replace("-", "−"))
        for index in range(first, last + 1)
    ]


@dataclass(frozen=True)
class Panel:
    """A rectangle on the sheet with its own two axes.

    Attributes:
        page: the sheet, in points.
        box: left, bottom, width and height, points.
        x: the horizontal axis.
        y: the vertical axis.
    """

    page: Pen
    box: tuple[float, float, float, float]
    x: Axis
    y: Axis

    def _x(self, values: Any) -> Array:
        import numpy as np

        scale = self.box[2] / (self.x.high - self.x.low)
        return np.asarray(self.box[0] + (np.asarray(values) - self.x.low) * scale, dtype=np.float64)

    def _y(self, values: Any) -> Array:
        import numpy as np

        scale = self.box[3] / (self.y.high - self.y.low)
        return np.asarray(self.box[1] + (np.asarray(values) - self.y.low) * scale, dtype=np.float64)

    def line(self, x: Any, y: Any, color: str, dash: Dash = "solid", width: float = 1.6) -> None:
        """Draw a line through points; a gap where a value is missing."""
        self.page.line(self._x(x).tolist(), self._y(y).tolist(), color, dash, width)

    def band(self, x: Any, low: Any, high: Any, color: str, alpha: float) -> None:
        """Fill the area between two lines."""
        across, bottom, top = (each.tolist() for each in (self._x(x), self._y(low), self._y(high)))
        self.page.area(across + across[::-1], bottom + top[::-1], color, alpha)

    def marks(
        self,
        x: Any,
        y: Any,
        marker: Shape,
        color: str,
        size: float,
        *,
        mfc: str = "",
        mec: str = "",
        mew: float = 0.0,
        alpha: float = 1.0,
    ) -> None:
        """Draw markers; `mfc` and `mec` are the colours of face and edge, `mew` the edge's width."""
        import numpy as np

        places = (np.atleast_1d(self._x(x)).tolist(), np.atleast_1d(self._y(y)).tolist())
        look: dict[str, Any] = {"fill": mfc or color, "edge": mec or color}
        self.page.marks(*places, marker, size, edge_width=mew, alpha=alpha, **look)

    def uprights(self, x: Any, low: Any, high: Any, color: str, width: float) -> None:
        """Draw an upright line at each x."""
        across, (bottom, top) = self._x(x), (self._y(low), self._y(high))
        self._segments(across, across, bottom, top, color, width)

    def levels(self, y: Any, low: Any, high: Any, color: str, width: float) -> None:
        """Draw a horizontal line at each y."""
        up, (left, right) = self._y(y), (self._x(low), self._x(high))
        self._segments(left, right, up, up, color, width)

    def _segments(
        self, x0: Array, x1: Array, y0: Array, y1: Array, color: str, width: float
    ) -> None:
        for ends in zip(x0.tolist(), x1.tolist(), y0.tolist(), y1.tolist(), strict=True):
            self.page.line(ends[:2], ends[2:], color, width=width, cap="butt")

    def rule(
        self,
        *,
        x: float | None = None,
        y: float | None = None,
        color: str = SOFT,
        dash: Dash = "solid",
        width: float = 0.8,
    ) -> None:
        """Draw a line through the whole panel at one value."""
        if x is not None:
            self.line([x, x], [self.y.low, self.y.high], color, dash, width)
        else:
            self.line([self.x.low, self.x.high], [y, y], color, dash, width)

    def bar(
        self,
        left: float,
        bottom: float,
        right: float,
        top: float,
        color: str,
        hatch: str = "",
        alpha: float = 1.0,
    ) -> None:
        """Draw a filled rectangle with a thin white edge."""
        (x, across), (y, up) = self._x([left, right]).tolist(), self._y([bottom, top]).tolist()
        self.page.box(x, y, across - x, up - y, color, hatch=hatch, alpha=alpha)

    def beside(self, lines: Sequence[str], y: float, color: str, dash: Dash) -> None:
        """Name a line at the right of the panel, with a piece of it, at a height in points."""
        x = self.box[0] + self.box[2] + 4
        self.page.line([x, x + 15], [self.box[1] + y] * 2, color, dash)
        x += 19
        top = self.box[1] + y + 4.5 * len(lines)
        for index, line in enumerate(lines):
            self.page.text(x, top - 9 * index - 7, line, fontsize=SMALL, color=INK)

    def frame(self, *, first: bool, last: bool) -> None:
        """Draw axes, ticks and grid; labels only at the first column and the last row."""
        left, bottom, width, height = self.box
        uprights, levels = self.x.marks(width, 24), self.y.marks(height, 16)
        if self.x.grid:
            self._lines(
                [(self._at_x(v), bottom, self._at_x(v), bottom + height) for v, _ in uprights], PALE
            )
        if self.y.grid:
            self._lines(
                [(left, self._at_y(v), left + width, self._at_y(v)) for v, _ in levels], PALE
            )
        lines = [(left, bottom, left + width, bottom)] if self.x.line else []
        lines += [(left, bottom, left, bottom + height)] if self.y.line else []
        lines += [(self._at_x(v), bottom, self._at_x(v), bottom - 2) for v, _ in uprights]
        lines += [(left, self._at_y(v), left - 2, self._at_y(v)) for v, _ in levels]
        self._lines(lines, FAINT)
        style: dict[str, Any] = {"fontsize": SMALL, "color": SOFT}
        if last:
            for value, text in uprights:
                self.page.text(self._at_x(value), bottom - 10, text, ha="center", **style)
            self.page.text(left + width / 2, bottom - 20.5, self.x.label, ha="center", **style)
        if first:
            for value, text in levels:
                self.page.text(left - 4, self._at_y(value) - 2.7, text, ha="right", **style)
            self.page.upwards(2.0, bottom + height / 2, self.y.label, **style)

    def _at_x(self, value: float) -> float:
        return float(self._x(value))

    def _at_y(self, value: float) -> float:
        return float(self._y(value))

    def _lines(self, ends: Sequence[tuple[float, float, float, float]], color: str) -> None:
        """Draw thin lines between places in points, below everything else."""
        nan = float("nan")
        x = [value for x0, _, x1, _ in ends for value in (x0, x1, nan)]
        y = [value for _, y0, _, y1 in ends for value in (y0, y1, nan)]
        self.page.line(x, y, color, width=0.6, cap="butt", layer=GRID)
