"""Bridge schools: a course that takes older children back to the grade of their age."""

from typing import ClassVar

from pydantic import Field

from clfz.programme.interventions.base import CostLine, Intervention, UnitCosts, Usage, prices
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Amount, Euros, Share, with_example


class BridgeSchoolCosts(UnitCosts):
    """Prices of bridge schools.

    The defaults add up to EUR 100 a day-pupil-year. Evidence: NCLP India about EUR 55 to 80
    (T8-003, T8-004, brought to 2015), Speed School West Africa about EUR 165 a full year (T8-013).
    """

    cost_per_pupil_year: Euros = with_example(
        60.0,
        title="Cost per pupil-year",
        description="EUR a pupil and year for books, meals and material, without the teacher. "
        "assumed, so that the total lies within T8-003, T8-004, T8-013.",
    )
    pupils_per_class: Amount = with_example(
        25.0,
        ge=5,
        le=100,
        title="Pupils per class",
        description="Places per teacher. Speed School: about 25 (T2-007).",
    )
    cost_per_teacher_year: Euros = with_example(
        1000.0,
        title="Cost per teacher-year",
        description="EUR a bridge teacher and year; a class is paid for whether it is full or not. "
        "assumed: INR 6 000 a month, between an honorarium and a small private school's pay.",
    )
    residential_extra_per_pupil_year: Euros = with_example(
        180.0,
        title="Extra cost of a residential place",
        description="EUR a pupil and year for bed, board and warden: INR 20 200 a child-year in a "
        "residential course (T8-014, EUR 284) less the day course.",
    )
    support_cost_per_start: Euros = with_example(
        15.0,
        title="Support after return, per child",
        description="EUR set aside for each child that starts, at full support after return: "
        "evening lessons and visits in the first year. assumed.",
    )


class BridgeSchools(Intervention):
    """Places in bridge schools.

    There is no bonus: a bridge school helps as far as a smaller grade gap makes class worth more.
    """

    kind: ClassVar[str] = "bridge_schools"
    title: ClassVar[str] = "Bridge schools"
    lines: ClassVar[tuple[CostLine, ...]] = (
        CostLine("teachers", "bridge teachers"),
        CostLine("pupils", "books, meals and beds of bridge pupils"),
        CostLine("support", "help after the return to class"),
    )

    seats_per_1000_children: Amount = with_example(
        60.0,
        le=1000,
        title="Places",
        description="Places per 1 000 children of 5-17 in the zone. assumed; Budhpura started 219 "
        "children in its second year (record IND-2).",
    )
    course_months: int = with_example(
        9,
        ge=1,
        le=36,
        title="Length of a course",
        description="Months. Speed School: 9 (T2-005, T2-007).",
    )
    support_after_return: Share = with_example(
        0.5,
        title="Support after return",
        description="How much help a child gets once it is back in class, 0 to 1. assumed.",
    )
    residential: bool = Field(
        False,
        title="Residential",
        description="Whether children live in. It costs more and does nothing else by itself.",
    )
    unit_costs: BridgeSchoolCosts = prices(BridgeSchoolCosts)

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        where = "residential" if self.residential else "day"
        return (
            f"Bridge schools offer {self.seats_per_1000_children:g} {where} places per 1,000 "
            f"children; a course takes {self.course_months} months."
        )

    def levers(self, calendar: Calendar) -> dict[str, FloatArray | float]:
        """Places in the zone, length of the course, help after return."""
        return {
            "bridge_seats": self.seats_per_1000_children * calendar.children / 1000.0,
            "bridge_months": float(self.course_months),
            "bridge_support": self.support_after_return,
        }

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """Teachers by places, full or not; the rest by pupils and by starts."""
        price = self.unit_costs
        places = self.lever_value("bridge_seats", calendar)
        per_pupil = price.cost_per_pupil_year
        if self.residential:
            per_pupil += price.residential_extra_per_pupil_year
        support = self.lever_value("bridge_support", calendar)
        return {
            "teachers": places / price.pupils_per_class * price.cost_per_teacher_year / 12.0,
            "pupils": usage.bridge_pupils * per_pupil / 12.0,
            "support": usage.bridge_starts * support * price.support_cost_per_start,
        }
