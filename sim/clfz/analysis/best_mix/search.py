"""The search: CMA-ES (Hansen & Ostermeier 2001, package `cmaes`) over splits of the money, all budgets in step.

Every mix meets the same draws and seeds, so its value is one number without noise of its own, and mixes that some
budget has tried serve every other. What is asked next depends only on the seed and on earlier values: a search that
was killed asks the same again and finds the answers on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clfz.analysis.best_mix.space import SIZES, Mix, Prices, rounded, spend

Floats = NDArray[np.float64]
AIMS = {
    "mean": "the average over everything that is not known",
    "p10": "the value that 9 of 10 sets of what is not known exceed",
    "regret": "the smallest loss, in all but 1 of 10 sets, against the best of the mixes in each set",
}
Evaluate = Callable[[str, list[Mix]], tuple[Floats, Floats]]
"""(what for, mixes) -> values [mixes, draws], more is better, and expected costs [mixes]."""

MARGIN = 0.98
"""Of a budget that the search may spend: what it finds is counted again in fresh draws, where it must still be paid."""
FINALISTS, APART = 8, 0.1
LOW, HIGH = -0.25, 1.0
"""Range of a weight; a fifth of it means without the part."""


@dataclass
class Pool:
    """Everything that was tried.

    Attributes:
        evaluate: Runs mixes.
        value: Mix -> [draws].
        cost: Mix -> EUR.
    """

    evaluate: Evaluate
    value: dict[Mix, Floats] = field(default_factory=dict)
    cost: dict[Mix, float] = field(default_factory=dict)

    def try_(self, what: str, mixes: Sequence[Mix]) -> None:
        """Run those that were not tried yet."""
        new = [mix for mix in dict.fromkeys(mixes) if mix not in self.value]
        if not new:
            return
        values, costs = self.evaluate(what, new)
        for mix, value, cost in zip(new, values, costs, strict=True):
            self.value[mix], self.cost[mix] = np.asarray(value, np.float64), float(cost)

    def affordable(self, budget: float) -> list[Mix]:
        """Mixes that a budget pays for, in the order of trying."""
        return [mix for mix, cost in self.cost.items() if cost <= budget]

    def scores(self, mixes: Sequence[Mix], aim: str, rivals: Sequence[Mix]) -> Floats:
        """What is made as large as possible."""
        values = np.array([self.value[mix] for mix in mixes])
        best = np.max([self.value[mix] for mix in rivals], axis=0) if aim == "regret" else None
        return score(values, aim, best)


def score(values: Floats, aim: str, best: Floats | None = None) -> Floats:
    """What is made as large as possible, of values [..., draws].

    Args:
        values: By draw.
        aim: `mean`; `p10`, the value that 9 of 10 draws exceed; or `regret`, how little is lost against the best mix of
            each draw in all but 1 of 10 draws (a loss counts below zero).
        best: [draws] the best that any mix reaches in each draw, for regret.
    """
    if aim == "mean":
        return np.asarray(values.mean(axis=-1), np.float64)
    if aim == "p10":
        return np.asarray(np.quantile(values, 0.1, axis=-1), np.float64)
    assert best is not None
    return np.asarray(-np.quantile(best - values, 0.9, axis=-1), np.float64)


def price(pool: Pool, parts: int) -> Prices:
    """Run each part alone at some sizes, and read what it costs."""
    alone = [[rounded(size * np.eye(parts)[k]) for size in SIZES] for k in range(parts)]
    pool.try_("prices", [rounded([0.0] * parts), *(mix for sizes in alone for mix in sizes)])
    costs = np.array([[pool.cost[mix] for mix in sizes] for sizes in alone])
    rising = np.maximum.accumulate(costs, axis=1)
    # np.interp needs costs that rise; a part whose size costs nothing is had at full size for its least
    rising = rising + np.arange(len(SIZES)) * 1e-6
    return Prices(np.array(SIZES), rising)


def search(
    pool: Pool,
    prices: Prices,
    budgets: Sequence[float],
    aim: str,
    seed: int,
    generations: int = 24,
    mixes: int = 12,
) -> dict[float, list[Mix]]:
    """Look for the best mix of each budget.

    Args:
        pool: Runs and remembers.
        prices: What parts cost.
        budgets: EUR, all different.
        aim: What is made as large as possible.
        seed: Of the search.
        generations: How often each budget asks.
        mixes: How many it asks for at a time.

    Returns:
        Budget -> finalists, the best first: mixes that differ in where at least 10 of 100 euro go.
    """
    from cmaes import CMA

    parts = len(prices.costs)
    walks: dict[float, Any] = {
        budget: CMA(
            mean=np.full(parts, 0.3),
            sigma=0.35,
            bounds=np.array([[LOW, HIGH]] * parts),
            seed=seed + at,
            population_size=mixes,
        )
        for at, budget in enumerate(budgets)
    }
    limit = {budget: MARGIN * budget for budget in budgets}
    aimed = dict(limit)  # what to spend by the prices, so that most mixes really cost no more
    for generation in range(generations):
        asked = {b: [walk.ask() for _ in range(mixes)] for b, walk in walks.items()}
        bought = {b: [spend(w, aimed[b], prices) for w in asked[b]] for b in budgets}
        pool.try_(f"search-{generation:02d}", [mix for each in bought.values() for mix in each])
        for b in budgets:  # what promises most but costs too much is bought again with less money
            paid = pool.affordable(limit[b])
            scores = pool.scores(bought[b], aim, paid or bought[b])
            best = float(pool.scores(paid, aim, paid).max()) if paid else -np.inf
            for k, mix in enumerate(bought[b]):
                ratio = pool.cost[mix] / limit[b]
                if ratio > 1.0 and scores[k] > best:
                    bought[b][k] = spend(asked[b][k], 0.999 * aimed[b] / ratio, prices)
        pool.try_(f"mended-{generation:02d}", [mix for each in bought.values() for mix in each])
        for b, walk in walks.items():
            losses = _losses(pool, bought[b], limit[b], aim)
            walk.tell(list(zip(asked[b], losses, strict=True)))
            real = [pool.cost[mix] for mix in bought[b] if any(mix)]
            ratio = float(np.quantile(real, 0.8)) / limit[b] if real else 0.0
            if ratio > 0.9:  # a mix that cannot use all of the money says nothing about prices
                aimed[b] = float(np.clip(aimed[b] / ratio, 0.7 * limit[b], 1.2 * limit[b]))
    return {budget: finalists(pool, prices, budget, aim) for budget in budgets}


def _losses(pool: Pool, mixes: list[Mix], limit: float, aim: str) -> list[float]:
    """What CMA-ES makes small: minus the score, and for what costs too much, worse than the worst and by how much."""
    scores = pool.scores(mixes, aim, pool.affordable(limit) or mixes)
    worst, span = float(scores.min()), float(np.ptp(scores)) or 1.0
    over = [pool.cost[mix] / limit - 1.0 for mix in mixes]
    return [
        -float(good) if excess <= 0 else -worst + span * (0.1 + 10.0 * excess)
        for good, excess in zip(scores, over, strict=True)
    ]


def finalists(pool: Pool, prices: Prices, budget: float, aim: str) -> list[Mix]:
    """The best mixes that differ from each other in where the money goes."""
    fit = [mix for mix in pool.affordable(MARGIN * budget) if any(mix)]
    if not fit:
        return []
    chosen: list[Mix] = []
    for at in np.argsort(-pool.scores(fit, aim, fit), kind="stable"):
        if all(distance(fit[at], other, prices) >= APART for other in chosen):
            chosen.append(fit[at])
        if len(chosen) == FINALISTS:
            break
    return chosen


def distance(one: Mix, other: Mix, prices: Prices) -> float:
    """Share of the money that two mixes spend on different things."""
    a, b = prices.cost(one), prices.cost(other)
    return float(np.abs(a - b).sum() / max(1e-9, 2.0 * max(a.sum(), b.sum())))
