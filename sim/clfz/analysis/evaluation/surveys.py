"""Which further survey would narrow the answer most: expected, before anybody goes out to do it.

For every run a survey is simulated with its errors. A regression of the answer on what the file already says, with and
without the survey, shows how much of what is still unknown the survey would take away: the expected width after it is
the root of the mean squared error left, over runs that the regression has not seen (10-fold cross-validation by set of
assumptions; additive cubic splines with a ridge penalty, scikit-learn). This is the regression method for the expected
value of sample information (Strong, Oakley, Brennan and Breeze 2015, Medical Decision Making 35:570), with the width
of the answer in place of money. Runs near the reported numbers count more. The error is that of a bootstrap over sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.analysis.evaluation.observe import WITH, WITHOUT, generators, of_area, surveyed
from clfz.analysis.evaluation.runs import LISTED, Runs
from clfz.runs.measures import indicator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FOLDS = 10
RESAMPLES = 400
NEAR = 0.5
"""Part of the runs, those nearest to the reported numbers, on which regressions stand."""


@dataclass(frozen=True)
class Survey:
    """A survey that could be made.

    Attributes:
        name: Short name.
        title: What would be done.
        size: How many are asked or looked at.
        shares: What it looks at, of `true_shares`.
    """

    name: str
    title: str
    size: int
    shares: tuple[str, ...]


SURVEYS = (
    Survey("work-here", "Ask at home about the work of 400 children of the area", 400, ("work",)),
    Survey("work-later", "Ask at home about the work of 400 children of the area a year later", 400, ("work later",)),
    Survey("work-both", "Ask about the work of 400 children here and 400 in a like area without a programme", 400,
           ("work", "work elsewhere")),
    Survey("school-here", "Ask at home whether 400 children of 5 to 14 go to school", 400, ("out of school",)),
    Survey("school-both", "Ask whether children go to school, 400 here and 400 in a like area without a programme", 400,
           ("out of school", "out of school elsewhere")),
    Survey("heads", "Count heads in all schools, for 2000 children", 2000, ("attending",)),
    Survey("still-there", "Look up 200 children of the list after a year: in school, and at what work?", 200,
           ("relapsed", "displaced")),
    Survey("list", "Check 200 entries of the list for doubles, and 200 known cases for missing ones", 200,
           ("doubles", "missed")),
    Survey("norms", "Ask 300 adults whether children should work", 300, ("norm",)),
    Survey("poor", "Ask 300 homes what they live on: how many are poor?", 300, ("poor",)),
    Survey("children", "Count from house to house all children with whom the programme worked", 0, ()),
)  # fmt: skip


def true_shares(runs: Runs, month: int) -> dict[str, Floats]:
    """What surveys look at [W]: in the area in the last month of the period, or among the listed children."""
    replicates = _replicates(runs)

    def rate(name: str, scenario: int = WITH, at: int = month) -> Floats:
        shares = indicator(name, runs.block, slice(at, at + 1))
        return np.asarray(of_area(shares, runs)[:, scenario, 0], np.float64)

    def elsewhere(name: str) -> Floats:  # the same assumptions in another place: another replicate
        return np.roll(rate(name, WITHOUT).reshape(-1, replicates), 1, axis=1).ravel()

    double = runs.parameter("report_double")
    became = (runs.listed / np.maximum(runs.listed.sum(axis=1), 1)[:, None]).T
    return {
        "work": rate("child_labour_rate"),
        "work later": rate("child_labour_rate", at=month + 12),
        "work elsewhere": elsewhere("child_labour_rate"),
        "out of school": rate("out_of_school_rate"),
        "out of school elsewhere": elsewhere("out_of_school_rate"),
        "attending": rate("school_attendance_rate"),
        "norm": rate("norm_support_rate"),
        "poor": np.asarray(runs.block.inputs.zone_data["poverty_headcount"], np.float64),
        **dict(zip(LISTED, became, strict=True)),
        "doubles": double / (1.0 + double),
        "missed": runs.parameter("report_missed"),
    }


def simulate(runs: Runs, month: int) -> dict[Survey, Floats]:
    """What each survey would find [W, shares], on a scale of equal errors.

    Args:
        runs: The runs; with one replicate a like area would be this very one, so no survey there is made.
        month: Last month of the period of the report.
    """
    true, found = true_shares(runs, month), {}
    for each in SURVEYS:
        if _replicates(runs) == 1 and any(share.endswith("elsewhere") for share in each.shares):
            continue
        if each.shares:
            seen = [
                surveyed(true[share], each.size, generators(runs, f"survey {each.name} {at}"))
                for at, share in enumerate(each.shares)
            ]
            found[each] = np.asarray(np.arcsin(np.sqrt(np.stack(seen, axis=1))), np.float64)
        else:  # nothing but the number of children, found to about 5 in 100 (assumed)
            normal = [source.standard_normal() for source in generators(runs, each.name)]
            found[each] = np.log(runs.worked * (1.0 + 0.05 * np.array(normal)))[:, None]
    return found


def _replicates(runs: Runs) -> int:
    """Replicates of each set of assumptions."""
    return len(runs) // len(np.unique(runs.draw))


def proportional(answer: Floats) -> Floats:
    """An answer on a scale of proportions, since reach and size are factors of it; near zero it is straight.

    On its own scale the few largest values would say alone what a survey is worth.
    """
    return np.asarray(np.arcsinh(2.0 * answer / (np.median(np.abs(answer)) or 1.0)), np.float64)


def narrowings(
    answer: Floats,
    sets: NDArray[np.int64],
    summaries: Floats,
    away: Floats | None,
    simulated: Mapping[Survey, Floats],
) -> pd.DataFrame:
    """Expected narrowing of an answer by each survey.

    Args:
        answer: [W] what is to be known.
        sets: [W] set of assumptions of each run.
        summaries: [W, k] what the file already says, as each run would have said it; k may be 0.
        away: [W] distance of each run from the reported numbers; None weighs all alike.
        simulated: What each survey would find [W, shares].

    Returns:
        One row a survey, the largest first: `narrower`, the expected reduction of the width, as a share of the width
        now, with its `standard_error`; `clear`, whether it can be told from nothing.
    """
    weights = np.ones(len(answer))
    if away is not None:
        width = max(float(np.quantile(away, NEAR)), 1e-12)
        # the far half keeps a thousandth, so that no fold is empty
        weights = np.maximum(1.0 - (away / width) ** 2, 1e-3)
    weights /= weights.sum()
    before = _left(answer, summaries, sets, weights)
    found = []
    for survey, seen in simulated.items():
        after = _left(answer, np.hstack([summaries, seen]), sets, weights)
        narrowing = _narrowing(before, after, sets, weights)
        found.append((survey.name, survey.title, survey.size, *narrowing))
    columns = ("survey", "what", "size", "narrower", "standard_error")
    table = pd.DataFrame(found, columns=columns)
    clear = (table["narrower"] > 2 * table["standard_error"]) & (table["narrower"] >= 0.01)
    table = table.assign(clear=clear)
    return table.sort_values("narrower", ascending=False, kind="stable", ignore_index=True)


def _left(answer: Floats, known: Floats, groups: NDArray[np.int64], weights: Floats) -> Floats:
    """Squared errors [W] of the answer for runs that the regression has not seen."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    folds = min(FOLDS, len(np.unique(groups)))
    errors = np.zeros(len(answer))
    for train, test in GroupKFold(folds).split(answer, groups=groups):
        own = weights[train] / weights[train].sum()
        if not known.shape[1]:
            guess = np.full(len(test), float(own @ answer[train]))
        else:
            model = make_pipeline(
                StandardScaler(),
                SplineTransformer(n_knots=4, degree=3, extrapolation="linear", include_bias=False),
                StandardScaler(),
                RidgeCV(alphas=np.logspace(-3, 3, 13)),
            )
            model.fit(known[train], answer[train], ridgecv__sample_weight=own * len(own))
            guess = model.predict(known[test])
        errors[test] = (answer[test] - guess) ** 2
    return errors


def _narrowing(
    before: Floats, after: Floats, groups: NDArray[np.int64], weights: Floats
) -> tuple[float, float]:
    """Reduction of the root of the mean squared error, with its standard error over sets of assumptions."""
    sets, member = np.unique(groups, return_inverse=True)
    sums = np.array([np.bincount(member, weights * errors) for errors in (before, after)])

    def narrower(totals: Floats) -> Floats:
        return np.asarray(1.0 - np.sqrt(totals[1] / np.maximum(totals[0], 1e-300)), np.float64)

    draws = np.random.Generator(np.random.Philox(key=np.array([len(sets), 0x626F6F74], np.uint64)))
    picks = draws.multinomial(len(sets), np.full(len(sets), 1 / len(sets)), size=RESAMPLES)
    spread = narrower((picks @ sums.T).T)
    return float(narrower(sums.sum(axis=1))), float(np.std(spread))
