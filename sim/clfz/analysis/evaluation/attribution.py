"""What became of the children on the list: of those first counted in the period, how many owe it to the programme.

The list is that of the model's programme: every child that it first counted in the period, as withdrawn, as protected
or in a bridge school. The engine does not sort by kind, so the fates are of the model's mix of kinds, which need not be
that of the report (`Mix`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.learn import Learned, quantiles
from clfz.analysis.evaluation.months import Placed
from clfz.analysis.evaluation.observe import truth
from clfz.analysis.evaluation.runs import LISTED, Runs
from clfz.inputs.field import TOTALLED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TWICE = "twice"
UNLIKE = 0.1
"""Shares of withdrawn children that differ by more are told."""
WORDS = {
    "changed": "in school because of the programme",
    "deadweight": "would be in school anyway",
    "displaced": "in school, but working in another place",
    "relapsed": "out of school again within a year",
    TWICE: "on the list twice",
}


@dataclass(frozen=True)
class Part:
    """One fate of listed children.

    Attributes:
        name: Which.
        words: In plain words.
        share: Middle, low, high of the share of the list, 0-1.
        children: The same share of the children of the report; None when none were reported.
    """

    name: str
    words: str
    share: tuple[float, float, float]
    children: tuple[float, float, float] | None


@dataclass(frozen=True)
class Mix:
    """Children withdrawn, as a share of those withdrawn or protected.

    Attributes:
        model: On the model's list.
        reported: In the report.
    """

    model: float
    reported: float

    @property
    def apart(self) -> bool:
        """Whether the two lists are too unlike for the fates of one to be those of the other."""
        return abs(self.model - self.reported) > UNLIKE


def parts(placed: Sequence[Placed], runs: Runs, learned: Learned | None) -> list[Part]:
    """The fates of listed children, of which the middles are averages, so that they add up.

    Args:
        placed: The figures of the file.
        runs: The runs.
        learned: Runs near the figures; without, all runs count alike.
    """
    shares = fates(runs)
    if not shares.size:
        return []
    weights = None
    if learned is not None:
        columns = [learned.adjusted(column, share=True) for column in shares.T]
        shares = np.stack(columns, axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        weights = learned.weights
    total = listed_children(placed)
    found = []
    for at, (name, words) in enumerate(WORDS.items()):
        _, low, high = quantiles(shares[:, at], weights)
        middle = float(np.average(shares[:, at], weights=weights))
        share = (middle, low, high)
        children = None if total is None else (middle * total, low * total, high * total)
        found.append(Part(name, words, share, children))
    return found


def mix(placed: Sequence[Placed], runs: Runs, learned: Learned | None) -> Mix | None:
    """How the list of the model and the report are made up; None where the report lacks one of the two counts.

    Args:
        placed: The figures of the file.
        runs: The runs.
        learned: Runs near the figures; without, all runs count alike.
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
    return Mix(float(np.average(share, weights=weights)), reported[0] / sum(reported))


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
