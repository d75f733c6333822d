"""Wages, cash transfers, and what a child earns and costs (ODD 7.3, 7.5).

Money is in poverty lines a month.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from clfz.reference.shared import (
    FAMILY_WORK,
    FARM,
    NEITHER,
    NO_PLACE,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    TRADES,
    WORK_ONLY,
    Levers,
    Numbers,
    ZoneData,
    age_band,
    exp,
    log,
)

if TYPE_CHECKING:
    from clfz.reference.model import ReferenceModel
    from clfz.reference.people import Child


# --- wages by trade follow the labour on offer, of adults and children alike (7.3, step 3) ---


class Wages:
    """The wage index of each trade and the labour on offer that moves it."""

    def __init__(self, model: ReferenceModel) -> None:
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

    def adjust(self) -> None:
        """Move each index towards the level at which last month's labour would find work."""
        p = self._model.p
        for trade in TRADES:
            if self._supply_at_start[trade] > 0 and self.supply[trade] > 0:
                now = self._log_index[trade]
                growth = log(self.supply[trade] / self._supply_at_start[trade])
                wanted = -growth / p.labour_demand_elasticity
                self._log_index[trade] = now + p.wage_adjustment * (wanted - now)

    def count_supply(self) -> None:
        """Count adults of present households and working children, in adult equivalents."""
        p = self._model.p
        adults = dict.fromkeys(TRADES, 0)
        full_time = dict.fromkeys(TRADES, 0)
        part_time = dict.fromkeys(TRADES, 0)
        for household in self._model.households:
            if household.present:
                adults[household.trade] += household.adults
            for child in household.present_children:
                if child.place != NO_PLACE:
                    full_time[child.place] += child.activity == WORK_ONLY
                    part_time[child.place] += child.activity == SCHOOL_AND_WORK
        for trade in TRADES:
            children = full_time[trade] + p.combine_share * part_time[trade]
            self.supply[trade] = adults[trade] + p.child_productivity * children


# --- which households a cash transfer is meant for (7.3) ---


def targeting_score(poverty_rank: float, noise: float, error: float) -> float:
    """The rank that the programme sees: true rank and noise, mixed by the targeting error."""
    return (1 - error) * poverty_rank + error * noise


def score_limit(coverage: float, error: float) -> float:
    """The score below which lies a share `coverage` of households.

    The score is a sum of two uniform numbers of widths m <= M = 1 - m: its density is a trapezium.
    """
    narrow = min(error, 1 - error)
    wide = 1 - narrow
    if narrow == 0:
        return coverage
    if coverage < narrow / (2 * wide):
        return sqrt(2 * coverage * narrow * wide)
    if coverage <= 1 - narrow / (2 * wide):
        return coverage * wide + narrow / 2
    return 1 - sqrt(2 * (1 - coverage) * narrow * wide)


def is_eligible(poverty_rank: float, noise: float, lever: Levers) -> bool:
    """Whether the household is on the list this month."""
    error, coverage = lever.transfer_targeting_error, lever.transfer_coverage
    limit = score_limit(coverage, error)
    return coverage > 0 and targeting_score(poverty_rank, noise, error) < limit


# --- what a child brings and costs in ordinary conditions (7.2, 7.5) ---


def standard_pay(z: ZoneData, p: Numbers, class_age: int, place: int) -> float:
    """Full-time pay of a child at wage index 1."""
    ratio = z.tier_wage_ratio[place - 1]
    return z.adult_pay * p.child_productivity * ratio * (class_age - 4) / 11


def standard_cost(z: ZoneData, grade: int) -> float:
    """Cost of a month at school before any relief."""
    return z.cost_secondary if grade >= z.secondary_grade else z.cost_primary


def receipts(
    p: Numbers, cost: float, pay: float, transfer: float, transfer_if_absent: float
) -> list[float]:
    """What the child brings the household in each activity."""
    money = [0.0] * 4
    money[SCHOOL_ONLY] = -cost + transfer
    money[SCHOOL_AND_WORK] = -cost + transfer + p.combine_share * pay
    money[WORK_ONLY] = pay + transfer_if_absent
    money[NEITHER] = transfer_if_absent
    return money


# --- what it brings and costs this month (7.5) ---


def pay_at(child: Child, place: int) -> float:
    """Full-time pay of a child in a place at this month's prices."""
    model, p = child.model, child.model.p
    pay = standard_pay(model.z, p, child.class_age, place)
    wage = model.wages.index(place)
    demand = 1 + model.lever.demand(place)
    if place not in FAMILY_WORK:
        return pay * (wage * demand)
    steady = p.farm_task_share if place == FARM else 0.0
    siblings = sum(
        other.place in FAMILY_WORK
        for other in child.household.present_children
        if other is not child
    )
    return pay * (wage * (steady + (1 - steady) * demand) * p.sibling_return**siblings)


def school_cost(child: Child) -> float:
    """Cost of regular school after relief."""
    return standard_cost(child.model.z, child.grade) * (1 - child.model.lever.school_cost_relief)


def transfers(child: Child) -> tuple[float, float]:
    """`T` and `T'`: what the household gets for this child if it goes to school, and if not."""
    if not child.household.eligible:
        return 0.0, 0.0
    lever = child.model.lever
    amount = lever.transfer(child.sex, age_band(child.class_age)) * child.model.z.eur
    return amount, amount * (1 - lever.transfer_condition)


def transfer_now(child: Child) -> float:
    """What the household gets for this child as things stand."""
    at_school, absent = transfers(child)
    return at_school if child.at_school else absent


def receipts_now(child: Child) -> float:
    """What the child brings in its present activity and place."""
    pay = pay_at(child, child.place) if child.place != NO_PLACE else 0.0
    cost = 0.0 if child.in_bridge_class else school_cost(child)
    return receipts(child.model.p, cost, pay, *transfers(child))[child.activity]
