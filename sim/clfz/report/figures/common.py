"""What several figures share: panels for few or many plans, notes, label places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from clfz.report.figures.canvas import STYLES
from clfz.report.figures.panel import SMALL, Axis, Panel
from clfz.report.figures.text import spread, wrap
from clfz.report.numbers import Numbers, Scenario
from clfz.report.phrases import split_range
from clfz.report.sureness import NINE, range_words

OVERLAY = len(STYLES)
LINE = "Line: average of the runs."
BANDS = f"{LINE} Dark band: the middle half of the runs. Pale band: 9 of 10 runs."
BAND = f"{LINE} Band: 9 of 10 runs."
UPRIGHT = "Dotted upright line: the programme ends."
YEARS = "Years from the start"


def run_note(numbers: Numbers, meaning: str) -> str:
    """Say how many runs a figure stands on and what its marks mean."""
    draws, runs = numbers.draws, numbers.runs
    lucks = runs // draws
    times = f" × {_many(lucks, 'roll')} of luck" if runs % draws == 0 else ""
    sets = f"{_many(draws, 'set')} of assumptions"
    meaning = meaning.replace(NINE, range_words(runs))
    if not numbers.manifest.get("after_months"):
        meaning = meaning.replace(UPRIGHT, "").rstrip()
    return f"{_many(runs, 'run')} for each programme ({sets}{times}). {meaning}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def groups_of(numbers: Numbers) -> list[list[Scenario]]:
    """Share one panel among few plans; give each of many plans a panel of its own."""
    return [numbers.plans] if len(numbers.plans) <= OVERLAY else [[p] for p in numbers.plans]


def two_lines(phrase: str) -> tuple[str, ...]:
    """Put the range of a phrase on a line of its own, for narrow panels."""
    return tuple(str(part) for part in split_range(Markup(phrase)) if part)


def year_axis(numbers: Numbers) -> Axis:
    """Return the axis of time from the start: years, or months for a short horizon."""
    months = int(numbers.manifest.get("after_months", 0)) + numbers.end
    last = months / 12
    if months <= 24:
        step = 1 if months <= 6 else 3 if months <= 12 else 6
        ticks = [(month / 12, str(month)) for month in range(0, months + 1, step)]
        return Axis(0.0, last, "Months from the start", ticks)
    every = 1 if last <= 4 else 2 if last <= 10 else 5
    ticks = [(float(year), str(year)) for year in range(0, int(last) + 1, every)]
    return Axis(0.0, last, YEARS, ticks)


def mark_end(panel: Panel, numbers: Numbers) -> None:
    """Draw where the programme ends, if time goes on after it."""
    if not numbers.manifest.get("after_months"):
        return
    panel.rule(x=numbers.end / 12, dash=(0, (1, 2)))


def name_ends(panel: Panel, ends: Sequence[tuple[float, str, str, Any]], room: float) -> None:
    """Name each line at its right end; names that would touch are moved apart.

    Args:
        panel: where the lines were drawn.
        ends: last value, name, colour and dash of each line.
        room: at the right of the panel, points.
    """
    height, (low, high) = panel.box[3], (panel.y.low, panel.y.high)
    named = [
        ((value - low) / (high - low) * height, wrap(title, SMALL, room - 26), color, dash)
        for value, title, color, dash in sorted(ends, key=lambda end: end[0])
    ]
    sizes = [9.0 * len(lines) + 2 for _, lines, _, _ in named]
    places = spread([y for y, _, _, _ in named], sizes, height)
    for y, (_, lines, color, dash) in zip(places, named, strict=True):
        panel.beside(lines, y, color, dash)
