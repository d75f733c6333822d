"""The figures of a comparison, and the grid of panels that most of them are drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.report.numbers import Numbers, Scenario
from clfz.report.plot import HEAD, INK, NARROW, SOFT, STYLES, TEXT, WIDE, head, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UPRIGHT = "Dotted upright line: the programme ends."


@dataclass(frozen=True)
class Grid:
    """Panels with the same axes, in rows.

    Attributes:
        heads: title and further lines above each panel.
        tall: height of a panel, points.
        keys: entries of the key above.
    """

    heads: Sequence[Sequence[str]]
    tall: float
    keys: int = 0

    def columns(self, narrow: bool) -> int:
        """Panels side by side: three, on a phone two, and as many in each row as can be."""
        most = min(2 if narrow else 3, len(self.heads))
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
            # An axis without labels needs no room of its own; measuring it is most of the layout's time.
            lowest, first = at + columns >= count, at % columns == 0
            axes.xaxis.set_in_layout(lowest)
            axes.yaxis.set_in_layout(first)
            if lowest:  # nothing stands below
                axes.tick_params(labelbottom=True)
                axes.set_xlabel(x)
            if first:
                axes.set_ylabel(y)
        return list(every[:count])


@dataclass(frozen=True)
class Rows:
    """Rows on one pair of axes; their heads stand at the left, on a phone above each row.

    Attributes:
        heads: title and further lines of each row.
        tall: height of a row without its head, points.
        keys: entries of the key above.
    """

    heads: Sequence[Sequence[str]]
    tall: float
    keys: int = 0

    _BESIDE = 185.0

    def width(self, narrow: bool) -> float:
        """Of a row, points, about."""
        return NARROW - 30 if narrow else WIDE - 30 - self._BESIDE

    @property
    def height(self) -> tuple[float, float]:
        """Of the whole figure on a page and on a phone, points."""
        wide, narrow = (len(self.heads) * self._step(narrow) for narrow in (False, True))
        return 85 + 15 * -(-self.keys // 3) + wide, 140 + 15 * self.keys + narrow

    def draw(self, figure: Figure, narrow: bool, *, x: str) -> tuple[Axes, list[float]]:
        """Return the axes, whose y are points, and the floor of each row."""
        axes, step = figure.subplots(), self._step(narrow)
        floors = [step * at for at in range(len(self.heads))][::-1]
        for floor, (title, lines) in zip(floors, self._wrapped(narrow), strict=True):
            place: dict[str, Any] = {
                "xy": (0, floor + step - 8),
                "xycoords": axes.get_yaxis_transform(),
                "textcoords": "offset points",
                "va": "top",
                "annotation_clip": False,
            }
            left = 0.0 if narrow else -self._BESIDE
            down = -1.25 * HEAD * (title.count("\n") + 1)
            page = {"facecolor": "white", "pad": 0.5} if narrow else None
            bold: dict[str, Any] = {"fontsize": HEAD, "fontweight": "bold", "color": INK}
            axes.annotate(title, xytext=(left, 0), bbox=page, **bold, **place)
            if lines:
                axes.annotate(lines, xytext=(left, down), color=SOFT, bbox=page, **place)
        axes.hlines(floors, 0, 1, "#999999", linewidth=0.8, transform=axes.get_yaxis_transform())
        axes.set(ylim=(0, step * len(floors)), yticks=(), xlabel=x)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        return axes, floors

    def _wrapped(self, narrow: bool) -> list[tuple[str, str]]:
        width = self.width(narrow) if narrow else self._BESIDE - 12
        return [
            (wrap(title, width, 1.1 * HEAD), "\n".join(wrap(line, width) for line in lines))
            for title, *lines in self.heads
        ]

    def _step(self, narrow: bool) -> float:
        """From one row to the next, points."""
        each = [f"{title}\n{lines}" if lines else title for title, lines in self._wrapped(narrow)]
        text = 1.25 * TEXT * max(words.count("\n") + 1 for words in each)
        return 14 + (self.tall + text if narrow else max(self.tall, text))


def groups_of(numbers: Numbers) -> list[list[Scenario]]:
    """Share one panel among few plans; give each of many plans a panel of its own."""
    return [numbers.plans] if len(numbers.plans) <= len(STYLES) else [[p] for p in numbers.plans]


def spoken(scenarios: Iterable[Scenario], said: Mapping[str, Sequence[str]]) -> str:
    """Join what is said of each scenario, for readers who cannot see the figure."""
    return "; ".join(f"{s.title}: {'; '.join(said[s.name])}" for s in scenarios)


def text_table(
    corner: str,
    scenarios: Sequence[Scenario],
    data: pd.DataFrame,
    column: str,
    write: Callable[[Any], str],
) -> pd.DataFrame:
    """The numbers of a figure as text: a row for each scenario, a cell for each row of its data.

    Args:
        corner: heading of the titles.
        scenarios: in the order of the rows.
        data: with a column `scenario`.
        column: of the data, whose values are the other headings.
        write: makes a cell of a row of the data.
    """
    cells = data.assign(text=[write(row) for row in data.to_dict("records")])
    table = cells.pivot(index="scenario", columns=column, values="text")
    table = table.reindex(index=[s.name for s in scenarios], columns=data[column].unique())
    table.insert(0, corner, [s.title for s in scenarios])
    return table.fillna("–")


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
