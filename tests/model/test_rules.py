"""The scalar rules, one by one: known answers, and what must hold for any numbers."""

import math

import numpy as np
import pytest
from clfz.model import choice
from clfz.model.burn_in import BANDS, age_targets, shifted
from clfz.model.calendar import (
    band,
    calendar_month,
    class_age,
    migration_cycle,
    right_grade,
    school_year,
)
from clfz.model.choice import FLOOR, at_school, gumbel, learning, pay_at, transfer_band, works
from clfz.model.community_group import under_age_limit
from clfz.model.decide import village_bridge_seats
from clfz.model.incomes import buffered, eligible, threshold, wage_step
from clfz.model.population import present_at
from clfz.model.schools import BEST, WORST, crowded_quality, promotion_chance
from clfz.model.state import allocate
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.kernels import move_wages, solve, table
from tests.model.zones import ZONES, parameters, zone

money = st.floats(0.01, 50.0)
share = st.floats(0.0, 1.0)


def consumption_utility(consumption: float, need: float) -> float:
    """Of consumption and need, both in poverty lines."""
    utility: float = choice.consumption_utility(consumption, 1.0 / need)
    return utility


# --- consumption ---


@given(money, st.floats(0.2, 20.0), st.floats(1e-3, 10.0))
def test_more_consumption_is_better(consumption, need, more):
    assert consumption_utility(consumption + more, need) > consumption_utility(consumption, need)


@given(st.floats(-20.0, 50.0), st.floats(0.2, 20.0), st.floats(1e-2, 10.0))
def test_each_further_unit_is_worth_no_more_than_the_last(consumption, need, step):
    low, middle, high = (consumption_utility(consumption + k * step, need) for k in range(3))
    assert high - middle <= (middle - low) * (1 + 1e-12) + 1e-12


@given(st.floats(0.2, 20.0))
def test_the_floor_is_a_smooth_joint(need):
    joint = need * (1 + FLOOR)
    assert consumption_utility(joint, need) == pytest.approx(0.0, abs=1e-12)
    step = need * 1e-6
    at, above, below = (consumption_utility(joint + k * step, need) for k in (0, 1, -1))
    assert (above - at) / step == pytest.approx(1 / (need * FLOOR), rel=1e-4)
    assert (at - below) / step == pytest.approx(1 / (need * FLOOR), rel=1e-4)


@given(money, st.floats(0.2, 20.0), st.floats(0.1, 10.0))
def test_only_consumption_against_need_counts(consumption, need, scale):
    scaled = consumption_utility(consumption * scale, need * scale)
    assert scaled == pytest.approx(consumption_utility(consumption, need), rel=1e-9, abs=1e-9)


def test_known_answers_of_consumption():
    assert consumption_utility(1.5, 1.0) == pytest.approx(math.log(2))
    assert consumption_utility(1.0, 1.0) == -1.0
    assert consumption_utility(0.0, 1.0) == -5.0


def test_luxury_axiom_a_childs_pay_is_worth_less_the_richer_the_household():
    gains = [
        consumption_utility(c + 0.3, 1.0) - consumption_utility(c, 1.0)
        for c in (1.3, 1.6, 2, 4, 10)
    ]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 10 * gains[-1]


# --- school ---


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0), st.floats(1.0, 5.0))
def test_who_is_further_behind_learns_less(gap, more, half):
    assume(more > 1e-6)
    assert 0.0 < learning(gap + more, half) < learning(gap, half) <= 1.0
    assert learning(0.0, half) == 1.0
    assert learning(half, half) == 0.5


pupils = st.floats(0.0, 5000.0)


@given(pupils, pupils, st.floats(1.0, 3000.0), st.floats(0.0, 3.0), st.floats(0.05, 1.0))
def test_more_pupils_never_raise_quality_nor_do_fewer_teachers(few, many, start, teachers, eta):
    few, many = sorted((few, many))
    low = crowded_quality(many, start, teachers, eta)
    assert WORST <= low <= crowded_quality(few, start, teachers, eta) <= BEST
    assert low <= crowded_quality(many, start, teachers + 0.5, eta)


def test_known_answers_of_crowding():
    assert crowded_quality(80.0, 80.0, 0.0, 0.4) == pytest.approx(1.0, rel=1e-15)
    assert crowded_quality(160.0, 80.0, 0.0, 0.5) == pytest.approx(math.sqrt(0.5))
    assert crowded_quality(160.0, 80.0, 1.0, 0.5) == pytest.approx(1.0)
    assert crowded_quality(0.0, 80.0, 0.0, 0.5) == BEST
    assert crowded_quality(1e9, 80.0, 0.0, 0.5) == WORST


@given(share, st.floats(0.3, 8.0), share, st.booleans(), share)
def test_promotion_is_a_probability_that_work_and_gaps_lower(chance, quality, loss, both, learned):
    found = promotion_chance(chance, quality, loss, both, learned)
    assert 0.0 <= found <= 1.0
    assert promotion_chance(chance, quality, loss, True, learned) <= found + 1e-15
    assert found <= promotion_chance(chance, quality, loss, both, 1.0) + 1e-15


