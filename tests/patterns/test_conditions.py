"""Equal money moves enrolment more when conditional, through the condition alone.

Evidence: Baird, McIntosh & Ozler (2011), unconditional 43 % of conditional (T1-028); Todd & Wolpin
(2006), 20 % (T1-063); odds of 1.23, 1.41 and 1.60 by strictness (T1-083): a ratio of 0.2 to 1.
No label: the endorsement term is 0 in both.
"""

import numpy as np
import pytest

from tests.patterns.lab import AT_SCHOOL, NEXT_TO_NOTHING, WORKING, Lab, Trial, cash

MONTHS, LATE = 36, (24, 30, 36)
EUROS = 4.0  # about 15 % of consumption of the poorest two fifths in Budhpura
CONTROL, LOOSE, HALF, STRICT = range(4)


def trial(**parameters: float) -> Trial:
    def paths(euros, condition):
        return cash(MONTHS, euros, condition, coverage=0.4, ages=("5-11", "12-14"))

    arms = [(NEXT_TO_NOTHING, 1.0), (EUROS, 0.0), (EUROS, 0.5), (EUROS, 1.0)]
    return Lab("budhpura", parameters=parameters).run(
        *[paths(*arm) for arm in arms], replications=24
    )


@pytest.fixture(scope="module")
def central() -> Trial:
    return trial()


def among_the_poor(activities):
    def measure(replication):
        poor = replication.rank < 0.4
        return np.mean(
            [replication.share(m, activities, replication.aged(m, 6, 14) & poor) for m in LATE]
        )

    return measure


def test_enrolment_rises_with_the_share_of_absences_that_cost_the_payment(central, say):
    school = among_the_poor(AT_SCHOOL)
    loose, half, strict = (central.effect(school, arm) for arm in (LOOSE, HALF, STRICT))
    say(base=central.level(school), unconditional=loose, half=half, conditional=strict)
    say(
        ratio=f"{loose.mean / strict.mean:.2f}",
        work=central.effect(among_the_poor(WORKING), STRICT),
    )
    assert strict.above()
    assert central.effect(school, STRICT, HALF).above()
    assert central.effect(school, HALF, LOOSE).above()
    assert 0.0 <= loose.mean / strict.mean < 1.0


def test_the_condition_works_through_the_budget_only():
    assert trial(consumption_weight=0.0).same(STRICT, LOOSE)
