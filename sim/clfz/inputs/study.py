"""A study file: which worlds are run, which of their numbers are varied, and what is kept of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from clfz.inputs.comparison import Reporting, _programmes, _shocks, repeated
from clfz.inputs.designs import Design, design_types
from clfz.inputs.figures import Line, Name, Prose
from clfz.inputs.problems import Problem, Wrong
from clfz.inputs.yaml_reader import Document
from clfz.programme.registry import Strict

MOST_REPLICATES = 10_000
MOST_PROGRAMMES = 100
FEW_LUCKS = 5
"""With fewer worlds of luck than this, what is found may belong to those worlds alone."""


def _zones(names: tuple[str, ...]) -> tuple[str, ...]:
    if found := repeated(names, "zones"):
        raise Wrong(found)
    return names


def _measures(names: tuple[str, ...]) -> tuple[str, ...]:
    if found := repeated(names, "measures"):
        raise Wrong(found)
    return names


def _design(block: Any) -> Any:
    from clfz.inputs.by_kind import pick

    return pick(block, design_types(), "design")


class StudyFile(Strict):
    """A table of runs: design rows x draws x replicates, each in every zone and with every programme."""

    name: Name = Field(
        title="Name", description="The file's name without .yaml", examples=["my-study"]
    )
    title: Line = Field(
        title="Title",
        description="Title of the report",
        examples=["How much cash, and on what terms?"],
    )
    question: Prose = Field(
        title="Question",
        description="The question that the study answers, in plain words",
        examples=["From which amount on do families send their children to school?"],
    )
    zones: Annotated[tuple[Line, ...], AfterValidator(_zones)] = Field(
        min_length=1,
        max_length=1000,
        title="Zones",
        description="Names of shipped zones, or paths of zone files (seen from this file)",
        examples=[["budhpura"]],
    )
    programmes: Annotated[tuple[Line, ...], AfterValidator(_programmes)] = Field(
        min_length=1,
        max_length=MOST_PROGRAMMES,
        title="Programmes",
        description="Names of shipped programmes or paths of programme files; the first is none",
        examples=[["none", "cash-transfer"]],
    )
    shocks: Annotated[tuple[Line, ...], AfterValidator(_shocks)] = Field(
        (),
        title="Shocks",
        description="Names or paths of shocks that hit every programme alike",
        examples=[["drought"]],
    )
    programme_months: int = Field(
        48,
        ge=1,
        le=360,
        title="Length of the programmes",
        description="Months until the programmes leave",
        examples=[48],
    )
    after_months: int = Field(
        12,
        ge=0,
        le=360,
        title="Months after exit",
        description="Months after that in which we see what stays",
        examples=[12],
    )
    seed: int = Field(
        1,
        ge=0,
        le=10**15 - 1,
        title="Seed",
        description="The same seed gives the same numbers, to the last bit",
        examples=[1],
    )
    draws: int = Field(
        1,
        ge=1,
        le=100_000,
        title="Draws",
        description="Draws of all that is uncertain and not in the design; 1 takes the central values",
        examples=[25],
    )
    replicates: int = Field(
        1,
        ge=1,
        le=MOST_REPLICATES,
        title="Replicates",
        description="Repeats of each point with other luck",
        examples=[5],
    )
    luck: Literal["common", "own"] = Field(
        "common",
        title="Luck",
        description="common: all rows of the design meet the same luck, so that their differences are "
        "no luck; own: every point has its own",
        examples=["common"],
    )
    design: Annotated[Design, BeforeValidator(_design)] | None = Field(
        None,
        title="Design",
        description="What is varied, and how the rows are chosen; without it only draws and replicates",
        examples=[{"kind": "grid", "factors": {"cash_transfer.amount_eur": [3, 6, 12]}}],
    )
    measures: Annotated[tuple[Line, ...], AfterValidator(_measures)] | None = Field(
        None,
        min_length=1,
        max_length=500,
        title="Measures",
        description="What is kept of each run, such as child_labour_rate@end; a good set when left out",
        examples=[["child_labour_rate@end", "cost_total"]],
    )
    keep: Literal["measures", "monthly", "counts"] = Field(
        "measures",
        title="Keep",
        description="monthly also keeps the indicators of every month (much more space); counts everything "
        "that is counted in it, by sex and age",
        examples=["measures"],
    )
    reporting: Reporting = Field(
        default_factory=Reporting,
        title="Reporting",
        description="How money and time are counted",
    )
    set: dict[str, float] = Field(
        default_factory=dict,
        title="Fixed values",
        description="Parameters (and levers) to hold at a value, within its range, in every run",
        examples=[{"norm_school": 1.0}],
    )

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


def warnings(study: StudyFile, document: Document) -> list[Problem]:
    """What can be used and still deserves a second look."""
    found = []
    lucks = study.replicates * study.draws
    if study.design and study.luck == "common" and lucks < FEW_LUCKS:
        text = (
            f"all rows of the design meet the same luck of {lucks} world(s): what you find may belong "
            f"to that luck. Take {FEW_LUCKS} replicates or more, or luck: own."
        )
        found.append(document.problem(("replicates",), text))
    points = getattr(study.design, "points", 0)
    if study.design and study.design.kind == "sobol" and points & (points - 1):
        better = 1 << points.bit_length()
        text = f"{points} points: a Sobol sequence is even at powers of 2. Take {better // 2} or {better}."
        found.append(document.problem(("design", "points"), text))
    if len(study.programmes) == 1:
        text = 'there is only "none", so nothing can be gained against it.'
        found.append(document.problem(("programmes",), text))
    return found
