"""The same child meets the same random draws in every scenario, whatever the machine does (design, 3: fixed)."""

import numpy as np
import pytest
from clfz.inputs import load_programme
from clfz.model.state import copied
from clfz.programme.levers import neutral
from joblib import Parallel, delayed

from tests.model.zones import (
    PROGRAMMES,
    ZONES,
    any_levers,
    batch,
    digest,
    digest_of_run,
    parameters,
    programme_levers,
    run,
    seeds,
    zone_data,
)

MONTHS = 36
JOBS = (
    ("budhpura", "area-based", 2**62),
    ("mali-1", "none", 2**63 + 1),
    ("india-3", "cash-transfer", 3),
)


@pytest.fixture(scope="module")
def small():
    return zone_data("budhpura", 300, 3), parameters()


@pytest.fixture(scope="module")
def scenarios(small):
    names = ("none", "area-based", "cash-transfer", "supply-chain")
    return np.stack([programme_levers(name, small[0], MONTHS, 24) for name in names])


# --- a programme of nothing is no programme ---


@pytest.mark.parametrize("name", ZONES)
def test_everything_at_intensity_0_leaves_every_child_as_it_was(name):
    z, p = zone_data(name, 500), parameters()
    levers = programme_levers("zero", z, MONTHS)
    assert len(load_programme("zero").interventions) >= 7
    nothing = run(z, p, neutral(MONTHS), seed=77)
    zero = run(z, p, levers, seed=77)
    assert zero.digest == nothing.digest
    assert (zero.state.grade == nothing.state.grade).all()
    assert (zero.state.message == 0.0).all()
    assert not zero.state.counted.any()


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_that_starts_later_changes_nothing_before(name):
    z, p = zone_data("budhpura", 500), parameters()
    levers = programme_levers(name, z, MONTHS, start_month=24)
    assert not levers[:23].any()
    assert levers[23:].any()
    nothing, later = run(z, p, neutral(MONTHS), 6), run(z, p, levers, 6)
    before = [digest(r.totals[:24], r.sums[:24], r.codes[:24]) for r in (nothing, later)]
    assert before[0] == before[1]
    assert later.digest != nothing.digest


@pytest.mark.parametrize("number", range(6))
def test_what_is_still_to_come_changes_nothing(number):
    z, p = zone_data(ZONES[number], 400), parameters(number)
    levers = any_levers(number, MONTHS)
    other = levers.copy()
    other[20:] = any_levers(100 + number, MONTHS)[20:]
    one, two = run(z, p, levers, number), run(z, p, other, number)
    assert (one.codes[:21] == two.codes[:21]).all()
    assert (one.totals[:21] == two.totals[:21]).all()
    assert (one.sums[:21] == two.sums[:21]).all()
    assert (one.codes != two.codes).any()


def test_a_copy_of_a_zone_has_the_same_bits_and_shares_nothing(small):
    z, p = small
    zone = run(z, p, any_levers(4, 24), 4, history=False).state
    for number, array in enumerate(zone[3:]):  # no array is like another
        array[...] = np.random.default_rng(number).integers(0, 100, array.shape)
    copy = copied(zone)
    for name, one, other in zip(zone._fields, zone, copy, strict=True):
        assert np.array_equal(one, other), name
        if isinstance(one, np.ndarray):
            assert (one.dtype, one.shape) == (other.dtype, other.shape), name
            assert not np.shares_memory(one, other), name


# --- the machine does not matter ---


def test_it_runs_twice_the_same_and_every_seed_differently(small):
    z, p = small
    found = [run(z, p, neutral(12), seed).digest for seed in (1, 2, 2**32 + 1, 2**64 - 1, 1)]
    assert found[0] == found[-1]
    assert len(set(found)) == 4


def test_asking_for_the_history_changes_nothing(small):
    z, p = small
    with_, without = (run(z, p, any_levers(4, 24), 4, history=h) for h in (True, False))
    assert digest(with_.totals, with_.sums) == digest(without.totals, without.sums)


def test_threads_do_not_matter(small, scenarios):
    z, p = small
    found = {digest(*batch(z, p, scenarios, seeds(9), threads=number)) for number in (1, 2, 7)}
    assert len(found) == 1


def test_batches_and_their_order_do_not_matter(small, scenarios):
    z, p = small
    levers = scenarios[:2, :18].copy()
    many = seeds(64)
    whole = batch(z, p, levers, many, 12)
    shuffled = np.random.default_rng(0).permutation(64)
    mixed = batch(z, p, levers, [many[k] for k in shuffled], 12)
    for one, other in zip(whole, mixed, strict=True):
        assert digest(one[shuffled]) == digest(other)
    for k in (0, 1, 31, 63):
        alone = batch(z, p, levers, [many[k]], 12)
        for one, other in zip(whole, alone, strict=True):
            assert digest(one[k]) == digest(other[0])


def test_a_batch_is_the_single_runs_put_together(small, scenarios):
    """In a batch the taste shocks of a replication are drawn once and kept; a single run draws them as needed."""
    z, p = small
    totals, sums, _ = batch(z, p, scenarios, seeds(2))
    for w, seed in enumerate(seeds(2)):
        for k, levers in enumerate(scenarios):
            alone = run(z, p, levers, seed)
            assert digest(totals[w, k], sums[w, k]) == digest(alone.totals, alone.sums)


def test_processes_do_not_matter():
    here = [digest_of_run(*job) for job in JOBS]
    elsewhere = Parallel(n_jobs=2, backend="loky")(delayed(digest_of_run)(*job) for job in JOBS)
    assert elsewhere == here
    assert len(set(here)) == len(JOBS)
