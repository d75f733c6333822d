"""Plain text for terminals and pipes: aligned columns, wrapped lines, JSON."""

import json
import math
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import typer

_NARROW, _WIDE = 60, 110


def width() -> int:
    """Characters in a line: the terminal's, within what is pleasant to read."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, _NARROW), _WIDE)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align rows under a head; the last column takes the room that is left and wraps."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    sizes = [max(len(row[column]) for row in cells) for column in range(len(head) - 1)]
    before = sum(sizes) + 2 * len(sizes)
    room = max(width() - before, 24)
    lines: list[str] = []
    for number, row in enumerate(cells):
        start = "".join(f"{cell:<{size}}  " for cell, size in zip(row[:-1], sizes, strict=True))
        parts = textwrap.wrap(row[-1], room) or [""]
        lines += [(start + parts[0]).rstrip()]
        lines += [" " * before + part for part in parts[1:]]
        if number == 0:
            lines.append("-" * min(before + min(room, max(len(r[-1]) for r in cells)), width()))
    return "\n".join(lines)


def paragraph(text: str, indent: str = "") -> str:
    """Wrap a text to the line."""
    return textwrap.fill(
        " ".join(text.split()), width(), initial_indent=indent, subsequent_indent=indent
    )


def number(value: float) -> str:
    """A number as one would write it: no more digits than it has, no exponent."""
    if isinstance(value, float) and not math.isfinite(value):
        return "-"
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
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
