"""What the records teach about each unknown, and about combinations, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.unknowns import Unknowns

    Floats = NDArray[np.float64]

LEARNED, STAYS = 0.3, 0.1
MOVED = 0.3  # prior standard deviations


def contraction(z: Floats) -> Floats:
    """1 - posterior variance / prior variance of each unknown, on the scale of its prior's shares [U]."""
    from scipy.stats import norm

    found: Floats = 1.0 - norm.cdf(z).var(axis=0) * 12.0
    return found


def moved(z: Floats) -> Floats:
    """How far the mean of each unknown moved [U], in standard deviations of its prior's shares."""
    from scipy.stats import norm

    found: Floats = (norm.cdf(z).mean(axis=0) - 0.5) * 12.0**0.5
    return found


def label(value: float) -> str:
    """In words."""
    if value >= LEARNED:
        return "learned"
    return "stays at the prior" if value < STAYS else "hardly learned"


@dataclass(frozen=True)
class Direction:
    """A combination that the records see better than its parts.

    Attributes:
        contraction: 1 - posterior variance / prior variance along it.
        parts: (name, weight) of its largest parts; weights of opposite sign are traded off for each other.
    """

    contraction: float
    parts: tuple[tuple[str, float], ...]


def directions(z: Floats, unknowns: Unknowns, most: int = 4) -> list[Direction]:
    """The combinations of normal scores with the smallest posterior variance (their prior variance is 1)."""
    value, vector = np.linalg.eigh(np.cov(z.T))
    found = []
    for k in range(most):
        v = vector[:, k] * np.sign(vector[np.argmax(np.abs(vector[:, k])), k])
        parts = [
            (unknowns.names[i], float(v[i])) for i in np.argsort(-np.abs(v))[:5] if abs(v[i]) > 0.25
        ]
        found.append(Direction(float(1.0 - value[k]), tuple(parts)))
    return found
