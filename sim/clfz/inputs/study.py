"""Comparison files (programmes side by side in one zone) and study files (which numbers are varied and how).

The rows of a study's table are chosen by its *design*, one small class a kind. What can be varied (a *factor*) is named
like this:

    norm_school                  a parameter of `clfz parameters`
    transfer_condition           a lever, set while the programme lasts in every scenario but the first
    income.poverty_headcount     a quantity of the zone
    cash_transfer.amount_eur     a field of an intervention, in every programme that has it
    seed                         the seed of the study
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from clfz.inputs.problems import DataPath, Wrong, shown
from clfz.inputs.validate import Line, Name, Names, Prose, one_of, repeated
from clfz.programme.registry import Kinded, Strict

ROUGH_BELOW = 50
"""With fewer replications than this, the ends of a 90 % range rest on one or two runs."""
MOST_ROWS = 1_000_000
MOST_REPLICATES = 10_000
MOST_PROGRAMMES = 100
FEW_REPLICATES = 5
"""With fewer replications than this, what is found may belong to their random draws alone."""
SEED = "seed"


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
        "EUR", description="All programme money is in EUR; converting would need exchange rates"
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
        True, description="Whether money that is handed on to families counts as a cost"
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
    def replications(self) -> int:
        """Replications in which each programme is tried: draws times replicates."""
        return self.draws * self.replicates

    def warnings(self) -> list[tuple[DataPath, str]]:
        """What can be used and still deserves a second look."""
        found: list[tuple[DataPath, str]] = []
        if self.replications < ROUGH_BELOW:
            at = "draws" if "draws" in self.model_fields_set else "replicates"
            text = (
                f"{self.replications} replications ({self.draws} draws x {self.replicates} "
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


class Levels(Strict):
    """Values of one factor in a grid: a list, or so many even steps from low to high."""

    values: tuple[float, ...] | None = Field(
        None, min_length=1, description="The values", examples=[[0, 0.5, 1]]
    )
    low: float | None = Field(None, description="Smallest value", examples=[0])
    high: float | None = Field(None, description="Largest value", examples=[1])
    steps: int | None = Field(
        None, ge=2, le=100_000, description="How many values from low to high", examples=[5]
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ends = (self.low, self.high, self.steps)
        if (self.values is None) == all(end is None for end in ends):
            raise Wrong([((), "{here}: write a list of values, or low, high and steps.")])
        if self.values is None and any(end is None for end in ends):
            raise Wrong([((), "{here}: low, high and steps go together.")])
        if self.values is not None and len(set(self.values)) < len(self.values):
            raise Wrong([(("values",), "{here}: a value stands twice; keep one.")])
        _in_order(self.low, self.high)
        return self

    def levels(self) -> tuple[float, ...]:
        """The values, smallest step first."""
        if self.values is not None:
            return self.values
        low, high, steps = self.low or 0.0, self.high or 0.0, self.steps or 2  # none is missing
        return tuple(low + (high - low) * at / (steps - 1) for at in range(steps))


class Range(Strict):
    """Where a factor is sampled: evenly between low and high, or from its prior when both are left out."""

    low: float | None = Field(None, description="Smallest value", examples=[0])
    high: float | None = Field(None, description="Largest value", examples=[1])

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise Wrong([((), "{here}: low and high go together.")])
        _in_order(self.low, self.high)
        return self

    @property
    def from_prior(self) -> bool:
        """Whether the factor keeps the range and shape that its own file gives it."""
        return self.low is None

    def levels(self) -> tuple[float, float] | None:
        """The ends; None when they are those of its prior."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def _in_order(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low >= high:
        text = f"{{here}}: low {low:g} is not below high {high:g}."
        raise Wrong([(("low",), text)])


