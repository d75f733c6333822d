"""The people of a zone: as many as asked, as the zone says, of all ages, the same whatever the horizon."""

import math

import numpy as np
import pytest
from clfz.model.calendar import migration_cycle
from clfz.model.population import births_mean, count_rows
from clfz.model.run import begin_zone
from clfz.model.state import describe, element_type
from clfz.programme.levers import LEVERS
from clfz.programme.names import TRADES
from numpy.typing import NDArray

from tests.model.test_random import TOO_FAR, chi_square_distance
from tests.model.zones import (
    PROGRAMMES,
    ZONES,
    any_levers,
    parameter_values,
    parameters,
    programme_levers,
    run,
    seeds,
    zone_data,
)

CHILD_COLUMNS = ("key", "birth", "ability", "sex", "hours_byte", "chores_byte", "hazard_byte")
HOUSEHOLD_COLUMNS = ("hid", "trade", "adults", "births", "phase", "credit", "rank", "noise")
HOUSEHOLD_COLUMNS += ("coverage", "equivalents", "base", "distance", "attitude")


def people(z, seed=1, months=0, p=None):
    return begin_zone(z, parameters() if p is None else p, seed, months, len(LEVERS))[0]


def ages(s, month=0):
    """Months lived by the children who are of age."""
    lived = month - s.birth.astype(int)
    return lived[(lived >= 60) & (lived < 216)]


# --- how many ---


@pytest.mark.parametrize("children", [200, 1000, 5000, 20_000])
def test_a_zone_holds_the_children_asked_for(children):
    z = zone_data("budhpura", children)
    found = np.array([ages(people(z, seed)).size for seed in seeds(12)])
    spread = 1.2 * math.sqrt(children)  # brothers and sisters come together
    assert (np.abs(found - children) < TOO_FAR * spread).all()
    assert abs(found.mean() - children) < TOO_FAR * spread / math.sqrt(12) + 2


@pytest.mark.parametrize("name", ZONES)
def test_every_shipped_zone_holds_its_children(name):
    z = zone_data(name)
    found = np.mean([ages(people(z, seed)).size for seed in seeds(3)])
    size = float(z["children"])
    assert abs(found - size) < TOO_FAR * 1.2 * math.sqrt(size / 3) + 2


@pytest.mark.slow
def test_a_large_zone_holds_the_children_asked_for():
    found = ages(people(zone_data("uganda-1", 200_000), seed=4)).size
    assert abs(found - 200_000) < TOO_FAR * 1.2 * math.sqrt(200_000)


def test_small_figures_make_small_zones_and_no_errors():
    z = zone_data("budhpura", 200, villages=200)
    s = people(z, months=24)
    assert s.village_household[-1] == s.hid.size
    assert (np.diff(s.village_household) >= 0).all()
    assert (np.diff(s.household_child) > 0).all()


@pytest.mark.parametrize("months", [0, 1, 60, 120, 600])
def test_everybody_of_age_within_the_horizon_has_a_row_and_nobody_else(months):
    z = zone_data("mali-2", 1500)
    s = people(z, months=months)
    assert count_rows(z, np.uint64(1), months)[-1, 1] == s.birth.size
    assert s.birth.min() > -216
    assert s.birth.max() <= months - 60
    assert np.unique(s.key).size == s.key.size
    assert np.unique(s.hid).size == s.hid.size
    families = np.diff(s.household_child)
    assert (families <= s.births).all()
    assert (s.household == np.repeat(np.arange(s.hid.size), families)).all()
    same = s.household[1:] == s.household[:-1]  # eldest first, two years apart or more
    gaps = np.diff(s.birth.astype(int))[same]
    assert ((gaps >= 24) & (gaps <= 36)).all()


# --- of which age ---


