"""The figures of a comparison, and the grid of panels that most of them are drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.report.numbers import Numbers, Scenario
from clfz.report.plot import HEAD, NARROW, SOFT, STYLES, WIDE, head, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UPRIGHT = "Dotted upright line: the programme ends."


@dataclass(frozen=True)
class Grid:
    """Panels with the same axes, in rows.

    Attributes:
        heads: title and further lines above each panel.
        tall: height of a panel, points.
        across: most panels side by side, on a page and on a phone.
        keys: entries of the key above.
    """

    heads: Sequence[Sequence[str]]
    tall: float
    across: tuple[int, int] = (3, 2)
    keys: int = 0

    def columns(self, narrow: bool) -> int:
        """Panels side by side; as many in each row as can be."""
        most = min(self.across[narrow], len(self.heads))
        rows = -(-len(self.heads) // most)
        return -(-len(self.heads) // rows)

    def width(self, narrow: bool) -> float:
        """Of a panel, points, about."""
        return ((NARROW if narrow else WIDE) - 36) / self.columns(narrow) - 8

    @property
    def height(self) -> tuple[float, float]:
        """Of the whole figure on a page and on a phone, points."""
        return self._height(False), self._height(True)

    def _height(self, narrow: bool) -> float:
        rows = -(-len(self.heads) // self.columns(narrow))
        lines = max("\n".join(each).count("\n") + 1 for each in self._wrapped(narrow))
        around = (140 + 15 * self.keys) if narrow else (85 + 15 * -(-self.keys // 3))
        return around + rows * (self.tall + 12 + 12 * lines)

    def _wrapped(self, narrow: bool) -> list[list[str]]:
        width = self.width(narrow)
        return [
            [
                wrap(title, width, 1.1 * HEAD) if title else "",
                *(wrap(line, width) for line in lines),
            ]
            for title, *lines in self.heads
        ]

    def draw(self, figure: Figure, narrow: bool, *, x: str = "", y: str = "") -> list[Axes]:
        """Return the panels with their heads; the outer ones carry the labels of the axes."""
        columns, count = self.columns(narrow), len(self.heads)
        share: dict[str, Any] = {"sharex": True, "sharey": True, "squeeze": False}
        every = figure.subplots(-(-count // columns), columns, **share).ravel()
        for at, axes in enumerate(every):
            if at >= count:
                axes.remove()
                continue
            head(axes, *self._wrapped(narrow)[at])
            if at + columns >= count:  # nothing stands below
                axes.tick_params(labelbottom=True)
                axes.set_xlabel(x)
            if at % columns == 0:
                axes.set_ylabel(y)
        return list(every[:count])


def groups_of(numbers: Numbers) -> list[list[Scenario]]:
    """Share one panel among few plans; give each of many plans a panel of its own."""
    return [numbers.plans] if len(numbers.plans) <= len(STYLES) else [[p] for p in numbers.plans]


def time_axis(axes: Axes, numbers: Numbers) -> None:
    """Set the axis of time, in years from the start (months for short horizons); mark the end."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    months = numbers.end + numbers.after
    axes.set_xlim(0, months / 12)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    if months <= 24:
        step = 1 if months <= 6 else 3 if months <= 12 else 6
        axes.xaxis.set_major_locator(MultipleLocator(step / 12))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{12 * x:.0f}"))
    if numbers.after:
        axes.axvline(numbers.end / 12, color=SOFT, linestyle=(0, (1, 2)), linewidth=0.8)


def time_label(numbers: Numbers) -> str:
    """Name the axis of time."""
    return "Months from the start" if numbers.end + numbers.after <= 24 else "Years from the start"
