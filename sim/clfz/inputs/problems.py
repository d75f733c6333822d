"""What is wrong with an input, an argument or a file, said in plain words and pointed at: file, line, column.

Every check of an input file ends here. A problem says what is wrong, what was written and what to
write instead; all problems of a file are told at once, in the order of its lines.
"""

from __future__ import annotations

import difflib
import errno
import operator
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

MANY = 100
"""Nobody mends more than this before looking again; reading stops there."""

DataPath = tuple[str | int, ...]
"""Where something stands in a file's data: keys and list positions, outermost first."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. Line and column count from 1; 0 means "the file as a whole".

    The file is empty when the input came from elsewhere, such as a name given in a command.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        place = ":".join([self.file, *numbers] if self.file else numbers)
        return f"{place}: {self.message}" if place else self.message


class InputError(Exception):
    """An input that cannot be used; `problems` holds everything found, ordered by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(self.problems)  # the only argument, so that the error can be pickled

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Fault(NamedTuple):
    """Something wrong in some data, before it is known in which file and line that stands."""

    path: DataPath
    message: str
    at_name: bool = False
    """Whether it is the name of the setting that is wrong, and not its value."""


class Wrong(ValueError):
    """What a check inside a model raises; unlike a plain ValueError it can hold several faults.

    Messages are shown as they are, with `{here}` replaced by the name of the checked group.
    """

    def __init__(self, found: Iterable[tuple[DataPath, str] | Fault]) -> None:
        self.found = [Fault(*one) for one in found]
        super().__init__("; ".join(fault.message for fault in self.found))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be; None when nothing is close."""
    plain = {_plain(other): other for other in known}
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.8)
    # Half a name ("start" for "start_month", "seats" for "seats_per_1000_children") comes next.
    parts = [key for key in plain if _plain(name) in key.split("_")]
    if not found and len(parts) == 1:
        found = parts
    found = found or difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that ends in a blank, or nothing: ready to stand inside a message."""
    guess = nearest(name, known)
    return f'Did you mean "{guess}"? ' if guess else ""


def shown(value: object) -> str:
    """A value as the reader wrote it, shortened when long."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a group of settings"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    number = f"{value:.15g}" if isinstance(value, float) else str(value)
    text = f'"{value}"' if isinstance(value, str) else number
    text = " ".join(text.split())
    return text if len(text) <= 60 else f'{text[:50]}..."'


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


# Arguments in Python, with the same sentences wherever they are given.


def within(name: str, value: Any, low: int, high: int) -> int:
    """A whole number, from `low` to `high`.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is out of range.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must lie between {low} and {high}, not {number}")
    return number


def several(name: str, value: Any) -> tuple[Any, ...]:
    """Names or paths as a tuple, also when there is only one.

    Raises:
        TypeError: It is no list of them.
    """
    if isinstance(value, str | os.PathLike):
        return (value,)
    if isinstance(value, Iterable):
        return tuple(value)
    raise TypeError(f"{name} must be names or paths of files, not {value!r}; () for none")


# Why a file operation failed: the one place that knows.

_REASONS = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your disk quota is used up",
    errno.EFBIG: "a file would be larger than is allowed here",
    errno.EACCES: "you have no permission to use it",
    errno.EPERM: "you have no permission to use it",
    errno.EROFS: "that disk can only be read",
    errno.ENOENT: "it does not exist",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "it is there already",
    errno.ENAMETOOLONG: "the name is too long",
}
_ADVICE = {
    errno.ENOSPC: "Make room, or write elsewhere with --out.",
    errno.EROFS: "Write elsewhere with --out.",
}


def reason(error: BaseException) -> str:
    """Why it failed, without a full stop: the end of a sentence of one's own."""
    if (number := getattr(error, "errno", None)) in _REASONS:
        return _REASONS[number]
    text = (str(error).splitlines() or [""])[0].rstrip(".")
    return text or type(error).__name__


def advice(error: BaseException) -> str:
    """What whoever writes results with the command line can do, as a sentence after a blank; or nothing."""
    told = _ADVICE.get(getattr(error, "errno", None) or 0, "")
    return f" {told}" if told else ""


def is_known(error: BaseException) -> bool:
    """Whether the reason is one that the reader can mend, and not a defect."""
    return isinstance(error, OSError) and error.errno in _REASONS
