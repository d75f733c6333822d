"""Could the fall have happened without the programme? How often runs without one show a fall as large.

With rates of two times, or numbers of two censuses: the fall between the first and the last, each as it is found. With
a count of withdrawn children alone: the net fall of the number of children who are out of school, from the month before
the period to its last month, among the children with whom the programme worked, against the number reported as
withdrawn. That is no test of a fall, since nobody measured one: the net fall has lost those who left school meanwhile,
and the list has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.labels import label
from clfz.analysis.evaluation.months import Placed
from clfz.analysis.evaluation.observe import WITH, WITHOUT, predicted
from clfz.analysis.evaluation.runs import Runs
from clfz.inputs.field import STOCKS
from clfz.runs.indicators import find
from clfz.runs.measures import group_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WITHDRAWN = "withdrawn_to_school"


@dataclass(frozen=True)
class Fall:
    """One change for the better, and how often runs show one as large.

    Attributes:
        title: What fell (or rose).
        reported: By how much; children, or a share.
        share: Whether it is a share.
        measured: Whether the file measured it at two times; otherwise a list stands for it.
        without: [W] in runs without a programme.
        with_programme: [W] in runs with it.
        of: When, and from which figures.
    """

    title: str
    reported: float
    share: bool
    measured: bool
    without: Floats
    with_programme: Floats
    of: str

    @property
    def chance_without(self) -> float:
        """Share of runs without a programme in which the change is as large."""
        return float((self.without >= self.reported - 1e-12).mean())

    @property
    def chance_with(self) -> float:
        """The same with the programme."""
        return float((self.with_programme >= self.reported - 1e-12).mean())


def falls(placed: Sequence[Placed], runs: Runs) -> list[Fall]:
    """Every change that the file tells of; of lists only when nothing was measured twice."""
    found = [_measured(first, last, runs) for first, last in _pairs(placed)]
    return found or _of_counts(placed, runs)


def _pairs(placed: Sequence[Placed]) -> list[tuple[Placed, Placed]]:
    groups: dict[tuple[str, ...], list[Placed]] = {}
    for each in placed:
        row = each.row
        if row.kind in ("rate", "stock") and _direction(row.indicator):
            key = (row.indicator, row.definition_id, row.sex, row.age_band)
            groups.setdefault(key, []).append(each)
    ordered = [sorted(group, key=lambda each: each.first) for group in groups.values()]
    return [(group[0], group[-1]) for group in ordered if group[-1].first > group[0].last]


def _direction(indicator: str) -> int:
    """1 where more is better, -1 where less is, 0 where neither."""
    return find(STOCKS.get(indicator, indicator)).direction


def _measured(first: Placed, last: Placed, runs: Runs) -> Fall:
    sign = float(_direction(first.row.indicator))
    without, with_programme = (
        sign * np.diff(predicted([first, last], runs, scenario), axis=1)[:, 0]
        for scenario in (WITHOUT, WITH)
    )
    return Fall(
        title=label(first.row),
        reported=sign * (last.row.value - first.row.value),
        share=first.row.kind == "rate",
        measured=True,
        without=without,
        with_programme=with_programme,
        of=f"{first.row.period} and {last.row.period}",
    )


def _of_counts(placed: Sequence[Placed], runs: Runs) -> list[Fall]:
    counts = [each for each in placed if each.row.indicator == WITHDRAWN]
    if not counts:
        return []
    start, end = min(each.first for each in counts), max(each.last for each in counts)
    reported = sum(each.row.value for each in counts)
    wanted = {"work_only", "neither"}
    out = sum(
        group_counts(runs.block.totals[:, :, [start - 1, end]], "all", "5-17", wanted).values()
    )
    fewer = (np.asarray(out)[:, :, 0] - np.asarray(out)[:, :, 1]) * runs.worked[:, None]
    periods = ", ".join(each.row.period for each in counts)
    return [
        Fall(
            title="Children of 5 to 17 out of school",
            reported=reported,
            share=False,
            measured=False,
            without=fewer[:, WITHOUT],
            with_programme=fewer[:, WITH],
            of=periods,
        )
    ]