@given(st.integers(0, 3000), st.integers(1, 60))
def test_bridge_seats_of_the_villages_are_those_of_the_zone(seats, villages):
    each = [village_bridge_seats(float(seats), v, villages) for v in range(villages)]
    assert sum(each) == seats
    assert max(each) - min(each) <= 1


# --- work ---


def test_pay_rises_from_nothing_at_4_to_that_of_15():
    assert pay_at(0.8, 4) == 0.0
    assert pay_at(0.8, 15) == 0.8
    assert pay_at(0.8, 17) > 0.8
    assert pay_at(1.1, 9.5) == pytest.approx(0.55)


@given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0.2, 2), st.floats(0.01, 1))
def test_wages_settle_where_labour_demanded_is_labour_supplied(supply, start, elasticity, speed):
    rest = -math.log(supply / start) / elasticity
    assert wage_step(rest, supply, start, elasticity, speed) == pytest.approx(rest, abs=1e-9)
    one = wage_step(0.0, supply, start, elasticity, speed)
    assert one == pytest.approx(speed * rest, rel=1e-9, abs=1e-12)
    wage = 0.0
    for _ in range(int(30 / speed)):
        wage = wage_step(wage, supply, start, elasticity, speed)
    assert wage == pytest.approx(rest, abs=1e-9)
    # substitution axiom: fewer hands, higher wage
    assert wage_step(0.0, supply * 0.9, start, elasticity, speed) > one


def test_a_trade_without_anybody_keeps_its_wage():
    s, p = allocate(3, 12, slots=9, villages=2, households=3, children=5), parameters()
    s.supply_start[:] = 40.0
    s.village_supply[:, :, 0] = 20
    s.village_supply[:, 4, 0] = 0
    s.log_wage[:] = 0.25
    move_wages(s, p)
    assert s.log_wage[4] == 0.25
    assert (s.log_wage[:4] < 0.25).all()


@given(st.floats(0.0, 20.0), st.floats(0.1, 10.0), share, st.floats(0.1, 4.0), share, share)
def test_buffers_neither_make_nor_lose_money(income, base, full, months, access, rate):
    largest = months * base
    buffer = full * largest
    resources, left = buffered(income, base, buffer, largest, access, rate)
    assert resources + left == pytest.approx(income + buffer, rel=1e-12, abs=1e-12)
    assert -1e-12 <= left <= largest * (1 + 1e-12)
    if income < base:  # a bad month is made up for, never beyond the usual
        assert income <= resources <= base * (1 + 1e-12)
    else:
        assert base * (1 - 1e-12) <= resources <= income


def test_known_answers_of_the_buffer():
    assert buffered(0.6, 1.0, 0.5, 1.0, 0.5, 0.2) == pytest.approx((0.8, 0.3))
    assert buffered(0.6, 1.0, 0.1, 1.0, 0.5, 0.2) == pytest.approx((0.7, 0.0))
    assert buffered(1.5, 1.0, 0.5, 1.0, 0.5, 0.2) == pytest.approx((1.4, 0.6))
    assert buffered(1.5, 1.0, 0.95, 1.0, 0.5, 0.2) == pytest.approx((1.45, 1.0))


@given(st.integers(0, 500), share, share)
def test_an_employer_who_checks_more_keeps_fewer_places_for_the_young(places, checked, more):
    limit = under_age_limit(places, checked)
    assert 0 <= limit <= places
    assert under_age_limit(places, max(checked, more)) <= limit
    assert under_age_limit(places, 0.0) == places
    assert under_age_limit(places, 1.0) == 0


# --- transfers ---


def share_below(score, error):
    """Exact share of households with (1 - e) r + e noise < score, adding up over one of them."""
    rank = (np.arange(200_000) + 0.5) / 200_000
    small, large = min(error, 1 - error), max(error, 1 - error)
    if small < 1e-9:
        return score
    return np.clip((score - large * rank) / small, 0, 1).mean()


@given(st.floats(0.001, 1.0), share)
def test_the_list_holds_the_share_of_households_that_is_asked(coverage, error):
    assert share_below(threshold(coverage, error), error) == pytest.approx(coverage, abs=2e-5)


@given(share, share, share, share)
def test_a_longer_list_keeps_whom_it_had(rank, noise, error, coverage):
    longer = min(1.0, coverage + 0.1)
    listed = eligible(rank, noise, error, threshold(coverage, error))
    assert listed <= eligible(rank, noise, error, threshold(longer, error) + 1e-12)
    assert not eligible(rank, noise, error, threshold(0.0, error))


# --- choice ---


