"""The table of checks. A check that fails stays in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.run import Bench

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PRIOR_DRAWS = 1500


@dataclass
class Checks:
    """The table of checks, and what the report shows beside it.

    Attributes:
        rows: (check, item, value, bar, ok); ok is None where nothing is asked.
        found: Tables by name.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def add(self, check: str, item: str, value: Any, bar: str, ok: bool | None) -> None:
        """Add a row."""
        told = round(float(value), 4) if isinstance(value, int | float | np.floating) else value
        verdict = "" if ok is None else "yes" if ok else "no"
        self.rows.append({"check": check, "item": item, "value": told, "bar": bar, "ok": verdict})


def prior_z(bench: Bench) -> Floats:
    """Draws of the prior."""
    return np.random.default_rng(17).standard_normal((PRIOR_DRAWS, len(bench.unknowns)))


def inside(drawn: Floats, seen: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """90 % interval of draws [n, k], and whether what was seen [k] lies in it."""
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    return low, high, (seen >= low) & (seen <= high)


def share_inside(drawn: Floats, seen: Floats) -> Floats:
    """How much of what was seen [k] lies inside the middle 90 % of draws [n, k], from 0 to 1.

    The chance of the seen count itself is shared between below and above it (the randomised probability integral
    transform of counts; Czado, Gneiting & Held 2009, eq. 1), so that over many counts 0.9 is exact; the closed interval
    of `inside` holds more, above all where 0 is likely.
    """
    below, upto = (drawn < seen).mean(axis=0), (drawn <= seen).mean(axis=0)
    part = np.minimum(upto, 0.95) - np.maximum(below, 0.05)
    whole = (below >= 0.05) & (upto <= 0.95)
    found: Floats = np.where(whole, 1.0, np.clip(part / np.maximum(upto - below, 1e-12), 0.0, 1.0))
    return found
