"""The indices of SALib, with intervals over samples and seeds, as tidy tables; and how much of a spread is chance.

The average over K seeds still holds a part c(K) of the Monte Carlo variation, which pulls first-order indices down and
total indices up. The generalised jackknife (Gray and Schucany 1972) takes it away, leaving out one seed at a time; with
c(K) = 1/K it is that of Quenouille (1956). The spread of what is left when one seed goes (Tukey 1958) is the part of
the interval that belongs to seeds; SALib's bootstrap over rows gives the other part.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import SALib.analyze.morris
import SALib.analyze.pawn
import SALib.analyze.sobol
from numpy.typing import NDArray
from scipy.special import polygamma
from scipy.stats import norm, t

from clfz.analysis.sensitivity.samples import LEVELS, Array, Outcome, Table, seed_for_salib

MEAN, LOG_VARIANCE = "mean", "log variance"
ALL = -1
"""In the column `seed`: of all seeds together."""
Z = float(norm.ppf(0.975))
RESAMPLES, SHUFFLES, VARIANCE_RESAMPLES = 200, 10, 1000
CHANCE = 0.95
"""A PAWN index within this share of what shuffled outcomes give cannot be told from zero."""
SMALLEST_CURVE = 8
NOTHING = 1e-9
"""An index below this is rounding."""


def table_of(
    outcome: Outcome, method: str, index: str, value: Array, low: Array, high: Array, **more: Any
) -> pd.DataFrame:
    """One index of every factor: a row each, with the columns of `indices.parquet`; `more` replaces what is usual.

    `n` counts trajectories, base samples or rows; `zero` says that an index cannot be told from zero.
    """
    columns = {
        **{"method": method, "scenario": outcome.scenario, "measure": outcome.measure},
        **{"quantity": MEAN, "factor": outcome.table.names, "index": index},
        **{"value": value, "low": low, "high": high, "zero": low <= NOTHING},
        **{"n": outcome.table.count, "seed": ALL},
    }
    return pd.DataFrame(columns | more)


# Chance: the average over seeds, and how far leaving one out moves what is made of it.


def _log_variance(values: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values.var(axis=1, ddof=1)), np.float64)


QUANTITIES: dict[str, tuple[Callable[[Array], Array], Callable[[int], float]]] = {
    MEAN: (lambda values: values.mean(axis=1), lambda seeds: 1.0 / seeds),
    # the variance of a log variance is the trigamma function, exact for normal variation
    LOG_VARIANCE: (_log_variance, lambda seeds: float(polygamma(1, (seeds - 1) / 2.0))),
}
"""What is made of the seeds of each row, [R, K] -> [R]; and how its Monte Carlo variance falls with their number K."""


def leave_one_out(estimate: Callable[[Array], Any], values: Array) -> list[Any]:
    """The estimate of [R, K] without each seed in turn."""
    return [estimate(np.delete(values, k, axis=1)) for k in range(values.shape[1])]


def without_chance(whole: Any, parts: Any, variance: Callable[[int], float]) -> Any:
    """An estimate from all K seeds, less the part that is Monte Carlo variation.

    Args:
        whole: From all K seeds.
        parts: [K, ...] without each seed in turn.
        variance: How large that part is with K seeds, up to a factor.
    """
    seeds = len(parts)
    now, fewer = variance(seeds), variance(seeds - 1)
    return (fewer * whole - now * np.mean(parts, axis=0)) / (fewer - now)


def half_width(error: Array, parts: Any) -> Array:
    """Half of a 95 % interval, of standard errors over rows and of [K, ...] estimates without each seed in turn."""
    seeds = len(parts)
    away = np.asarray(parts) - np.mean(parts, axis=0)
    moved = np.sqrt((seeds - 1) / seeds * (away**2).sum(axis=0))
    found = np.sqrt((Z * error) ** 2 + (t.ppf(0.975, seeds - 1) * moved) ** 2)
    return np.asarray(found, np.float64)


def monte_carlo(values: Array, seed: int) -> dict[str, Any]:
    """How much of the variance of single runs is Monte Carlo variation, of independent rows [R, K].

    Rows are many and are resampled. Seeds are few: what K of them say of their variance is a chi-square with K - 1
    degrees of freedom, which makes a generalised interval (Weerahandi 1993). It is wide, as it should be.

    Returns:
        `luck`, the share of it all, and `luck_common`, of what moves all rows alike, each (value, low, high); and
        `luck_left`, its part of the variance of the average over seeds.
    """

    def shares(between: float, common: float, own: float) -> tuple[float, float]:
        total = between + common + own
        return ((common + own) / total, common / total) if total > 0 else (0.0, 0.0)

    generator = np.random.default_rng(seed)
    rows, seeds = values.shape
    found = []
    for _ in range(VARIANCE_RESAMPLES):
        between, common, own = components(values[generator.integers(rows, size=rows)])
        seen = (common + own / rows) * (seeds - 1) / generator.chisquare(seeds - 1)
        found.append(shares(between, max(0.0, seen - own / rows), own))
    ends = np.quantile(found, [0.025, 0.975], axis=0).T.tolist()
    between, common, own = components(values)
    whole, shared = shares(between, common, own)
    left = own / seeds / (between + own / seeds) if between + own > 0 else 0.0
    return {"luck": (whole, *ends[0]), "luck_common": (shared, *ends[1]), "luck_left": left}


def components(values: Array) -> tuple[float, float, float]:
    """Variance between rows (parameters), between seeds, and of both together; none below zero.

    A two-way random-effects analysis of variance without repetition (Searle, Casella and McCulloch 1992, ch. 4).
    """
    rows, seeds = values.shape
    by_row, by_seed = values.mean(axis=1), values.mean(axis=0)
    left = values - by_row[:, None] - by_seed + values.mean()
    own = float((left**2).sum() / ((rows - 1) * (seeds - 1)))
    between = max(0.0, float(by_row.var(ddof=1)) - own / seeds)
    common = max(0.0, float(by_seed.var(ddof=1)) - own / rows)
    return between, common, own


# Indices.


def sobol(outcome: Outcome, quantity: str, seed: int) -> list[pd.DataFrame]:
    """First-order and total indices: of all seeds, for 8, 16, 32, ... base samples, and of each seed alone."""
    table, found = outcome.table, []

    def keep(value: Array, half: Array, **more: Any) -> None:
        halves = zip(("S1", "ST"), np.split(value, 2), np.split(half, 2), strict=True)
        for index, v, h in halves:
            rows = table_of(outcome, "sobol", index, v, v - h, v + h, quantity=quantity, **more)
            found.append(rows)

    n = SMALLEST_CURVE
    while n < table.count:
        value, half, _ = corrected(table, outcome.values[: n * table.size], quantity, seed)
        keep(value, half, n=n)
        n *= 2
    keep(*corrected(table, outcome.values, quantity, seed)[:2])
    if quantity == MEAN:
        for each in range(outcome.values.shape[1]):
            value, error, _ = sobol_once(table, outcome.values[:, each], seed)
            keep(value, Z * error, seed=each)
    return found


def corrected(table: Table, values: Array, kind: str, seed: int) -> tuple[Array, Array, float]:
    """S1 then ST of every factor, less Monte Carlo variation; half their intervals; and the share that is no chance.

    It is taken out of numerators and of the variance below them, since a ratio of two things that are both chance is
    no small number.
    """
    ask, noise = QUANTITIES[kind]
    value, error, variance = sobol_once(table, ask(values), seed)
    found = leave_one_out(lambda part: sobol_once(table, ask(part), seed), values)
    ratios = np.array([each[0] for each in found])
    below = np.array([each[2] for each in found])
    left = float(without_chance(variance, below, noise))
    if left <= 0:
        return np.zeros_like(value), np.full_like(value, np.inf), 0.0
    sure = without_chance(value * variance, ratios * below[:, None], noise) / left
    return sure, half_width(error, ratios) * (variance / left), min(1.0, left / variance)


def sobol_once(table: Table, y: Array, seed: int) -> tuple[Array, Array, float]:
    """S1 of every factor, then ST; their standard errors over base samples; and the variance below them."""
    if np.ptp(y) == 0:
        nothing = np.zeros(2 * len(table.names))
        return nothing, nothing, 0.0
    step = table.size
    variance = float(np.var(np.concatenate([y[::step], y[step - 1 :: step]])))
    found = SALib.analyze.sobol.analyze(
        table.problem,
        y,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=seed_for_salib(seed),
    )
    total, first = found.to_df()
    error = np.concatenate([first["S1_conf"], total["ST_conf"]]) / Z
    return np.concatenate([first["S1"], total["ST"]]), error, variance


def morris(outcome: Outcome, seed: int) -> list[pd.DataFrame]:
    """Mean absolute effect of Morris (mu*) and the spread of the effects (sigma), in units of the measure.

    mu* is never below zero, even of what does nothing. What chance alone would give is known from the seeds; what is
    not above that cannot be told from zero.
    """

    def effects(part: Array) -> Any:
        return SALib.analyze.morris.analyze(
            outcome.table.problem,
            outcome.table.rows,
            part.mean(axis=1),
            num_resamples=RESAMPLES,
            num_levels=LEVELS,
            seed=seed_for_salib(seed),
        ).to_df()

    found = effects(outcome.values).astype(float)
    value, error = found["mu_star"].to_numpy(), found["mu_star_conf"].to_numpy() / Z
    # an average of absolute values has no bias of order 1/K, so it is left as it is
    parts = leave_one_out(lambda part: effects(part)["mu_star"].to_numpy(float), outcome.values)
    half = half_width(error, parts)
    low, sigma = value - half, found["sigma"].fillna(0.0).to_numpy()
    return [
        table_of(
            outcome, "morris", "mu_star", value, low, value + half, zero=low <= noise(outcome)
        ),
        table_of(outcome, "morris", "sigma", sigma, sigma, sigma, zero=sigma <= 0),
    ]


def noise(outcome: Outcome) -> float:
    """What mu* of a factor that does nothing but draw chance anew would be."""
    own = components(outcome.values)[2] / outcome.values.shape[1]
    step = LEVELS / (2.0 * (LEVELS - 1))
    return float(np.sqrt(2.0 / np.pi) * np.sqrt(2.0 * own) / step)


def pawn(outcome: Outcome, seed: int) -> list[pd.DataFrame]:
    """PAWN (Pianosi and Wagener 2018): how far a factor moves the whole distribution, without variances.

    It is above zero for everything; so outcomes are shuffled, which no factor can explain, and what is not above 95 %
    of what they give cannot be told from zero.
    """
    rows = outcome.table.independent
    x, values = outcome.table.rows[rows], outcome.values[rows]
    problem = dict(outcome.table.problem) | {"groups": None}
    slices = int(np.clip(len(rows) // 15, 3, 10))

    def median(x: Array, y: Array) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            # ties and slices of few points make scipy change its way to a p value, which nobody reads here
            warnings.simplefilter("ignore", RuntimeWarning)
            found = SALib.analyze.pawn.analyze(problem, x, y, S=slices)
        return np.asarray(found["median"], np.float64)

    y = values.mean(axis=1)
    if np.ptp(y) == 0:
        return []
    generator = np.random.default_rng(seed)
    chance = [median(x, generator.permutation(y)) for _ in range(SHUFFLES)]
    limit = float(np.quantile(np.concatenate(chance), CHANCE))
    picks = [generator.integers(len(y), size=len(y)) for _ in range(2 * SHUFFLES)]
    value = median(x, y)
    error = np.array([median(x[pick], y[pick]) for pick in picks]).std(axis=0, ddof=1)
    half = half_width(error, leave_one_out(lambda part: median(x, part.mean(axis=1)), values))
    same, more = np.full(len(value), limit), {"n": len(rows), "factor": list(problem["names"])}
    low, high = np.maximum(value - half, 0.0), value + half
    return [
        table_of(outcome, "pawn", "median", value, low, high, zero=value <= limit, **more),
        table_of(outcome, "pawn", "chance", same, same, same, zero=same > 0, **more),
    ]
