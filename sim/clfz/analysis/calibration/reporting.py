"""From children that a run counted to what a programme reports: size, reach, counting, noise.

    mean of a count = events x size x exp(reach_level + reach_spread x e) x (1 - missed) x (1 + double) x definition
    count           ~ negative binomial with that mean and coefficient of variation `report_noise` beyond Poisson

e is one standard normal of the zone: a programme that reached more children has more of every count. Size is a draw
from the profile's range. What is counted as protected differs between programmes: definition = exp(protected_level +
protected_spread x another normal) for that count, 1 for the others. A programme that does not count protected children
reports 0 of them. All of this acts after the runs, so it can be drawn anew without running anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.unknowns import Unknowns, own_parameters

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from clfz.analysis.calibration.table import Table

    Floats = NDArray[np.float64]

WITHDRAWN, PROTECTED, BRIDGED = range(3)  # the order of clfz.runs.measures.COUNTED
START_OF = {"budhpura": 0, "chipinge": 1}  # which of Table.starts a zone's starting point is
SHIFTS = (-2.2, 2.5)  # logs of factors on all counts that the density has to know
SPREADS = (0.05, 1.5)


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
