"""Synthetic data sets with known truth: rows of the table that the density never saw, reported as programmes report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calibration.reporting import PROTECTED, bias, report
from calibration.table import Table, levels_of
from calibration.targets import Targets
from calibration.unknowns import Unknowns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def truth_of(table: Table, unknowns: Unknowns, at: int, rng: np.random.Generator) -> Floats:
    """Shares of the prior [U] with which a row of the table was made; what acts after the runs is drawn."""
    u = rng.random(len(unknowns))
    at_bridge = unknowns.at(
        "bridge_share"
    )  # the row's zones have bridge schools or not by this share
    values = np.zeros(len(unknowns))
    values[at_bridge] = levels_of(table.seed, int(table.row[at]))["bridge_share"]
    u[at_bridge] = unknowns.shares(values)[at_bridge]
    u[[unknowns.at(name) for name in table.names]] = table.u[at]
    return u


def data_set(
    table: Table, unknowns: Unknowns, targets: Targets, at: int, seed: int
) -> tuple[Floats, Targets]:
    """A truth [U] and what the records would then be, with places given to records at random.

    Args:
        table: Rows that nothing was learned from.
        unknowns: The vector.
        targets: Gives records, places and weights.
        at: Position in the table.
        seed: Of all that is drawn.
    """
    rng = np.random.default_rng([seed, int(table.row[at]), int(table.draw[at])])
    u = truth_of(table, unknowns, at, rng)
    return u, reported_by(rng, table, unknowns, targets, at, u)


def reported_by(
    rng: np.random.Generator, table: Table, unknowns: Unknowns, targets: Targets, at: int, u: Floats
) -> Targets:
    """What the ten records and the starting points would be under one row of the table."""
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
