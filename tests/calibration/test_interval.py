"""The range of counts that is called one of 90 % holds 90 %."""

import numpy as np
import pytest
from clfz.analysis.calibration.reporting import inside, interval


@pytest.mark.parametrize("nothing", [0.0, 0.03, 0.08, 0.25, 0.6])
def test_nine_of_ten_are_inside_also_where_zero_is_likely(nothing):
    rng = np.random.default_rng(1)

    def counts(n):
        return np.where(rng.random(n) < nothing, 0, rng.negative_binomial(2, 0.005, n))

    drawn, seen = counts(40_000), counts(40_000)
    assert inside(drawn, seen).mean() == pytest.approx(0.9, abs=0.01)


def test_equal_tails_unless_zero_is_more_likely_than_a_tail():
    drawn = np.arange(1001)[:, None] * np.array([1.0, 1.0])
    drawn[:100, 1] = 0.0
    low, high = interval(drawn)
    np.testing.assert_allclose(low, [50, 0])
    np.testing.assert_allclose(high, [950, 900])


def test_far_counts_are_outside_and_middle_ones_inside():
    drawn = np.arange(1000)[:, None]
    assert [bool(inside(drawn, [at])[0]) for at in (-5, 10, 500, 2000)] == [
        False,
        False,
        True,
        False,
    ]


def test_nothing_but_zeros_holds_zero_only():
    assert interval(np.zeros((50, 1))) == (0.0, 0.0)
    assert inside(np.zeros((50, 1)), [0.0]).all()
    assert not inside(np.zeros((50, 1)), [1.0]).any()
