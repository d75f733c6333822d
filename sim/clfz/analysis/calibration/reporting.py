"""From children that a run counted to what a programme reports: size, reach, counting, noise.

    mean of a count = events x size x exp(reach_level + reach_spread x e) x (1 - missed) x (1 + double) x definition
    count           ~ negative binomial with that mean and coefficient of variation `report_noise` beyond Poisson

e is one standard normal of the zone: a programme that reached more children has more of every count. Size is a draw
from the profile's range. What is counted as protected differs between programmes: definition = exp(protected_level +
protected_spread x another normal) for that count, 1 for the others. A programme that does not count protected children
reports 0 of them. All of this acts after the runs, so it can be drawn anew without running anything: the density is
learned from rows of the table reported so (`training_cases`), and data sets with known truth are made so (`data_sets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.table import Table, levels_of
from clfz.analysis.calibration.targets import Targets
from clfz.analysis.calibration.unknowns import Unknowns, own_parameters

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WITHDRAWN, PROTECTED, BRIDGED = range(3)  # the order of clfz.runs.measures.COUNTED
START_OF = {"budhpura": 0, "chipinge": 1}  # which of Table.starts a zone's starting point is
SHIFTS = (-2.2, 2.5)  # logs of factors on all counts that the density has to know
SPREADS = (0.05, 1.5)
HOLDS = 0.9  # of what is predicted, the range of counts


@dataclass(frozen=True)
class Cases:
    """Single zones with what they reported, and what a density of it may know.

    Attributes:
        row: [n] row of the table.
        zone: [n] index of the zone.
        shift: [n, 3] log factors: on all counts, on protected beyond that, on the starting point.
        scatter: [n, 2] scatter of the reach, and of what is counted as protected.
        noise: [n].
        counts: [n, 3] what was reported.
        start: [n] the starting point that a survey found.
        bridge: [n] whether there was a bridge school.
    """

    row: NDArray[np.int64]
    zone: NDArray[np.int64]
    shift: Floats
    scatter: Floats
    noise: Floats
    counts: Floats
    start: Floats
    bridge: NDArray[np.bool_]


def span(name: str) -> tuple[float, float]:
    """Range of an unknown of `unknowns.yaml`."""
    return next(each.prior.span for each in own_parameters() if each.name == name)


def years(rng: Generator, size: Any) -> NDArray[np.int64]:
    """Year of the programme in which a zone was in the reported year: 0, 1, 2."""
    prior = next(each.prior for each in own_parameters() if each.name == "programme_year")
    low, high = prior.span
    drawn = rng.triangular(low, prior.central, high, size)
    found: NDArray[np.int64] = np.clip(np.rint(drawn), 1, 3).astype(np.int64) - 1
    return found


def noisy(rng: Generator, mean: Floats, noise: Floats) -> Floats:
    """Negative binomial counts of that mean; variance = mean + (noise x mean)^2."""
    size = 1.0 / np.square(noise)
    return rng.poisson(mean * rng.gamma(size, 1.0 / size, np.shape(mean))).astype(np.float64)


def relative_size(rng: Generator, children: Floats) -> Floats:
    """Children against the profile's value, from its range [..., 3]: triangular."""
    low, mode, high = np.moveaxis(children, -1, 0)
    return np.asarray(rng.triangular(low, mode, high) / mode, np.float64)


def report(
    rng: Generator,
    table: Table,
    row: NDArray[np.int64],
    zone: NDArray[np.int64],
    shift: Floats,
    scatter: Floats,
    noise: Floats,
) -> Cases:
    """What single zones report; every row has its own size, reach, year and noise."""
    n = len(row)
    year = years(rng, n)
    common = np.log(relative_size(rng, table.children[zone])) + scatter[:, 0] * rng.standard_normal(
        n
    )
    logs = np.repeat((common + shift[:, 0])[:, None], 3, axis=1)
    logs[:, PROTECTED] += shift[:, 1] + scatter[:, 1] * rng.standard_normal(n)
    counts = noisy(rng, table.events[zone, row, year] * np.exp(logs), noise[:, None])
    kinds = np.array([START_OF.get(name, 0) for name in table.zones])[zone]
    start = noisy(rng, table.starts[zone, row, kinds] * np.exp(common + shift[:, 2]), noise)
    return Cases(row, zone, shift, scatter, noise, counts, start, table.bridge[zone, row])


def training_cases(rng: Generator, table: Table) -> Cases:
    """Every zone of every row once, with factors spread over all that the density has to know."""
    zones, n = len(table.zones), len(table)
    row, zone = np.tile(np.arange(n), zones), np.repeat(np.arange(zones), n)
    size = row.size
    both = rng.uniform(*SHIFTS, size)
    shift = np.stack(
        [both, rng.uniform(*span("protected_level"), size), both + rng.uniform(-0.8, 0.6, size)],
        axis=1,
    )
    shift[:, 2] = np.clip(shift[:, 2], *SHIFTS)
    scatter = np.stack(
        [rng.uniform(*SPREADS, size), rng.uniform(*span("protected_spread"), size)], axis=1
    )
    return report(rng, table, row, zone, shift, scatter, rng.uniform(*span("report_noise"), size))


def bias(values: Floats, unknowns: Unknowns, country: str) -> Floats:
    """Log of (1 - missed)(1 + double) of a country, from values [..., U]."""
    missed = values[..., unknowns.at(f"report_missed[{country}]")]
    double = values[..., unknowns.at(f"report_double[{country}]")]
    found: Floats = np.log1p(-missed) + np.log1p(double)
    return found


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


def interval(drawn: Any) -> tuple[Floats, Floats]:
    """Low and high end [...] of the range that holds `HOLDS` of drawn counts [n, ...], ends included.

    Tails are equal, unless zero is more likely than a tail: then nothing can be cut off below, and the other tail gets
    all that is cut. Else the range would hold 95 % and be called one of 90 %.
    """
    tail = (1.0 - HOLDS) / 2.0
    drawn = np.asarray(drawn, np.float64)
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    from_zero = (drawn <= 0.0).mean(axis=0) > tail
    return np.where(from_zero, 0.0, low), np.where(from_zero, np.quantile(drawn, HOLDS, 0), high)


def inside(drawn: Any, seen: Any) -> NDArray[np.bool_]:
    """Whether counts that were seen [...] lie in the range of drawn ones [n, ...]."""
    low, high = interval(drawn)
    found: NDArray[np.bool_] = (seen >= low) & (seen <= high)
    return found
