"""The learned density: it is one, it knows what moves counts, and what comes later does not move what came before."""

import numpy as np
import pytest
from clfz.analysis.calibration import density as net
from clfz.analysis.calibration.density import jax, jnp
from clfz.analysis.calibration.fit import log_likelihood, of_readings, setting


def at(scheme, z, values, reading=0, bridge=1.0):
    u, base, shift, zone, _ = setting(scheme, jnp.asarray(z, jnp.float32), jnp.array([reading]))
    values = jnp.asarray(values, jnp.float32)
    n = len(values)
    known = jnp.zeros(n)
    wide = [jnp.repeat(each, n, axis=0) for each in (base, shift, zone)]
    flags = jnp.full(n, bridge)
    return net.factors(scheme.tree, u, wide[0], values, wide[1], wide[2], known, flags)


def test_chances_of_all_counts_add_up_to_one(scheme):
    z = np.zeros(len(scheme.unknowns))
    counts = np.arange(0, 60_000)
    values = np.full((len(counts), 4), 100.0)
    values[:, net.W] = counts
    chance = np.exp(np.asarray(at(scheme, z, values)[:, net.W], np.float64))
    assert chance.sum() == pytest.approx(1.0, abs=0.02)


def test_draws_follow_the_density(scheme):
    z = np.zeros(len(scheme.unknowns), np.float32)
    u, base, shift, zone, _ = setting(scheme, jnp.asarray(z), jnp.array([0]))
    values, known = jnp.zeros((1, 4)), jnp.zeros(1)
    t = net.logs(values, shift, zone, scheme.tree)
    x = net.with_counts(base, t, jnp.ones((1, 4)), known, jnp.ones(1))
    out = net.outputs(scheme.tree, u, x)[net.W, 0]
    keys = jax.random.split(jax.random.PRNGKey(1), 4000)
    draw = jax.vmap(lambda key: net.drawn(out, net.W, shift[0], zone[0], scheme.tree, key))
    drawn = np.asarray(draw(keys))
    counts = np.arange(0, 60_000)
    asked = np.zeros((len(counts), 4))
    asked[:, net.W] = counts
    chance = np.exp(np.asarray(at(scheme, z, asked)[:, net.W], np.float64))
    mean = (chance * np.log1p(counts)).sum() / chance.sum()
    assert np.log1p(drawn).mean() == pytest.approx(mean, abs=0.06)


def test_it_learned_what_moves_withdrawn(scheme):
    z = np.zeros((2, len(scheme.unknowns)), np.float32)
    z[:, scheme.unknowns.at("visits_level")] = [-1.5, 1.5]
    many = np.array([[100.0, 900.0, 0.0, 0.0]])
    few, lots = (float(at(scheme, each, many)[0, net.W]) for each in z)
    assert lots > few + 1.0


def test_later_counts_do_not_move_earlier_ones(scheme):
    z = np.random.default_rng(3).standard_normal(len(scheme.unknowns))
    one = np.asarray(at(scheme, z, [[100.0, 200.0, 50.0, 10.0]]))
    two = np.asarray(at(scheme, z, [[100.0, 200.0, 70.0, 900.0]]))
    np.testing.assert_array_equal(one[0, net.W], two[0, net.W])
    assert one[0, net.B] != two[0, net.B]


def test_an_impossible_bridge_school_is_impossible(scheme):
    """Without bridge schools there are no children in them; without counting the protected there are none."""
    z = np.zeros(len(scheme.unknowns), np.float32)
    z[scheme.unknowns.at("bridge_share")] = 6.0  # nearly every programme has one
    data = scheme.data(scheme.targets)
    each, _ = of_readings(scheme, scheme.tree, jnp.asarray(z), jax.tree.map(jnp.asarray, data))
    assert np.isfinite(np.asarray(each)).all()


def test_leaving_a_record_out_drops_its_factor(scheme):
    z = jnp.asarray(np.random.default_rng(5).standard_normal(len(scheme.unknowns)), jnp.float32)
    tree, targets = scheme.tree, scheme.targets
    whole = log_likelihood(scheme, tree, z, jax.tree.map(jnp.asarray, scheme.data(targets)))
    less = scheme.data(targets, without=("IND-2",))
    without = log_likelihood(scheme, tree, z, jax.tree.map(jnp.asarray, less))
    each, _ = of_readings(scheme, tree, z, jax.tree.map(jnp.asarray, scheme.data(targets)))
    budhpura = [k for k, r in enumerate(targets.readings) if r.place == "Budhpura"]
    assert float(whole - without) == pytest.approx(float(each[budhpura[0]]), rel=1e-4)


def test_nothing_at_all_is_the_prior(scheme):
    z = jnp.asarray(np.random.default_rng(6).standard_normal(len(scheme.unknowns)), jnp.float32)
    targets = scheme.targets
    data = scheme.data(targets, targets.records, tuple(targets.starts))
    found = log_likelihood(scheme, scheme.tree, z, jax.tree.map(jnp.asarray, data))
    assert float(found) == pytest.approx(0.0, abs=1e-5)
