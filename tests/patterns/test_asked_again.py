"""To be asked again changes nothing: the placebo that every other pattern rests on.

A shock, a transfer and a visit make families reconsider. If that alone moved children, each of them
would have an effect without taking, giving or saying anything. Incomes have no season here, since the
month in which families are asked would matter for a good reason otherwise.
"""

import pytest

from tests.patterns.lab import AT_SCHOOL, NEXT_TO_NOTHING, WORKING, Lab, cash, levers

MONTHS = 36
SHOCK = levers(MONTHS, demand_farm=(-NEXT_TO_NOTHING, 13, 24))
VISITS = levers(MONTHS, group_visits=25.0, group_detection=0.7, group_follow_up=0.3)


@pytest.mark.parametrize(
    ("zone", "path", "months", "bound"),
    [
        pytest.param("mali-4", SHOCK, (18, 25, 36), 0.006, id="a drought that takes nothing"),
        pytest.param("uganda-1", SHOCK, (18, 25, 36), 0.006, id="the same in another zone"),
        pytest.param(
            "uganda-1", cash(MONTHS, NEXT_TO_NOTHING), (2, 8), 0.004, id="cash of nothing"
        ),
        pytest.param("india-1", VISITS, (24, 30, 36), 0.012, id="visits that persuade nobody"),
    ],
)
def test_to_be_asked_again_changes_nothing(zone, path, months, bound, say):
    lab = Lab(zone, {"visit_persuasion": 0.0}, zone_data={"income.seasonality": 0.0})
    result = lab.run(levers(MONTHS), path, replications=20)
    for month in months:
        work = result.effect(lambda w, m=month: w.share(m, WORKING))
        school = result.effect(lambda w, m=month: w.share(m, AT_SCHOOL))
        say(month=month, work=work, school=school)
        assert abs(work.mean) < bound
        assert abs(school.mean) < bound
