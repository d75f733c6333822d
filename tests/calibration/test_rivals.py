"""The rivals are honest: proper probabilities, better for the likely than for the absurd."""

import numpy as np
import pytest

pytest.importorskip("jax")

from clfz.analysis.calibration.predict import log_crps, pooled
from clfz.analysis.calibration.targets import load_targets

COUNTS = load_targets().counts


def test_chances_of_the_pooled_rival_add_up():
    others = np.delete(COUNTS, 0, 0)
    few = [(float(count), 1) for count in range(40)]
    many = [(float(count), 60) for count in range(70, 3000, 60)]  # one stands for the 60 around it
    total = sum(
        width * np.exp(pooled(others, np.full(3, count), 1, draws=1)[0][0])
        for count, width in (*few, *many)
    )
    assert 0.9 < total < 1.0  # the rest lies above 3000


def test_the_pooled_rival_prefers_what_is_usual():
    others = np.delete(COUNTS, 0, 0)
    usual = pooled(others, np.array([400.0, 300.0, 100.0]), 1)[0]
    odd = pooled(others, np.array([40_000.0, 30_000.0, 10_000.0]), 1)[0]
    assert (usual > odd + 2).all()


def test_crps_of_a_sure_and_right_prediction_is_nothing():
    assert log_crps(np.full(100, 50.0), 50.0) == pytest.approx(0.0)
    assert log_crps(np.full(100, 50.0), 500.0) == pytest.approx(np.log1p(500) - np.log1p(50))
