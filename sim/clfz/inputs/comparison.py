"""A comparison file: which programmes meet which zone, for how long, in how many replications."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from clfz.inputs.problems import DataPath, Wrong
from clfz.inputs.validate import Line, Name, Names, Prose, repeated
from clfz.programme.registry import Strict

ROUGH_BELOW = 50
"""With fewer replications than this, the ends of a 90 % range rest on one or two runs."""


def _programmes(names: tuple[str, ...]) -> tuple[str, ...]:
    found = repeated(names, "programmes")
    if names[0] != "none":
        text = 'the first programme must be "none": all others are compared with it. '
        rest = [name for name in names if name != "none"]
        found.insert(0, ((0,), f"{text}Write [{', '.join(['none', *rest])}]"))
    if found:
        raise Wrong(found)
    return names


class Reporting(Strict):
    """How money and time are counted in the report."""

    currency: Literal["EUR"] = Field(
        "EUR",
        description="All programme money is in EUR; converting would need exchange rates",
    )
    price_year: Literal[2015] = Field(2015, description="All programme money is in prices of 2015")
    discount_rate_costs: float = Field(0.03, ge=0, le=0.5, description="A year; 0.03 is usual")
    discount_rate_outcomes: float = Field(
        0.03,
        ge=0,
        le=0.5,
        description="A year; 0.03 is usual, 0 counts a later child-year as much as an early one",
    )
    perspective: Literal["programme", "society"] = Field(
        "programme",
        description="programme counts what its funders pay, society adds what employers pay",
    )
    count_transfers: bool = Field(
        True,
        description="Whether money that is handed on to families counts as a cost",
    )


# Settings that comparisons and studies share.
Programmes = Annotated[tuple[Line, ...], AfterValidator(_programmes)]
Shocks = Annotated[
    Names,
    Field(
        description="Names or paths of shocks that hit every programme alike",
        examples=[["drought"]],
    ),
]
ProgrammeMonths = Annotated[
    int, Field(ge=1, le=360, description="Months until the programmes leave")
]
AfterMonths = Annotated[
    int, Field(ge=0, le=360, description="Months after that in which we see what stays")
]
Replicates = Annotated[
    int, Field(ge=1, le=10_000, description="Repeats of each draw with other random draws")
]
Seed = Annotated[
    int,
    Field(ge=0, le=10**15 - 1, description="The same seed gives the same numbers, to the last bit"),
]
FixedValues = Annotated[
    dict[str, float],
    Field(
        description="Parameters (and levers) to hold at a value, within its range, instead of their prior",
        examples=[{"norm_school": 1.0}],
    ),
]


class Comparison(Strict):
    """Programmes side by side in the same replications: same zone, same people, same random draws."""

    name: Name = Field(description="The file's name without .yaml", examples=["my-plans"])
    title: Line = Field(description="Title of the report", examples=["Two plans for My District"])
    question: Prose = Field(
        description="The question that the comparison answers, in plain words",
        examples=["Which plan brings more children to school for the same money?"],
    )
    zone: Line = Field(
        description="Name of a shipped zone, or path of a zone file (seen from this file)",
        examples=["budhpura", "../zones/my-district.yaml"],
    )
    programmes: Programmes = Field(
        min_length=1,
        description="Names of shipped programmes or paths of programme files; the first is none",
        examples=[["none", "bridge-schools", "cash-transfer"]],
    )
    shocks: Shocks = ()
    programme_months: ProgrammeMonths = 48
    after_months: AfterMonths = 60
    draws: int = Field(
        25, ge=1, le=100_000, description="Draws of the uncertain parameters: what we do not know"
    )
    replicates: Replicates = 4
    seed: Seed = 1
    reporting: Reporting = Field(
        default_factory=Reporting, description="How money and time are counted in the report"
    )
    set: FixedValues = Field(default_factory=dict)

    @property
    def months(self) -> int:
        """Months of the whole horizon."""
        return self.programme_months + self.after_months

    @property
    def worlds(self) -> int:
        """Replications in which each programme is tried: draws times replicates."""
        return self.draws * self.replicates

    def warnings(self) -> list[tuple[DataPath, str]]:
        """What can be used and still deserves a second look."""
        found: list[tuple[DataPath, str]] = []
        if self.worlds < ROUGH_BELOW:
            at = "draws" if "draws" in self.model_fields_set else "replicates"
            text = (
                f"{self.worlds} replications ({self.draws} draws x {self.replicates} "
                f"replicates): ranges are rough. For a report take {ROUGH_BELOW} or more."
            )
            found.append(((at,), text))
        if self.after_months < 60:
            years = [str(years) for years in (1, 2, 5) if self.after_months < 12 * years]
            text = (
                f"after_months {self.after_months}: what stays {' or '.join(years)} years after "
                "exit will not be known."
            )
            found.append((("after_months",), text))
        if len(self.programmes) == 1:
            text = 'there is only "none", so there is nothing to compare.'
            found.append((("programmes",), text))
        return found
