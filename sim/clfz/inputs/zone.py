"""A zone file: the place, its people, what they live from and what its children do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from clfz.inputs.countries import country_code
from clfz.inputs.figures import Figure, Line, LogOddsFigure, Name, PositiveFigure, Prose, example
from clfz.inputs.problems import DataPath, Problem
from clfz.inputs.yaml_reader import Document
from clfz.inputs.zone_children import Activity, Hours
from clfz.inputs.zone_parts import Income, Law, Livelihoods, Population, School, TradeShares, Wages
from clfz.programme.registry import Strict


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


YearMonth = Annotated[
    str, Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}$"}), AfterValidator(_year_month)
]
Currency = Annotated[
    str, Field(json_schema_extra={"pattern": "^[A-Z]{3}$"}), AfterValidator(_currency)
]
Country = Annotated[
    str, Field(json_schema_extra={"pattern": "^[A-Z]{3}$"}), AfterValidator(country_code)
]


class Zone(Strict):
    """A small world of households, schools and workplaces in which a programme may work."""

    name: Name = Field(
        title="Name", description="The file's name without .yaml", examples=["my-district"]
    )
    title: Line = Field(
        title="Title", description="The place in one line", examples=["My District, Ghana: cocoa"]
    )
    country: Country = Field(
        title="Country", description="Three-letter code (ISO 3166-1)", examples=["GHA"]
    )
    record: str | None = Field(
        None,
        max_length=40,
        title="Record",
        description="Name of the reported outcomes that belong to this zone, if there are any",
        examples=["IND-2"],
    )
    place_certainty: Literal["matched", "likely", "ambiguous"] = Field(
        "matched",
        title="Certainty of the place",
        description="How sure it is that the record belongs to this place",
        examples=["matched"],
    )
    summary: Prose = Field(
        title="Summary",
        description="Two or three plain sentences about the place",
        examples=["A farming district where half of the children work in the harvest."],
    )
    currency: Currency = Field(
        title="Currency",
        description="Local currency, three-letter code (ISO 4217)",
        examples=["GHS"],
    )
    price_year: int = Field(
        ge=1990,
        le=2100,
        title="Price year",
        description="Year of all prices in this file",
        examples=[2015],
    )
    local_per_eur: PositiveFigure = Field(
        title="Exchange rate",
        description="Units of local currency per euro in the price year",
        examples=example(71, 66, 77),
    )
    population: Population = Field(title="Population", description="Who lives here at the start")
    income: Income = Field(title="Income", description="What households have to live on")
    livelihoods: Livelihoods = Field(
        title="Livelihoods", description="Share of households that live from each trade"
    )
    wages: Wages = Field(title="Wages", description="What work brings to adults and children")
    hazard: TradeShares = Field(
        title="Hazard", description="Share of the children's work in each trade that is hazardous"
    )
    activity: Activity = Field(
        title="Activity", description="What children do at the start, by sex and age band"
    )
    activity_source: Prose = Field(
        title="Source of the activity table",
        description="Where the activity shares come from",
        examples=["assumed: the region's figures from MICS 2019"],
    )
    activity_range: LogOddsFigure = Field(
        title="Range of the activity table",
        description="How far the share out of school may be off, as a shift in log-odds",
        examples=example(0, -0.3, 0.3),
    )
    hours: Hours = Field(title="Hours", description="Weekly hours of work and chores")
    school: School = Field(title="School", description="Calendar, cost and room of the schools")
    law: Law = Field(title="Law", description="The law on children's work")
    start: YearMonth = Field(
        title="Start", description="Year and month of month 1 of a run", examples=["2014-05"]
    )

    @property
    def start_year_month(self) -> tuple[int, int]:
        """Month 1 of a run as (year, month 1-12)."""
        year, month = self.start.split("-")
        return int(year), int(month)

    def figures(self) -> Iterator[tuple[DataPath, Figure[float]]]:
        """Every figure with its path in the file."""
        yield from _figures(self, ())


def warnings(zone: Zone, document: Document) -> list[Problem]:
    """What can be used and still deserves a second look."""
    found: list[Problem] = []
    children, villages = zone.population.children.value, zone.population.villages.value
    if not 1000 <= children <= 20_000:
        text = f"{children:g} children: the model is made for zones of 1000 to 20000."
        found.append(document.problem(("population", "children", "value"), text))
    if children / villages < 20:
        text = f"{villages:g} villages of {children / villages:.0f} children are very small ones."
        found.append(document.problem(("population", "villages", "value"), text))
    for path, figure in zone.figures():
        if figure.is_bare_guess:
            name = ".".join(str(step) for step in path)
            text = f"{name} is assumed, but low and high are the same. Give it a range."
            found.append(document.problem(path, text))
    return found


def _figures(part: BaseModel, path: DataPath) -> Iterator[tuple[DataPath, Figure[float]]]:
    for name, info in type(part).model_fields.items():
        value: Any = getattr(part, name)
        here = (*path, info.alias or name)
        if isinstance(value, Figure):
            yield here, value
        elif isinstance(value, BaseModel):
            yield from _figures(value, here)
