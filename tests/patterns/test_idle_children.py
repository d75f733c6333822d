"""A small transfer can raise the paid work of idle children who go to school with it.

Evidence: de Hoop, Friedman, Kandpal & Rosati (2019) in the Philippines: less than what school costs,
the transfer brought idle children to school, and some took paid work. Here: a town that lives from
small workshops and where pupils often work (declared: livelihoods, activity table), school at the
upper end of the profile's cost range, and a conditional transfer of two fifths of that cost. The
control is the same town where pupils seldom work and children out of school do.
"""

import pytest
from clfz.programme.names import TRADES

from tests.patterns.lab import AT_SCHOOL, IDLE, NEXT_TO_NOTHING, PAID, WORKING, Lab, Trial, cash

MONTHS = 24
EUROS, COST = 5.5, 50_000.0  # a child-month; shillings, of which 3600 are a euro


def trial(activity) -> Trial:
    zone_data = {"school.cost_primary": COST, "school.cost_secondary": COST}
    zone_data |= {f"livelihoods.{trade}": float(trade == "tier3") for trade in TRADES}
    lab = Lab("uganda-2", zone_data=zone_data, activity=activity, children=3000)
    return lab.run(cash(MONTHS, NEXT_TO_NOTHING, 1.0), cash(MONTHS, EUROS, 1.0), replications=40)


@pytest.fixture(scope="module")
def pupils_work() -> Trial:
    return trial((0.30, 0.30, 0.03, 0.37))


def among_the_idle(result: Trial, mask):
    """Effect on a share of the children of 8-14 who did nothing in month 0."""

    def measure(replication):
        without, given = replication
        idle = without.does(0, IDLE) & without.aged(0, 8, 14) & without.here(MONTHS)
        return mask(given)[idle].mean() - mask(without)[idle].mean()

    return result.across(measure)


def test_idle_children_go_to_school_and_some_take_paid_work(pupils_work, say):
    school = among_the_idle(pupils_work, lambda w: w.does(MONTHS, AT_SCHOOL))
    paid = among_the_idle(pupils_work, lambda w: w.works_at(MONTHS, PAID))
    work = among_the_idle(pupils_work, lambda w: w.does(MONTHS, WORKING))
    say(school=school, paid_work=paid, work=work)
    assert EUROS < COST / 3600
    assert school.above()
    assert paid.above()
    assert work.above()


def test_where_pupils_seldom_work_the_same_transfer_lowers_it(say):
    result = trial((0.45, 0.02, 0.21, 0.32))
    work = among_the_idle(result, lambda w: w.does(MONTHS, WORKING))
    say(school=among_the_idle(result, lambda w: w.does(MONTHS, AT_SCHOOL)), work=work)
    assert work.below()