@pytest.mark.parametrize("name", ["budhpura", "mali-1", "india-3"])
def test_ages_stand_still(name):
    z = zone_data(name, 3000)
    replications = [people(z, seed, months=240) for seed in seeds(30)]
    size = []
    for month in (0, 7, 60, 120, 240):
        lived = np.concatenate([ages(s, month) for s in replications])
        years = np.bincount(lived // 12 - 5, minlength=13)
        assert abs(chi_square_distance(years)) < TOO_FAR
        birthdays = np.bincount(lived % 12, minlength=12)
        assert abs(chi_square_distance(birthdays)) < TOO_FAR
        size.append(lived.size)
    assert np.ptp(size) < TOO_FAR * 1.2 * math.sqrt(2 * size[0])


def test_girls_and_boys_and_personal_bytes_are_drawn_evenly():
    s = people(zone_data("uganda-1", 20_000))
    n = s.sex.size
    assert abs(s.sex.mean() - 0.5) < TOO_FAR * 0.5 / math.sqrt(n)
    for name in ("hours_byte", "chores_byte", "hazard_byte"):
        counts = np.bincount(getattr(s, name), minlength=256)
        assert abs(chi_square_distance(counts)) < TOO_FAR
    ability = math.sqrt(3) * (2 * (s.ability + 0.5) / 65536 - 1)
    assert abs(ability.mean()) < TOO_FAR / math.sqrt(n)
    assert abs(ability.var() - 1) < TOO_FAR * math.sqrt(0.8 / n)
    columns = np.array([s.sex, ability, s.hours_byte, s.chores_byte, s.hazard_byte], float)
    apart = np.corrcoef(columns) * math.sqrt(n)
    assert np.abs(apart[~np.eye(5, dtype=bool)]).max() < TOO_FAR


# --- households ---


@pytest.fixture(scope="module", params=["budhpura", "mali-3", "chipinge"])
def zone_of_many(request):
    z = zone_data(request.param, 20_000)
    return z, people(z, seed=9)


def test_trades_match_the_zone(zone_of_many):
    z, s = zone_of_many
    found = np.bincount(s.trade, minlength=5) / s.trade.size
    for trade, asked, got in zip(TRADES, z["livelihood"], found, strict=True):
        wrong = math.sqrt(asked * (1 - asked) / s.trade.size)
        assert abs(got - asked) <= TOO_FAR * wrong, trade


def test_the_share_of_people_below_the_poverty_line_matches_the_zone(zone_of_many):
    z, s = zone_of_many
    poor = s.base < s.equivalents
    asked = float(z["poverty_headcount"])
    wrong = math.sqrt(asked * (1 - asked) / poor.size)
    assert abs(poor.mean() - asked) < TOO_FAR * wrong
    heads = s.adults.astype(float) + s.births
    assert abs(np.average(poor, weights=heads) - asked) < TOO_FAR * wrong * 1.1
    spread = np.log(s.base / s.equivalents).std()
    assert abs(spread / float(z["log_income_sd"]) - 1) < TOO_FAR / math.sqrt(2 * poor.size)
    assert (np.argsort(s.rank) == np.argsort(s.base / s.equivalents)).mean() > 0.999


def test_household_figures_match_the_zone_and_the_parameters(zone_of_many):
    z, s = zone_of_many
    p, n = parameter_values(), s.hid.size
    mean = births_mean(float(z["household_size"]), float(z["adults"]))
    # Households with a child of age now have more births than the mean family: weigh it out.
    reach = 156 + 30 * (s.births - 1.0)  # months in which one of its children is of age
    assert np.average(s.births, weights=1 / reach) == pytest.approx(mean, abs=0.06)
    assert abs(s.adults.mean() - float(z["adults"])) < TOO_FAR / math.sqrt(n)
    assert abs(s.distance.mean() / float(z["distance_km"]) - 1) < TOO_FAR * 0.44 / math.sqrt(n)
    assert abs(s.attitude.std() / p["attitude_sd"] - 1) < TOO_FAR / math.sqrt(2 * n)
    assert abs(s.credit.mean() - p["credit_share"]) < TOO_FAR * 0.5 / math.sqrt(n)
    assert abs(s.transitory.std() / p["income_sd"] - 1) < TOO_FAR / math.sqrt(2 * n)
    migrants = float(z["migrant_share"])
    assert abs((s.phase >= 0).mean() - migrants) < TOO_FAR * 0.5 / math.sqrt(n)
    cycle = migration_cycle(migrants, float(z["yearly_migration"]))
    phases = np.bincount(s.phase[s.phase >= 0], minlength=cycle)
    assert phases.size == cycle
    assert abs(chi_square_distance(phases)) < TOO_FAR
    np.testing.assert_allclose(
        s.equivalents, s.adults + p["child_weight"] * s.births, rtol=0, atol=1e-12
    )


# --- the same people for every horizon ---


@pytest.mark.parametrize("programme", [None, "area-based", "cash-transfer"])
def test_a_longer_look_sees_the_same_children_live_the_same_lives(programme):
    z, p = zone_data("budhpura", 800, 5), parameters(2)
    long_levers = (
        any_levers(3, 60)
        if programme is None
        else programme_levers(programme, z, months=60, programme_months=60)
    )
    short = run(z, p, long_levers[:12].copy(), seed=2**63 + 7)
    long = run(z, p, long_levers, seed=2**63 + 7)
    at = np.searchsorted(long.state.key, short.state.key)
    assert long.state.key.size > short.state.key.size
    assert (np.diff(long.state.key.astype(int)) > 0).all()
    for name in CHILD_COLUMNS:
        expected = getattr(short.state, name)
        np.testing.assert_array_equal(getattr(long.state, name)[at], expected, name)
    assert (long.codes[:13, at] == short.codes).all()
    others = np.delete(long.codes[:13], at, axis=1)
    assert not others.any()
    home = np.searchsorted(long.state.hid, short.state.hid)
    for name in HOUSEHOLD_COLUMNS:
        expected = getattr(short.state, name)
        np.testing.assert_array_equal(getattr(long.state, name)[home], expected, name)
    np.testing.assert_array_equal(long.totals[:13], short.totals)
    np.testing.assert_array_equal(long.sums[:13], short.sums)


def test_people_do_not_depend_on_what_is_done_to_them():
    z, p = zone_data("uganda-1", 600), parameters()
    calm = run(z, p, np.zeros_like(any_levers(1, 24)), seed=5)
    for name in PROGRAMMES:
        moved = run(z, p, programme_levers(name, z, 24), seed=5)
        for column in (*CHILD_COLUMNS, "household"):
            same = getattr(calm.state, column) == getattr(moved.state, column)
            assert same.all(), (name, column)
        # income shocks, presence and birthdays go their own way
        for column in (*HOUSEHOLD_COLUMNS, "transitory", "present"):
            same = getattr(calm.state, column) == getattr(moved.state, column)
            assert same.all(), (name, column)
        assert ((calm.codes > 0) == (moved.codes > 0)).all()


def test_arrays_have_the_types_that_they_are_declared_with():
    s = people(zone_data("budhpura", 200))
    assert {name: getattr(s, name).dtype.name for name, *_ in describe()} == {
        name: kind for name, kind, *_ in describe()
    }
    old_spelling = np.ndarray[
        tuple[int, ...], np.dtype[np.int16]
    ]  # of NDArray[np.int16], before NumPy 2.5
    assert element_type(old_spelling) == element_type(NDArray[np.int16]) == np.int16
