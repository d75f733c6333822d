"""Adult wages: collective agreements, living wages, better prices for a family's own work."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from clfz.programme.interventions.base import (
    CostLine,
    Intervention,
    UnitCosts,
    Usage,
    prices,
    ramp_up,
)
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.names import TRADES
from clfz.programme.registry import Amount, Rise, Share, Strict, with_example


class AdultWageCosts(UnitCosts):
    """Prices of organising workers and bargaining for them; nobody publishes them per worker."""

    fixed_cost_year: Amount = with_example(
        6000.0,
        title="Fixed cost per year",
        description="EUR a year: two organisers, travel and legal advice. assumed.",
    )
    organising_share: Amount = with_example(
        0.01,
        le=0.2,
        title="Organising share",
        description="Cost of organising and bargaining as a share of the base pay of the adults "
        "covered. assumed: the size of a usual union contribution.",
    )


class WageRise(Strict):
    """Proportional rise of adult pay, by what a household lives from: 0.2 is a fifth more."""

    farm: Rise = Field(0.0, title="Family farm", description="0.1 = a tenth more.", examples=[0.05])
    home: Rise = Field(0.0, title="Home work", description="0.1 = a tenth more.", examples=[0.05])
    tier3: Rise = with_example(0.1, title="Small workshops", description="0.1 = a tenth more.")
    tier2: Rise = with_example(0.15, title="Subcontractors", description="0.1 = a tenth more.")
    tier1: Rise = with_example(0.2, title="Export sites", description="0.1 = a tenth more.")


class AdultWages(Intervention):
    """A rise of adult pay, paid by employers.

    Evidence on child work is weak and mixed: state minimum wages in India did nothing to it outside
    the home (T3-006), market wages in Egypt did much (T3-001, an upper bound).
    """

    kind: ClassVar[str] = "adult_wages"
    title: ClassVar[str] = "Adult wages"
    lines: ClassVar[tuple[CostLine, ...]] = (
        CostLine("organising", "organising workers and bargaining"),
        CostLine("wage_bill", "higher wages, paid by employers", payer="employers"),
    )

    rise: WageRise = Field(
        default_factory=WageRise,
        title="Rise by trade",
        description="Proportional rise of adult pay by trade; farm and home stand for better "
        "prices. Defaults assumed: agreements reach further where a buyer stands behind them.",
    )
    coverage: Share = with_example(
        0.5,
        title="Coverage",
        description="Share of the households of those trades that get the rise. assumed.",
    )
    ramp_up_months: int = ramp_up(
        12, "Months until the whole rise is paid; bargaining takes time. assumed."
    )
    unit_costs: AdultWageCosts = prices(AdultWageCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        titles = {name: field.title or name for name, field in WageRise.model_fields.items()}
        rises = [
            f"{titles[trade].lower()} {getattr(self.rise, trade):.0%}"
            for trade in TRADES
            if getattr(self.rise, trade) > 0
        ]
        return (
            f"Adult pay rises within {self.ramp_up_months} months for {self.coverage:.0%} of the "
            f"families concerned ({', '.join(rises) or 'no rise'})."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray | float]:
        """The rise by trade along its ramp, and who is covered."""
        ramp = self.ramp(calendar, self.ramp_up_months)
        rises: dict[str, FloatArray | float] = {
            f"adult_wage_{trade}": ramp * getattr(self.rise, trade) for trade in TRADES
        }
        return {**rises, "adult_wage_coverage": self.coverage}

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Organising by the pay of those covered; the rise itself falls on employers."""
        base = np.zeros(calendar.months)
        rise = np.zeros(calendar.months)
        for trade in TRADES:
            if getattr(self.rise, trade) == 0.0:
                continue
            bill: FloatArray = getattr(usage, f"wage_bill_{trade}")
            base = base + bill
            rise = rise + bill * self.lever_value(f"adult_wage_{trade}", calendar)
        return {"organising": base * self.unit_costs.organising_share, "wage_bill": rise}
