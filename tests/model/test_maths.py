"""exp, log and the normal quantile agree with the libraries, at the edges too."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from clfz.model.maths import exp, log, normal, real
from hypothesis import example, given
from hypothesis import strategies as st

from tests.model.kernels import exps, logs, normals

PRECISION = 4e-15
ACKLAM = 1.2e-9
WORD = 2.0**-32
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308


def apart(found, expected):
    """Largest relative difference."""
    expected = np.asarray(expected)
    scale = np.where(expected == 0.0, 1.0, np.abs(expected))
    return (np.abs(np.asarray(found) - expected) / scale).max()


@given(st.floats(-700.0, 700.0))
@example(700.0)
@example(-700.0)
@example(math.log(2) / 2)
@example(-math.log(2) / 2)
@example(5e-324)
def test_exp_agrees(x):
    assert exp(x) == pytest.approx(math.exp(x), rel=PRECISION, abs=0)


def test_exp_agrees_over_the_range():
    luck = np.random.default_rng(1)
    near = luck.normal(size=20_000)
    everywhere = np.concatenate([luck.uniform(-700, 700, 20_000), near, near * 1e-6])
    assert apart(exps(everywhere), [math.exp(x) for x in everywhere]) < PRECISION


def test_exp_at_its_edges():
    assert exp(0.0) == exp(-0.0) == 1.0
    assert exp(1e9) == exp(math.inf) == exp(700.0)
    assert exp(-1e9) == exp(-math.inf) == exp(-700.0)
    assert 0.0 < exp(-700.0) < exp(700.0) < math.inf
    halves = (np.arange(-1000, 1000) + 0.5) * math.log(2)  # where the exponent changes
    around = np.sort(np.concatenate([halves, np.nextafter(halves, -999), halves + 1e-12]))
    around = around[np.abs(around) < 700]
    assert apart(exps(around), [math.exp(x) for x in around]) < PRECISION
    assert (np.diff(exps(np.linspace(-700, 700, 100_001))) > 0).all()


@given(st.floats(SMALLEST, LARGEST))
@example(SMALLEST)
@example(LARGEST)
@example(math.nextafter(1.0, 0))
@example(math.nextafter(1.0, 2))
@example(math.sqrt(0.5))
@example(math.nextafter(math.sqrt(0.5), 0))
def test_log_agrees(x):
    assert log(x) == pytest.approx(math.log(x), rel=PRECISION, abs=0)


def test_log_agrees_over_the_range():
    luck = np.random.default_rng(2)
    everywhere = np.concatenate(
        [
            np.exp(luck.uniform(-700, 700, 20_000)),
            luck.uniform(0, 1, 20_000),
            1 + luck.normal(size=20_000) * 1e-3,
            1 + luck.normal(size=20_000) * 1e-9,
            np.exp(luck.uniform(-1, 1, 20_000)),
        ]
    )
    assert apart(logs(everywhere), [math.log(x) for x in everywhere]) < PRECISION


def test_log_at_its_edges():
    assert log(1.0) == 0.0
    powers = 2.0 ** np.arange(-1022, 1024)
    assert apart(logs(powers), np.arange(-1022, 1024) * math.log(2)) < PRECISION
    grid = np.exp(np.linspace(-20, 20, 100_001))
    assert (np.diff(logs(grid)) > 0).all()


@given(st.floats(-690.0, 690.0))
def test_log_undoes_exp(x):
    assert log(exp(x)) == pytest.approx(x, rel=1e-14, abs=1e-14)


def test_the_normal_quantile_agrees():
    exact = NormalDist().inv_cdf
    tails = np.array([0.5, 1, 2, 10, 1000, 1e6]) * WORD
    luck = np.random.default_rng(3)
    joints = np.array([0.02425, np.nextafter(0.02425, 0), 0.97575, np.nextafter(0.97575, 1)])
    u = np.concatenate([tails, 1 - tails, joints, luck.uniform(0, 1, 20_000)])
    u = np.concatenate([u, luck.uniform(0, 0.03, 5000), 0.5 + luck.normal(size=5000) * 1e-4])
    assert apart(normals(u), [exact(x) for x in u]) < ACKLAM


def test_the_normal_quantile_is_odd_and_rises():
    u = (np.arange(1, 50_000) / 100_000)[::7]
    np.testing.assert_allclose(normals(u), -normals(1 - u), rtol=1e-12)
    assert normal(0.5) == 0.0
    joints = np.array([0.02425, 0.97575])[:, None] + np.linspace(-1e-6, 1e-6, 2001)
    assert (np.diff(normals(np.linspace(WORD / 2, 1 - WORD / 2, 100_001))) > 0).all()
    assert (np.diff(np.stack([normals(row) for row in joints]), axis=1) > 0).all()


def test_the_normal_quantile_makes_normal_numbers():
    middles = (np.arange(2**16) + 0.5) / 2**16
    x = normals(middles)
    assert abs(x.mean()) < 1e-9
    assert x.var() == pytest.approx(1, abs=2e-4)
    assert (x**4).mean() == pytest.approx(3, abs=5e-3)


@given(st.integers(0, 2**52 - 1))
@example(0)
@example(2**32 - 1)
@example(2**52 - 1)
def test_a_whole_number_becomes_the_same_number(n):
    assert real(n) == float(n)
