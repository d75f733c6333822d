"""Data sets with known truth, made for many rows at once, are those that one row at a time would give."""

import numpy as np
import pytest
from clfz.analysis.calibration.reporting import PROTECTED, bias, data_set, data_sets, report
from clfz.analysis.calibration.table import levels_of


@pytest.fixture(scope="module")
def parts(known_table, scheme):
    learned, _, held = known_table.apart(40, 20)
    return learned, held, scheme.unknowns, scheme.targets


@pytest.fixture(scope="module")
def sets(parts):
    learned, _, unknowns, targets = parts
    at = np.tile(np.arange(len(learned)), 10)
    return data_sets(np.random.default_rng(3), learned, unknowns, targets, at)


def plain_truth(table, unknowns, at, rng):
    u = rng.random(len(unknowns))
    bridge = unknowns.at("bridge_share")
    values = np.zeros(len(unknowns))
    values[bridge] = levels_of(table.seed, int(table.row[at]))["bridge_share"]
    u[bridge] = unknowns.shares(values)[bridge]
    u[[unknowns.at(name) for name in table.names]] = table.u[at]
    return u


def plain_set(rng, table, unknowns, targets, at, u):
    """One row, record by record."""
    value = dict(zip(unknowns.names, unknowns.values(u).tolist(), strict=True))
    chosen: dict[int, int] = {}
    for code in targets.codes:
        members, ways, weight = targets.matchings(code)
        way = ways[rng.choice(len(ways), p=np.exp(weight))]
        chosen.update(zip(members, way, strict=True))
    readings = [targets.readings[chosen[record]] for record in range(len(targets.records))]
    # a place with a starting point that no record is given to still has its starting point
    extra = [
        next(each for each in targets.readings if each.place == place)
        for place in targets.starts
        if place not in {each.place for each in readings}
    ]
    asked = [*readings, *extra]
    values = unknowns.values(u)
    zone = np.array([table.zones.index(each.zone) for each in asked])
    size = value["reach_level"] + np.log([each.size_factor for each in asked])
    counted = np.array([bias(values, unknowns, targets.countries[each.record]) for each in asked])
    shift = np.stack(
        [
            size + counted,
            np.full(len(asked), value["protected_level"]),
            size + np.log(value["start_found"]),
        ],
        axis=1,
    )
    scatter = np.tile([value["reach_spread"], value["protected_spread"]], (len(asked), 1))
    noise = np.full(len(asked), value["report_noise"])
    cases = report(rng, table, np.full(len(asked), at), zone, shift, scatter, noise)
    counts = cases.counts[: len(readings)].copy()
    counts[rng.random(len(readings)) >= value["protected_share"], PROTECTED] = 0.0
    by_place = {each.place: cases.start[k] for k, each in enumerate(asked)}
    return targets.with_counts(counts, np.array([by_place[place] for place in targets.starts]))


def test_many_data_sets_are_like_single_ones(parts, sets):
    learned, _, unknowns, targets = parts
    rng = np.random.default_rng(4)
    counts, starts = [], []
    for at in np.tile(np.arange(len(learned)), 5):
        u = plain_truth(learned, unknowns, at, rng)
        one = plain_set(rng, learned, unknowns, targets, at, u)
        counts.append(one.counts)
        starts.append([value for _, value in one.starts.values()])
    for mine, theirs in ((sets.counts, np.array(counts)), (sets.starts, np.array(starts))):
        for of in (np.log1p, lambda x: x == 0, lambda x: np.log1p(x) ** 2):
            a, b = of(mine).astype(float), of(theirs).astype(float)
            error = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
            assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) <= 4.5 * error + 1e-9).all()


def test_truths_are_the_rows(parts, sets):
    learned, _, unknowns, _ = parts
    single = plain_truth(learned, unknowns, 7, np.random.default_rng(1))
    fixed = [unknowns.at(name) for name in (*learned.names, "bridge_share")]
    np.testing.assert_array_equal(sets.u[7, fixed], single[fixed])


def test_a_data_set_is_told_by_its_row_and_seed(parts):
    _, held, unknowns, targets = parts
    (u, one), (same, again), (_, other) = (
        data_set(held, unknowns, targets, 3, seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(u, same)
    np.testing.assert_array_equal(one.counts, again.counts)
    assert (one.counts != other.counts).any()
    assert one.records == targets.records


def test_a_place_without_a_record_still_has_its_start(parts, sets):
    _, _, _, targets = parts
    chipinge = list(targets.starts).index("Chipinge")
    place = np.array([each.place for each in targets.readings])[sets.reading]
    elsewhere = ~(place == "Chipinge").any(axis=1)
    assert elsewhere.any()
    assert (sets.starts[elsewhere, chipinge] > 0).mean() > 0.9
