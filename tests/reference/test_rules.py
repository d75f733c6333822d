"""Single rules of the reference implementation, by hand."""

from math import log

import numpy as np
import pytest
from clfz.programme.levers import INDEX
from clfz.reference import decision
from clfz.reference.burn_in import probabilities, solve_weights
from clfz.reference.people import score_limit, targeting_score
from clfz.reference.shared import Calendar, Numbers, ZoneData, read_levers


@pytest.fixture
def calendar(zone):
    return Calendar(
        ZoneData.read(zone)
    )  # month 1 is a May, school starts in July and ends in April


@pytest.fixture
def p(parameters):
    return Numbers(parameters)


def test_the_calendar_counts_from_the_first_month(calendar):
    assert [calendar.month_of_year(month) for month in (-1, 0, 1, 8, 9)] == [3, 4, 5, 12, 1]
    assert [calendar.last_school_start(month) for month in (0, 2, 3, 14, 15)] == [-9, -9, 3, 3, 15]
    assert calendar.is_year_end(0)
    assert not calendar.is_year_end(1)


def test_class_age_changes_only_at_school_start(calendar):
    ages = [calendar.class_age(month, birth_month=-100) for month in range(1, 28)]
    assert ages[:2] == [8, 8]
    assert ages[2:14] == [9] * 12
    assert ages[14:26] == [10] * 12
    assert calendar.class_age(0, birth_month=-60) == 5
    assert calendar.class_age(0, birth_month=-215) == 17


@pytest.mark.parametrize("error", [0.0, 0.1, 0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("coverage", [0.02, 0.2, 0.5, 0.9, 0.98, 1.0])
def test_the_list_holds_the_share_that_the_programme_covers(error, coverage):
    rank, noise = np.meshgrid((np.arange(400) + 0.5) / 400, (np.arange(400) + 0.5) / 400)
    score = targeting_score(rank, noise, error)
    assert (score < score_limit(coverage, error)).mean() == pytest.approx(coverage, abs=2e-3)


def test_utility_of_money_is_smooth_in_level_at_its_floor_and_rises(p):
    floor = 3 * p.subsistence * 1.25
    values = [
        decision.consumption_utility(p, floor + step, 3.0) for step in (-1, -1e-9, 0, 1e-9, 1)
    ]
    assert values == sorted(values)
    assert values[1] == pytest.approx(0.0, abs=1e-8)
    assert values[4] == pytest.approx(log((1 / (3 * p.subsistence) + 0.25) / 0.25))


def test_the_poor_gain_more_from_the_same_money(p):
    def gain(income):
        more, less = (decision.consumption_utility(p, x, 1.0) for x in (income + 0.2, income))
        return more - less

    assert gain(0.7) > gain(1.0) > gain(3.0)


def test_lessons_are_half_lost_at_the_half_gap(p):
    assert decision.learning(p, 0) == 1
    assert decision.learning(Numbers({"gap_half": 3.0}), 3) == 0.5


def test_help_after_a_bridge_course_makes_up_for_the_gap(p):
    alone = decision.promotion_chance(p, 1.0, 0, gap=4)
    helped = decision.promotion_chance(p, 1.0, 0, gap=4, support=1.0)
    assert alone < helped == decision.promotion_chance(p, 1.0, 0, gap=0)
    assert decision.promotion_chance(p, 9.0, 1, gap=0) == 1


def test_habit_counts_school_and_work_apart(p):
    both = p.inertia_school + p.inertia_work
    assert decision.inertia(p, 0) == [both, p.inertia_school, 0, p.inertia_work]
    assert decision.inertia(p, 2) == [0, p.inertia_work, both, p.inertia_school]


def test_the_weights_bring_mean_probabilities_to_the_target():
    random = np.random.default_rng(1)
    attraction = np.exp(np.c_[random.normal(size=(50, 3)), np.zeros(50)])
    target = [0.4, 0.1, 0.3, 0.2]
    weights = solve_weights(attraction.tolist(), [1.0] * 4, target)
    assert weights[3] == 1
    assert probabilities(attraction, np.array(weights)).mean(axis=0) == pytest.approx(target)


def test_no_lever_is_moved_before_the_first_month():
    table = np.ones((2, len(INDEX)))
    before, first, second = read_levers(table)
    assert (before.bridge_seats, before.transfer(1, 2), before.demand(5)) == (0, 0, 0)
    assert (first.age_check(3), first.adult_wage(1)) == (1, 1)
    assert first.same_transfers(second)
    assert not first.same_transfers(before)
