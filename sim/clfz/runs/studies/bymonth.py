"""What is kept of every month of a run: nothing, the indicators, or everything that the engine counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.model.layout import COUNTS, SUMS
from clfz.runs.measures import BANDS, SEXES, indicator, indicator_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.measures import Block
    from clfz.runs.studies.study import Study

COUNTED = tuple(
    f"{name}_{sex}_{band}"
    for sex in [name for name, part in SEXES.items() if len(part) == 1]
    for band in [name for name, part in BANDS.items() if len(part) == 1]
    for name in COUNTS
)
"""Children by sex, band and what is counted, in the engine's own order."""


def names(study: Study) -> tuple[str, ...]:
    """The columns of the table of months; none when it is not kept."""
    kept = {"measures": (), "monthly": indicator_names(), "counts": (*COUNTED, *SUMS)}
    return kept[study.spec.keep]


def of_runs(study: Study, block: Block, kept: list[int]) -> NDArray[Any] | None:
    """Months [runs, columns, M + 1] of the scenarios that are kept; None when no months are."""
    if study.spec.keep == "measures":
        return None
    if study.spec.keep == "counts":
        return _counts(block, kept)
    values = [indicator(name, block)[:, kept] for name in indicator_names()]
    stacked: Any = np.stack(values, axis=2).astype(np.float32)
    return np.asarray(stacked.reshape(-1, *stacked.shape[2:]))


def _counts(block: Block, kept: list[int]) -> NDArray[np.float64]:
    """Whole numbers of children stay whole: a float64 holds them to 2^53."""
    totals, sums = block.totals[:, kept], block.sums[:, kept]
    months = totals.shape[2]
    table = np.empty((totals.shape[0] * totals.shape[1], len(COUNTED) + len(SUMS), months))
    table[:, : len(COUNTED)] = totals.reshape(len(table), months, -1).swapaxes(1, 2)
    table[:, len(COUNTED) :] = sums.reshape(len(table), months, -1).swapaxes(1, 2)
    return table


def of_failed(study: Study, runs: int) -> NDArray[Any] | None:
    """Months of runs that failed."""
    if study.spec.keep == "measures":
        return None
    kind = np.float64 if study.spec.keep == "counts" else np.float32
    return np.full((runs, len(names(study)), study.spec.months + 1), np.nan, kind)
