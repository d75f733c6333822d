"""Which further survey would narrow the answer most: expected, before anybody goes out to do it.

For every run a survey is simulated with its errors. A regression of the answer on what the file already says, with and
without the survey, shows how much of what is still unknown the survey would take away: the expected width after it is
the root of the mean squared error left, over runs that the regression has not seen (10-fold cross-validation by set of
assumptions; additive cubic splines with a ridge penalty, scikit-learn). This is the regression method for the expected
value of sample information (Strong, Oakley, Brennan and Breeze 2015, Medical Decision Making 35:570), with the width
of the answer in place of money. Runs near the reported numbers count more. The error is that of a bootstrap over sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.observe import WITH, WITHOUT, generators, of_area, surveyed
from clfz.analysis.evaluation.runs import Runs
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
        shares: What it looks at: true shares in the model [W], from runs and the last month of the period.
        elsewhere: Whether a part of it is made in a like area without the programme.
    """

    name: str
    title: str
    size: int
    shares: tuple[Callable[[Runs, int], Floats], ...]
    elsewhere: bool = False

    def simulate(self, runs: Runs, month: int) -> Floats:
        """What the survey would find [W, shares], on a scale of equal errors."""
        if not self.shares:  # nothing but the number of children, found to about 5 in 100 (assumed)
            errors = [
                1.0 + 0.05 * source.standard_normal() for source in generators(runs, self.name)
            ]
            return np.asarray(np.log(runs.worked * np.array(errors))[:, None], np.float64)
        found = [
            surveyed(share(runs, month), self.size, generators(runs, f"survey {self.name} {at}"))
            for at, share in enumerate(self.shares)
        ]
        return np.asarray(np.arcsin(np.sqrt(np.stack(found, axis=1))), np.float64)


def _replicates(runs: Runs) -> int:
    """Replicates of each set of assumptions."""
    return len(runs) // len(np.unique(runs.draw))


def _rate(name: str, scenario: int = WITH, later: int = 0) -> Callable[[Runs, int], Floats]:
    def share(runs: Runs, month: int) -> Floats:
        at = slice(month + later, month + later + 1)
        found = of_area(indicator(name, runs.block, at), runs)[:, scenario, 0]
        if scenario == WITHOUT:  # the same assumptions in another place: another replicate
            found = np.roll(found.reshape(-1, _replicates(runs)), 1, axis=1).ravel()
        return np.asarray(found, np.float64)

    return share


def _listed(position: int) -> Callable[[Runs, int], Floats]:
    return lambda runs, month: runs.listed[:, position] / np.maximum(runs.listed.sum(axis=1), 1)


def _doubles(runs: Runs, month: int) -> Floats:
    double = runs.parameter("report_double")
    return double / (1.0 + double)


def _missed(runs: Runs, month: int) -> Floats:
    return runs.parameter("report_missed")


def _poor(runs: Runs, month: int) -> Floats:
    return np.asarray(runs.block.inputs.figures["poverty_headcount"], np.float64)


_work, _work_there = _rate("child_labour_rate"), _rate("child_labour_rate", WITHOUT)
_work_later = _rate("child_labour_rate", later=12)
_out, _out_there = _rate("out_of_school_rate"), _rate("out_of_school_rate", WITHOUT)
_norm, _attends = _rate("norm_support_rate"), _rate("school_attendance_rate")
SURVEYS = (
    Survey("work-here", "Ask at home about the work of 400 children of the area", 400, (_work,)),
    Survey("work-later", "Ask at home about the work of 400 children of the area a year later", 400, (_work_later,)),
    Survey("work-both", "Ask about the work of 400 children here and 400 in a like area without a programme", 400,
           (_work, _work_there), elsewhere=True),
    Survey("school-here", "Ask at home whether 400 children of 5 to 14 go to school", 400, (_out,)),
    Survey("school-both", "Ask whether children go to school, 400 here and 400 in a like area without a programme", 400,
           (_out, _out_there), elsewhere=True),
    Survey("heads", "Count heads in all schools, for 2000 children", 2000, (_attends,)),
    Survey("still-there", "Look up 200 children of the list after a year: in school, and at what work?", 200,
           (_listed(3), _listed(2))),
    Survey("list", "Check 200 entries of the list for doubles, and 200 known cases for missing ones", 200,
           (_doubles, _missed)),
    Survey("norms", "Ask 300 adults whether children should work", 300, (_norm,)),
    Survey("poor", "Ask 300 homes what they live on: how many are poor?", 300, (_poor,)),
    Survey("children", "Count from house to house all children with whom the programme worked", 0, ()),
)  # fmt: skip


@dataclass(frozen=True)
class Worth:
    """What a survey would do to the width of an answer.

    Attributes:
        survey: Which.
        narrower: Expected reduction of the width, as a share of the width now.
        error: Standard error of that.
    """

    survey: Survey
    narrower: float
    error: float

    @property
    def clear(self) -> bool:
        """Whether it can be told from nothing."""
        return self.narrower > 2 * self.error and self.narrower >= 0.01


def possible(runs: Runs) -> tuple[Survey, ...]:
    """The surveys that can be simulated: with one replicate a like area would be this very one."""
    return tuple(each for each in SURVEYS if _replicates(runs) > 1 or not each.elsewhere)


def proportional(answer: Floats) -> Floats:
    """An answer on a scale of proportions, since reach and size are factors of it; near zero it is straight.

    On its own scale the few largest values would say alone what a survey is worth.
    """
    return np.asarray(np.arcsinh(2.0 * answer / (np.median(np.abs(answer)) or 1.0)), np.float64)


def worths(
    answer: Floats,
    runs: Runs,
    month: int,
    summaries: Floats,
    away: Floats | None,
    surveys: Sequence[Survey],
) -> list[Worth]:
    """Expected narrowing of an answer by each survey, the largest first.

    Args:
        answer: [W] what is to be known.
        runs: The runs.
        month: Last month of the period of the report.
        summaries: [W, k] what the file already says, as each run would have said it; k may be 0.
        away: [W] distance of each run from the reported numbers; None weighs all alike.
        surveys: Those that could be made.
    """
    weights = np.ones(len(runs))
    if away is not None:
        width = max(float(np.quantile(away, NEAR)), 1e-12)
        # the far half keeps a thousandth, so that no fold is empty
        weights = np.maximum(1.0 - (away / width) ** 2, 1e-3)
    weights /= weights.sum()
    before = _left(answer, summaries, runs.draw, weights)
    found = []
    for survey in surveys:
        beside = survey.simulate(runs, month)
        after = _left(answer, np.hstack([summaries, beside]), runs.draw, weights)
        found.append(Worth(survey, *_narrowing(before, after, runs.draw, weights)))
    return sorted(found, key=lambda worth: -worth.narrower)


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
    sums = np.zeros((2, len(sets)))
    for row, errors in zip(sums, (before, after), strict=True):
        np.add.at(row, member, weights * errors)

    def narrower(totals: Floats) -> Floats:
        return np.asarray(1.0 - np.sqrt(totals[1] / np.maximum(totals[0], 1e-300)), np.float64)

    draws = np.random.Generator(np.random.Philox(key=np.array([len(sets), 0x626F6F74], np.uint64)))
    picks = draws.multinomial(len(sets), np.full(len(sets), 1 / len(sets)), size=RESAMPLES)
    spread = narrower((picks @ sums.T).T)
    return float(narrower(sums.sum(axis=1))), float(np.std(spread))
