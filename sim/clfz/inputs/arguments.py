"""Checks of arguments in Python, with the same sentences wherever they are given."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable
from typing import Any


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
