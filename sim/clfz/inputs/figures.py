"""Figures: a number, the range in which it may lie, and where it comes from."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from clfz.inputs.problems import DataPath, Wrong
from clfz.programme.registry import Share, Strict

TRADES = ("farm", "home", "tier3", "tier2", "tier1")
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
"""Name of a zone, programme, shock or comparison: the file's name without .yaml."""
Line = Annotated[str, Field(min_length=1, max_length=200)]
"""A text on one line, such as a title."""
Prose = Annotated[str, Field(min_length=1, max_length=4000)]
"""Some sentences."""
Month = Annotated[int, Field(ge=1, le=12)]
"""A month of the year."""


Number = TypeVar("Number", bound=float)


class Figure(Strict, Generic[Number]):
    """One figure with its range and source. `low` to `high` is about a 90 % range."""

    value: Number = Field(title="Value", description="The best estimate")
    low: Number = Field(title="Low", description="Low end of the likely range")
    high: Number = Field(title="High", description="High end of the likely range")
    source: str = Field(
        min_length=3,
        max_length=2000,
        title="Source",
        description='Where it comes from: a citation, or "assumed" and why',
        examples=["MICS 2019, table 4.1", "assumed: half of the district's figure"],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        found: list[tuple[DataPath, str]] = []
        if self.low > self.value:
            found.append(
                (("low",), f"{{here}}: low {self.low:g} is more than value {self.value:g}")
            )
        if self.high < self.value:
            text = f"{{here}}: high {self.high:g} is less than value {self.value:g}"
            found.append((("high",), text))
        if found:
            raise Wrong([(path, f"{text}. The order is low, value, high.") for path, text in found])
        return self

    @property
    def is_bare_guess(self) -> bool:
        """Whether it is assumed and yet without a range."""
        return self.source.lower().startswith("assumed") and self.low == self.high


_Positive = Annotated[float, Field(gt=0)]
_Amount = Annotated[float, Field(ge=0)]
_Count = Annotated[float, Field(ge=1, le=10_000)]
_Children = Annotated[float, Field(ge=100, le=100_000)]
_Ratio = Annotated[float, Field(ge=0, le=5)]
_Days = Annotated[float, Field(ge=1, le=31)]
_Hours = Annotated[float, Field(ge=0, le=112)]
_LogOdds = Annotated[float, Field(ge=-3, le=3)]


class PositiveFigure(Figure[_Positive]):
    """A figure above zero."""


class AmountFigure(Figure[_Amount]):
    """A figure of zero or more."""


class ShareFigure(Figure[Share]):
    """A share between 0 and 1, written 0.23 or "23%"."""


class CountFigure(Figure[_Count]):
    """A number of things or people, one at least."""


class ChildrenFigure(Figure[_Children]):
    """A number of children, enough for a zone."""


class RatioFigure(Figure[_Ratio]):
    """A ratio from 0 to 5."""


class DaysFigure(Figure[_Days]):
    """Days in a month."""


class HoursFigure(Figure[_Hours]):
    """Hours in a week."""


class LogOddsFigure(Figure[_LogOdds]):
    """A shift in log-odds: 0 none, 0.3 makes 50 in 100 into 57."""


def example(value: float, low: float, high: float) -> list[dict[str, Any]]:
    """An example of a figure, for messages and editors."""
    return [{"value": value, "low": low, "high": high, "source": "assumed: ..."}]


def check_sum(what: str, total: float) -> None:
    """Refuse shares that do not add up to 1.

    Raises:
        Wrong: with the difference.
    """
    if abs(total - 1) > SUM_TOLERANCE:
        text = f"{what} add up to {total:.4g}, not 1. Take {total - 1:.4g} off."
        if total < 1:
            text = f"{what} add up to {total:.4g}, not 1. There is {1 - total:.4g} missing."
        raise Wrong([((), text)])
