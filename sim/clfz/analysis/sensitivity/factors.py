"""What is varied: each factor with its range, shape and group, and the ProblemSpec of SALib made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.analysis.sensitivity.needs import salib
from clfz.inputs import InputError, Problem
from clfz.inputs.factors import FIELD, FIGURE, LEVER, PARAMETER
from clfz.inputs.study import SEED
from clfz.model.figures import NOT_DRAWN
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from clfz.inputs.factors import Space

NEARLY_ONE = 1.0 - 1e-9
"""SALib wants the peak of a triangle below its upper end."""


@dataclass(frozen=True)
class Factor:
    """One uncertain thing.

    Attributes:
        name: As in a study.
        low: Smallest value.
        high: Largest value.
        mode: Most likely value; None when all are alike.
        group: What it belongs with.
        meaning: One line for readers.
    """

    name: str
    low: float
    high: float
    mode: float | None = None
    group: str = ""
    meaning: str = ""


def all_uncertain(space: Space) -> tuple[Factor, ...]:
    """Everything that a draw draws: parameters and figures of the zone that have a range."""
    fixed = {".".join(path) for path in NOT_DRAWN}
    names = [
        name
        for name, kind in space.kinds.items()
        if kind in (PARAMETER, FIGURE) and name not in fixed and not space.no_prior(name)
    ]
    return tuple(factor(space, name) for name in names)


def factor(space: Space, name: str, low: float | None = None, high: float | None = None) -> Factor:
    """One factor, evenly between two ends, or in the range and shape of its own file.

    Raises:
        InputError: It cannot be varied like that.
    """
    told = space.unknown(name)
    if not told and name == SEED:
        told = (
            "seed is luck, not a factor: every point is run with several seeds as it is (--seeds)."
        )
    if not told and low is None:
        told = space.no_prior(name)
        if told and space.kinds[name] in (LEVER, FIELD):
            told = f"{name} has no range of its own. Write {name}=LOW:HIGH."
    if not told and low is not None and high is not None:
        told = f"{name}: low {low:g} is not below high {high:g}." if low >= high else None
        told = told or space.trouble(name, low) or space.trouble(name, high)
    if told:
        raise InputError([Problem("", 0, 0, told)])
    group, meaning = _about(space, name)
    if low is not None and high is not None:
        return Factor(name, low, high, None, group, meaning)
    from clfz.inputs import load_parameters

    if space.kinds[name] == PARAMETER:
        prior = next(each.prior for each in load_parameters() if each.name == name)
        mode = prior.mode if prior.kind == "triangular" else None
        return Factor(name, *prior.span, mode, group, meaning)
    figure = next(f for path, f in space.zones[0].figures() if ".".join(map(str, path)) == name)
    return Factor(name, float(figure.low), float(figure.high), float(figure.value), group, meaning)


def _about(space: Space, name: str) -> tuple[str, str]:
    """Group and meaning of a factor."""
    kind = space.kinds[name]
    if kind == PARAMETER:
        entry = next(each for each in space.parameters if each.name == name)
        return entry.group, entry.meaning.rstrip(".")
    words = name.replace(".", ": ").replace("_", " ")
    if kind == LEVER:
        from clfz.programme.levers import INDEX, LEVERS

        return "levers", str(getattr(LEVERS[INDEX[name]], "meaning", words)).rstrip(".")
    head = name.split(".", 1)[0]
    return (head if kind == FIELD else f"zone: {head}"), words


def problem_spec(
    factors: Sequence[Factor], outputs: Sequence[str] = ("Y",), *, groups: bool = False
) -> Any:
    """The `ProblemSpec` of SALib: names, bounds, distributions, groups.

    Args:
        factors: What is varied.
        outputs: Names of the measures.
        groups: Whether factors of one group move together.

    Raises:
        StudyError: SALib cannot hold one of the ranges, or is not installed.
    """
    bounds: list[list[float]] = []
    for each in factors:
        if each.mode is None:
            bounds.append([each.low, each.high])
            continue
        if each.high < 0:
            raise StudyError(
                f"{each.name} has a peaked range below zero, which SALib cannot hold. "
                "Give it even ends: --vary NAME=LOW:HIGH."
            )
        peak = (each.mode - each.low) / (each.high - each.low)
        bounds.append([each.low, each.high, min(peak, NEARLY_ONE)])
    spec: dict[str, Any] = {
        "names": [each.name for each in factors],
        "bounds": bounds,
        "dists": ["unif" if each.mode is None else "triang" for each in factors],
        "outputs": list(outputs),
    }
    if groups:
        spec["groups"] = [each.group for each in factors]
    return salib("").ProblemSpec(spec)


def as_data(factors: Sequence[Factor]) -> list[dict[str, Any]]:
    """Factors as plain JSON values."""
    return [dict(vars(each)) for each in factors]


def from_data(entries: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    """Read `as_data` back."""
    return tuple(Factor(**entry) for entry in entries)
