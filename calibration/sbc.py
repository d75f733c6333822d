"""Simulation-based calibration (Talts et al. 2018), coverage, recovery: is the posterior right when truth is known?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration import store
from calibration.fit import Fit, Sampler
from calibration.likelihood import Scheme
from calibration.synthetic import data_set
from calibration.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS, WARMUP = 350, 250
THIN = 99  # draws against which a truth is ranked: 100 possible ranks
BINS = 10


def one(
    sampler: Sampler, held: Table, at: int, folder: Path, key: str, seed: int
) -> dict[str, Any]:
    """Fit one synthetic data set and say where the truth lies; kept on the disk."""
    scheme = sampler.scheme

    def make() -> dict[str, Any]:
        u, targets = data_set(held, scheme.unknowns, scheme.targets, at, seed)
        fit = sampler.fit(scheme.data(targets), seed=1000 + at)
        return summary(fit, u)

    return store.kept(folder / f"{at:04d}.npz", store.key_of(key, at, seed, DRAWS, WARMUP), make)


def summary(fit: Fit, u: Floats) -> dict[str, Any]:
    """Rank, intervals, mean and variance of every unknown, on the scale of its prior's shares."""
    from scipy.stats import norm

    drawn = norm.cdf(fit.flat)
    spaced = drawn[np.linspace(0, len(drawn) - 1, THIN).astype(int)]
    return {
        "truth": u,
        "rank": (spaced < u).sum(axis=0),
        "low50": np.quantile(drawn, 0.25, axis=0),
        "high50": np.quantile(drawn, 0.75, axis=0),
        "low90": np.quantile(drawn, 0.05, axis=0),
        "high90": np.quantile(drawn, 0.95, axis=0),
        "mean": drawn.mean(axis=0),
        "variance": drawn.var(axis=0),
        "fit": np.array([fit.r_hat, fit.effective, fit.divergent]),
    }


def uniform_p(ranks: Any) -> float:
    """p of a chi-square test that ranks 0..THIN are uniform, in BINS bins."""
    from scipy.stats import chisquare

    counts = np.histogram(ranks, bins=BINS, range=(-0.5, THIN + 0.5))[0]
    return float(chisquare(counts).pvalue)


def part(
    scheme: Scheme, held: Table, which: list[int], folder: str, key: str, seed: int
) -> list[int]:
    """Fit some data sets in this process."""
    sampler = Sampler(scheme, DRAWS, WARMUP)
    for at in which:
        one(sampler, held, at, Path(folder), key, seed)
    return which
