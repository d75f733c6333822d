"""What commands print: tables, wrapped text, JSON, and how far a long command is.

Progress goes to the error stream, so that what a command prints can be piped.
"""

import json
import math
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer

Report = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and what is being done."""


def width() -> int:
    """Characters in a line: the terminal's, within what is pleasant to read."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 110)


def show(text: str) -> None:
    """Print to standard output."""
    typer.echo(text)


def note(sentence: str) -> None:
    """Print to the error stream."""
    typer.echo(sentence, err=True)


def paragraph(text: str, indent: str = "") -> str:
    """Wrap a text to the line."""
    return textwrap.fill(
        " ".join(text.split()), width(), initial_indent=indent, subsequent_indent=indent
    )


def number(value: float) -> str:
    """A number as one would write it: no more digits than it has, no exponent."""
    if not math.isfinite(value):
        return "-"
    return f"{value:,.6f}".rstrip("0").rstrip(".").replace(",", " ")


def count(amount: int, noun: str) -> str:
    """A number of things: 1 programme, 3 programmes."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a head as plain text; long cells wrap, names (words) are never broken."""
    from rich import box  # a quarter of a second, and most commands print no table
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[str(cell) for cell in row] for row in rows]
    drawn = Table(
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
        box=box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True),
    )
    needs = 3 * len(head)  # a table may be wider than the line when its names are
    for title, column in zip(head, zip(*cells, strict=True), strict=True):
        texts = [title, *column]
        longest = max(len(word) for text in texts for word in text.split() or [""])
        # not `min_width`: with it Rich makes the table wider than the line and cuts off what stands over
        short = max(map(len, texts)) <= longest + 2
        drawn.add_column(title, overflow="fold", no_wrap=short)
        needs += longest + 2 * short
    for row in cells:
        drawn.add_row(*map(Text, row))
    console = Console(width=max(width(), needs), color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())


def as_json(value: Any) -> str:
    """One JSON object; NaN becomes null, which every reader of JSON knows."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# Progress.


def duration(seconds: float) -> str:
    """A time in words: "8 s", "3 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class Lines:
    """One plain line for each tenth of the way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()
        self._what: str | None = None
        self._began, self._first, self._tenth = 0.0, 0, -1

    def __call__(self, done: int, total: int, what: str) -> None:
        """Write a line when the next tenth is reached, or when something else is being done."""
        now = self._clock()
        if what != self._what:
            # What went before, such as compiling, says nothing about how fast this goes.
            self._what, self._began, self._first, self._tenth = what, now, done, -1
        tenth = 10 * done // max(total, 1)
        if tenth <= self._tenth:
            return
        self._tenth = tenth
        tail = ""
        if done >= total:
            tail = f", {duration(now - self._start)} in all"
        elif done > self._first:
            left = (now - self._began) / (done - self._first) * (total - done)
            tail = f", about {duration(left)} left"
        note(f"{10 * tenth:3d} %  {what}: {done} of {total}{tail}")


@contextmanager
def progress(quiet: bool) -> Iterator[Report]:
    """The display that fits where the command runs: nothing, a bar on a terminal, or lines."""
    if quiet:
        yield lambda done, total, what: None
    elif sys.stderr.isatty():
        with _bar() as moved:
            yield moved
    else:
        yield Lines()


@contextmanager
def _bar() -> Iterator[Report]:
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("left"),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as display:
        tasks: dict[str, bars.TaskID] = {}

        def moved(done: int, total: int, what: str) -> None:
            if what not in tasks:
                for other in tasks.values():
                    display.update(other, visible=False)
                tasks[what] = display.add_task(what, total=total)
            display.update(tasks[what], completed=done, total=total, visible=True)

        yield moved
