"""Places closed in tier 1 reappear as work in tiers 2 and 3 and at home.

Theory: places are rationed and children who lose one look for another (Basu & Van 1998; Basu 2005).
Evidence: bans moved children to family work and other trades (Bharadwaj, Lakdawala & Li 2020,
T4-001; Edmonds & Shrestha 2012, T4-004).
"""

import numpy as np
import pytest

from tests.patterns.lab import (
    AT_SCHOOL,
    HOME,
    TIER1,
    TIER2,
    TIER3,
    WORKING,
    Lab,
    Trial,
    levers,
)

MONTHS, CHECKED, SEEN = 24, 7, (12, 18, 24)


def trial(**parameters: float) -> Trial:
    lab = Lab("budhpura", parameters=parameters)
    return lab.run(
        levers(MONTHS), levers(MONTHS, age_check_tier1=(1.0, CHECKED, MONTHS)), replications=24
    )


@pytest.fixture(scope="module")
def central() -> Trial:
    return trial()


def under_age(replication, month):
    return replication.aged(month, 5, int(replication.zone_data["minimum_age"]) - 1)


def places(kinds):
    def measure(replication):
        return np.mean(
            [(replication.works_at(m, kinds) & under_age(replication, m)).sum() for m in SEEN]
        )

    return measure


def test_children_shut_out_of_tier_1_turn_up_elsewhere(central, say):
    tier1, below, home = (central.effect(places(k)) for k in (TIER1, TIER2 + TIER3, HOME))
    moved = (below.mean + home.mean) / -tier1.mean
    say(before=central.level(places(TIER1)), tier1=tier1, tiers_2_and_3=below, home=home)
    say(share_of_closed_places_that_reappear=f"{moved:.2f}")
    assert tier1.below()
    assert below.above()
    assert home.above()
    assert 0.5 < moved <= 1.2


def test_few_of_them_stop_working(central, say):
    def lost(replication):
        without, checked = replication
        month = CHECKED + 5
        had = without.works_at(CHECKED - 1, TIER1) & without.works_at(month, TIER1)
        return (
            had & under_age(without, month) & ~checked.works_at(month, TIER1) & checked.here(month)
        )

    work = central.across(lambda w: w[1].does(CHECKED + 5, WORKING)[lost(w)].mean())
    school = central.across(lambda w: w[1].does(CHECKED + 5, AT_SCHOOL)[lost(w)].mean())
    say(still_work_half_a_year_later=work, at_school=school)
    assert work.above(0.5)


def test_checks_that_leak_everywhere_close_nothing():
    assert trial(check_leak=1.0).same(1)
