"""The cross-check: ABC rejection with regression adjustment (Beaumont, Zhang & Balding 2002) on the same table.

It shares the runs and the reporting with the main route and nothing else: no density is learned, no chain is run.
Records of a country whose places are unknown are put in the order of their withdrawn counts, so that no assignment
is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.synthetic import reported_by, truth_of
from calibration.table import Table
from calibration.targets import Targets
from calibration.unknowns import Unknowns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPEATS = 8  # data sets made from each row of the table
KEPT = 0.05
RIDGE = 1.0


@dataclass(frozen=True)
class Cloud:
    """What ABC found, in normal scores of the prior.

    Attributes:
        mean: [U].
        sd: [U].
        kept: Data sets that were near enough.
    """

    mean: Floats
    sd: Floats
    kept: int


def summaries(targets: Targets) -> Floats:
    """Logs of all counts and starting points, records of unknown place in the order of their withdrawn counts."""
    counts = targets.counts.copy()
    places: dict[int, set[str]] = {}
    for each in targets.readings:
        places.setdefault(each.record, set()).add(each.place)
    for code in targets.codes:
        open_ones = [
            at for at, c in enumerate(targets.countries) if c == code and len(places[at]) > 1
        ]
        ranked = sorted(open_ones, key=lambda at: counts[at, 0])
        counts[open_ones] = targets.counts[ranked]
    starts = np.array([value for _, value in targets.starts.values()])
    found: Floats = np.log1p(np.concatenate([counts.ravel(), starts]))
    return found


def simulated(
    table: Table, unknowns: Unknowns, targets: Targets, seed: int
) -> tuple[Floats, Floats]:
    """Shares [n, U] and summaries [n, S] of data sets made from every row of the table."""
    shares: list[Any] = []
    found: list[Any] = []
    for repeat in range(REPEATS):
        for at in range(len(table)):
            rng = np.random.default_rng([seed, 11, repeat, at])
            u = truth_of(table, unknowns, at, rng)
            shares.append(u)
            found.append(summaries(reported_by(rng, table, unknowns, targets, at, u)))
    return np.array(shares), np.array(found)


def cloud(shares: Floats, found: Floats, seen: Floats) -> Cloud:
    """Keep the nearest data sets and move each to where it would be with the summaries that were seen."""
    from scipy.stats import norm

    z = norm.ppf(np.clip(shares, 1e-6, 1 - 1e-6))
    width = np.median(np.abs(found - np.median(found, axis=0)), axis=0) * 1.4826
    apart = (found - seen) / np.maximum(width, 0.1)
    distance = np.sqrt((apart**2).sum(axis=1))
    near = np.sort(np.argsort(distance, kind="stable")[: int(KEPT * len(z))])
    bandwidth = distance[near].max()
    weight = 1.0 - (distance[near] / bandwidth) ** 2  # Epanechnikov
    x = np.concatenate([np.ones((len(near), 1)), apart[near]], axis=1)
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    slope = np.linalg.solve(
        x.T @ (weight[:, None] * x) + penalty, x.T @ (weight[:, None] * z[near])
    )
    moved = z[near] - x[:, 1:] @ slope[1:]
    mean = np.average(moved, axis=0, weights=weight)
    sd = np.sqrt(np.average((moved - mean) ** 2, axis=0, weights=weight))
    return Cloud(mean, sd, len(near))
