"""What the children of a zone do, and for how many hours: two groups of a zone file."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from clfz.inputs.figures import HoursFigure, check_sum, example
from clfz.programme.registry import Some, Strict


class ActivityShares(Strict):
    """What children of one sex and age band do; the four shares sum to 1, and none is 0.

    The model asks how much worse off than others a child must be to do what few do. What nobody does has no answer.
    """

    school_only: Some = Field(description="At school, not working", examples=[0.5])
    school_and_work: Some = Field(description="At school and working", examples=[0.2])
    work_only: Some = Field(description="Working, not at school", examples=[0.2])
    neither: Some = Field(description="Neither", examples=[0.1])

    @model_validator(mode="after")
    def _sum(self) -> Self:
        check_sum("{here}: the four shares", sum(self.values()))
        return self

    def values(self) -> tuple[float, float, float, float]:
        """The shares in the order school_only, school_and_work, work_only, neither."""
        return (self.school_only, self.school_and_work, self.work_only, self.neither)


class ActivityByAge(Strict):
    """What children of one sex do, by age band."""

    age_5_11: ActivityShares = Field(alias="5-11", description="Children of 5-11")
    age_12_14: ActivityShares = Field(alias="12-14", description="Children of 12-14")
    age_15_17: ActivityShares = Field(alias="15-17", description="Children of 15-17")

    def bands(self) -> tuple[ActivityShares, ActivityShares, ActivityShares]:
        """The three age bands, youngest first."""
        return (self.age_5_11, self.age_12_14, self.age_15_17)


class Activity(Strict):
    """What children do at the start, by sex and age band."""

    girls: ActivityByAge = Field(description="Girls")
    boys: ActivityByAge = Field(description="Boys")

    def shares(self) -> tuple[tuple[tuple[float, ...], ...], ...]:
        """Shares [2 sexes: girls, boys][3 bands][4 activities]; each row sums to 1 exactly."""
        return tuple(
            tuple(tuple(share / sum(row.values()) for share in row.values()) for row in sex.bands())
            for sex in (self.girls, self.boys)
        )


class HoursByAge(Strict):
    """Weekly hours by age band."""

    age_5_11: HoursFigure = Field(
        alias="5-11", description="Weekly hours at 5-11", examples=example(15, 8, 25)
    )
    age_12_14: HoursFigure = Field(
        alias="12-14", description="Weekly hours at 12-14", examples=example(25, 15, 35)
    )
    age_15_17: HoursFigure = Field(
        alias="15-17", description="Weekly hours at 15-17", examples=example(40, 30, 50)
    )

    def values(self) -> tuple[float, float, float]:
        """The best estimates, youngest first."""
        return (self.age_5_11.value, self.age_12_14.value, self.age_15_17.value)


class HoursBySex(Strict):
    """Weekly hours by sex."""

    girls: HoursFigure = Field(description="Weekly hours of girls", examples=example(15, 8, 25))
    boys: HoursFigure = Field(description="Weekly hours of boys", examples=example(7, 3, 12))


class Hours(Strict):
    """How long children work."""

    work_only: HoursByAge = Field(description="Economic activity of children out of school")
    school_and_work: HoursByAge = Field(description="Economic activity beside school")
    chores: HoursBySex = Field(description="Unpaid household services")
