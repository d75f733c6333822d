"""The uncertain parameters: what each means and what was believed before calibration; draws, fixed values, limits.

The list stands in `calibration/priors.yaml`; the documentation, the calibrator and the sensitivity studies read the
same list. A draw of one parameter is a pure function of (seed, draw, name): it does not depend on which other
parameters exist, in which order, or on how many draws are made.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from clfz.inputs.load import load_parameters as load_parameters
from clfz.inputs.problems import InputError, Problem, Wrong, did_you_mean
from clfz.inputs.validate import Line, Name, Prose, repeated
from clfz.programme.registry import Strict

_STEPS = 2.0**-53
SAMPLE = "sample"
"""Every parameter of this kind of prior takes the same place of its list, so that what belongs together stays so."""
Limits = dict[str, tuple[float, float]]


def _word(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError("a parameter's name has small letters, digits and _ only")
    return text


class Prior(Strict):
    """What was believed about a parameter: between which values, and where most likely."""

    kind: Literal["uniform", "triangular", "fixed", "sample"] = Field(
        description="uniform: all between low and high alike; triangular: most likely at mode; "
        "fixed: known, always mode; sample: one of values, the same place of the list for every parameter",
        examples=["triangular"],
    )
    low: float | None = Field(None, description="Smallest value", examples=[0.25])
    high: float | None = Field(None, description="Largest value", examples=[1.2])
    mode: float | None = Field(
        None, description="Most likely value (triangular), or the value (fixed)", examples=[0.6]
    )
    values: tuple[float, ...] | None = Field(
        None,
        min_length=1,
        description="Values that belong together across parameters, such as draws of a posterior (sample)",
        examples=[[0.42, 0.57]],
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "uniform": ("low", "high"),
            "triangular": ("low", "mode", "high"),
            "sample": ("values",),
        }
        names = needed.get(self.kind, ("mode",))
        if absent := [name for name in names if getattr(self, name) is None]:
            raise Wrong([((), f"{{here}}: a {self.kind} prior needs {' and '.join(absent)}.")])
        if self.kind == "sample":
            return self
        if self.kind == "uniform" and self.mode is not None:
            raise Wrong([(("mode",), "{here}: a uniform prior has no mode. Write triangular.")])
        low, high = self.span
        if self.kind != "fixed" and low == high:
            raise Wrong([(("high",), "{here}: low and high are the same. Write kind: fixed.")])
        if not low <= self.central <= high:
            text = f"{{here}}: {self.central:g} is not between {low:g} and {high:g}."
            raise Wrong([(("low",), f"{text} The order is low, mode, high.")])
        return self

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest value."""
        if self.values is not None:
            return min(self.values), max(self.values)
        value = self.mode or 0.0
        low, high = self.low, self.high
        return value if low is None else low, value if high is None else high

    @property
    def central(self) -> float:
        """The most likely value, or the middle when all are alike; the mean of a sample."""
        if self.values is not None:
            return math.fsum(self.values) / len(self.values)
        return (self.span[0] + self.span[1]) / 2 if self.mode is None else self.mode

    def at(self, share: float) -> float:
        """A draw for a number between 0 and 1: its quantile; of a sample, the value at that place of the list."""
        return self.quantile(share) if self.values is None else _nth(self.values, share)

    def quantile(self, share: float) -> float:
        """The value below which that share (0-1) of the prior lies."""
        if self.values is not None:
            return _nth(sorted(self.values), share)
        low, high = self.span
        if self.kind == "fixed":
            return self.central
        if self.kind == "uniform":
            return low + (high - low) * share
        return triangular(low, self.central, high, share)


def _nth(values: Sequence[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)]


def triangular(low: float, mode: float, high: float, share: float) -> float:
    """The value below which that share (0-1) of a triangular distribution lies."""
    if high <= low:
        return mode
    if share < (mode - low) / (high - low):
        return low + math.sqrt(share * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - share) * (high - low) * (high - mode))


class Parameter(Strict):
    """One uncertain number of the model."""

    name: Annotated[
        str,
        Field(max_length=60, json_schema_extra={"pattern": "^[a-z][a-z0-9_]*$"}),
        AfterValidator(_word),
    ] = Field(description="Name in code and files", examples=["norm_school"])
    symbol: Line = Field(description="Symbol in equations", examples=["n_s"])
    unit: Line = Field(description="What one unit is", examples=["utils per unit share"])
    prior: Prior = Field(
        description="What was believed about it",
        examples=[{"kind": "triangular", "low": 0.25, "mode": 0.6, "high": 1.2}],
    )
    scope: Literal["shared", "country", "zone"] = Field(
        description="Whether it is one number for all, one a country or one a zone",
        examples=["shared"],
    )
    group: Line = Field(description="Group for sensitivity studies", examples=["norms"])
    source: Prose = Field(
        description='Where the prior comes from: citations, or "assumed"', examples=["assumed"]
    )
    meaning: Prose = Field(
        description="One sentence for readers", examples=["Pull of neighbours' children at school."]
    )


class ParametersFile(Strict):
    """The one list of uncertain parameters."""

    name: Name = Field(description="The file's name without .yaml", examples=["priors"])
    title: Line = Field(description="Title of the list", examples=["What was believed beforehand"])
    parameters: tuple[Parameter, ...] = Field(min_length=1, description="The parameters")

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = tuple(parameter.name for parameter in self.parameters)
        if found := repeated(names, "parameters"):
            raise Wrong((("parameters", *at, "name"), text) for at, text in found)
        return self


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
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            problems.append(Problem("", 0, 0, f"{name} is {value!r}, but it must be a number."))
    if problems:
        raise InputError(problems)
    held = {name: Prior(kind="fixed", mode=float(value)) for name, value in fixed.items()}
    return tuple(
        each.model_copy(update={"prior": held.get(each.name, each.prior)}) for each in parameters
    )


def limits(parameters: Iterable[Parameter]) -> Limits:
    """Parameter or lever -> lowest and highest value that `--set`, `set:` in files and Python may give it.

    Parameters stay within the range of their prior. Who wants to look beyond it varies the parameter in a study, where
    such a value is told as a warning.
    """
    from clfz.programme.levers import LEVERS  # brings numpy

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
