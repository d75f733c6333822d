"""Data sets with known truth: what zones report follows its formula, and a truth is told by its row and seed."""

import numpy as np
import pytest
from clfz.analysis.calibration.reporting import (
    PROTECTED,
    SHIFTS,
    START_OF,
    data_set,
    report,
    shifts,
)
from clfz.analysis.calibration.table import levels_of


@pytest.fixture(scope="module")
def parts(known_table, scheme):
    return known_table.apart(40, 20)[0], scheme.unknowns, scheme.targets


@pytest.fixture(scope="module")
def sets(parts):
    return [data_set(*parts, at, 3) for at in range(len(parts[0]))]


def test_reports_follow_their_formula(known_table):
    """Mean of a count = events x size x exp(shift + half the variance of its normals); the start has its own shift."""
    n = 40_000
    row, zone = np.full(n, 7), np.full(n, 2)
    shift = np.tile([0.3, -0.5, 0.1], (n, 1))
    scatter, noise = np.tile([0.4, 0.6], (n, 1)), np.full(n, 0.3)
    rng = np.random.default_rng(1)
    counts, start = report(rng, known_table, row, zone, shift, scatter, noise)
    size = known_table.children[2].mean() / known_table.children[2, 1]  # of a triangular
    reach = np.exp(0.4**2 / 2)
    events = known_table.events[2, 7, 0] * size * reach * np.exp(0.3)
    events[PROTECTED] *= np.exp(-0.5 + 0.6**2 / 2)
    np.testing.assert_allclose(counts.mean(axis=0), events, rtol=0.03)
    found = (
        known_table.starts[2, 7, START_OF.get(known_table.zones[2], 0)] * size * reach * np.exp(0.1)
    )
    assert start.mean() == pytest.approx(found, rel=0.03)
    # one reach for every count of a zone
    assert np.corrcoef(np.log1p(counts[:, 0]), np.log1p(start))[0, 1] > 0.5


def test_shifts_are_those_of_the_country_and_the_place(parts):
    _, unknowns, targets = parts
    values = unknowns.values(np.full(len(unknowns), 0.4))
    one = dict(zip(unknowns.names, values, strict=True))
    found = shifts(unknowns, values, targets.codes, np.array([1, 0]), np.log([1.0, 5.0]))
    for (code, factor), row in zip(
        ((targets.codes[1], 1), (targets.codes[0], 5)), found, strict=True
    ):
        size = one["reach_level"] + np.log(factor)
        counted = (1 - one[f"report_missed[{code}]"]) * (1 + one[f"report_double[{code}]"])
        start = size + np.log(one["start_found"])
        np.testing.assert_allclose(row, [size + np.log(counted), one["protected_level"], start])
    assert SHIFTS[0] < found[:, 0].min() < found[:, 0].max() < SHIFTS[1]


def test_truths_are_the_rows(parts, sets):
    table, unknowns, _ = parts
    bridge = unknowns.at("bridge_share")
    for at in (0, 7):
        u = sets[at][0]
        np.testing.assert_array_equal(u[[unknowns.at(name) for name in table.names]], table.u[at])
        level = levels_of(table.seed, int(table.row[at]))["bridge_share"]
        assert unknowns.values(u)[bridge] == pytest.approx(level)


def test_a_data_set_is_told_by_its_row_and_seed(parts):
    (u, one), (same, again), (_, other) = (data_set(*parts, 3, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(u, same)
    np.testing.assert_array_equal(one.counts, again.counts)
    assert (one.counts != other.counts).any()
    assert one.records == parts[2].records


def test_who_counts_no_protected_children_reports_none(parts, sets):
    """A share `protected_share` of the programmes counts them; all others report 0."""
    _, unknowns, _ = parts
    shares = [unknowns.values(u)[unknowns.at("protected_share")] for u, _ in sets]
    none = np.mean([targets.counts[:, PROTECTED] == 0 for _, targets in sets])
    assert none == pytest.approx(1 - np.mean(shares), abs=0.03)


def test_every_place_has_its_start(sets):
    starts = np.array([[value for _, value in targets.starts.values()] for _, targets in sets])
    assert ((starts > 0).mean(axis=0) > 0.9).all()
