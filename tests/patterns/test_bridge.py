"""Children three grades behind stay in school when bridged and relapse when not.

Evidence: Speed School in Mali and Ethiopia (T2-005 to T2-008: 89-90 % complete, 75 % go on, 75 % of
graduates against 60-66 % of others still in school after six years); MV Foundation's practice. An
experiment that no programme could do: for one school year everything is done to bring children to
school (declared: a label worth 6 utils; room for all), then it ends. The same children, three or
more grades behind, enter an ordinary class in one replication and a bridge course of nine months in the
other.
"""

import numpy as np
import pytest

from tests.patterns.lab import AT_SCHOOL, Lab, Trial, cash, levers

FIRST = 6  # school starts in October, six months into the run
LAST = FIRST + 11
SOON, LATER = LAST + 13, LAST + 25
MONTHS = LATER
CLASS, BRIDGE = 1, 2


def trial(replications: int = 8, **parameters: float) -> Trial:
    lab = Lab(
        "mali-4",
        parameters={"endorsement": 6.0, **parameters},
        zone_data={"school.seat_slack": 4.0},
    )
    everything = {"transfer_endorsement": (1.0, FIRST, LAST)}
    course = {"bridge_seats": (5000.0, FIRST, LAST), "bridge_months": (9.0, FIRST, LAST)}
    year = (1e-3, FIRST, LAST)
    return lab.run(
        levers(MONTHS),
        cash(MONTHS, year, **everything),
        cash(MONTHS, year, **everything, **course),
        replications=replications,
    )


def behind(replication):
    """Children of 8-13, out of school and three grades behind, who enter in both replications."""
    without, plain, bridged = replication
    right = without.age(FIRST) - int(without.zone_data["entry_age"])
    behind_by = right - without.at(FIRST - 1, "grade")
    out = without.here(FIRST - 1) & ~without.does(FIRST - 1, AT_SCHOOL)
    enters = plain.does(FIRST + 1, AT_SCHOOL) & (bridged.at(FIRST + 1, "bridge_clock") > 0)
    return out & (behind_by >= 3) & without.aged(FIRST, 8, 13) & enters & without.here(LATER)


def stay(month, path):
    return lambda replication: replication[path].does(month, AT_SCHOOL)[behind(replication)].mean()


@pytest.fixture(scope="module")
def central() -> Trial:
    return trial()


def test_bridged_children_stay_and_the_others_relapse(central, say):
    say(children=np.mean([behind(w).sum() for w in central.replications]))
    for month in (SOON, LATER):
        plain, bridged = central.across(stay(month, CLASS)), central.across(stay(month, BRIDGE))
        gap = central.across(lambda w, m=month: stay(m, BRIDGE)(w) - stay(m, CLASS)(w))
        say(years_after=(month - LAST) // 12, ordinary_class=plain, bridged=bridged, gap=gap)
        assert gap.above(0.03)
    assert plain.below(0.5)


def test_a_course_that_teaches_nothing_helps_nobody(say):
    idle_course = trial(bridge_catch_up=0.0)
    gap = idle_course.across(lambda w: stay(LATER, BRIDGE)(w) - stay(LATER, CLASS)(w))
    say(gap=gap)
    assert gap.mean < 0.03
