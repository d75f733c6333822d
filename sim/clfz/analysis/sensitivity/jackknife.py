"""Leaving out one luck at a time: what an index would be without luck, and how far luck moves it.

The average over K lucks still holds a part c(K) of the luck, which pulls first-order indices down and total indices up.
The generalised jackknife (Gray and Schucany 1972) takes it away; with c(K) = 1/K it is that of Quenouille (1956). The
spread of what is left when one luck goes (Tukey 1958) is the part of the interval that belongs to luck; SALib's
resampling of the rows gives the other part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.needs import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEWEST = 3
"""Fewer lucks cannot be left out one by one."""


def left_out(estimate: Callable[[Array], Any], values: Array) -> list[Any]:
    """The estimate of [R, K] without each luck in turn."""
    return [estimate(np.delete(values, k, axis=1)) for k in range(values.shape[1])]


def without_luck(whole: Any, parts: Any, noise: Callable[[int], float]) -> Any:
    """An estimate from all lucks, less the part that is luck.

    Args:
        whole: From all K lucks.
        parts: [K, ...] without each luck in turn.
        noise: How large the part of K lucks is, up to a factor.
    """
    lucks = len(parts)
    now, fewer = noise(lucks), noise(lucks - 1)
    return (fewer * whole - now * np.mean(parts, axis=0)) / (fewer - now)


def half_width(rows: Array, parts: Any) -> Array:
    """Half of a 95 % interval.

    Args:
        rows: Standard errors over rows.
        parts: [K, ...] without each luck in turn.
    """
    from scipy.stats import t

    lucks = len(parts)
    away = np.asarray(parts) - np.mean(parts, axis=0)
    moved = np.sqrt((lucks - 1) / lucks * (away**2).sum(axis=0))
    found = np.sqrt((Z * rows) ** 2 + (t.ppf(0.975, lucks - 1) * moved) ** 2)
    return np.asarray(found, np.float64)


def around(estimate: Callable[[Array], tuple[Array, Array]], values: Array) -> Any:
    """Value, low and high of an estimate that needs no correction.

    Args:
        estimate: [R, K] -> values, and their standard errors over rows.
        values: [R, K] by row and luck.
    """
    value, rows = estimate(values)
    half = half_width(rows, left_out(lambda part: estimate(part)[0], values))
    return value, value - half, value + half
