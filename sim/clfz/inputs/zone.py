"""A zone file: the place, its people, what they live from and what its children do.

Money is local currency of the zone's price year.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field, model_validator

from clfz.inputs.problems import DataPath, Wrong, nearest
from clfz.inputs.validate import Line, Name, Prose
from clfz.programme.names import TRADES
from clfz.programme.registry import Share, Some, Strict

SUM_TOLERANCE = 0.005
"""Shares that were rounded may miss 1 by this much; whoever reads them divides by their sum."""

# How people are made (docs/odd.md, 7.1): a home is half of the time a home of children of age.
_UNDER_18, _OF_AGE = 0.72, 0.52
_LEAST_BIRTHS, _MOST_BIRTHS = 1.0, 8.0


Month = Annotated[int, Field(ge=1, le=12)]
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


def _quantity(text: str, value: float, low: float, high: float, alias: str | None = None) -> Any:
    """A field that holds a quantity: its description, and an example for messages and editors."""
    written = {"value": value, "low": low, "high": high, "source": "assumed: ..."}
    return Field(description=text, examples=[written], alias=alias)


def _check_sum(what: str, total: float) -> None:
    """Refuse shares that do not add up to 1.

    Raises:
        Wrong: with the difference.
    """
    if abs(total - 1) > SUM_TOLERANCE:
        mend = f"Take {total - 1:.4g} off." if total > 1 else f"There is {1 - total:.4g} missing."
        raise Wrong([((), f"{what} add up to {total:.4g}, not 1. {mend}")])


class Population(Strict):
    """Who lives in the zone at the start."""

    children: ChildrenQuantity = _quantity("Children of 5-17 at the start", 2400, 1800, 3200)
    villages: CountQuantity = _quantity("Villages or neighbourhoods", 10, 6, 16)
    household_size: CountQuantity = _quantity(
        "Persons in a household that has a child of 5-17", 5.2, 4.5, 6
    )
    adults: CountQuantity = _quantity("Adults in such a household, mean", 2.3, 2, 2.6)
    migrant_share: ShareQuantity = _quantity("Share of migrant households", 0.2, 0.1, 0.3)
    yearly_migration: ShareQuantity = _quantity(
        "Share of households that others replace in a year", 0.05, 0.02, 0.1
    )

    @model_validator(mode="after")
    def _people_can_be_made(self) -> Self:
        """Families of a size that the model can make, and a home in every village."""
        size, adults = self.household_size.value, self.adults.value
        at: DataPath = ("household_size", "value")
        if size <= adults:
            text = f"household_size {size:g} leaves no room for children beside {adults:g} adults."
            raise Wrong([(at, text)])
        births = (size - adults) / _UNDER_18
        if not _LEAST_BIRTHS <= births <= _MOST_BIRTHS:
            least, most = (adults + _UNDER_18 * n for n in (_LEAST_BIRTHS, _MOST_BIRTHS))
            text = f"household_size is {size:g}, but beside {adults:g} adults it must be between "
            raise Wrong([(at, f"{text}{least:.1f} and {most:.1f}.")])
        homes = self.children.value / (births * _OF_AGE)
        if self.villages.value > homes:
            text = f"villages is {self.villages.value:g}, but {self.children.value:g} children "
            text += f"fill {homes:.0f} homes only, and each village needs one."
            raise Wrong([(("villages", "value"), text)])
        return self


class Income(Strict):
    """What households have to live on."""

    poverty_line: PositiveQuantity = _quantity(
        "Local currency per equivalent adult and month", 1450, 1100, 1900
    )
    poverty_headcount: ShareQuantity = _quantity(
        "Share of people below the poverty line", 0.4, 0.25, 0.6
    )
    log_income_sd: PositiveQuantity = _quantity(
        "Standard deviation of log income per equivalent adult between households", 0.5, 0.4, 0.65
    )
    seasonality: ShareQuantity = _quantity(
        "Swing of farm income over the year: 0 none, 1 from nothing to double", 0.25, 0.1, 0.4
    )
    harvest_month: Month = Field(description="Month of the main harvest, 1-12", examples=[10])


class Sectors(Strict):
    """What the work in each trade is, in plain words."""

    farm: str = Field("", max_length=200, description="Work on the family farm")
    home: str = Field("", max_length=200, description="Home work and family enterprises")
    tier3: str = Field("", max_length=200, description="Small workshops, petty employers")
    tier2: str = Field("", max_length=200, description="Subcontractors, depots, traders' yards")
    tier1: str = Field("", max_length=200, description="Export factories, estates, large sites")


class _ByTrade(Strict):
    def values(self) -> tuple[float, ...]:
        """The best estimates in the order farm, home, tier3, tier2, tier1."""
        return tuple(getattr(self, trade).value for trade in TRADES)


class TradeShares(_ByTrade):
    """A share for each trade."""

    farm: ShareQuantity = _quantity("Family farm", 0.5, 0.3, 0.7)
    home: ShareQuantity = _quantity("Home, family enterprise", 0.2, 0.1, 0.3)
    tier3: ShareQuantity = _quantity("Small workshop", 0.15, 0.1, 0.2)
    tier2: ShareQuantity = _quantity("Subcontractor, yard", 0.1, 0.05, 0.2)
    tier1: ShareQuantity = _quantity("Export site, estate", 0.05, 0.0, 0.1)


class TradeRatios(_ByTrade):
    """A ratio for each trade."""

    farm: RatioQuantity = _quantity("Family farm", 0.6, 0.4, 0.8)
    home: RatioQuantity = _quantity("Home, family enterprise", 0.7, 0.5, 0.9)
    tier3: RatioQuantity = _quantity("Small workshop", 0.8, 0.5, 1)
    tier2: RatioQuantity = _quantity("Subcontractor, yard", 1, 0.8, 1.2)
    tier1: RatioQuantity = _quantity("Export site, estate", 1.3, 1, 1.6)


class Livelihoods(TradeShares):
    """What households live from: the share of households in each trade."""

    sectors: Sectors = Field(
        default_factory=Sectors, description="What that work is, in plain words"
    )

    @model_validator(mode="after")
    def _sum(self) -> Self:
        _check_sum("{here}: the shares of the five trades", sum(self.values()))
        return self


class Wages(Strict):
    """What work brings."""

    adult_day_wage: PositiveQuantity = _quantity(
        "Local currency a day for casual unskilled work", 180, 120, 280
    )
    tier_wage_ratio: TradeRatios = Field(
        description="A child's pay there relative to child_productivity times the adult wage"
    )
    working_days_month: DaysQuantity = _quantity("Working days in a month", 22, 16, 26)


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
        _check_sum("{here}: the four shares", sum(self.values()))
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

    age_5_11: HoursQuantity = _quantity("Weekly hours at 5-11", 15, 8, 25, "5-11")
    age_12_14: HoursQuantity = _quantity("Weekly hours at 12-14", 25, 15, 35, "12-14")
    age_15_17: HoursQuantity = _quantity("Weekly hours at 15-17", 40, 30, 50, "15-17")

    def values(self) -> tuple[float, float, float]:
        """The best estimates, youngest first."""
        return (self.age_5_11.value, self.age_12_14.value, self.age_15_17.value)


class HoursBySex(Strict):
    """Weekly hours by sex."""

    girls: HoursQuantity = _quantity("Weekly hours of girls", 15, 8, 25)
    boys: HoursQuantity = _quantity("Weekly hours of boys", 7, 3, 12)


class Hours(Strict):
    """How long children work."""

    work_only: HoursByAge = Field(description="Economic activity of children out of school")
    school_and_work: HoursByAge = Field(description="Economic activity beside school")
    chores: HoursBySex = Field(description="Unpaid household services")


class School(Strict):
    """The zone's schools."""

    entry_age: int = Field(ge=4, le=8, description="Age of entry into grade 1", examples=[6])
    start_month: Month = Field(description="First month of the school year, 1-12", examples=[7])
    end_month: Month = Field(description="Last month of the school year, 1-12", examples=[4])
    pupils_per_teacher: CountQuantity = _quantity("Pupils for each teacher", 40, 30, 60)
    cost_primary: AmountQuantity = _quantity(
        "All costs to the family per pupil and month, primary", 90, 40, 200
    )
    cost_secondary: AmountQuantity = _quantity("The same for secondary", 360, 180, 800)
    distance_km: AmountQuantity = _quantity("Mean distance to school in km", 1.5, 0.5, 3)
    seat_slack: ShareQuantity = _quantity(
        "Share of extra pupils that a school can still take", 0.2, 0, 0.4
    )
    secondary_grade: int = Field(ge=4, le=12, description="First grade of secondary", examples=[9])

    @model_validator(mode="after")
    def _a_year(self) -> Self:
        if self.start_month == self.end_month:
            text = f"end_month {self.end_month} is also start_month: a school year of one month."
            raise Wrong([(("end_month",), f"{text} Write the last month with lessons.")])
        return self


