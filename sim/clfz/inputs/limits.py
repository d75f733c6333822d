"""What a parameter or a lever may be set to: one check for `--set`, for `set:` in files and for Python.

Parameters stay within the range of their prior. Who wants to look beyond it varies the parameter in a study, where
such a value is told as a warning.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clfz.inputs.parameters_file import Parameter

Limits = dict[str, tuple[float, float]]


def limits(parameters: Iterable[Parameter]) -> Limits:
    """Parameter or lever -> lowest and highest value."""
    from clfz.programme.levers import LEVERS

    levers = {lever.name: (lever.low, lever.high) for lever in LEVERS}
    return levers | {each.name: each.prior.span for each in parameters}


def beyond(name: str, value: float, known: Limits, written: str = "") -> str | None:
    """What is wrong with a value, as a sentence; None when nothing is.

    Args:
        name: A parameter or lever.
        value: What it would be set to.
        known: From `limits`.
        written: The value as the reader wrote it, when that differs.
    """
    low, high = known[name]
    if low <= value <= high:
        return None
    where = f"must be between {low:g} and {high:g}" if low < high else f"is known to be {low:g}"
    number = written or f"{value:.15g}"
    return f"{name} is {number}, but it {where}. More: clfz parameters {name}"
