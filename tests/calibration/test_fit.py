"""A fit finds what is planted, twice the same, and a part that was killed is made again."""

from dataclasses import replace

import numpy as np
import pytest
from clfz.analysis.calibration import run
from clfz.analysis.calibration.predict import place_chances, predict
from clfz.analysis.calibration.reporting import data_set
from scipy.stats import norm


@pytest.fixture(scope="module")
def planted(scheme, truths):
    u = truths.u[:, truths.names.index("visits_level")]
    sets = [int(np.argmin(u)), int(np.argmax(u))]
    return [data_set(truths, scheme.unknowns, scheme.targets, at, 1) for at in sets]


@pytest.fixture(scope="module")
def fits(scheme, sampler, planted):
    return [sampler.fit(scheme.data(targets), seed=3) for _, targets in planted]


def test_a_planted_level_is_found(scheme, planted, fits):
    at = scheme.unknowns.at("reach_level")
    for (truth, _), fit in zip(planted, fits, strict=True):
        drawn = norm.cdf(fit.flat[:, at])
        assert np.quantile(drawn, 0.005) <= truth[at] <= np.quantile(drawn, 0.995)


def test_the_same_seed_gives_the_same_bits(scheme, sampler, planted, fits):
    again = sampler.fit(scheme.data(planted[0][1]), seed=3)
    np.testing.assert_array_equal(again.z, fits[0].z)


def test_a_fit_that_misses_the_bars_goes_on(scheme, sampler, planted, fits, monkeypatch):
    """The chains are continued, not started anew; a fit that never passes is given back as not converged."""
    data = scheme.data(planted[0][1])
    monkeypatch.setattr("clfz.analysis.calibration.fit.EFFECTIVE", 1e9)
    never = sampler.fit(data, seed=3, least=1, most=3)
    assert never.z.shape[1] == 3 * 125
    assert not never.converged
    np.testing.assert_array_equal(never.z[:, :250], fits[0].z[:, :250])
    monkeypatch.setattr("clfz.analysis.calibration.fit.EFFECTIVE", 0.0)
    monkeypatch.setattr("clfz.analysis.calibration.fit.R_HAT", 9.0)
    assert sampler.fit(data, seed=3, least=1).z.shape[1] == 125


def test_one_divergence_is_enough_to_fail(fits):
    good = replace(fits[0], r_hat=1.0, effective=500.0)
    assert good.converged
    assert not replace(good, divergent=1).converged


def test_what_no_count_depends_on_stays_at_the_prior(scheme, fits):
    drawn = norm.cdf(fits[0].flat[:, scheme.unknowns.at("crowding")])
    assert drawn.var() * 12 > 0.7


def test_predictions_are_counts_and_places_add_up(scheme, planted, fits):
    data = scheme.data(planted[0][1])
    found = predict(scheme, fits[0].flat, data, record=6, seed=1)
    assert (found.counts >= 0).all()
    assert (found.counts == found.counts.round()).all()
    chance = place_chances(scheme, fits[0].flat, data)
    for record in range(len(scheme.targets.records)):
        mine = [k for k, each in enumerate(scheme.targets.readings) if each.record == record]
        assert chance[mine].sum() == pytest.approx(1.0, abs=1e-3)


def test_the_score_does_not_see_what_it_predicts(scheme, planted, fits):
    """Its place is drawn by the other records alone."""
    data = scheme.data(planted[0][1])
    other = {**data, "counts": data["counts"].copy()}
    other["counts"][6] = [1.0, 1.0, 1.0]
    one = predict(scheme, fits[0].flat, data, 6, 1)
    two = predict(scheme, fits[0].flat, other, 6, 1)
    np.testing.assert_array_equal(one.counts, two.counts)


def test_a_damaged_part_is_made_again(tmp_path):
    path = tmp_path / "part.npz"
    first = run.kept(path, "key", lambda: {"x": np.arange(3)})
    path.write_bytes(path.read_bytes()[:40])
    made = run.kept(path, "key", lambda: {"x": np.arange(3)})
    np.testing.assert_array_equal(first["x"], made["x"])
    assert run.read(path, "key") is not None
    assert run.read(path, "another") is None
