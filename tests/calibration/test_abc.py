"""The cross-check is right where truth is known, and does not care how records of unknown place are numbered."""

import numpy as np
import pytest
from clfz.analysis.calibration import abc
from clfz.analysis.calibration.summaries import scale, summaries, usual
from clfz.analysis.calibration.synthetic import data_set, data_sets
from scipy.stats import norm


@pytest.fixture(scope="module")
def parts(known_table, scheme):
    learned, _, held = known_table.apart(40, 20)
    return learned, held, scheme.unknowns, scheme.targets


@pytest.fixture(scope="module")
def sets(parts):
    learned, _, unknowns, targets = parts
    at = np.tile(np.arange(len(learned)), 10)
    return data_sets(np.random.default_rng(3), learned, unknowns, targets, at)


@pytest.fixture(scope="module")
def judged(parts):
    learned, held, unknowns, targets = parts
    pool = abc.pool(learned, unknowns, targets, seed=1, repeats=20)
    made = [data_set(held, unknowns, targets, at, 1) for at in range(len(held))]
    return np.array([u for u, _ in made]), [abc.cloud(pool, each) for _, each in made]


def test_numbers_of_records_of_unknown_place_do_not_matter(parts, sets):
    _, _, _, targets = parts
    normal = usual(sets, targets)
    one, two = (targets.records.index(name) for name in ("MLI-1", "MLI-2"))
    other = sets.counts.copy()
    other[:, [one, two]] = other[:, [two, one]]
    mine, theirs = (summaries(each, sets.starts, targets, normal) for each in (sets.counts, other))
    np.testing.assert_allclose(mine, theirs, atol=1e-9)


def test_zeros_are_missing_logs_and_never_a_hole(parts, sets):
    _, _, _, targets = parts
    normal = usual(sets, targets)
    same = scale(summaries(sets.counts, sets.starts, targets, normal))
    nothing = summaries(0 * sets.counts[:2], sets.starts[:2], targets, normal)
    assert np.isnan(nothing).any()
    assert np.isfinite(same(nothing)).all()


def test_rows_that_repeat_do_not_predict_themselves():
    """Without anything to learn the best guess is the prior's mean, however often a row comes again."""
    rng = np.random.default_rng(2)
    row = np.tile(np.arange(150), 20)
    z = rng.standard_normal((150, 3))[row]
    x = rng.standard_normal((150, 60))[row]
    found, _ = abc.crossed(x, z, row % abc.FOLDS, x[:1])
    assert ((found - z) ** 2).mean() > 0.97 * z.var()
    assert found.std() < 0.3


def test_adjustment_gives_the_posterior_that_is_known():
    rng = np.random.default_rng(5)
    z = rng.standard_normal(60_000)
    found = 0.5 * (z + rng.standard_normal(len(z)))  # posterior given it: normal(found, 1/2)
    mean, sd, share, quantiles = abc.adjusted(z, found, 0.8, 6000)
    assert mean == pytest.approx(0.8, abs=0.04)
    assert sd == pytest.approx(np.sqrt(0.5), abs=0.03)
    assert share == pytest.approx(norm.cdf(0.8 / np.sqrt(1.5)), abs=0.02)
    assert quantiles == pytest.approx(norm.ppf(abc.LEVELS, 0.8, np.sqrt(0.5)), abs=0.08)


def test_intervals_hold_as_many_truths_as_they_say(judged):
    truth, clouds = judged
    edges = norm.cdf([each.quantiles for each in clouds])
    wide = (truth >= edges[..., 0]) & (truth <= edges[..., 3])
    half = (truth >= edges[..., 1]) & (truth <= edges[..., 2])
    assert 0.86 <= wide.mean() <= 0.94
    assert 0.44 <= half.mean() <= 0.56


def test_levels_spreads_and_noise_are_found(parts, judged):
    truth, clouds = judged
    unknowns = parts[2]
    share = np.array([each.share for each in clouds])
    for name in ("reach_level", "visits_level", "protected_level", "report_noise", "bridge_share"):
        k = unknowns.at(name)
        assert np.corrcoef(share[:, k], truth[:, k])[0, 1] > 0.5, name


def test_what_no_count_depends_on_stays_at_the_prior(parts, judged):
    k = parts[2].at("crowding")
    assert np.mean([each.sd[k] for each in judged[1]]) > 0.9
    assert np.abs([each.mean[k] for each in judged[1]]).mean() < 0.3
