"""The uncertain parameters: their central values, draws from their priors, and fixed values.

The list stands in `calibration/priors.yaml`; the documentation, the calibrator and the sensitivity
studies read the same list. A draw of one parameter is a pure function of (seed, draw, name): it
does not depend on which other parameters exist, in which order, or on how many draws are made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clfz.inputs.load import load_parameters
from clfz.inputs.parameters_file import Parameter, Prior
from clfz.inputs.problems import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "Parameter",
    "Prior",
    "central",
    "draw",
    "draw_table",
    "load_parameters",
    "override",
    "uniform",
]

_STEPS = 2.0**-53
SAMPLE = (
    "sample"  # one place in the lists of all parameters that have one, so that they stay together
)


def central(parameters: Sequence[Parameter]) -> dict[str, float]:
    """Name -> most likely value (the middle where all values are alike)."""
    return {parameter.name: float(parameter.prior.central) for parameter in parameters}


def draw(
    parameters: Sequence[Parameter],
    seed: int,
    index: int,
    *,
    zone: str | None = None,
    country: str | None = None,
) -> dict[str, float]:
    """One independent draw from the priors, name -> value.

    Args:
        parameters: What to draw; fixed ones keep their value.
        seed: Seed of the study.
        index: Number of the draw, from 0.
        zone: When given, parameters of scope `zone` are drawn for this zone alone.
        country: The same for parameters of scope `country`.
    """
    places = {"zone": zone, "country": country}
    return {
        parameter.name: float(
            parameter.prior.at(
                uniform(seed, index, SAMPLE)
                if parameter.prior.kind == "sample"
                else uniform(seed, index, parameter.name, places.get(parameter.scope))
            )
        )
        for parameter in parameters
    }


def draw_table(
    parameters: Sequence[Parameter],
    seed: int,
    count: int,
    first: int = 0,
    *,
    zone: str | None = None,
    country: str | None = None,
) -> npt.NDArray[np.float64]:
    """Draws `first`, `first` + 1, ... as a table [count, parameters], columns in list order."""
    import numpy as np

    rows = [
        list(draw(parameters, seed, index, zone=zone, country=country).values())
        for index in range(first, first + count)
    ]
    return np.array(rows, dtype=np.float64).reshape(count, len(parameters))


def uniform(seed: int, index: int, name: str, place: str | None = None) -> float:
    """A number strictly between 0 and 1 that belongs to (seed, draw, parameter, place)."""
    key = "\n".join(["clfz parameter draw", str(int(seed)), str(int(index)), name, place or ""])
    word = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return ((word >> 11) + 0.5) * _STEPS


def override(parameters: Sequence[Parameter], fixed: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The same list with some parameters held at a value.

    Raises:
        InputError: a name that is not in the list, or a value that is no number.
    """
    names = [parameter.name for parameter in parameters]
    problems = []
    for name, value in fixed.items():
        if name not in names:
            text = f'"{name}" is not a known parameter. {did_you_mean(name, names)}'
            problems.append(Problem("", 0, 0, f"{text}All: clfz list parameters"))
        elif not _is_number(value):
            problems.append(Problem("", 0, 0, f"{name} is {value!r}, but it must be a number."))
    if problems:
        raise InputError(problems)
    return tuple(
        parameter.model_copy(
            update={"prior": Prior(kind="fixed", mode=float(fixed[parameter.name]))}
        )
        if parameter.name in fixed
        else parameter
        for parameter in parameters
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value == value and abs(value) != float("inf")
