"""Draws belong to (seed, draw, name) and follow their priors."""

import math

import numpy as np
import pytest
from clfz.inputs import InputError
from clfz.inputs.parameters import Parameter, central, draw, load_parameters, override, uniform
from hypothesis import given
from hypothesis import strategies as st

FILE = """
name: priors
title: Test
parameters:
  - {name: flat, symbol: a, unit: share, group: g, scope: shared,
     prior: {kind: uniform, low: 2, high: 4}, source: assumed, meaning: All alike.}
  - {name: peak, symbol: b, unit: share, group: g, scope: zone,
     prior: {kind: triangular, low: 0, mode: 0.25, high: 1}, source: assumed, meaning: A peak.}
  - {name: known, symbol: c, unit: grades, group: g, scope: shared,
     prior: {kind: fixed, low: 2, high: 2, mode: 2}, source: assumed, meaning: Known.}
  - {name: report, symbol: d, unit: share, group: g, scope: country,
     prior: {kind: uniform, low: 0, high: 1}, source: assumed, meaning: By country.}
"""
# Written down once: a change would give everybody other replications for the same seed.
GOLDEN = 0.21669087089433486


@pytest.fixture
def parameters(tmp_path):
    file = tmp_path / "priors.yaml"
    file.write_text(FILE, encoding="utf-8")
    return load_parameters(file)


def test_central_values(parameters):
    assert central(parameters) == {"flat": 3.0, "peak": 0.25, "known": 2.0, "report": 0.5}


def test_a_draw_is_the_same_each_time_and_on_each_machine(parameters):
    assert draw(parameters, 1, 0) == draw(parameters, 1, 0)
    assert uniform(1, 0, "flat") == GOLDEN
    assert draw(parameters, 1, 0)["flat"] == 2 + 2 * GOLDEN


def test_another_parameter_changes_no_draw(parameters):
    extra = parameters[0].model_copy(update={"name": "extra"})
    more = draw((extra, *reversed(parameters)), 1, 3)
    assert {name: more[name] for name in draw(parameters, 1, 3)} == draw(parameters, 1, 3)


def test_draws_differ_by_seed_index_and_name():
    seen = {uniform(seed, index, name) for seed in range(9) for index in range(9) for name in "abc"}
    assert len(seen) == 9 * 9 * 3
    # Neighbours that would meet if the parts were only strung together.
    assert uniform(1, 11, "a") != uniform(11, 1, "a")
    assert uniform(1, 1, "a", "b") != uniform(1, 1, "ab")


def test_a_place_draws_for_itself_only_where_the_scope_says_so(parameters):
    one = draw(parameters, 1, 0, zone="one", country="MLI")
    two = draw(parameters, 1, 0, zone="two", country="MLI")
    assert one["peak"] != two["peak"]
    assert {name: one[name] for name in ("flat", "known", "report")} == {
        name: two[name] for name in ("flat", "known", "report")
    }
    assert draw(parameters, 1, 0, country="IND")["report"] != one["report"]


def test_draws_follow_their_priors(parameters):
    table = np.array([list(draw(parameters, 7, at).values()) for at in range(4000)])
    for column, parameter in enumerate(parameters[:2]):
        ranks = sorted(table[:, column])
        # Kolmogorov-Smirnov: 1.95 / sqrt(n) is passed once in a thousand.
        gap = max(
            abs(value - parameter.prior.quantile((at + 0.5) / len(ranks)))
            for at, value in enumerate(ranks)
        )
        assert gap < 1.95 / math.sqrt(len(ranks)) * 2
    assert set(table[:, 2]) == {2.0}
    correlation = sum((table[:, 0] - 3) * (table[:, 3] - 0.5)) / 4000 / (2 / 12)
    assert abs(correlation) < 0.06


@given(st.floats(0, 1))
def test_quantiles_stay_inside_and_rise(share):
    prior = Parameter.model_validate(
        {
            **dict.fromkeys(("symbol", "unit", "group", "source", "meaning"), "x"),
            "name": "x",
            "scope": "shared",
            "prior": {"kind": "triangular", "low": -1, "mode": 0, "high": 3},
        }
    ).prior
    value = prior.quantile(share)
    assert -1 <= value <= 3
    assert prior.quantile(min(1.0, share + 0.01)) >= value
    # The share below a value, from the formula of the triangle.
    below = (value + 1) ** 2 / 4 if value <= 0 else 1 - (3 - value) ** 2 / 12
    assert below == pytest.approx(share, abs=1e-9)


def test_values_can_be_fixed(parameters):
    fixed = override(parameters, {"flat": 3.5})
    assert draw(fixed, 1, 0)["flat"] == draw(fixed, 2, 9)["flat"] == 3.5
    assert draw(fixed, 1, 0)["peak"] == draw(parameters, 1, 0)["peak"]
    assert override(parameters, {}) == parameters


def test_a_wrong_name_or_value_is_told(parameters):
    with pytest.raises(InputError) as caught:
        override(parameters, {"flatt": 1, "peak": math.nan, "known": True, "report": "much"})
    assert sorted(str(caught.value).splitlines()) == [
        '"flatt" is not a known parameter. Did you mean "flat"? All: clfz list parameters',
        "known is True, but it must be a number.",
        "peak is nan, but it must be a number.",
        "report is 'much', but it must be a number.",
    ]


def test_the_shipped_list_can_be_drawn():
    shipped = load_parameters()
    values = draw(shipped, 1, 0)
    for parameter in shipped:
        low, high = parameter.prior.span
        assert low <= values[parameter.name] <= high
        assert low <= central(shipped)[parameter.name] <= high
