"""What a programme reports of what happened: missed and double cases, the same error for the same case."""

import math

import numpy as np
import pytest
from clfz.runs.measures import reported
from hypothesis import given
from hypothesis import strategies as st

seeds = st.integers(0, 2**64 - 1)
share = st.floats(0.0, 1.0)
counts = st.lists(st.lists(st.integers(0, 3000), min_size=3, max_size=3), min_size=1, max_size=6)


@given(counts, seeds)
def test_a_perfect_report_is_the_truth(true, seed):
    np.testing.assert_array_equal(reported(np.array(true), 0.0, 0.0, seed), true)


@given(counts, share, seeds)
def test_what_is_always_missed_or_always_doubled(true, other, seed):
    true = np.array(true)
    assert not reported(true, 1.0, other, seed).any()
    np.testing.assert_array_equal(reported(true, 0.0, 1.0, seed), 2 * true)


@given(counts, share, share, seeds)
def test_a_report_lies_between_nothing_and_twice_the_truth(true, missed, double, seed):
    true = np.array(true)
    found = reported(true, missed, double, seed)
    assert found.shape == true.shape
    assert found.dtype == np.int64
    assert ((found >= 0) & (found <= 2 * true)).all()
    np.testing.assert_array_equal(found, reported(true, missed, double, seed))


@pytest.mark.parametrize(("missed", "double"), [(0.15, 0.15), (0.3, 0.0), (0.0, 0.3), (0.7, 0.9)])
def test_reports_are_right_on_average(missed, double):
    true = np.array([[40, 300, 7]])
    many = 4000
    found = np.array([reported(true, missed, double, seed) for seed in range(2**63, 2**63 + many)])
    expected = true * (1 - missed) * (1 + double)
    kept = 1 - missed
    # each case counts 0, 1 or 2 times
    variance = true * (kept * (1 + 3 * double) - (kept * (1 + double)) ** 2)
    wrong = np.sqrt(variance / many)
    assert (np.abs(found.mean(axis=0) - expected) < 4.5 * wrong + 1e-9).all()
    spread = found.var(axis=0, ddof=1) / variance
    assert (np.abs(spread - 1) < 5 * math.sqrt(2 / many) + 0.02).all()


@pytest.mark.parametrize("seed", [0, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1])
def test_every_seed_can_be_used_and_neighbours_differ(seed):
    true = np.full((4, 3), 500)
    other = reported(true, 0.2, 0.2, (seed + 1) % 2**64)
    assert (reported(true, 0.2, 0.2, seed) != other).any()


@given(counts, st.floats(0.05, 0.5), st.floats(0.05, 0.5), seeds, st.data())
def test_one_count_more_leaves_all_other_reports_alone(true, missed, double, seed, data):
    """Otherwise one intervention would shift the luck of another's report."""
    true = np.array(true)
    at = data.draw(st.integers(0, true.size - 1))
    more = true.copy().ravel()
    more[at] += data.draw(st.integers(1, 200))
    more = more.reshape(true.shape)
    before = reported(true, missed, double, seed).ravel()
    after = reported(more, missed, double, seed).ravel()
    np.testing.assert_array_equal(np.delete(before, at), np.delete(after, at))
    assert after[at] >= before[at]  # and the cases that were there meet the error that they met
