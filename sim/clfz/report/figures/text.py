"""Measured text: so that nothing outside the panels can overlap or be cut off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from unicodedata import combining


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


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line, points, in DejaVu Sans: the widest of the fonts that a reader may have."""
    advances = _advances()["bold" if bold else "normal"]
    # A letter that the table lacks (of another script) is taken as wide as it is high, an accent of its own as nothing.
    return size * sum(advances.get(each, 0.0 if combining(each) else 1.0) for each in text)


@cache
def _advances() -> dict[str, dict[str, float]]:
    """Width of each letter for a size of one point, by weight; `widths.json` has the letters of each width."""
    text = Path(__file__).with_name("widths.json").read_text(encoding="utf-8")
    return {
        weight: {letter: float(width) for width, letters in by_width.items() for letter in letters}
        for weight, by_width in json.loads(text).items()
    }


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
