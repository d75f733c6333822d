"""Plain text for terminals and pipes: aligned columns, wrapped lines, JSON."""

import json
import math
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import typer

_NARROW, _WIDE, _COLUMN = 60, 110, 30


def width() -> int:
    """Characters in a line: the terminal's, within what is pleasant to read."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, _NARROW), _WIDE)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align rows under a head; the last column takes the room that is left, long cells wrap."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    sizes = [_size([row[column] for row in cells]) for column in range(len(head) - 1)]
    before = sum(sizes) + 2 * len(sizes)
    room = max(width() - before, 24)
    lines: list[str] = []
    for number, row in enumerate(cells):
        parts = [_wrapped(cell, size) for cell, size in zip(row, [*sizes, room], strict=True)]
        for line in zip_longest(*parts, fillvalue=""):
            start = "".join(f"{cell:<{size}}  " for cell, size in zip(line, sizes, strict=False))
            lines.append((start + line[-1]).rstrip())
        if number == 0:
            lines.append("-" * min(before + min(room, max(len(r[-1]) for r in cells)), width()))
    return "\n".join(lines)


def _size(cells: Sequence[str]) -> int:
    """Room for a column: names are never broken, sentences are when they get long."""
    longest_word = max((len(word) for cell in cells for word in cell.split()), default=0)
    return max(min(max(map(len, cells)), _COLUMN), longest_word)


def _wrapped(cell: str, size: int) -> list[str]:
    return textwrap.wrap(cell, size, break_long_words=False, break_on_hyphens=False)


def paragraph(text: str, indent: str = "") -> str:
    """Wrap a text to the line."""
    return textwrap.fill(
        " ".join(text.split()), width(), initial_indent=indent, subsequent_indent=indent
    )


def number(value: float) -> str:
    """A number as one would write it: no more digits than it has, no exponent."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace(",", " ")


def as_json(value: Any) -> str:
    """One JSON object; NaN becomes null, which every reader of JSON knows."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False, default=str)


def show(text: str) -> None:
    """Print to standard output."""
    typer.echo(text)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
