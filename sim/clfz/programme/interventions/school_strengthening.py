"""School strengthening: more teachers, better lessons, lower cost, a nicer school day."""

from typing import ClassVar

from clfz.programme.interventions.base import (
    CostLine,
    Intervention,
    UnitCosts,
    Usage,
    prices,
    ramp_up,
)
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Euros, Rise, Share, with_example


class SchoolStrengtheningCosts(UnitCosts):
    """Prices of stronger schools; no verified figure per school exists (T8-021).

    Each thing that moves a lever has a price, so that none is free for an optimiser.
    """

    fixed_cost_year: Euros = with_example(
        2500.0,
        title="Fixed cost per year",
        description="EUR a year: a pedagogical adviser part of the time. assumed.",
    )
    cost_per_teacher_year: Euros = with_example(
        2000.0,
        title="Cost per extra teacher",
        description="EUR per extra teacher and year. assumed: INR 12 000 a month; in 2014 private "
        "schools paid INR 2 000 to 10 000 and government schools 20 000 to 40 000 a month.",
    )
    cost_per_village_year: Euros = with_example(
        300.0,
        title="Cost per village",
        description="EUR per village and year for school committees, repairs and clubs. assumed.",
    )
    quality_cost_per_pupil_year: Euros = with_example(
        20.0,
        title="Cost of doubling quality",
        description="EUR per pupil-year for twice the quality, in proportion below that: training, "
        "books, remedial lessons. assumed.",
    )
    relief_cost_per_pupil_year: Euros = with_example(
        20.0,
        title="Cost of full relief",
        description="EUR per pupil-year to pay all that school costs a family: uniform, books, "
        "fees. assumed: put your zone's own figure here.",
    )
    attractiveness_cost_per_pupil_year: Euros = with_example(
        20.0,
        title="Cost of a doubly attractive day",
        description="EUR per pupil-year for twice the attractiveness, in proportion below that: "
        "sports, clubs, music. assumed: as dear as quality, so that neither is the cheap way; "
        "the cooking of India's school meals alone cost EUR 10 to 15 (INR 3.59 to 5.38 a "
        "child-day in 2014-15).",
    )


class SchoolStrengthening(Intervention):
    """Better ordinary schools, for pupils of all families."""

    kind: ClassVar[str] = "school_strengthening"
    title: ClassVar[str] = "School strengthening"
    lines: ClassVar[tuple[CostLine, ...]] = (
        CostLine("teachers", "extra teachers"),
        CostLine("schools", "school committees, repairs and clubs"),
        CostLine("quality", "training, books and remedial lessons"),
        CostLine("relief", "school costs paid for families"),
        CostLine("attractiveness", "sports, clubs and music"),
    )

    extra_teachers: Rise = with_example(
        0.15,
        title="Extra teachers",
        description="Proportional rise of the number of teachers: 0.15 = 15 more per 100. assumed.",
    )
    quality: Rise = with_example(
        0.15,
        title="Quality",
        description="Proportional rise of what a school day teaches. assumed, range 0 to 0.3; a "
        "quarter of teachers is absent on a given day (T5-018), so there is room.",
    )
    cost_relief: Share = with_example(
        0.3,
        title="Cost relief",
        description="Share of the family's school cost that is paid, 0 to 1. assumed; small "
        "scholarships that just met the direct cost moved much in Cambodia (T1-035).",
    )
    attractiveness: Rise = with_example(
        0.1,
        title="Attractiveness",
        description="Proportional rise of the value that a child sees in a school day: clubs, "
        "sports, music. assumed; the programme reached 22 100 children with such activities.",
    )
    ramp_up_months: int = ramp_up(
        12, "Months until all of it is in place: teachers are found and trained. assumed."
    )
    unit_costs: SchoolStrengtheningCosts = prices(SchoolStrengtheningCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        gains = (
            (self.extra_teachers, "more teachers"),
            (self.quality, "better lessons"),
            (self.attractiveness, "more that draws children (sports, clubs)"),
        )
        parts = [f"{share:.0%} {what}" for share, what in gains if share > 0]
        listed = " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "nothing more"
        return (
            f"Schools get {listed}; {self.cost_relief:.0%} of what school costs a family is paid."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray]:
        """All four along the same ramp."""
        ramp = self.ramp(calendar, self.ramp_up_months)
        return {
            "teachers": ramp * self.extra_teachers,
            "school_quality": ramp * self.quality,
            "school_cost_relief": ramp * self.cost_relief,
            "school_attractiveness": ramp * self.attractiveness,
        }

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray | float]:
        """Teachers by head, villages by number, the rest by pupils."""
        price = self.unit_costs
        pupil_years = usage.pupils / 12.0

        def per_pupil(lever: str, price_at_one: float) -> FloatArray:
            return pupil_years * self.lever_value(lever, calendar) * price_at_one

        return {
            "teachers": usage.extra_teachers * price.cost_per_teacher_year / 12.0,
            "schools": usage.villages * price.cost_per_village_year / 12.0,
            "quality": per_pupil("school_quality", price.quality_cost_per_pupil_year),
            "relief": per_pupil("school_cost_relief", price.relief_cost_per_pupil_year),
            "attractiveness": per_pupil(
                "school_attractiveness", price.attractiveness_cost_per_pupil_year
            ),
        }
