"""The table of checks. A check that fails stays in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.interval import inside, interval
from clfz.analysis.calibration.run import Bench
from clfz.runs.measures import COUNTED

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

    def tell(self, check: str, record: str, drawn: Floats, seen: Floats) -> int:
        """A row for each count of a record; returns how many lie inside.

        One count in ten should lie outside, so no count is judged by itself.
        """
        (low, high), ok = interval(drawn), inside(drawn, seen)
        for k, kind in enumerate(COUNTED):
            where = "inside" if ok[k] else "outside"
            told = f"{seen[k]:.0f}, {where} {low[k]:.0f} to {high[k]:.0f}"
            self.add(check, f"{record} {kind}", told, "", None)
        return int(ok.sum())


def prior_z(bench: Bench) -> Floats:
    """Draws of the prior."""
    return np.random.default_rng(17).standard_normal((PRIOR_DRAWS, len(bench.unknowns)))