class Law(Strict):
    """The law on children's work."""

    minimum_age: int = Field(
        ge=10, le=18, description="Age from which work is legal", examples=[14]
    )
    source: Prose = Field(
        description="The act, and how it is applied", examples=["Labour Act 2006"]
    )


@cache
def countries() -> dict[str, tuple[str, str]]:
    """Three-letter code (ISO 3166-1) -> (two-letter code, short English name as people write it in data)."""
    with Path(__file__).with_name("countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["short"], row["name"]) for row in csv.DictReader(file)}


def country_code(text: str) -> str:
    """The code itself when it is one.

    Raises:
        ValueError: with what to write instead.
    """
    known = countries()
    if text in known:
        return text
    if text.upper() in known:
        raise ValueError(f"write the code in capitals, {text.upper()}")
    guess = nearest(text, [name for _, name in known.values()])
    for wanted in (text, guess or ""):
        for code, (short, name) in known.items():
            if wanted.upper() == short or wanted.lower() == name.lower():
                raise ValueError(f"use the three-letter code ({code} for {name})")
    raise ValueError("this is not a three-letter country code. The list: clfz list countries")


def _year_month(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
    if found and not 1 <= int(found[2]) <= 12:
        raise ValueError(f'there is no month {int(found[2])}. Write year-month, such as "2014-05"')
    if not found or len(found[2]) != 2 or not 1950 <= int(found[1]) <= 2100:
        raise ValueError('write year-month with two digits for the month, such as "2014-05"')
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("use the three-letter code of the currency, such as EUR, INR or XOF")
    return text


_THREE_LETTERS = Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})
_YEAR_MONTH = Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}$"})


