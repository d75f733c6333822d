"""Honest rivals of the calibrated model: what would one predict of a record without it?

- *counts alone*: each kind of count is negative binomial with one mean and one size for all zones; both are averaged
  over their posterior given the other records (flat in the logarithm, on a grid).
- *prior*: the model with nothing learned; made by `clfz.analysis.calibration.predict` from draws of the prior.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEANS = np.exp(np.linspace(np.log(5.0), np.log(20000.0), 161))
SIZES = np.exp(np.linspace(np.log(0.05), np.log(20.0), 81))


def pooled(others: Floats, own: Floats, seed: int, draws: int = 4000) -> tuple[Floats, Floats]:
    """Log probability of each count of a record [3], and draws [draws, 3], given the other records [n, 3]."""
    from scipy.stats import nbinom

    mean, size = np.meshgrid(MEANS, SIZES, indexing="ij")
    rng = np.random.default_rng([seed, 3])
    logs, drawn = np.zeros(3), np.zeros((draws, 3))
    for kind in range(3):
        each = nbinom.logpmf(others[:, kind, None, None], size, size / (size + mean)).sum(axis=0)
        weight = np.exp(each - each.max())
        weight /= weight.sum()
        logs[kind] = np.log((weight * nbinom.pmf(own[kind], size, size / (size + mean))).sum())
        at = rng.choice(weight.size, size=draws, p=weight.ravel())
        m, k = mean.ravel()[at], size.ravel()[at]
        drawn[:, kind] = rng.poisson(m * rng.gamma(k, 1.0 / k))
    return logs, drawn


def log_crps(drawn: Floats, seen: float) -> float:
    """Continuous ranked probability score of draws on the scale log(1 + count); smaller is better."""
    x = np.sort(np.log1p(drawn))
    n = len(x)
    spread = 2.0 * np.sum((2.0 * np.arange(1, n + 1) - n - 1) * x) / (n * n)
    return float(np.mean(np.abs(x - np.log1p(seen))) - 0.5 * spread)
