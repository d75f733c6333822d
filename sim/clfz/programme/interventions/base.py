"""What every intervention has in common: months, intensity, levers, costs.

A subclass says what it does at full strength; this class cuts it to its months, multiplies by the
intensity, and adds the two cost lines that every programme has (`fixed`, `administration`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from clfz.programme.levers import INDEX, LEVERS, Calendar, FloatArray
from clfz.programme.registry import Amount, Euros, Kinded, Strict, with_example


@dataclass(frozen=True, slots=True)
class Usage:
    """What the engine counted, month by month; all arrays are [months], or [replications, months] for many runs.

    Money is EUR of 2015; people and places are numbers in the zone in that month.
    """

    children: FloatArray
    households: FloatArray
    villages: FloatArray
    pupils: FloatArray
    extra_teachers: FloatArray
    bridge_pupils: FloatArray
    bridge_starts: FloatArray
    transfers_paid: FloatArray
    transfer_children: FloatArray
    visits: FloatArray
    contacts: FloatArray
    # Base monthly pay of the adults in households that the wage rise covers, by trade (EUR).
    wage_bill_farm: FloatArray
    wage_bill_home: FloatArray
    wage_bill_tier3: FloatArray
    wage_bill_tier2: FloatArray
    wage_bill_tier1: FloatArray
    # Places whose owner checks age, by tier.
    places_checked_tier1: FloatArray
    places_checked_tier2: FloatArray
    places_checked_tier3: FloatArray


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of an intervention's budget.

    Attributes:
        name: Name within the intervention.
        title: Name for readers.
        payer: Whose money it is; only `programme` counts in the programme's perspective.
        transfer: True for money that is handed on to families, which a study may leave out.
    """

    name: str
    title: str
    payer: Literal["programme", "employers"] = "programme"
    transfer: bool = False


FIXED = CostLine("fixed", "office, coordination and equipment")
ADMINISTRATION = CostLine("administration", "administration")


class UnitCosts(Strict):
    """Prices, in EUR of price year 2015. A file may change any of them under `costs:`."""

    fixed_cost_year: Euros = with_example(
        3000.0,
        title="Fixed cost per year",
        description="EUR a year for as long as it runs, whatever its size. assumed.",
    )
    administration_share: Amount = with_example(
        0.15,
        le=2.0,
        title="Administration share",
        description="Administration as a share of the direct cost. assumed: what donors commonly "
        "allow an NGO, range 0.07 to 0.25.",
    )


def prices(costs: type[UnitCosts]) -> Any:
    """The field `costs:` of an intervention with prices of its own."""
    return Field(default_factory=costs, alias="costs", title="Costs")


def ramp_up(months: int, description: str) -> Any:
    """The field that says in how many months an intervention climbs to its full strength."""
    return with_example(months, ge=0, le=120, title="Ramp-up", description=description)


