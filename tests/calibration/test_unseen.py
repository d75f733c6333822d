"""A record left out by weights is predicted as by a fit without it, and the check says what was planted."""

import numpy as np
import pytest
from clfz.analysis.calibration.checks import known_records, known_truth
from clfz.analysis.calibration.density import jax
from clfz.analysis.calibration.fit import log_likelihood
from clfz.analysis.calibration.predict import chances, predict, scores, smoothed
from clfz.analysis.calibration.reporting import data_set
from scipy.stats import norm


@pytest.fixture(scope="module")
def planted(scheme, truths):
    return data_set(truths, scheme.unknowns, scheme.targets, 5, 1)[1]


def test_chances_are_what_leaving_out_takes_away(scheme, planted):
    z = np.random.default_rng(2).standard_normal((3, len(scheme.unknowns)))
    data = scheme.data(planted)
    found = chances(scheme, data, z)
    name = "MLI-2"  # its place is not known, so its factor depends on the other records
    record = scheme.targets.records.index(name)
    total = jax.jit(lambda z, data: log_likelihood(scheme, scheme.tree, z, data))
    less = scheme.data(planted, without=(name,))
    for row, each in zip(found, z.astype(np.float32), strict=True):
        taken = float(total(each, data)) - float(total(each, less))
        assert row[record] == pytest.approx(taken, abs=2e-3)


def test_weights_stand_for_a_fit_without_the_record(scheme, sampler, planted):
    data, record = scheme.data(planted), 4
    whole = sampler.fit(data, seed=3).flat
    name = scheme.targets.records[record]
    without = sampler.fit(scheme.data(planted, without=(name,)), seed=4).flat
    log_weight, k = smoothed(chances(scheme, data, whole))
    assert k.shape == (len(scheme.targets.records),)
    np.testing.assert_allclose(np.exp(log_weight).sum(axis=0), 1.0)
    mean = np.exp(log_weight[:, record]) @ whole
    assert np.abs(mean - without.mean(axis=0)).max() < 0.3
    rng = np.random.default_rng(1)
    drawn = whole[rng.choice(len(whole), len(whole), p=np.exp(log_weight[:, record]))]
    one, two = (
        np.log1p(predict(scheme, z, data, record, 1).counts[:, 0]) for z in (drawn, without)
    )
    assert np.median(one) == pytest.approx(np.median(two), abs=0.25)


def test_scores_have_a_number_for_every_count(scheme, planted):
    prior = np.random.default_rng(3).standard_normal((300, len(scheme.unknowns)))
    found = scores(scheme, prior, scheme.data(planted), 1, prior[0])
    for who in ("inside", "crps", "prior", "oracle"):
        assert found[who].shape == (10, 3)
    for who in ("crps", "prior", "oracle"):
        assert (found[who] > 0).all()


def test_who_knows_every_unknown_predicts_better_than_the_prior(scheme, truths):
    prior = np.random.default_rng(3).standard_normal((300, len(scheme.unknowns)))
    found, wrong = [], []
    for at in range(6):
        u, targets = data_set(truths, scheme.unknowns, scheme.targets, at, 1)
        z = norm.ppf(np.clip(u, 1e-6, 1 - 1e-6))
        found.append(scores(scheme, prior, scheme.data(targets), 1, z))
        wrong.append(scores(scheme, prior, scheme.data(targets), 1, -z)["oracle"].mean())
    oracle, before = (np.mean([each[who].mean() for each in found]) for who in ("oracle", "prior"))
    assert oracle < 0.9 * before
    assert oracle < 0.9 * np.mean(wrong)


@pytest.mark.parametrize(
    ("planted_ratio", "best", "passes", "near"),
    [(0.8, 0.7, "no", "yes"), (0.5, 0.4, "yes", "yes"), (0.9, 0.7, "no", "no")],
)
def test_the_check_says_what_was_planted(planted_ratio, best, passes, near):
    rng = np.random.default_rng(4)
    inside = rng.random((60, 10, 3)) < 0.9
    inside[:15] = True
    prior = rng.uniform(0.8, 1.2, (60, 10, 3))
    each = {
        "inside": inside,
        "prior": prior,
        "crps": prior * planted_ratio,
        "oracle": prior * best,
        "k": np.zeros((60, 10)),
    }
    known = known_truth(each)
    scores = {"model": {"crps": 0.8}, "prior": {"crps": 1.0}}
    found = {"synthetic": each, "known truth": known, "scores": scores}
    rows = {item: (value, ok) for item, value, _, ok in known_records(found)}
    value, ok = rows["log CRPS against the prior, 60 sets"]
    assert (value, ok) == (pytest.approx(planted_ratio), passes)
    value, ok = rows["share of that gain over the prior which the fit has"]
    assert (value, ok) == (pytest.approx((1 - planted_ratio) / (1 - best), abs=1e-4), near)
    value, _ = rows["share of counts inside 90 %, 60 sets"]
    assert value == pytest.approx(inside.mean(), abs=1e-4)
    value, _ = rows["share of sets with all 30 counts inside, by luck"]
    assert value >= 0.25
    assert known["best"] == pytest.approx(best)
