"""Synthetic data sets with known truth: rows of the table, reported as programmes report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration.reporting import PROTECTED, bias, report
from clfz.analysis.calibration.table import Table, levels_of
from clfz.analysis.calibration.targets import Targets
from clfz.analysis.calibration.unknowns import Unknowns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sets:
    """Data sets with known truth.

    Attributes:
        u: [n, U] shares of the prior.
        counts: [n, R, 3].
        starts: [n, S] starting points.
        reading: [n, R] place at which each record was made, as an index of `Targets.readings`.
        row: [n] row of the design.
    """

    u: Floats
    counts: Floats
    starts: Floats
    reading: NDArray[np.int64]
    row: NDArray[np.int64]


def truths(
    rng: np.random.Generator, table: Table, unknowns: Unknowns, at: NDArray[np.int64]
) -> Floats:
    """Shares of the prior [n, U] with which rows of the table were made; what acts after the runs is drawn."""
    u = rng.random((len(at), len(unknowns)))
    at_bridge = unknowns.at("bridge_share")
    rows, back = np.unique(table.row[at], return_inverse=True)
    values = np.zeros((len(rows), len(unknowns)))
    values[:, at_bridge] = [levels_of(table.seed, int(row))["bridge_share"] for row in rows]
    u[:, at_bridge] = unknowns.shares(values)[back, at_bridge]
    u[:, [unknowns.at(name) for name in table.names]] = table.u[at]
    return u


def data_sets(
    rng: np.random.Generator,
    table: Table,
    unknowns: Unknowns,
    targets: Targets,
    at: NDArray[np.int64],
) -> Sets:
    """What the records and the starting points would be under rows of the table (positions `at` [n])."""
    u = truths(rng, table, unknowns, at)
    values = unknowns.values(u)
    readings, records = targets.readings, len(targets.records)
    place = np.array([list(targets.places).index(each.place) for each in readings])
    # a starting point is drawn apart in case no record is given to its place
    asked = np.empty((len(at), records + len(targets.starts)), np.int64)
    for code in targets.codes:
        members, ways, weight = targets.matchings(code)
        asked[:, members] = np.array(ways)[rng.choice(len(ways), len(at), p=np.exp(weight))]
    home = [targets.places.index(name) for name in targets.starts]
    asked[:, records:] = [int(np.argmax(place == each)) for each in home]

    def wide(name: str) -> Floats:
        return np.broadcast_to(values[:, [unknowns.at(name)]], asked.shape)

    zone = np.array([table.zones.index(each.zone) for each in readings])
    country = np.array([targets.codes.index(targets.countries[each.record]) for each in readings])
    counted = np.stack([bias(values, unknowns, code) for code in targets.codes], axis=1)
    size = wide("reach_level") + np.log([each.size_factor for each in readings])[asked]
    seen = size + np.take_along_axis(counted, country[asked], axis=1)
    found = size + np.log(wide("start_found"))
    shift = np.stack([seen, wide("protected_level"), found], axis=-1).reshape(-1, 3)
    scatter = np.stack([wide("reach_spread"), wide("protected_spread")], axis=-1).reshape(-1, 2)
    row = np.repeat(at, asked.shape[1])
    noise = wide("report_noise").ravel()
    cases = report(rng, table, row, zone[asked].ravel(), shift, scatter, noise)
    counts = cases.counts.reshape(*asked.shape, 3)[:, :records].copy()
    silent = rng.random((len(at), records)) >= wide("protected_share")[:, :records]
    counts[silent, PROTECTED] = 0.0
    every = cases.start.reshape(asked.shape)
    starts = every[:, records:].copy()
    for k, each in enumerate(home):
        own = place[asked[:, :records]] == each
        starts[:, k] = np.where(
            own.any(axis=1), (every[:, :records] * own).sum(axis=1), starts[:, k]
        )
    return Sets(u, counts, starts, asked[:, :records], table.row[at])


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
    made = data_sets(rng, table, unknowns, targets, np.array([at]))
    return made.u[0], targets.with_counts(made.counts[0], made.starts[0])