def test_gumbel_noise_makes_a_logit():
    n = 20_000
    drawn = table(np.uint64(21), np.arange(n), np.array([7]), 5)[:, 0]
    noise = np.array([[gumbel(u) for u in row] for row in (drawn + 0.5) * 2.0**-32])
    assert noise.mean() == pytest.approx(0.577216, abs=4.5 * 1.2826 / math.sqrt(noise.size))
    utility = np.array([0.3, -0.5, 1.1, 0.0])
    chosen = np.bincount((noise + utility).argmax(axis=1), minlength=4) / n
    logit = np.exp(utility) / np.exp(utility).sum()
    assert (np.abs(chosen - logit) < 4.5 * np.sqrt(logit * (1 - logit) / n)).all()
    ends = [gumbel(u) for u in (2.0**-33, 1 - 2.0**-33)]
    assert ends == pytest.approx([-math.log(33 * math.log(2)), 33 * math.log(2)])


def test_activities_and_bands():
    assert [at_school(a) for a in range(4)] == [True, True, False, False]
    assert [works(a) for a in range(4)] == [False, True, True, False]
    assert [int(transfer_band(age)) for age in range(5, 18)] == [0] * 7 + [1] * 3 + [2] * 3
    years = [int(band(12 * age + month)) for age in range(5, 18) for month in range(12)]
    assert years == [0] * 84 + [1] * 36 + [2] * 36


# --- calendar ---


@given(st.integers(-300, 700), st.integers(1, 12), st.integers(1, 12), st.integers(-500, 500))
def test_school_years_begin_at_the_school_start_and_last_twelve_months(month, first, start, birth):
    assert calendar_month(1, first) == first
    assert calendar_month(month + 1, first) == calendar_month(month, first) % 12 + 1
    reference = school_year(month, first, start)
    assert month - 12 < reference <= month
    assert calendar_month(reference, first) == start
    age = class_age(reference, birth)
    assert 5 <= age <= 17
    if 5 * 12 - 6 <= reference - birth < 18 * 12 - 6:  # the nearest birthday counts
        assert abs(12 * age - (reference - birth)) <= 6
    assert right_grade(age, 6) == max(0, age - 6)


@given(st.integers(1, 60), st.integers(-100, 700))
def test_migrants_are_away_for_a_third_of_their_cycle_in_one_piece(cycle, month):
    cycle += 11
    for phase in (0, cycle // 2, cycle - 1):
        here = [present_at(phase, cycle, month + k) for k in range(cycle)]
        assert here.count(False) == cycle // 3
        assert sum(a and not b for a, b in zip(here, here[1:] + here[:1], strict=True)) == 1
    assert present_at(-1, cycle, month)


@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_as_many_households_leave_a_year_as_the_zone_says(migrants, yearly):
    cycle = migration_cycle(migrants, yearly)
    assert cycle >= 12
    if migrants / yearly >= 1:
        assert migrants * 12 / cycle == pytest.approx(yearly, rel=0.5 / 12 + 0.01)
    assert migration_cycle(0.0, yearly) == migration_cycle(migrants, 0.0) == 0


# --- the shares to hold ---


def profile_of(name):
    activity = zone(name).activity
    rows = [
        [by_age.age_5_11, by_age.age_12_14, by_age.age_15_17]
        for by_age in (activity.girls, activity.boys)
    ]
    names = ("school_only", "school_and_work", "work_only", "neither")
    return np.array([[[getattr(row, k) for k in names] for row in by_age] for by_age in rows])


@pytest.mark.parametrize("name", ZONES)
def test_shares_by_year_of_age_average_to_the_profile(name):
    profile = profile_of(name)
    targets = age_targets(profile, zone(name).school.entry_age)
    assert (targets > 0).all()
    np.testing.assert_allclose(targets.sum(axis=2), 1, atol=1e-12)
    for b, (low, high) in enumerate(BANDS):
        mean = targets[:, low - 5 : high - 5].mean(axis=1)
        np.testing.assert_allclose(mean, profile[:, b], atol=2e-4)


@given(st.floats(-1.0, 1.0))
def test_a_shift_moves_the_share_out_of_school_by_log_odds(by):
    profile = profile_of("uganda-1")
    moved = shifted(profile, by)
    np.testing.assert_allclose(moved.sum(axis=-1), 1, atol=1e-12)
    out, new = profile[..., 2:].sum(axis=-1), moved[..., 2:].sum(axis=-1)
    np.testing.assert_allclose(np.log(new / (1 - new)) - np.log(out / (1 - out)), by, atol=1e-9)
    kept = moved[..., 0] / moved[..., 1]
    np.testing.assert_allclose(kept, profile[..., 0] / profile[..., 1])


@given(st.integers(0, 10_000), st.integers(1, 400), st.floats(0.1, 4.0))
def test_intercepts_make_the_expected_shares_those_of_the_profile(number, children, spread):
    luck = np.random.default_rng(number)
    e = np.exp(luck.normal(size=(3, children)) * spread)
    target = luck.dirichlet([1.5] * 4)
    assume(target.min() > 0.003)
    d = solve(e, target[:3])
    weights = e * d[:, None]
    np.testing.assert_allclose(
        (weights / (1 + weights.sum(axis=0))).mean(axis=1), target[:3], atol=2e-12
    )
