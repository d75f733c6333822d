"""Age checks: employers verify age, by tier of the supply chain."""

from typing import ClassVar

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
from clfz.programme.names import TIERS
from clfz.programme.registry import Euros, Share, with_example


class AgeCheckCosts(UnitCosts):
    """Prices of age verification, per place where children could work and that is kept in check.

    A social audit in India costs about USD 560 to 815 an auditor-day (a certifier's price list);
    below the first tier, visits by local monitors are assumed.
    """

    fixed_cost_year: Euros = with_example(
        5000.0,
        title="Fixed cost per year",
        description="EUR a year: complaints line and training of worker committees. assumed.",
    )
    cost_per_place_tier1_year: Euros = with_example(
        60.0,
        title="Cost per place, export sites",
        description="EUR per place and year. assumed: two auditor-days a year for 20 such places.",
    )
    cost_per_place_tier2_year: Euros = with_example(
        50.0,
        title="Cost per place, subcontractors",
        description="EUR per place and year. assumed: one auditor-day a year for 12 such places.",
    )
    cost_per_place_tier3_year: Euros = with_example(
        40.0,
        title="Cost per place, small workshops",
        description="EUR per place and year. assumed: a monitor's visit every month, EUR 7, to a "
        "workshop with two such places.",
    )


class AgeChecks(Intervention):
    """Employers verify age and take no children. Where the children go next is not decided here."""

    kind: ClassVar[str] = "age_checks"
    title: ClassVar[str] = "Age checks by employers"
    lines: ClassVar[tuple[CostLine, ...]] = tuple(
        CostLine(f"checks_{tier}", f"age checks in {tier.replace('tier', 'tier ')}")
        for tier in TIERS
    )

    tier1: Share = with_example(
        0.8,
        title="Export sites",
        description="Share of places in tier 1 (export factory, estate) whose owner verifies age. "
        "assumed; a garment project reached 30 factories and mills in three years.",
    )
    tier2: Share = Field(
        0.0,
        title="Subcontractors",
        description="Share of places in tier 2 (subcontractor, depot, yard). assumed: due "
        "diligence seldom gets past the first tier.",
        examples=[0.2],
    )
    tier3: Share = Field(
        0.0,
        title="Small workshops",
        description="Share of places in tier 3 (small workshop, petty employer). assumed; "
        "inspectors hardly ever reach them (T4-008, T4-010).",
        examples=[0.1],
    )
    ramp_up_months: int = ramp_up(12, "Months until all those owners verify age. assumed.")
    unit_costs: AgeCheckCosts = prices(AgeCheckCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        where = {"tier1": "export sites", "tier2": "subcontractors", "tier3": "small workshops"}
        checked = [
            f"{getattr(self, tier):.0%} of places at {where[tier]}"
            for tier in TIERS
            if getattr(self, tier) > 0
        ]
        return (
            f"Within {self.ramp_up_months} months employers check age for "
            f"{', '.join(checked) or 'no place at all'}."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray]:
        """Share of places under check, by tier, along the ramp."""
        ramp = self.ramp(calendar, self.ramp_up_months)
        return {f"age_check_{tier}": ramp * getattr(self, tier) for tier in TIERS}

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Places under check, by tier."""
        return {
            f"checks_{tier}": getattr(usage, f"places_checked_{tier}")
            * (getattr(self.unit_costs, f"cost_per_place_{tier}_year") / 12.0)
            for tier in TIERS
        }
