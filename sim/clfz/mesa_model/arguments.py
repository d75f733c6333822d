"""What `clfz.ZoneModel` may be given, and what it is turned into."""

from __future__ import annotations

import operator
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from clfz.inputs.parameters import load_parameters
from clfz.inputs.problems import did_you_mean
from clfz.programme.levers import INDEX

SEEDS = 10**15  # seeds are below this, as in comparison files


def whole_seed(rng: Any) -> int:
    """The seed of a study from anything that Mesa takes: a number, a sequence, a generator."""
    if rng is None:
        return secrets.randbelow(SEEDS)
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(SEEDS))
    if isinstance(rng, Sequence | np.ndarray) and not isinstance(rng, str):
        rng = np.random.SeedSequence(list(rng))
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0]) % SEEDS
    if isinstance(rng, float) and rng.is_integer():
        rng = int(rng)
    return within("seed", rng, 0, SEEDS - 1)


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


def settings(
    parameters: object, by_hand: Mapping[str, Any], arguments: Iterable[str]
) -> dict[str, Any]:
    """Levers and parameters set by hand, from both ways to say it.

    Args:
        parameters: A mapping of names to values, or None.
        by_hand: What was given as keywords.
        arguments: The other keywords, for hints.

    Raises:
        TypeError: A name that is neither a lever nor a parameter, or no mapping.
    """
    if not isinstance(parameters, Mapping | None):
        text = f"parameters must be a mapping of names to values, not {parameters!r}"
        raise TypeError(f"{text}; for mesa.batch_run put the mapping into a list")
    known = [*INDEX, *(parameter.name for parameter in load_parameters())]
    for name in by_hand:
        if name not in known:
            hint = did_you_mean(name, [*arguments, *known])
            raise TypeError(f'ZoneModel has no argument "{name}". {hint}'.strip())
    return {**(parameters or {}), **by_hand}
