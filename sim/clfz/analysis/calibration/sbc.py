"""Simulation-based calibration (Talts et al. 2018), coverage, recovery: is the posterior right when truth is known?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import interval, predict, rivals, store, unseen
from clfz.analysis.calibration.fit import Fit, Sampler
from clfz.analysis.calibration.synthetic import data_set
from clfz.analysis.calibration.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

THIN = 99  # draws against which a truth is ranked: 100 possible ranks
BINS = 10


def one(
    sampler: Sampler, truths: Table, at: int, folder: Path, key: str, seed: int
) -> dict[str, Any]:
    """Fit one synthetic data set and say where the truth lies; kept on the disk."""
    from scipy.stats import norm

    scheme = sampler.scheme

    def make() -> dict[str, Any]:
        u, targets = data_set(truths, scheme.unknowns, scheme.targets, at, seed)
        data = scheme.data(targets)
        fit = sampler.fit(data, seed=1000 + at)
        truth = norm.ppf(np.clip(u, 1e-6, 1.0 - 1e-6))
        return summary(fit, u) | unseen.scores(scheme, fit.flat, data, 1000 + at, truth)

    return store.kept(path(folder, at), key_of(key, at, seed), make)


def path(folder: Path, at: int) -> Path:
    """File of a synthetic data set."""
    return folder / f"{at:04d}.npz"


def key_of(key: str, at: int, seed: int) -> str:
    """Checksum of all that the result of a synthetic data set depends on."""
    read = (interval, predict, rivals, unseen)
    code = [Path(str(each.__file__)).read_text("utf-8") for each in read]
    return store.key_of(key, at, seed, code, Path(__file__).read_text("utf-8"))


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
        "fit": np.array([fit.r_hat, fit.effective, fit.divergent, fit.z.shape[1]]),
    }


def uniform_p(ranks: Any) -> float:
    """p of a chi-square test that ranks 0..THIN are uniform, in BINS bins."""
    from scipy.stats import chisquare

    counts = np.histogram(ranks, bins=BINS, range=(-0.5, THIN + 0.5))[0]
    return float(chisquare(counts).pvalue)
