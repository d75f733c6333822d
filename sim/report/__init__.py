"""The report on a comparison: `build(result, folder)` writes `report.html` and `figures/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results import ComparisonResult

__all__ = ["build"]


def build(result: ComparisonResult, folder: Path) -> Path:
    """Write `report.html` and `figures/` into a folder; see `sim.report.page.build`."""
    from sim.report import page

    return page.build(result, folder)
