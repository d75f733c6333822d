"""What every shock has in common: when it comes, how long it lasts, how hard it hits."""

from collections.abc import Mapping

import numpy as np
from pydantic import Field

from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Amount, Kinded, with_example


class Shock(Kinded):
    """Something that hits a zone for some months. It moves levers and costs nobody a budget."""

    start_month: int = Field(
        1, ge=1, title="First month", description="Month of the run, 1 = first.", examples=[25]
    )
    months: int = with_example(12, ge=1, title="Length", description="Months at full strength.")
    recovery_months: int = Field(
        0,
        ge=0,
        title="Recovery",
        description="Months after that in which the loss melts away in a straight line.",
        examples=[6],
    )
    severity: Amount = Field(
        0.3,
        le=0.95,
        title="Severity",
        description="Share of what the work brings that is lost, 0 to 0.95.",
        examples=[0.4],
    )

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        raise NotImplementedError

    def levers(self, calendar: Calendar) -> Mapping[str, float]:
        """Lever name -> change while the shock is at full strength."""
        raise NotImplementedError

    def strength(self, calendar: Calendar) -> FloatArray:
        """How much of the shock is felt, 0 to 1 [months]."""
        since = np.arange(1, calendar.months + 1, dtype=np.float64) - self.start_month
        left = 1.0 - (since - self.months + 1.0) / (self.recovery_months + 1.0)
        felt = np.where(since < self.months, 1.0, np.maximum(left, 0.0))
        return np.where(since < 0, 0.0, felt)

    def lever_paths(self, calendar: Calendar) -> dict[str, FloatArray]:
        """Lever name -> path over the horizon [months]."""
        felt = self.strength(calendar)
        return {name: felt * size + 0.0 for name, size in self.levers(calendar).items()}
