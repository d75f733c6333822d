"""The cross-check: semi-automatic ABC (Fearnhead & Prangle 2012) with regression adjustment, on the same table.

It shares the runs and the reporting with the main route and nothing else: no density is learned, no chain is run.

1. Many data sets with known truth are made from the rows of the table (`clfz.analysis.calibration.synthetic`).
2. A ridge regression of the truths (normal scores) on the summaries gives a first guess of every posterior mean. Data
   sets whose first guesses are near those of the data seen are kept: the region.
3. Inside of it a second ridge regression, which also knows squares and products of the first guesses, gives the
   posterior mean of each unknown again. Rows are in five folds, each predicted from the other four, so that no data
   set helps to predict itself; the penalty of each unknown is the one that predicts best.
4. For each unknown that mean is its only summary (their section 3): the nearest data sets are kept and moved along a
   local line to where the data seen are (Beaumont, Zhang & Balding 2002, equation 4).

Step 4 is what makes it ABC: a poor regression makes the answer wider, not wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.summaries import scale, summaries, usual
from clfz.analysis.calibration.synthetic import data_sets
from clfz.analysis.calibration.table import Table
from clfz.analysis.calibration.targets import Targets
from clfz.analysis.calibration.unknowns import Unknowns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPEATS = 40  # data sets made from each row of the table
REGION = 0.3  # of the data sets, for the second regression
KEPT = 0.1  # of the region, for each unknown
FOLDS = 5
BEST = 12  # unknowns whose first guesses are multiplied with each other
FIRST = 1e3  # penalty of the first regression
PENALTIES = (1e1, 1e2, 3e2, 1e3, 3e3, 1e4, 1e5)
LEVELS = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Cloud:
    """What ABC found.

    Attributes:
        mean: [U] in normal scores of the prior.
        sd: [U] likewise.
        share: [U] mean in shares of the prior.
        quantiles: [U, 4] at `LEVELS`, in normal scores.
        kept: Data sets that were near enough.
    """

    mean: Floats
    sd: Floats
    share: Floats
    quantiles: Floats
    kept: int


@dataclass(frozen=True)
class Pool:
    """Data sets with known truth, and the first guess at each.

    Attributes:
        z: [n, U] truths, in normal scores.
        x: [n, S] summaries, squares and products of first guesses.
        guess: [n, U] first guesses.
        fold: [n] of their rows.
        read: Turns counts [n, R, 3] and starting points into summaries and first guesses.
    """

    z: Floats
    x: Floats
    guess: Floats
    fold: NDArray[np.int64]
    read: Callable[[Floats, Floats], tuple[Floats, Floats]]


def pool(
    table: Table, unknowns: Unknowns, targets: Targets, seed: int, repeats: int = REPEATS
) -> Pool:
    """Data sets from every row of the table."""
    from scipy.stats import norm

    at = np.tile(np.arange(len(table)), repeats)
    sets = data_sets(np.random.default_rng([seed, 11]), table, unknowns, targets, at)
    normal = usual(sets, targets)
    found = summaries(sets.counts, sets.starts, targets, normal)
    same = scale(found)
    z = norm.ppf(np.clip(sets.u, 1e-6, 1 - 1e-6))
    x = same(found)
    centre, middle = x.mean(axis=0), z.mean(axis=0)
    gram = (x - centre).T @ (x - centre) + FIRST * np.eye(x.shape[1])
    slope = np.linalg.solve(gram, (x - centre).T @ (z - middle))
    first = (x - centre) @ slope + middle
    spread = first.std(axis=0)
    best = np.sort(np.argsort(-spread, kind="stable")[:BEST])

    def guess(x: Floats) -> tuple[Floats, Floats]:
        guessed = (x - centre) @ slope + middle
        a = guessed[:, best] / np.maximum(spread[best], 1e-9)
        i, j = np.triu_indices(len(best))
        products = np.clip(a[:, i] * a[:, j], -8.0, 8.0)
        return np.concatenate([x, products, np.clip(a, -3.0, 3.0) ** 3], axis=1), guessed

    def read(counts: Floats, starts: Floats) -> tuple[Floats, Floats]:
        return guess(same(summaries(counts, starts, targets, normal)))

    return Pool(z, *guess(x), sets.row % FOLDS, read)


def cloud(pool: Pool, targets: Targets) -> Cloud:
    """What the counts and the starting points of these targets say."""
    starts = np.array([[value for _, value in targets.starts.values()]])
    x, guess = pool.read(targets.counts[None], starts)
    apart = ((pool.guess - guess) ** 2).sum(axis=1)
    near = np.sort(np.argsort(apart, kind="stable")[: int(REGION * len(apart))])
    found, seen = crossed(pool.x[near], pool.z[near], pool.fold[near], x)
    n = int(KEPT * len(near))
    each = [adjusted(pool.z[near, k], found[:, k], float(seen[k]), n) for k in range(len(seen))]
    mean, sd, share, quantiles = (np.array(part) for part in zip(*each, strict=True))
    return Cloud(mean, sd, share, quantiles, n)


def crossed(x: Floats, z: Floats, fold: NDArray[np.int64], seen: Floats) -> tuple[Floats, Floats]:
    """Posterior means [n, U], each from the other folds, and at the data seen [U], mean of the folds.

    Args:
        x: [n, S].
        z: [n, U] truths.
        fold: [n].
        seen: [1, S].
    """
    folds = [np.flatnonzero(fold == k) for k in range(FOLDS)]
    folds = [part for part in folds if len(part)]
    centre, middle = x.mean(axis=0), z.mean(axis=0)
    x, z, seen = x - centre, z - middle, seen - centre
    grams = [(x[part].T @ x[part], x[part].T @ z[part]) for part in folds]
    gram, cross = (sum(parts) for parts in zip(*grams, strict=True))
    found = np.empty((len(PENALTIES), *z.shape))
    there = np.zeros((len(PENALTIES), z.shape[1]))
    for part, (own, own_cross) in zip(folds, grams, strict=True):
        values, vectors = np.linalg.eigh(gram - own)
        turned = vectors.T @ (cross - own_cross)
        mine, other = x[part] @ vectors, seen @ vectors
        for k, penalty in enumerate(PENALTIES):
            slope = turned / (np.maximum(values, 0.0)[:, None] + penalty)
            found[k, part] = mine @ slope
            there[k] += (other @ slope)[0] / len(folds)
    best = ((found - z) ** 2).mean(axis=1).argmin(axis=0)
    unknown = np.arange(z.shape[1])
    return found[best, :, unknown].T + middle, there[best, unknown] + middle


def adjusted(z: Floats, found: Floats, seen: float, n: int) -> tuple[Any, Any, Any, Any]:
    """Mean, standard deviation, mean of shares and quantiles of one unknown.

    Args:
        z: [m] truths.
        found: [m] its summary.
        seen: The same of the data seen.
        n: How many to keep.
    """
    from scipy.stats import norm

    apart = found - seen
    near = np.argsort(np.abs(apart), kind="stable")[:n]
    apart, z = apart[near], z[near]
    weight = 1.0 - (apart / (np.abs(apart).max() + 1e-12)) ** 2  # Epanechnikov
    weight = weight / weight.sum() if weight.sum() > 0 else np.full(n, 1.0 / n)
    off = apart - weight @ apart
    moved = z - (weight @ (off * z)) / max(weight @ off**2, 1e-12) * apart
    mean = weight @ moved
    order = np.argsort(moved)
    at = np.searchsorted(np.cumsum(weight[order]), LEVELS).clip(max=n - 1)
    sd = np.sqrt(weight @ (moved - mean) ** 2)
    return mean, sd, weight @ norm.cdf(moved), moved[order][at]
