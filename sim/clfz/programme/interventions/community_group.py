"""Community group: neighbours who know every child, visit families and follow up."""

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
from clfz.programme.registry import Amount, Euros, Share, with_example


class CommunityGroupCosts(UnitCosts):
    """Prices of a community group.

    Two figures frame the total: mobilisation by MV Foundation, INR 800 a child-year (about EUR 11),
    and cocoa monitoring systems, about USD 70 a household-year with support (T8-020, low
    confidence).
    """

    fixed_cost_year: Euros = with_example(
        3600.0,
        title="Fixed cost per year",
        description="EUR a year: one coordinator, INR 21 000 a month. assumed.",
    )
    cost_per_visit: Euros = Field(
        1.0,
        title="Cost per visit",
        description="EUR per home visit. assumed: an honorarium like that of India's village "
        "workers, INR 3 000 a month, for some 50 visits, with travel.",
        examples=[1.0],
    )
    cost_per_village_year: Euros = with_example(
        150.0,
        title="Cost per village",
        description="EUR per village and year for meetings and registers. assumed.",
    )
    mapping_cost_per_household: Euros = Field(
        1.0,
        title="Cost of mapping",
        description="EUR per household for the first census of all children, once, at full "
        "detection and in proportion below. assumed.",
        examples=[1.0],
    )


class CommunityGroup(Intervention):
    """Mapping, home visits, referral and follow-up by people of the place."""

    kind: ClassVar[str] = "community_group"
    title: ClassVar[str] = "Community group"
    lines: ClassVar[tuple[CostLine, ...]] = (
        CostLine("visits", "home visits"),
        CostLine("villages", "meetings and registers"),
        CostLine("mapping", "first census of all children"),
    )

    visits_per_100_households: Amount = with_example(
        25.0,
        le=400,
        title="Visits",
        description="Home visits per 100 households and month, once the group is at full "
        "strength: 25 = each family every four months. assumed; cocoa systems aim at twice a year.",
    )
    detection: Share = with_example(
        0.7,
        title="Detection",
        description="Share of working children that a visit brings to light. assumed, range 0.4 "
        "to 0.9; it depends on season and on who visits.",
    )
    follow_up: Share = with_example(
        0.3,
        title="Follow-up",
        description="Share of visits kept for children who came back to school. assumed.",
    )
    ramp_up_months: int = ramp_up(6, "Months until the group makes all its visits. assumed.")
    unit_costs: CommunityGroupCosts = prices(CommunityGroupCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        return (
            f"A community group makes {self.visits_per_100_households:g} visits a month per 100 "
            f"households and keeps {self.follow_up:.0%} of them for children who came back."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray | float]:
        """Visits along the ramp, what a visit finds, and how many are kept for follow-up."""
        ramp = self.ramp(calendar, self.ramp_up_months)
        return {
            "group_visits": ramp * self.visits_per_100_households,
            "group_detection": self.detection,
            "group_follow_up": self.follow_up,
        }

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Visits made, villages kept going, and one census in the first month."""
        price = self.unit_costs
        first = np.arange(1, calendar.months + 1) == self.start_month
        detection = self.lever_value("group_detection", calendar)
        census = usage.households * price.mapping_cost_per_household * detection
        return {
            "visits": usage.visits * price.cost_per_visit,
            "villages": usage.villages * price.cost_per_village_year / 12.0,
            "mapping": np.where(first, census, 0.0),
        }
