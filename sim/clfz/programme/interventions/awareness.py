"""Awareness: trainers train trainers, and the circle of families they speak to grows."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from clfz.programme.interventions.base import CostLine, Intervention, UnitCosts, Usage, prices
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Amount, Euros, Share, with_example


class AwarenessCosts(UnitCosts):
    """Prices of awareness work; no verified figure per community exists (T8-021)."""

    fixed_cost_year: Euros = with_example(
        4000.0,
        title="Fixed cost per year",
        description="EUR a year: one lead trainer, workshops and material. assumed.",
    )
    cost_per_contact: Euros = with_example(
        0.3,
        title="Cost per contact",
        description="EUR per talk with a household. assumed: dearer than a video shown in school "
        "(Peru, under EUR 0.05, T8-016), cheaper than a home visit.",
    )


class Awareness(Intervention):
    """Talks with families about children, school and work.

    Reach follows a logistic curve from `initial_share` to `ceiling`. The SCREAM seminars in Angola
    and Mozambique trained 18, 40, 45 and 20 teachers in months 0, 13, 21 and 23: the number trained
    grew by about 9 % a month. Messages alone moved child work little (T5-007, T5-019).
    """

    kind: ClassVar[str] = "awareness"
    title: ClassVar[str] = "Awareness raising"
    lines: ClassVar[tuple[CostLine, ...]] = (CostLine("contacts", "talks with families"),)

    initial_share: Share = with_example(
        0.05,
        gt=0.0,
        title="Reach at the start",
        description="Share of households that the first trainers reach. assumed.",
    )
    monthly_growth: Amount = with_example(
        0.09,
        le=1.0,
        title="Growth",
        description="Growth of the reach per month while few are reached. From the SCREAM "
        "sequence: 18, 58, 103, 123 teachers trained by months 0, 13, 21, 23.",
    )
    ceiling: Share = with_example(
        0.6,
        gt=0.0,
        title="Ceiling",
        description="Share of households that can be reached at all. assumed, range 0.4 to 0.9.",
    )
    contacts_per_month: Share = with_example(
        0.5,
        title="Contacts",
        description="Talks per reached household and month, at most 1. assumed.",
    )
    strength: Amount = Field(
        1.0,
        le=5.0,
        title="Strength",
        description="How much a talk does, as a multiple of a standard contact; a stronger one "
        "takes as much more time and money. assumed.",
        examples=[1.0],
    )
    unit_costs: AwarenessCosts = prices(AwarenessCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        return (
            f"Trainers train trainers: talks reach {self.initial_share:.0%} of households at first "
            f"and up to {self.ceiling:.0%}, {self.contacts_per_month:g} times a month."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray | float]:
        """Contacts per household-month, and what one does."""
        first = min(self.initial_share, self.ceiling)
        since = np.maximum(self.months_running(calendar) - 1.0, 0.0)
        odds = (self.ceiling / first - 1.0) * np.exp(-self.monthly_growth * since)
        reach = self.ceiling / (1.0 + odds)  # share of households
        return {
            "awareness_contacts": reach * self.contacts_per_month,
            "awareness_strength": self.strength,
        }

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Talks held, by their strength."""
        each = self.unit_costs.cost_per_contact * self.strength
        return {"contacts": usage.contacts * each}
