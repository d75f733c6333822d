"""The range of counts that holds nine in ten of what is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HOLDS = 0.9


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
