"""The price of a gain: a ratio within its range, or the words why there is none."""

import math

import numpy as np
import pytest
from clfz.runs.summary import FREE, NO_GAIN, NOT_APART, ratio
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = ("mean", "lower", "upper", "median")


def test_a_clear_gain_has_a_ratio_within_its_range():
    found = ratio(np.full(41, 5000.0), np.linspace(80, 120, 41))
    assert found["note"] == ""
    assert found["mean"] == pytest.approx(50.0)
    assert found["median"] == pytest.approx(50.0)
    assert found["lower"] == pytest.approx(5000 / 118)
    assert found["upper"] == pytest.approx(5000 / 82)


@pytest.mark.parametrize(
    ("cost", "gain", "note"),
    [
        (np.full(20, 100.0), np.linspace(-1, 3, 20), NOT_APART),
        (np.full(20, 100.0), np.zeros(20), NO_GAIN),
        (np.full(20, 100.0), np.linspace(-3, -1, 20), NO_GAIN),
        (np.zeros(20), np.linspace(1, 3, 20), FREE),
        (np.zeros(20), np.zeros(20), FREE),
        (np.linspace(-1, 5, 20), np.linspace(1, 3, 20), NOT_APART),
        (np.full(4, 100.0), np.full(4, 2.0), NOT_APART),
        (np.full(20, 100.0), np.full(20, 1e-320), NOT_APART),
        # Dear replications are the ones that gain: the range of the gain holds zero all the same.
        (np.array([1e9] * 2 + [1.0] * 18), np.array([-1.0] * 2 + [1.0] * 18), NOT_APART),
    ],
)
def test_no_ratio_out_of_nothing(cost, gain, note):
    found = ratio(cost, gain)
    assert found["note"] == note
    assert all(math.isnan(found[name]) for name in NUMBERS)


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(-1e3, 1e3)), min_size=2, max_size=60))
def test_a_ratio_is_finite_and_ordered_or_absent(replications):
    found = ratio(*np.array(replications).T)
    if found["note"]:
        assert all(math.isnan(found[name]) for name in NUMBERS)
    else:
        assert 0 < found["lower"] <= found["median"] <= found["upper"] < math.inf
        assert found["mean"] > 0
