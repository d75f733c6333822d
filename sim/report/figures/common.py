"""What several figures share: panels for few or many plans, notes, label places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.report.figures.canvas import SOFT, STYLES
from sim.report.numbers import Numbers, Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OVERLAY = len(STYLES)
LINE = "Line: average of the runs."
BANDS = f"{LINE} Dark band: the middle half of the runs. Pale band: 9 of 10 runs."
YEARS = "Years from the start"


def run_note(numbers: Numbers, meaning: str) -> str:
    """Say how many runs a figure stands on and what its marks mean."""
    draws, runs = numbers.draws, numbers.runs
    times = f" × {runs // draws} rolls of luck" if runs % draws == 0 else ""
    sets = "set" if draws == 1 else "sets"
    return f"{runs} runs for each plan ({draws} {sets} of assumptions{times}). {meaning}"


def groups_of(numbers: Numbers) -> list[list[Scenario]]:
    """Share one panel among few plans; give each of many plans a panel of its own."""
    return [numbers.plans] if len(numbers.plans) <= OVERLAY else [[p] for p in numbers.plans]


def mark_end(axes: Axes, numbers: Numbers) -> None:
    """Draw where the programme ends and set the years on the axis."""
    last = (numbers.end + int(numbers.manifest.get("after_months", 0))) / 12
    axes.axvline(numbers.end / 12, color=SOFT, lw=0.8, ls=(0, (1, 2)))
    axes.set_xlim(0, last)
    axes.set_xticks(_year_ticks(last))


def _year_ticks(last: float) -> list[int]:
    every = 1 if last <= 4 else 2 if last <= 10 else 5
    return list(range(0, int(last) + 1, every))


def spread(places: Sequence[float], sizes: Sequence[float], limit: float) -> list[float]:
    """Move sorted label middles apart so that none overlap, keeping them within 0..limit.

    Args:
        places: wanted middles, ascending, points.
        sizes: height of each label, points.
        limit: upper end, points.
    """
    moved: list[float] = []
    floor = 0.0
    for place, size in zip(places, sizes, strict=True):
        moved.append(max(place, floor + size / 2))
        floor = moved[-1] + size / 2
    ceiling = max(limit, sum(sizes))
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], ceiling - sizes[index] / 2)
        ceiling = moved[index] - sizes[index] / 2
    return moved
