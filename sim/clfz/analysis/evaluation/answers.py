"""What an evaluation answers: what became of the listed children, and could a change have come without the programme.

The list is that of the model's programme: every child that it first counted in the period, as withdrawn, as protected
or in a bridge school. The engine does not tell these apart, so what became of them holds for the model's mix, which
need not be that of the report (`mix`).

A change is, with rates of two times or numbers of two censuses, that between the first and the last, each as it is
found. With a count of withdrawn children alone it is the net fall of the number of children who are out of school, from
the month before the period to its last month, among the children with whom the programme worked, against the number
reported as withdrawn. That is no test of a fall, since nobody measured one: the net fall has lost those who left school
meanwhile, and the list has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.analysis.evaluation.agree import Learned, quantiles
from clfz.analysis.evaluation.observe import WITH, WITHOUT, Placed, predicted, truth
from clfz.analysis.evaluation.runs import LISTED, Runs
from clfz.inputs.field import STOCKS, TOTALLED
from clfz.inputs.indicators import find
from clfz.runs.measures import group_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UNLIKE = 0.1
"""Shares of withdrawn children that differ by more are told."""
FATES = {
    "changed": "in school because of the programme",
    "deadweight": "would be in school anyway",
    "displaced": "in school, but working in another place",
    "relapsed": "out of school again within a year",
    "twice": "on the list twice",
}
PARTS = (
    *("fate", "words", "share", "share_p05", "share_p95"),
    *("children", "children_p05", "children_p95"),
    *("share_before_data", "before_p05", "before_p95"),
)


def parts(placed: Sequence[Placed], runs: Runs, learned: Learned | None) -> pd.DataFrame:
    """What became of listed children, by runs near the reported numbers; the middles are averages, so that they add up.

    Returns:
        One row a fate, empty when nobody was listed: `share` of the list, 0-1, with its range; `children`, the same
        share of the children of the report, None when none were reported; `share_before_data`, of all runs alike.
    """
    shares = fates(runs)
    if not shares.size:
        return pd.DataFrame()
    total = listed_children(placed)
    found = []
    for (fate, words), given, before in zip(
        FATES.items(), _averages(shares, learned), _averages(shares, None), strict=True
    ):
        children = [None if total is None else share * total for share in given]
        found.append((fate, words, *given, *children, *before))
    return pd.DataFrame(found, columns=PARTS)


def _averages(shares: Floats, learned: Learned | None) -> list[tuple[float, float, float]]:
    """Average, low and high of each column of shares [W, n], of runs that count as was learned."""
    weights = None
    if learned is not None:
        columns = [learned.adjusted(column, share=True) for column in shares.T]
        shares = np.stack(columns, axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        weights = learned.weights
    return [
        (float(np.average(column, weights=weights)), *quantiles(column, weights)[1:])
        for column in shares.T
    ]


def mix(placed: Sequence[Placed], runs: Runs, learned: Learned | None) -> dict[str, float] | None:
    """Children withdrawn, as a share of those withdrawn or protected, on the list of the `model` and as `reported`.

    Returns:
        The two shares; None where the report lacks one of the two counts, or no run counted a child.
    """
    withdrawn, protected = (
        [each for each in placed if each.row.indicator == name] for name in TOTALLED
    )
    reported = [sum(each.row.value for each in kind) for kind in (withdrawn, protected)]
    if not (withdrawn and protected and sum(reported)):
        return None
    true = [np.sum([truth(each, runs) for each in kind], axis=0) for kind in (withdrawn, protected)]
    both = true[0] + true[1]
    there = both > 0
    if not there.any():
        return None
    share = true[0] / np.maximum(both, 1.0)
    share[~there] = share[there].mean()
    weights = None
    if learned is not None:
        share, weights = learned.adjusted(share, share=True), learned.weights
    model = float(np.average(share, weights=weights))
    return {"model": model, "reported": reported[0] / sum(reported)}


def fates(runs: Runs) -> Floats:
    """Shares of the entries of a list [W, 5]: the four fates of a child, and cases counted twice.

    A run in which nobody was listed says nothing about those who were; it gets the average of the others.
    """
    listed = runs.listed.sum(axis=1)
    there = listed > 0
    if not there.any():
        return np.zeros((0, len(LISTED) + 1))
    shares = runs.listed / np.maximum(listed, 1)[:, None]
    shares[~there] = shares[there].mean(axis=0)
    double = runs.parameter("report_double")
    twice = double / (1.0 + double)
    return np.column_stack([shares * (1.0 - twice)[:, None], twice])


def listed_children(placed: Sequence[Placed]) -> float | None:
    """Reported children: withdrawn and protected; those in bridge schools when there is nothing else."""
    counts = [each.row for each in placed if each.row.kind == "count"]
    if not counts:
        return None
    main = [row.value for row in counts if row.indicator in TOTALLED]
    return float(sum(main or [row.value for row in counts]))


@dataclass(frozen=True)
class Fall:
    """One change for the better, and how often runs show one as large.

    Attributes:
        what: What fell (or rose).
        of: When.
        reported: By how much.
        unit: "share" or "children".
        measured: Whether the file measured it at two times; otherwise a list stands for it.
        without: [W] in runs without a programme.
        with_programme: [W] in runs with it.
    """

    what: str
    of: str
    reported: float
    unit: str
    measured: bool
    without: Floats
    with_programme: Floats

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
    groups: dict[tuple[str, ...], list[Placed]] = {}
    for each in placed:
        row = each.row
        if row.kind in ("rate", "stock") and _direction(row.indicator):
            key = (row.indicator, row.definition_id, row.sex, row.age_band)
            groups.setdefault(key, []).append(each)
    found = []
    for group in groups.values():
        group.sort(key=lambda each: each.first)
        first, last = group[0], group[-1]
        if last.first > first.last:
            sign = float(_direction(first.row.indicator))
            without, with_programme = (
                sign * np.diff(predicted([first, last], runs, scenario), axis=1)[:, 0]
                for scenario in (WITHOUT, WITH)
            )
            reported = sign * (last.row.value - first.row.value)
            unit = "share" if first.row.kind == "rate" else "children"
            of = f"{first.row.period} and {last.row.period}"
            found.append(Fall(first.label, of, reported, unit, True, without, with_programme))
    counts = [each for each in placed if each.row.indicator == TOTALLED[0]]
    if found or not counts:
        return found
    months = [min(each.first for each in counts) - 1, max(each.last for each in counts)]
    totals = runs.block.totals[:, :, months]
    out = sum(group_counts(totals, "all", "5-17", {"work_only", "neither"}).values())
    fewer = -np.diff(np.asarray(out), axis=2)[:, :, 0] * runs.worked[:, None]
    reported = sum(each.row.value for each in counts)
    of = ", ".join(each.row.period for each in counts)
    what = "Children of 5 to 17 out of school"
    return [Fall(what, of, reported, "children", False, fewer[:, WITHOUT], fewer[:, WITH])]


def table_of(changes: Sequence[Fall]) -> pd.DataFrame:
    """Changes as in `falls.csv`."""
    columns = ("what", "of", "reported", "unit", "chance_without", "chance_with")
    return pd.DataFrame({name: getattr(one, name) for name in columns} for one in changes)


def _direction(indicator: str) -> int:
    """1 where more is better, -1 where less is, 0 where neither."""
    return find(STOCKS.get(indicator, indicator)).direction
