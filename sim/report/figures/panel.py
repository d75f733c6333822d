"""One panel of a figure: data places turned into points on the sheet.

All panels of a figure are drawn into one Matplotlib axes that spans the sheet. That is five times
faster than an axes for each panel, and puts every line and letter where it is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

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
        page: the Matplotlib axes in points that spans the sheet.
        box: left, bottom, width and height, points.
        x: the horizontal axis.
        y: the vertical axis.
    """

    page: Axes
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

    def _add(self, artist: Artist) -> None:
        artist.set_clip_on(False)
        self.page.add_artist(artist)
        artist.set_clip_path(None)

    def line(self, x: Any, y: Any, color: str, dash: Any = "solid", width: float = 1.6) -> None:
        """Draw a line through points; a gap where a value is missing."""
        from matplotlib.lines import Line2D

        self._add(Line2D(self._x(x), self._y(y), color=color, ls=dash, lw=width))

    def band(self, x: Any, low: Any, high: Any, color: str, alpha: float) -> None:
        """Fill the area between two lines."""
        import numpy as np
        from matplotlib.patches import Polygon

        across = self._x(x)
        edge = np.concatenate([self._y(low), self._y(high)[::-1]])
        outline = np.column_stack([np.concatenate([across, across[::-1]]), edge])
        self._add(Polygon(outline, closed=True, fc=color, alpha=alpha, lw=0))

    def marks(self, x: Any, y: Any, marker: str, color: str, size: float, **look: Any) -> None:
        """Draw markers; `look` are Matplotlib line properties such as `mfc` or `alpha`."""
        from matplotlib.lines import Line2D

        style: dict[str, Any] = {"mec": color, "mfc": color, "mew": 0.0, "zorder": 3}
        self._add(
            Line2D(self._x(x), self._y(y), ls="none", marker=marker, ms=size, **(style | look))
        )

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
        import numpy as np
        from matplotlib.lines import Line2D

        gap = np.full(len(x0), np.nan)
        x, y = np.column_stack([x0, x1, gap]).ravel(), np.column_stack([y0, y1, gap]).ravel()
        self._add(Line2D(x, y, color=color, lw=width, solid_capstyle="butt"))

    def rule(
        self,
        *,
        x: float | None = None,
        y: float | None = None,
        color: str = SOFT,
        dash: Any = "solid",
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
        from matplotlib.patches import Rectangle

        x, y = self._x([left, right]), self._y([bottom, top])
        box = Rectangle((x[0], y[0]), x[1] - x[0], y[1] - y[0], fc=color, alpha=alpha)
        box.set_edgecolor("white")
        box.set_linewidth(0.6)
        if hatch:
            box.set_hatch(hatch)
        self._add(box)

    def beside(self, lines: Sequence[str], y: float, color: str, dash: Any) -> None:
        """Name a line at the right of the panel, with a piece of it, at a height in points."""
        from matplotlib.lines import Line2D

        x = self.box[0] + self.box[2] + 4
        middle = [self.box[1] + y] * 2
        self._add(Line2D([x, x + 15], middle, color=color, ls=dash, lw=1.6))
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
            middle = (2.0, bottom + height / 2)
            self.page.text(*middle, self.y.label, rotation=90, va="center", **style)

    def _at_x(self, value: float) -> float:
        return float(self._x(value))

    def _at_y(self, value: float) -> float:
        return float(self._y(value))

    def _lines(self, ends: Sequence[tuple[float, float, float, float]], color: str) -> None:
        """Draw thin lines between places in points, below everything else."""
        from matplotlib.lines import Line2D

        nan = float("nan")
        x = [value for x0, _, x1, _ in ends for value in (x0, x1, nan)]
        y = [value for _, y0, _, y1 in ends for value in (y0, y1, nan)]
        self._add(Line2D(x, y, color=color, lw=0.6, zorder=0.5, solid_capstyle="butt"))
