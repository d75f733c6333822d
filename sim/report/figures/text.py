"""Measured text: so that nothing outside the panels can overlap or be cut off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


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
    """Return the width of one line, points, in the font that Matplotlib ships."""
    return size * sum(_advance(letter, bold) for letter in text)


@lru_cache(maxsize=4096)
def _advance(letter: str, bold: bool) -> float:
    """Return the width of a letter for a size of one point."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    # Letters that this font lacks (other scripts) are taken as wide as they can be.
    if not font.get_char_index(ord(letter)):
        return 1.0
    glyph = font.load_char(ord(letter))
    return float(glyph.linearHoriAdvance) / 65536 / 100


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