def _levels(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return {"values": value}
    if isinstance(value, dict | Levels):
        return value
    raise Wrong([((), f"{{here}} is {shown(value)}. Write a list such as [0, 0.5, 1].")])


def _range(value: Any) -> Any:
    if value == "prior":
        return {}
    if isinstance(value, Range) or (isinstance(value, dict) and value):
        return value
    text = f"{{here}} is {shown(value)}. Write {{low: 0, high: 1}}, or the word prior."
    raise Wrong([((), text)])


def _some(factors: dict[str, Any]) -> dict[str, Any]:
    if not factors:
        raise Wrong([((), "{here} is empty: name at least one thing to vary.")])
    return factors


# What a file may write in short, for the JSON Schema.
_Level = Annotated[
    Levels, BeforeValidator(_levels, json_schema_input_type=tuple[float, ...] | Levels)
]
_Sample = Annotated[Range, BeforeValidator(_range, json_schema_input_type=Literal["prior"] | Range)]
_Factors = Annotated[dict[str, _Level], AfterValidator(_some)]
_Ranges = Annotated[dict[str, _Sample], AfterValidator(_some)]


class Design(Kinded):
    """How the rows of a study are chosen."""

    def names(self) -> tuple[str, ...]:
        """The factors, in order (in a grid the last one changes fastest); of a table known only when it is read."""
        return tuple(getattr(self, "factors", ()))


class Grid(Design):
    """Every combination of the levels."""

    kind: ClassVar[str] = "grid"
    title: ClassVar[str] = "Every combination of some values"

    factors: _Factors = Field(
        description="Name -> list of values, or {low, high, steps}",
        examples=[{"cash_transfer.amount_eur": [3, 6, 12]}],
    )

    @model_validator(mode="after")
    def _not_endless(self) -> Self:
        rows = 1
        for level in self.factors.values():
            rows *= len(level.levels())
            if rows > MOST_ROWS:
                text = f"{{here}}: this grid has more than {MOST_ROWS} rows. Take fewer values, or kind: sobol."
                raise Wrong([(("factors",), text)])
        return self


class _Sampled(Design):
    factors: _Ranges = Field(
        description="Name -> {low, high}, or prior for the range and shape of its own file",
        examples=[{"norm_school": "prior", "cash_transfer.amount_eur": {"low": 1, "high": 12}}],
    )
    points: int = Field(ge=1, le=MOST_ROWS, description="How many rows", examples=[128])


class LatinHypercube(_Sampled):
    """Each factor's range is cut into as many slices as there are points, and each slice is met once."""

    kind: ClassVar[str] = "latin-hypercube"
    title: ClassVar[str] = "A Latin hypercube"


class Sobol(_Sampled):
    """A scrambled Sobol sequence: even in every projection, and it can grow."""

    kind: ClassVar[str] = "sobol"
    title: ClassVar[str] = "A scrambled Sobol sequence"


class Table(Design):
    """Rows from a file: one column a factor."""

    kind: ClassVar[str] = "table"
    title: ClassVar[str] = "Rows of a CSV or parquet file"

    file: Line = Field(
        description="A CSV or parquet file (seen from this file); each column is a factor",
        examples=["points.csv"],
    )


DESIGNS: dict[str, type[Design]] = {
    each.kind: each for each in (Grid, LatinHypercube, Sobol, Table)
}


class StudyFile(Strict):
    """A table of runs: design rows x draws x replicates, each in every zone and with every programme."""

    name: Name = Field(description="The file's name without .yaml", examples=["my-study"])
    title: Line = Field(
        description="Title of the report", examples=["How much cash, and on what terms?"]
    )
    question: Prose = Field(
        description="The question that the study answers, in plain words",
        examples=["From which amount on do families send their children to school?"],
    )
    zones: Names = Field(
        min_length=1,
        max_length=1000,
        description="Names of shipped zones, or paths of zone files (seen from this file)",
        examples=[["budhpura"]],
    )
    programmes: Programmes = Field(
        min_length=1,
        max_length=MOST_PROGRAMMES,
        description="Names of shipped programmes or paths of programme files; the first is none",
        examples=[["none", "cash-transfer"]],
    )
    shocks: Shocks = ()
    programme_months: ProgrammeMonths = 48
    after_months: AfterMonths = 12
    seed: Seed = 1
    draws: int = Field(
        1,
        ge=1,
        le=100_000,
        description="Draws of all that is uncertain and not in the design; 1 takes the central values",
        examples=[25],
    )
    replicates: Replicates = 1
    luck: Literal["common", "own"] = Field(
        "common",
        description="common: all rows of the design meet the same random draws, so that these explain no "
        "difference between rows; own: every point has its own",
    )
    design: Annotated[Design, one_of(DESIGNS, "design")] | None = Field(
        None,
        description="What is varied, and how the rows are chosen; without it only draws and replicates",
        examples=[{"kind": "grid", "factors": {"cash_transfer.amount_eur": [3, 6, 12]}}],
    )
    measures: Names | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="What is kept of each run, such as child_labour_rate@end; a good set when left out",
        examples=[["child_labour_rate@end", "cost_total"]],
    )
    keep: Literal["measures", "monthly", "counts"] = Field(
        "measures",
        description="monthly also keeps the indicators of every month (much more space); counts everything "
        "that is counted in it, by sex and age",
    )
    reporting: Reporting = Field(
        default_factory=Reporting, description="How money and time are counted"
    )
    set: FixedValues = Field(default_factory=dict)

    @property
    def months(self) -> int:
        """Months of the whole horizon."""
        return self.programme_months + self.after_months

    @model_validator(mode="after")
    def _set_or_varied(self) -> Self:
        varied = self.design.names() if self.design else ()
        found = [
            (("set", name), f"{name} is set here and varied in the design; keep one.")
            for name in self.set
            if name in varied
        ]
        if found:
            raise Wrong(found)
        return self

    def warnings(self) -> list[tuple[DataPath, str]]:
        """What can be used and still deserves a second look."""
        found: list[tuple[DataPath, str]] = []
        runs = self.replicates * self.draws
        if self.design and self.luck == "common" and runs < FEW_REPLICATES:
            text = (
                f"all rows of the design meet the same random draws of {runs} replication(s): what you find "
                f"may belong to these. Take {FEW_REPLICATES} replicates or more, or luck: own."
            )
            found.append((("replicates",), text))
        points = getattr(self.design, "points", 0)
        if self.design and self.design.kind == "sobol" and points & (points - 1):
            better = 1 << points.bit_length()
            text = f"{points} points: a Sobol sequence is even at powers of 2. Take {better // 2} or {better}."
            found.append((("design", "points"), text))
        if len(self.programmes) == 1:
            text = 'there is only "none", so nothing can be gained against it.'
            found.append((("programmes",), text))
        return found
