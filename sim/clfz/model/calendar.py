"""Months, school years and ages, and what is the same for everybody in a month (ODD 7.0, 7.3, 7.5).

Month 1 is the first month of a run; month 0 is the state before it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clfz.model.compiling import inner, rule
from clfz.model.incomes import threshold, transfer_changed
from clfz.model.layout import (
    FARM,
    FIRST_AGE,
    HOME,
    LAST_AGE,
    MOST_BIRTHS,
    SCHOOL_AND_WORK,
    WORK_ONLY,
)
from clfz.model.maths import exp
from clfz.programme.levers import LEVER


@rule
def calendar_month(month, start_month):
    """Calendar month 1-12 of a month of the run."""
    return (start_month - 2 + month) % 12 + 1


@rule
def school_year(month, start_month, school_start):
    """Month of the last school start at or before `month`; may be 0 or negative."""
    return month - (calendar_month(month, start_month) - school_start) % 12


@rule
def year_of_life(reference, birth):
    """School years since birth: what names a child's taste shocks, so that a look back within a year finds the same.

    Months `reference - birth + 6` divided by 12 and rounded down; multiplied and shifted, because a division takes
    ten times as long. Exact from -1200 to 40 000 months.
    """
    return ((reference - birth + 1206) * 43691 >> 19) - 100


@rule
def class_age(reference, birth):
    """Age in years that decides a child's class and its choices through a school year, held within 5..17."""
    return min(max(year_of_life(reference, birth), FIRST_AGE), LAST_AGE)


@rule
def band(age_months):
    """0: 5-11, 1: 12-14, 2: 15-17 years completed."""
    return (age_months >= 144) + (age_months >= 180)


@rule
def right_grade(age, entry_age):
    """The grade of a child that entered in time and was promoted every year."""
    return max(0, age - entry_age)


@rule
def migration_cycle(share, yearly):
    """Months between two departures of a migrant household (0: nobody migrates)."""
    if share <= 0.0 or yearly <= 0.0:
        return 0
    return max(12, np.int64(np.floor(12.0 * share / yearly + 0.5)))


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
    ]  # [24, 2] the same by code (`tallies.code`), outside the family and in family work
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
        z: Zone data.
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
        demand = levers[LEVER.demand_farm + k]
        brings = wage * (1.0 + demand) * (season if k + 1 == FARM else 1.0)
        income[k, 0] = brings
        income[k, 1] = brings * (1.0 + levers[LEVER.adult_wage_farm + k])
        rates[k] = max(rate, p.shock_review) if demand != before[LEVER.demand_farm + k] else rate
        full = z.adult_pay * p.child_productivity * z.tier_wage_ratio[k]
        # family work: part of a child's farm tasks does not follow the harvest
        fixed = p.farm_task_share if k + 1 == FARM else 0.0
        pay[k + 1] = full * wage * (fixed + (1.0 - fixed) * (1.0 + demand))
    earned = np.zeros((24, 2), np.float64)
    for place in range(FARM, 6):
        for activity in (SCHOOL_AND_WORK, WORK_ONLY):
            hours = 1.0 if activity == WORK_ONLY else p.combine_share
            earned[4 * place + activity, np.int64(place <= HOME)] = pay[place] * hours
    sibling_return = np.ones(MOST_BIRTHS + 1, np.float64)
    for n in range(MOST_BIRTHS):
        sibling_return[n + 1] = sibling_return[n] * p.sibling_return
    verified = np.empty(3, np.float64)
    verified[0] = levers[LEVER.age_check_tier3]
    verified[1] = levers[LEVER.age_check_tier2]
    verified[2] = levers[LEVER.age_check_tier1]
    amounts = np.empty((2, 3), np.float64)
    paid = False
    for sex in range(2):
        for b in range(3):
            # six columns: girls by band, then boys by band
            amounts[sex, b] = levers[LEVER.transfer_girls_5_11 + 3 * sex + b] * z.eur
            paid = paid or amounts[sex, b] > 0.0
    left = 1.0 - levers[LEVER.school_cost_relief]
    fees = np.zeros(4, np.float64)
    fees[0], fees[1] = z.cost_primary * left, z.cost_secondary * left
    bridging = levers[LEVER.bridge_seats] > 0.0 or before[LEVER.bridge_seats] > 0.0
    pays_transfers = paid and levers[LEVER.transfer_coverage] > 0.0
    # positions do not matter; Numba allows no conditions among so many keywords
    return Month(
        month=month,
        reference=school_year(month, z.start_month, z.school_start),
        reference_before=school_year(month - 1, z.start_month, z.school_start),
        school_start=start,
        year_end=calendar == z.school_end,
        cycle=migration_cycle(z.migrant_share, z.yearly_migration),
        levers=levers,
        rates=rates,
        income=income,
        pay=pay,
        earned=earned,
        sibling_return=sibling_return,
        verified=verified,
        checked=verified * (1.0 - p.check_leak),
        amounts=amounts,
        kept=1.0 - levers[LEVER.transfer_condition],
        bridging=bridging,
        pays_transfers=pays_transfers,
        changed_transfers=transfer_changed(levers, before),
        limit=threshold(levers[LEVER.transfer_coverage], levers[LEVER.transfer_targeting_error]),
        limit_before=threshold(
            before[LEVER.transfer_coverage], before[LEVER.transfer_targeting_error]
        ),
        error=levers[LEVER.transfer_targeting_error],
        error_before=before[LEVER.transfer_targeting_error],
        cost_primary=z.cost_primary * left,
        cost_secondary=z.cost_secondary * left,
        fees=fees,
        secondary_grade=z.secondary_grade,
    )
