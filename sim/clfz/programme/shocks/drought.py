"""Drought: harvests fail, and with them part of what others earn."""

from typing import ClassVar

from clfz.programme.levers import Calendar
from clfz.programme.registry import Share, with_example
from clfz.programme.shocks.base import Shock


class Drought(Shock):
    """A drought lowers what farm work brings, to adults and children alike.

    Whether children then work more (the family is poorer) or less (there is less to do) is left to
    the model: evaluations found both (evidence rows T6-001, T6-005, T6-009, T6-010).
    """

    kind: ClassVar[str] = "drought"
    title: ClassVar[str] = "Drought"

    spill_over: Share = with_example(
        0.3,
        title="Spill-over",
        description="Share of the farm loss that also hits home and small-workshop work, because "
        "farmers buy less. assumed, range 0.1 to 0.5.",
    )

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        return (
            f"From month {self.start_month} a drought of {self.months} months takes "
            f"{self.severity:.0%} of what farm work brings."
        )

    def levers(self, calendar: Calendar) -> dict[str, float]:
        """Loss on the farm, and part of it at home and in small workshops."""
        spilled = -self.severity * self.spill_over
        return {"demand_farm": -self.severity, "demand_home": spilled, "demand_tier3": spilled}
