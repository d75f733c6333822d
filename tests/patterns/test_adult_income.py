"""Child work falls as permanent adult income rises, more steeply among the poor.

Theory: luxury axiom (Basu & Van 1998). Evidence: Edmonds (2005) in Vietnam, steep near the poverty
line and flat above; elasticity -2.2 to 0 in effects.csv (T3-001, T3-006, T3-016).
"""

import numpy as np
import pytest

from tests.patterns.lab import WORKING, Lab, Trial, levers, mean_of, raise_of_wages

MONTHS, LATE, RISE = 72, (48, 60, 72), 0.3
POOR, MIDDLE, RICH = (0.0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.0)


def work(ranks=(0.0, 1.0)):
    """Share of the 6-14 who work in the fourth to sixth year, in a slice of the poverty ranks."""

    def measure(replication):
        slices = (
            replication.aged(m, 6, 14)
            & (ranks[0] <= replication.rank)
            & (replication.rank < ranks[1])
            for m in LATE
        )
        return np.mean(
            [replication.share(m, WORKING, who) for m, who in zip(LATE, slices, strict=True)]
        )

    return measure


def trial(rise: float = RISE, **lab) -> Trial:
    return Lab("budhpura", **lab).run(levers(MONTHS), raise_of_wages(MONTHS, rise), replications=20)


@pytest.fixture(scope="module")
def central() -> Trial:
    return trial()


def elasticity(result: Trial, ranks=(0.0, 1.0)) -> float:
    return result.effect(work(ranks)).mean / result.level(work(ranks)).mean / np.log(1.0 + RISE)


def test_child_work_falls_when_adults_earn_more(central, say):
    effect = central.effect(work())
    say(base=central.level(work()), effect=effect, elasticity=elasticity(central))
    assert effect.below()


def test_it_falls_more_steeply_among_the_poor(central, say):
    poor, middle, rich = (central.effect(work(ranks)) for ranks in (POOR, MIDDLE, RICH))
    gap = mean_of(
        (work(POOR)(rise) - work(POOR)(none)) - (work(RICH)(rise) - work(RICH)(none))
        for none, rise in central.replications
    )
    say(poor=poor, middle=middle, rich=rich, poor_less_rich=gap)
    say(elasticities=[f"{elasticity(central, ranks):.2f}" for ranks in (POOR, MIDDLE, RICH)])
    assert gap.below()
    assert poor.mean < middle.mean < rich.mean


def test_it_hardly_moves_where_everybody_lives_well_above_subsistence(central, say):
    rich_zone = trial(zone_data={"income.poverty_headcount": 0.02})
    gap = mean_of(
        (work()(a[1]) - work()(a[0])) - (work()(b[1]) - work()(b[0]))
        for a, b in zip(central.replications, rich_zone.replications, strict=True)
    )
    say(rich_zone=rich_zone.effect(work()), poor_zone_less_rich_zone=gap)
    assert gap.below()


def test_without_a_weight_on_consumption_income_changes_nothing():
    assert trial(parameters={"consumption_weight": 0.0}).same(1)