class Intervention(Kinded):
    """One thing that a programme does, for some months, at some strength."""

    lines: ClassVar[tuple[CostLine, ...]] = ()
    """The subclass's own cost lines; `fixed` and `administration` come by themselves."""

    start_month: int = Field(
        1,
        ge=1,
        title="First month",
        description="Month of the run, 1 = first month of the programme.",
        examples=[1, 13],
    )
    end_month: int | None = Field(
        None,
        ge=1,
        title="Last month",
        description="Last month in which it runs; leave out for the end of the programme. A later "
        "month means that somebody else carries it on, and its cost still counts.",
        examples=[36],
    )
    intensity: Amount = Field(
        1.0,
        le=5.0,
        title="Intensity",
        description="Multiplies what it does: 1 as written, 0.5 half, 0 nothing at all.",
        examples=[1.0, 0.5],
    )
    unit_costs: UnitCosts = Field(
        default_factory=UnitCosts,
        alias="costs",
        title="Costs",
        description="Prices in EUR of 2015. Leave out to keep the defaults.",
    )

    @model_validator(mode="after")
    def _months_in_order(self) -> Self:
        if self.end_month is not None and self.end_month < self.start_month:
            raise ValueError(
                f"end_month {self.end_month} is before start_month {self.start_month}: "
                "it would never run"
            )
        return self

    # What a subclass writes.

    def sentence(self) -> str:
        """One sentence that a board member understands, made from the fields."""
        raise NotImplementedError

    def levers(self, calendar: Calendar) -> Mapping[str, FloatArray | float]:
        """Lever name -> value at full intensity: a number, or a path [months]."""
        raise NotImplementedError

    def costs(self, usage: Usage, calendar: Calendar) -> Mapping[str, FloatArray | float]:
        """Own cost line -> EUR of 2015 in each month [months]."""
        return {}

    def administered(self, lines: Mapping[str, FloatArray]) -> FloatArray:
        """The sum on which the administration share is reckoned [months], EUR."""
        own = {line.name: line for line in (*self.lines, FIXED)}
        counted = [
            amount
            for name, amount in lines.items()
            if own[name].payer == "programme" and not own[name].transfer
        ]
        # a line that nobody's numbers move is [months] also when usage is [replications, months]
        return reduce(np.add, counted)

    # What the rest of the simulator calls.

    def told(self) -> str:
        """The sentence, then when it runs and how strong it is, where that is not the ordinary."""
        if self.intensity == 0.0:
            return f"Not done, since its intensity is 0: {self.sentence()}"
        when = f"From month {self.start_month}" if self.start_month > 1 else ""
        if self.end_month is not None:
            when = f"In months {self.start_month} to {self.end_month}"
        size = f"at {self.intensity:g} times this strength" if self.intensity != 1.0 else ""
        added = ", ".join(part for part in (when, size) if part)
        return f"{self.sentence()} {added[0].upper()}{added[1:]}." if added else self.sentence()

    @classmethod
    def all_lines(cls) -> tuple[CostLine, ...]:
        """Every cost line, in the order of a budget."""
        return (*cls.lines, FIXED, ADMINISTRATION)

    def last_month(self, calendar: Calendar) -> int:
        """Last month in which it runs, within the horizon."""
        end = calendar.programme_months if self.end_month is None else self.end_month
        return min(end, calendar.months)

    def active(self, calendar: Calendar) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """In which months it runs [months]; none at intensity 0."""
        last = self.last_month(calendar) if self.intensity > 0.0 else 0
        month = np.arange(1, calendar.months + 1)
        return (month >= self.start_month) & (month <= last)

    def months_running(self, calendar: Calendar) -> FloatArray:
        """1 in the first month, 2 in the second, and so on; 0 before [months]."""
        month = np.arange(1, calendar.months + 1, dtype=np.float64)
        since: FloatArray = np.maximum(month - self.start_month + 1.0, 0.0)
        return since

    def ramp(self, calendar: Calendar, ramp_up_months: int) -> FloatArray:
        """A straight line from the first month up to 1 after so many months [months]."""
        climb: FloatArray = np.minimum(self.months_running(calendar) / max(ramp_up_months, 1), 1.0)
        return climb

    def lever_paths(self, calendar: Calendar) -> dict[str, FloatArray]:
        """Lever name -> path [months], cut to its months and times the intensity."""
        active = self.active(calendar)
        paths: dict[str, FloatArray] = {}
        for name, value in self.levers(calendar).items():
            if name not in INDEX:
                raise ValueError(f"{self.kind} moves the unknown lever {name!r}")
            factor = self.intensity if LEVERS[INDEX[name]].scales else 1.0
            paths[name] = np.where(active, np.asarray(value) * factor, 0.0)
        return paths

    def lever_value(self, name: str, calendar: Calendar) -> FloatArray:
        """One of its levers as the engine sees it: cut, times intensity, clipped [months]."""
        lever = LEVERS[INDEX[name]]
        seen: FloatArray = np.clip(self.lever_paths(calendar)[name], lever.low, lever.high)
        return seen

    def cost_lines(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Cost line -> EUR of 2015 [months], own lines first, then fixed and administration."""
        active = self.active(calendar)
        names = [line.name for line in self.lines]
        own = self.costs(usage, calendar)
        if set(own) != set(names):
            raise ValueError(f"{self.kind}: cost lines {sorted(own)}, declared {sorted(names)}")
        lines = {name: np.where(active, own[name], 0.0) for name in names}
        lines["fixed"] = np.where(active, self.unit_costs.fixed_cost_year / 12.0, 0.0)
        share = self.unit_costs.administration_share
        lines["administration"] = share * self.administered(lines)
        return lines
