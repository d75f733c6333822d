"""Wages by trade follow the labour on offer, of adults and children alike (ODD 7.3, step 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.reference.codes import SCHOOL_AND_WORK, TRADES, WORK_ONLY
from clfz.reference.shared import exp, log

if TYPE_CHECKING:
    from clfz.reference.model import Twin


class Wages:
    """The wage index of each trade and the labour on offer that moves it."""

    def __init__(self, model: Twin) -> None:
        self._model = model
        self._log_index = dict.fromkeys(TRADES, 0.0)
        self.supply = dict.fromkeys(TRADES, 0.0)
        self._supply_at_start = dict.fromkeys(TRADES, 0.0)

    def open(self) -> None:
        """Remember the labour on offer at month 0."""
        self.count_supply()
        self._supply_at_start = dict(self.supply)

    def index(self, trade: int) -> float:
        """`W`: 1 at month 0."""
        return exp(self._log_index[trade])

    def adult_pay_factor(self, trade: int, covered: bool) -> float:
        """What multiplies the base income of adults of the trade this month."""
        lever = self._model.lever
        rise = lever.adult_wage(trade) if covered else 0.0
        return self.index(trade) * (1 + lever.demand(trade)) * (1 + rise)

    def adjust(self) -> None:
        """Move each index towards the level at which last month's labour would find work."""
        p = self._model.parameters
        for trade in TRADES:
            if self._supply_at_start[trade] > 0 and self.supply[trade] > 0:
                now = self._log_index[trade]
                growth = log(self.supply[trade] / self._supply_at_start[trade])
                wanted = -growth / p.labour_demand_elasticity
                self._log_index[trade] = now + p.wage_adjustment * (wanted - now)

    def count_supply(self) -> None:
        """Count adults of present households and working children, in adult equivalents."""
        p = self._model.parameters
        adults = dict.fromkeys(TRADES, 0)
        full_time = dict.fromkeys(TRADES, 0)
        part_time = dict.fromkeys(TRADES, 0)
        for household in self._model.households:
            if household.present:
                adults[household.trade] += household.adults
            for child in household.present_children:
                if child.place in TRADES:
                    full_time[child.place] += child.activity == WORK_ONLY
                    part_time[child.place] += child.activity == SCHOOL_AND_WORK
        for trade in TRADES:
            children = full_time[trade] + p.combine_share * part_time[trade]
            self.supply[trade] = adults[trade] + p.child_productivity * children
