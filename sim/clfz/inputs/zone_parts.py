"""The groups of a zone file, one class each. Money is local currency of the zone's price year."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from clfz.inputs.figures import (
    TRADES,
    AmountFigure,
    ChildrenFigure,
    CountFigure,
    DaysFigure,
    Month,
    PositiveFigure,
    Prose,
    RatioFigure,
    ShareFigure,
    check_sum,
    example,
)
from clfz.inputs.problems import Wrong
from clfz.programme.registry import Strict

# How people are made (docs/odd.md, 7.1): a home is half of the time a home of children of age.
_UNDER_18, _OF_AGE = 0.72, 0.52
_LEAST_BIRTHS, _MOST_BIRTHS = 1.0, 8.0


class Population(Strict):
    """Who lives in the zone at the start."""

    children: ChildrenFigure = Field(
        title="Children",
        description="Children of 5-17 at the start",
        examples=example(2400, 1800, 3200),
    )
    villages: CountFigure = Field(
        title="Villages", description="Villages or neighbourhoods", examples=example(10, 6, 16)
    )
    household_size: CountFigure = Field(
        title="Household size",
        description="Persons in a household that has a child of 5-17",
        examples=example(5.2, 4.5, 6),
    )
    adults: CountFigure = Field(
        title="Adults",
        description="Adults in such a household, mean",
        examples=example(2.3, 2, 2.6),
    )
    migrant_share: ShareFigure = Field(
        title="Migrants", description="Share of migrant households", examples=example(0.2, 0.1, 0.3)
    )
    yearly_migration: ShareFigure = Field(
        title="Yearly migration",
        description="Share of households that others replace in a year",
        examples=example(0.05, 0.02, 0.1),
    )

    @model_validator(mode="after")
    def _room_for_children(self) -> Self:
        if self.household_size.value <= self.adults.value:
            size, adults = self.household_size.value, self.adults.value
            text = f"household_size {size:g} leaves no room for children beside {adults:g} adults."
            raise Wrong([(("household_size", "value"), text)])
        return self

    @model_validator(mode="after")
    def _people_can_be_made(self) -> Self:
        """Families of a size that the model can make, and a home in every village."""
        size, adults = self.household_size.value, self.adults.value
        births = (size - adults) / _UNDER_18
        if size > adults and not _LEAST_BIRTHS <= births <= _MOST_BIRTHS:
            least, most = (adults + _UNDER_18 * n for n in (_LEAST_BIRTHS, _MOST_BIRTHS))
            text = f"household_size is {size:g}, but beside {adults:g} adults it must be between "
            raise Wrong([(("household_size", "value"), f"{text}{least:.1f} and {most:.1f}.")])
        homes = self.children.value / (max(births, _LEAST_BIRTHS) * _OF_AGE)
        if self.villages.value > homes:
            text = f"villages is {self.villages.value:g}, but {self.children.value:g} children "
            text += f"fill {homes:.0f} homes only, and each village needs one."
            raise Wrong([(("villages", "value"), text)])
        return self


class Income(Strict):
    """What households have to live on."""

    poverty_line: PositiveFigure = Field(
        title="Poverty line",
        description="Local currency per equivalent adult and month",
        examples=example(1450, 1100, 1900),
    )
    poverty_headcount: ShareFigure = Field(
        title="Poverty headcount",
        description="Share of people below the poverty line",
        examples=example(0.4, 0.25, 0.6),
    )
    log_income_sd: PositiveFigure = Field(
        title="Inequality",
        description="Standard deviation of log income per equivalent adult between households",
        examples=example(0.5, 0.4, 0.65),
    )
    seasonality: ShareFigure = Field(
        title="Seasonality",
        description="Swing of farm income over the year: 0 none, 1 from nothing to double",
        examples=example(0.25, 0.1, 0.4),
    )
    harvest_month: Month = Field(
        title="Harvest month", description="Month of the main harvest, 1-12", examples=[10]
    )


class Sectors(Strict):
    """What the work in each trade is, in plain words."""

    farm: str = Field("", max_length=200, description="Work on the family farm")
    home: str = Field("", max_length=200, description="Home work and family enterprises")
    tier3: str = Field("", max_length=200, description="Small workshops, petty employers")
    tier2: str = Field("", max_length=200, description="Subcontractors, depots, traders' yards")
    tier1: str = Field("", max_length=200, description="Export factories, estates, large sites")


class TradeShares(Strict):
    """A share for each trade."""

    farm: ShareFigure = Field(description="Family farm", examples=example(0.5, 0.3, 0.7))
    home: ShareFigure = Field(
        description="Home, family enterprise", examples=example(0.2, 0.1, 0.3)
    )
    tier3: ShareFigure = Field(description="Small workshop", examples=example(0.15, 0.1, 0.2))
    tier2: ShareFigure = Field(description="Subcontractor, yard", examples=example(0.1, 0.05, 0.2))
    tier1: ShareFigure = Field(description="Export site, estate", examples=example(0.05, 0.0, 0.1))

    def values(self) -> tuple[float, ...]:
        """The best estimates in the order farm, home, tier3, tier2, tier1."""
        return tuple(getattr(self, trade).value for trade in TRADES)


class TradeRatios(Strict):
    """A ratio for each trade."""

    farm: RatioFigure = Field(description="Family farm", examples=example(0.6, 0.4, 0.8))
    home: RatioFigure = Field(
        description="Home, family enterprise", examples=example(0.7, 0.5, 0.9)
    )
    tier3: RatioFigure = Field(description="Small workshop", examples=example(0.8, 0.5, 1))
    tier2: RatioFigure = Field(description="Subcontractor, yard", examples=example(1, 0.8, 1.2))
    tier1: RatioFigure = Field(description="Export site, estate", examples=example(1.3, 1, 1.6))

    def values(self) -> tuple[float, ...]:
        """The best estimates in the order farm, home, tier3, tier2, tier1."""
        return tuple(getattr(self, trade).value for trade in TRADES)


class Livelihoods(TradeShares):
    """What households live from: the share of households in each trade."""

    sectors: Sectors = Field(
        default_factory=Sectors, title="Sectors", description="What that work is, in plain words"
    )

    @model_validator(mode="after")
    def _sum(self) -> Self:
        check_sum("{here}: the shares of the five trades", sum(self.values()))
        return self


class Wages(Strict):
    """What work brings."""

    adult_day_wage: PositiveFigure = Field(
        title="Adult day wage",
        description="Local currency a day for casual unskilled work",
        examples=example(180, 120, 280),
    )
    tier_wage_ratio: TradeRatios = Field(
        title="Wage ratio by trade",
        description="A child's pay there relative to child_productivity times the adult wage",
    )
    working_days_month: DaysFigure = Field(
        title="Working days", description="Working days in a month", examples=example(22, 16, 26)
    )


class School(Strict):
    """The zone's schools."""

    entry_age: int = Field(ge=4, le=8, description="Age of entry into grade 1", examples=[6])
    start_month: Month = Field(description="First month of the school year, 1-12", examples=[7])
    end_month: Month = Field(description="Last month of the school year, 1-12", examples=[4])
    pupils_per_teacher: CountFigure = Field(
        description="Pupils for each teacher", examples=example(40, 30, 60)
    )
    cost_primary: AmountFigure = Field(
        description="All costs to the family per pupil and month, primary",
        examples=example(90, 40, 200),
    )
    cost_secondary: AmountFigure = Field(
        description="The same for secondary", examples=example(360, 180, 800)
    )
    distance_km: AmountFigure = Field(
        description="Mean distance to school in km", examples=example(1.5, 0.5, 3)
    )
    seat_slack: ShareFigure = Field(
        description="Share of extra pupils that a school can still take",
        examples=example(0.2, 0, 0.4),
    )
    secondary_grade: int = Field(ge=4, le=12, description="First grade of secondary", examples=[9])

    @model_validator(mode="after")
    def _a_year(self) -> Self:
        if self.start_month == self.end_month:
            text = (
                f"end_month {self.end_month} is also start_month: a school year of one month. "
                "Write the last month with lessons."
            )
            raise Wrong([(("end_month",), text)])
        return self


class Law(Strict):
    """The law on children's work."""

    minimum_age: int = Field(
        ge=10, le=18, description="Age from which work is legal", examples=[14]
    )
    source: Prose = Field(
        description="The act, and how it is applied", examples=["Labour Act 2006"]
    )
