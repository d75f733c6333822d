"""What settings of several kinds of files share: names, texts, and numbers with a range and a source."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from clfz.inputs.problems import DataPath, Wrong
from clfz.programme.registry import Share, Strict

SUM_TOLERANCE = 0.005
"""Shares that were rounded may miss 1 by this much; whoever reads them divides by their sum."""


def _checked_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        guess = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "my-zone"
        raise ValueError(f"a name has small letters, digits and single hyphens only. Write {guess}")
    return text


Name = Annotated[
    str,
    Field(max_length=60, json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
    AfterValidator(_checked_name),
]
"""Name of a zone, programme, shock, comparison or study: the file's name without .yaml."""
Line = Annotated[str, Field(min_length=1, max_length=200)]
"""A text on one line, such as a title."""
Prose = Annotated[str, Field(min_length=1, max_length=4000)]
"""Some sentences."""
Month = Annotated[int, Field(ge=1, le=12)]
"""A month of the year."""


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if found := repeated(names, "{here}"):
        raise Wrong(found)
    return names


Names = Annotated[tuple[Line, ...], AfterValidator(_each_once)]
"""A list in which nothing stands twice."""


def repeated(names: tuple[str, ...], where: str) -> list[tuple[DataPath, str]]:
    """Every name that stands in the list for a second time: its place, and what to tell."""
    return [
        ((at,), f'"{name}" stands twice in {where}; keep one.')
        for at, name in enumerate(names)
        if names.index(name) != at
    ]


Number = TypeVar("Number", bound=float)


class Quantity(Strict, Generic[Number]):
    """A number with its range and source. `low` to `high` is about a 90 % range."""

    value: Number = Field(description="The best estimate")
    low: Number = Field(description="Low end of the likely range")
    high: Number = Field(description="High end of the likely range")
    source: str = Field(
        min_length=3,
        max_length=2000,
        description='Where it comes from: a citation, or "assumed" and why',
        examples=["MICS 2019, table 4.1", "assumed: half of the district's figure"],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        found = []
        if self.low > self.value:
            found.append(("low", f"low {self.low:g} is more than value {self.value:g}"))
        if self.high < self.value:
            found.append(("high", f"high {self.high:g} is less than value {self.value:g}"))
        if found:
            order = "The order is low, value, high."
            raise Wrong(((end,), f"{{here}}: {text}. {order}") for end, text in found)
        return self

    @property
    def is_bare_guess(self) -> bool:
        """Whether it is assumed and yet without a range."""
        return self.source.lower().startswith("assumed") and self.low == self.high


class PositiveQuantity(Quantity[Annotated[float, Field(gt=0)]]):
    """A quantity above zero."""


class AmountQuantity(Quantity[Annotated[float, Field(ge=0)]]):
    """A quantity of zero or more."""


class ShareQuantity(Quantity[Share]):
    """A share between 0 and 1, written 0.23 or "23%"."""


class CountQuantity(Quantity[Annotated[float, Field(ge=1, le=10_000)]]):
    """A number of things or people, one at least."""


class ChildrenQuantity(Quantity[Annotated[float, Field(ge=100, le=100_000)]]):
    """A number of children, enough for a zone."""


class RatioQuantity(Quantity[Annotated[float, Field(ge=0, le=5)]]):
    """A ratio from 0 to 5."""


class DaysQuantity(Quantity[Annotated[float, Field(ge=1, le=31)]]):
    """Days in a month."""


class HoursQuantity(Quantity[Annotated[float, Field(ge=0, le=112)]]):
    """Hours in a week."""


class LogOddsQuantity(Quantity[Annotated[float, Field(ge=-3, le=3)]]):
    """A shift in log-odds: 0 none, 0.3 makes 50 in 100 into 57."""


def quantity(text: str, value: float, low: float, high: float, alias: str | None = None) -> Any:
    """A field that holds a quantity: its description, and an example for messages and editors."""
    written = {"value": value, "low": low, "high": high, "source": "assumed: ..."}
    return Field(description=text, examples=[written], alias=alias)


def check_sum(what: str, total: float) -> None:
    """Refuse shares that do not add up to 1.

    Raises:
        Wrong: with the difference.
    """
    if abs(total - 1) > SUM_TOLERANCE:
        mend = f"Take {total - 1:.4g} off." if total > 1 else f"There is {1 - total:.4g} missing."
        raise Wrong([((), f"{what} add up to {total:.4g}, not 1. {mend}")])
