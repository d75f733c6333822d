"""Step 1 of a month: calendar, shocks and levers, worked out once for all villages (ODD 7.0, 7.3, 7.5)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clfz.model.calendar import calendar_month, school_year
from clfz.model.choice import works
from clfz.model.columns import (
    ADULT_WAGE,
    AGE_CHECK_TIER1,
    AGE_CHECK_TIER2,
    AGE_CHECK_TIER3,
    BRIDGE_SEATS,
    CONDITION,
    COST_RELIEF,
    COVERAGE,
    DEMAND,
    TARGETING_ERROR,
    TRANSFER,
)
from clfz.model.compiling import inner
from clfz.model.layout import FARM, HOME, MOST_BIRTHS, WORK_ONLY
from clfz.model.maths import exp
from clfz.model.population import migration_cycle
from clfz.model.transfers import threshold, transfer_changed


class Month(NamedTuple):
    """What holds for everybody this month."""

    month: int
    reference: int  # last school start
    reference_before: int  # the same last month
    school_start: bool
    year_end: bool
    cycle: int  # of migration
    levers: NDArray[np.float64]
    rates: NDArray[np.float64]  # [5] probability that a household of a trade reconsiders
    income: NDArray[
        np.float64
    ]  # [5, 2] adult income over base, by trade, without and with a wage rise
    pay: NDArray[np.float64]  # [6] full pay at 15 by place, without siblings
    earned: NDArray[
        np.float64
    ]  # [24, 2] the same by code (`books.code`), outside the family and in family work
    sibling_return: NDArray[np.float64]  # [children in family work]
    verified: NDArray[
        np.float64
    ]  # [3] share of places of tier3, tier2, tier1 whose owner verifies age
    checked: NDArray[np.float64]  # [3] share of places really shut to under-age children
    amounts: NDArray[np.float64]  # [2, 3] transfer by sex and band, poverty lines
    kept: float  # share of a transfer that a child gets that is not at school
    bridging: bool  # bridge classes run, or close this month
    pays_transfers: bool
    changed_transfers: bool
    limit: float  # targeting score of the last household on the list
    limit_before: float
    error: float  # targeting error
    error_before: float
    cost_primary: float  # paid by the family, poverty lines
    cost_secondary: float
    fees: NDArray[np.float64]  # [4] the same as a table, and 0 for those who pay nothing
    secondary_grade: int


@inner
def begin_month(log_wage, z, p, levers, before, month):
    """Everything that is the same for all villages in a month.

    Args:
        log_wage: [5] by trade, already moved.
        z: Zone figures.
        p: Parameters.
        levers: Levers of this month [n_levers].
        before: Levers of last month (neutral in month 0).
        month: 1..M.
    """
    calendar = calendar_month(month, z.start_month)
    start = calendar == z.school_start
    season = 1.0 + z.seasonality * np.cos(2.0 * np.pi * (calendar - z.harvest_month) / 12.0)
    rate = p.review_start if start else p.review_rate
    rates = np.empty(5, np.float64)
    income = np.empty((5, 2), np.float64)
    pay = np.zeros(6, np.float64)
    for k in range(5):
        wage = exp(log_wage[k])
        demand = levers[DEMAND + k]
        worth = wage * (1.0 + demand) * (season if k + 1 == FARM else 1.0)
        income[k, 0] = worth
        income[k, 1] = worth * (1.0 + levers[ADULT_WAGE + k])
        rates[k] = max(rate, p.shock_review) if demand != before[DEMAND + k] else rate
        full = z.adult_pay * p.child_productivity * z.tier_wage_ratio[k]
        # family work: part of a child's farm tasks does not follow the harvest
        fixed = p.farm_task_share if k + 1 == FARM else 0.0
        pay[k + 1] = full * wage * (fixed + (1.0 - fixed) * (1.0 + demand))
    earned = np.zeros((24, 2), np.float64)
    for place in range(FARM, 6):
        for activity in range(4):
            if works(activity):
                hours = 1.0 if activity == WORK_ONLY else p.combine_share
                earned[4 * place + activity, np.int64(place <= HOME)] = pay[place] * hours
    sibling_return = np.ones(MOST_BIRTHS + 1, np.float64)
    for n in range(MOST_BIRTHS):
        sibling_return[n + 1] = sibling_return[n] * p.sibling_return
    verified = np.empty(3, np.float64)
    verified[0] = levers[AGE_CHECK_TIER3]
    verified[1] = levers[AGE_CHECK_TIER2]
    verified[2] = levers[AGE_CHECK_TIER1]
    amounts = np.empty((2, 3), np.float64)
    paid = False
    for sex in range(2):
        for b in range(3):
            amounts[sex, b] = levers[TRANSFER + 3 * sex + b] * z.eur
            paid = paid or amounts[sex, b] > 0.0
    left = 1.0 - levers[COST_RELIEF]
    fees = np.zeros(4, np.float64)
    fees[0], fees[1] = z.cost_primary * left, z.cost_secondary * left
    return Month(
        month,
        school_year(month, z.start_month, z.school_start),
        school_year(month - 1, z.start_month, z.school_start),
        start,
        calendar == z.school_end,
        migration_cycle(z.migrant_share, z.yearly_migration),
        levers,
        rates,
        income,
        pay,
        earned,
        sibling_return,
        verified,
        verified * (1.0 - p.check_leak),
        amounts,
        1.0 - levers[CONDITION],
        levers[BRIDGE_SEATS] > 0.0 or before[BRIDGE_SEATS] > 0.0,
        paid and levers[COVERAGE] > 0.0,
        transfer_changed(levers, before),
        threshold(levers[COVERAGE], levers[TARGETING_ERROR]),
        threshold(before[COVERAGE], before[TARGETING_ERROR]),
        levers[TARGETING_ERROR],
        before[TARGETING_ERROR],
        z.cost_primary * left,
        z.cost_secondary * left,
        fees,
        z.secondary_grade,
    )
