"""A surrogate learnt from the tables that were run anyway: indices with tighter intervals, for no further run.

Two are tried, a polynomial chaos expansion and gradient boosting; the one that better foretells rows it has not seen
is taken, and its error is told. Whole trajectories and base samples are held back, never single rows: rows of one
differ in one factor, and would give the answer away. Intervals come from learning again from resampled trajectories,
base samples and lucks; what the surrogate cannot foretell is in none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.needs import Z, module, salib, seed_for_salib, sklearn
from clfz.analysis.sensitivity.outcomes import MEAN
from clfz.analysis.sensitivity.polynomials import Polynomials, candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clfz.analysis.sensitivity.factors import Factor
    from clfz.analysis.sensitivity.outcomes import Outcome
    from clfz.analysis.sensitivity.plan import Plan

    Array = NDArray[np.float64]

FOLDS, AGAIN, BOOSTS = 5, 24, 8
SAMPLES = 1024
"""Base samples in which a surrogate without coefficients of its own is asked."""
POLYNOMIALS, BOOSTING = "polynomial chaos", "gradient boosting"
WORTH = 0.5
"""Below this share foretold, a surrogate says too little to be shown."""


def surrogate(
    outcomes: Sequence[Outcome], plan: Plan, seed: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Learn from the tables of one measure.

    The few levels of the trajectories cannot tell a straight line from a bent one. So they are used beside crossed
    samples of the same factors only, and factors that were left out after the screening have no surrogate.

    Args:
        outcomes: Crossed samples first, then trajectories if there are any.
        plan: What is asked.
        seed: For the resampling.

    Returns:
        How well each kind foretells, and which was taken; and the indices.
    """
    crossed = set(outcomes[0].table.problem["names"])
    factors = [each for each in plan.factors if each.name in crossed]
    usable = [each for each in outcomes if set(each.table.problem["names"]) == crossed]
    u, values, groups = _data(usable, factors)
    y = values.mean(axis=1)
    terms = candidates(u, y)
    told = {
        POLYNOMIALS: _foretold(lambda: Polynomials(terms), u, y, groups),
        BOOSTING: _foretold(lambda: Boosting(seed), u, y, groups),
    }
    best = max(told, key=lambda name: told[name])
    facts = {"foretold": told, "taken": best, "rows": len(y), "shown": told[best] >= WORTH}
    if not facts["shown"]:
        return facts, []
    names = [each.name for each in factors]
    make, count = _maker(best, terms, seed), AGAIN if best == POLYNOMIALS else BOOSTS
    whole = make(None).fit(u, y, groups)
    again = [
        make(whole).fit(u[rows], values[rows][:, lucks].mean(axis=1), groups[rows])
        for rows, lucks in _resamples(groups, values.shape[1], count, seed)
    ]
    value = np.concatenate(whole.sobol(len(names)))
    spread = np.array([np.concatenate(each.sobol(len(names))) for each in again]).std(
        axis=0, ddof=1
    )
    half = Z * spread
    return facts, _records(outcomes[0], names, value, half, len(np.unique(groups)))


def _maker(best: str, terms: list[Any], seed: int) -> Any:
    """A maker of surrogates of one kind; a second one keeps what was found out for the first."""
    if best == POLYNOMIALS:
        return lambda first: Polynomials(terms, first.alpha if first else None)
    return lambda first: Boosting(seed)


class Boosting:
    """Gradient boosted trees of scikit-learn, asked for indices through SALib."""

    def __init__(self, seed: int) -> None:
        ensemble = sklearn("ensemble")
        self.seed = seed
        self.trees = ensemble.HistGradientBoostingRegressor(
            max_iter=250,
            learning_rate=0.06,
            max_leaf_nodes=8,
            min_samples_leaf=10,
            l2_regularization=1.0,
            random_state=seed % 2**32,
        )

    def fit(self, u: Array, y: Array, groups: NDArray[np.int64]) -> Boosting:
        """Fit to shares [R, factors] and outcomes [R]."""
        with _one_thread():
            self.trees.fit(u, y)
        return self

    def predict(self, u: Array) -> Array:
        """Outcomes [R]."""
        with _one_thread():
            return np.asarray(self.trees.predict(u), np.float64)

    def sobol(self, factors: int) -> tuple[Array, Array]:
        """First-order and total indices [factors]."""
        problem = {
            "num_vars": factors,
            "names": [str(at) for at in range(factors)],
            "bounds": [[0.0, 1.0]] * factors,
        }
        seed = seed_for_salib(self.seed)
        u = salib("sample.sobol").sample(problem, SAMPLES, calc_second_order=False, seed=seed)
        found = salib("analyze.sobol").analyze(
            problem, self.predict(u), calc_second_order=False, num_resamples=2, seed=seed
        )
        return np.asarray(found["S1"]), np.asarray(found["ST"])


def _one_thread() -> Any:
    """Trees this small are slower on several threads, much so when others use the machine."""
    return module("threadpoolctl").threadpool_limits(limits=1, user_api="openmp")


def shares(rows: Array, factors: Sequence[Factor]) -> Array:
    """Values [R, factors] as the shares (0-1) of each factor's distribution that lie below."""
    from scipy.stats import triang

    found = np.empty_like(rows)
    for at, each in enumerate(factors):
        width = each.high - each.low
        if each.mode is None:
            found[:, at] = (rows[:, at] - each.low) / width
        else:
            peak = (each.mode - each.low) / width
            found[:, at] = triang.cdf(rows[:, at], peak, loc=each.low, scale=width)
    return found


def _data(
    outcomes: Sequence[Outcome], factors: Sequence[Factor]
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Shares [R, factors], outcomes [R, K], and the trajectory or base sample of each row."""
    u, values, groups, before = [], [], [], 0
    for each in outcomes:
        u.append(shares(each.table.rows, factors))
        values.append(each.values)
        groups.append(before + np.repeat(np.arange(each.table.count), each.table.size))
        before += each.table.count
    return np.concatenate(u), np.concatenate(values), np.concatenate(groups)


def _foretold(make: Any, u: Array, y: Array, groups: NDArray[np.int64]) -> float:
    """Share of the variance of unseen rows that is foretold; below zero is worse than their average."""
    folds = sklearn("model_selection").GroupKFold(FOLDS)
    guess = np.empty_like(y)
    for seen, unseen in folds.split(u, y, groups):
        guess[unseen] = make().fit(u[seen], y[seen], groups[seen]).predict(u[unseen])
    return float(1.0 - ((y - guess) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def _resamples(groups: NDArray[np.int64], lucks: int, count: int, seed: int) -> list[Any]:
    """Rows of groups drawn with replacement, and lucks drawn with replacement."""
    generator = np.random.default_rng(seed)
    which = np.unique(groups)
    of = [np.flatnonzero(groups == each) for each in which]
    return [
        (
            np.concatenate([of[at] for at in generator.integers(len(which), size=len(which))]),
            generator.integers(lucks, size=lucks),
        )
        for _ in range(count)
    ]


def _records(
    outcome: Outcome, names: list[str], value: Array, half: Array, n: int
) -> list[dict[str, Any]]:
    from clfz.analysis.sensitivity.indices import records

    found: list[dict[str, Any]] = []
    for index, part in (("S1", slice(0, len(names))), ("ST", slice(len(names), None))):
        three = (value[part], value[part] - half[part], value[part] + half[part])
        found += records(outcome, "surrogate", MEAN, index, names, three, n=n)
    return found
