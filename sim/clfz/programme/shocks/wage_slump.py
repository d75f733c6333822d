"""Wage slump: a buyer leaves or a price falls, and paid work brings less."""

from typing import ClassVar, Literal

from pydantic import Field

from clfz.programme.levers import Calendar
from clfz.programme.shocks.base import Shock


class WageSlump(Shock):
    """A slump lowers what work in some trades brings, to adults and children alike."""

    kind: ClassVar[str] = "wage_slump"
    title: ClassVar[str] = "Wage slump"

    trades: tuple[Literal["farm", "home", "tier3", "tier2", "tier1"], ...] = Field(
        ("tier3", "tier2", "tier1"),
        min_length=1,
        title="Trades",
        description="Which trades are hit: farm, home, tier3 (small workshops), tier2 "
        "(subcontractors), tier1 (export sites).",
        examples=[["tier1", "tier2"]],
    )

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        return (
            f"From month {self.start_month} work in {', '.join(self.trades)} brings "
            f"{self.severity:.0%} less for {self.months} months."
        )

    def levers(self, calendar: Calendar) -> dict[str, float]:
        """The same loss in each of the trades."""
        return {f"demand_{trade}": -self.severity for trade in self.trades}
