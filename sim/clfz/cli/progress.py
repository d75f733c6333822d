"""How far a long command is: a bar on a terminal, one plain line per tenth elsewhere.

Everything goes to the error stream, so that what a command prints can be piped.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import typer

Report = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and what is being done."""


def duration(seconds: float) -> str:
    """A time in words: "8 s", "3 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class Silent:
    """No progress at all."""

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; errors pass."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Take note of nothing."""


class Lines(Silent):
    """One plain line for each tenth of the way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._what: str | None = None
        self._start = clock()
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
        typer.echo(f"{10 * tenth:3d} %  {what}: {done} of {total}{tail}", err=True)


class Bar(Silent):
    """A bar with the time left, for a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar: Any = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(stderr=True),
        )
        self._task: Any = None
        self._what: str | None = None

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bar as it is."""
        self._bar.stop()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Move the bar of what is being done."""
        if self._task is None:
            self._task = self._bar.add_task(what, total=total)
        elif what != self._what:
            self._bar.reset(self._task, description=what)
        self._what = what
        self._bar.update(self._task, completed=done, total=total)


def shown(quiet: bool) -> Silent:
    """Return the progress display that fits where the command runs."""
    if quiet:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()


def note(sentence: str) -> None:
    """Say what was found or mended on the way."""
    typer.echo(sentence, err=True)
