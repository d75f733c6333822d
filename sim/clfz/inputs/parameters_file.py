"""The list of uncertain parameters: what each means, and what was believed before calibration."""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from clfz.inputs.figures import Line, Name, Prose
from clfz.inputs.problems import DataPath, Wrong
from clfz.programme.registry import Strict


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
        found: list[tuple[DataPath, str]] = []
        if self.kind != "fixed" and self.span[0] == self.span[1]:
            found.append((("high",), "{here}: low and high are the same. Write kind: fixed."))
        elif not self.span[0] <= self.central <= self.span[1]:
            text = f"{{here}}: {self.central:g} is not between {self.span[0]:g} and "
            found.append((("low",), f"{text}{self.span[1]:g}. The order is low, mode, high."))
        if found:
            raise Wrong(found)
        return self

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest value."""
        if self.values is not None:
            return min(self.values), max(self.values)
        value = self.mode if self.mode is not None else 0.0
        return (
            value if self.low is None else self.low,
            value if self.high is None else self.high,
        )

    @property
    def central(self) -> float:
        """The most likely value, or the middle when all are alike; the mean of a sample."""
        if self.values is not None:
            return math.fsum(self.values) / len(self.values)
        return (self.span[0] + self.span[1]) / 2 if self.mode is None else self.mode

    def at(self, share: float) -> float:
        """A draw for a number between 0 and 1: its quantile; of a sample, the value at that place of the list."""
        if self.values is not None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        return self.quantile(share)

    def quantile(self, share: float) -> float:
        """The value below which that share (0-1) of the prior lies."""
        if self.values is not None:
            return sorted(self.values)[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = self.span
        if self.kind == "fixed":
            return self.central
        if self.kind == "uniform":
            return low + (high - low) * share
        mode = self.central
        below = (mode - low) / (high - low)
        if share < below:
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
        names = [parameter.name for parameter in self.parameters]
        if found := [
            (("parameters", at, "name"), f"{name} stands twice in parameters; keep one.")
            for at, name in enumerate(names)
            if names.index(name) != at
        ]:
            raise Wrong(found)
        return self