class Zone(Strict):
    """Households, schools and workplaces of a place in which a programme may work."""

    name: Name = Field(description="The file's name without .yaml", examples=["my-district"])
    title: Line = Field(description="The place in one line", examples=["My District, Ghana: cocoa"])
    country: Annotated[str, _THREE_LETTERS, AfterValidator(country_code)] = Field(
        description="Three-letter code (ISO 3166-1)", examples=["GHA"]
    )
    record: str | None = Field(
        None,
        max_length=40,
        description="Name of the reported outcomes that belong to this zone, if there are any",
        examples=["IND-2"],
    )
    place_certainty: Literal["matched", "likely", "ambiguous"] = Field(
        "matched",
        description="How sure it is that the record belongs to this place",
        examples=["matched"],
    )
    summary: Prose = Field(
        description="Two or three plain sentences about the place",
        examples=["A farming district where half of the children work in the harvest."],
    )
    currency: Annotated[str, _THREE_LETTERS, AfterValidator(_currency)] = Field(
        description="Local currency, three-letter code (ISO 4217)", examples=["GHS"]
    )
    price_year: int = Field(
        ge=1990, le=2100, description="Year of all prices in this file", examples=[2015]
    )
    local_per_eur: PositiveQuantity = _quantity(
        "Units of local currency per euro in the price year", 71, 66, 77
    )
    population: Population = Field(description="Who lives here at the start")
    income: Income = Field(description="What households have to live on")
    livelihoods: Livelihoods = Field(description="Share of households that live from each trade")
    wages: Wages = Field(description="What work brings to adults and children")
    hazard: TradeShares = Field(
        description="Share of the children's work in each trade that is hazardous"
    )
    activity: Activity = Field(description="What children do at the start, by sex and age band")
    activity_source: Prose = Field(
        description="Where the activity shares come from",
        examples=["assumed: the region's figures from MICS 2019"],
    )
    activity_range: LogOddsQuantity = _quantity(
        "How far the share out of school may be off, as a shift in log-odds", 0, -0.3, 0.3
    )
    hours: Hours = Field(description="Weekly hours of work and chores")
    school: School = Field(description="Calendar, cost and room of the schools")
    law: Law = Field(description="The law on children's work")
    start: Annotated[str, _YEAR_MONTH, AfterValidator(_year_month)] = Field(
        description="Year and month of month 1 of a run", examples=["2014-05"]
    )

    @property
    def start_year_month(self) -> tuple[int, int]:
        """Month 1 of a run as (year, month 1-12)."""
        year, month = self.start.split("-")
        return int(year), int(month)

    def quantities(self) -> Iterator[tuple[DataPath, Quantity[float]]]:
        """Every quantity with its path in the file."""
        yield from _quantities(self, ())

    def warnings(self) -> list[tuple[DataPath, str]]:
        """What can be used and still deserves a second look."""
        found: list[tuple[DataPath, str]] = []
        children, villages = self.population.children.value, self.population.villages.value
        if not 1000 <= children <= 20_000:
            text = f"{children:g} children: the model is made for zones of 1000 to 20000."
            found.append((("population", "children", "value"), text))
        if children / villages < 20:
            text = (
                f"{villages:g} villages of {children / villages:.0f} children are very small ones."
            )
            found.append((("population", "villages", "value"), text))
        for path, each in self.quantities():
            if each.is_bare_guess:
                name = ".".join(str(step) for step in path)
                text = f"{name} is assumed, but low and high are the same. Give it a range."
                found.append((path, text))
        return found


def _quantities(part: BaseModel, path: DataPath) -> Iterator[tuple[DataPath, Quantity[float]]]:
    for name, info in type(part).model_fields.items():
        value: Any = getattr(part, name)
        here = (*path, info.alias or name)
        if isinstance(value, Quantity):
            yield here, value
        elif isinstance(value, BaseModel):
            yield from _quantities(value, here)
