"""The report on a comparison: `build(result, folder)` writes `report.html` and `figures/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clfz.runs.results import ComparisonResult

__all__ = ["build", "keep"]


def build(result: ComparisonResult, folder: Path) -> Path:
    """Write `report.html` and `figures/` into a folder; see `clfz.report.page.build`."""
    from clfz.report import page

    return page.build(result, folder)


def keep(result: ComparisonResult, folder: Path) -> Path:
    """Write a result with its report; an older result of that name is replaced when all is there.

    Args:
        result: The result.
        folder: Where; what somebody put beside an older result stays.

    Returns:
        The report.
    """
    from clfz.runs.results import write

    return write(result, folder, lambda place: build(result, place)) / "report.html"
