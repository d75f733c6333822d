"""The indices of SALib, with intervals that hold both the rows and the lucks, as tidy rows.

Each record has: method, scenario, measure, quantity, factor, index, value, low, high, n (trajectories or base samples),
seed (number of the luck; -1: all of them), and zero: whether it cannot be told from zero.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.jackknife import around, half_width, left_out, without_luck
from clfz.analysis.sensitivity.needs import Z, salib, seed_for_salib
from clfz.analysis.sensitivity.outcomes import MEAN, Outcome, noise_of, quantity
from clfz.analysis.sensitivity.samples import LEVELS, groups_of, independent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.sensitivity.samples import Table

    Array = NDArray[np.float64]

ALL = -1
COLUMNS = (
    *("method", "scenario", "measure", "quantity", "factor", "index"),
    *("value", "low", "high", "zero", "n", "seed"),
)
RESAMPLES = 200
SHUFFLES = 10
CHANCE = 0.95
"""A PAWN index within this share of what shuffled outcomes give cannot be told from zero."""
SMALLEST_CURVE = 8
NOTHING = 1e-9
"""An index below this is rounding."""


def records(
    outcome: Outcome,
    method: str,
    kind: str,
    index: str,
    names: list[str],
    found: tuple[Array, Array, Array],
    zero: NDArray[np.bool_] | None = None,
    *,
    n: int | None = None,
    seed: int = ALL,
) -> Iterator[dict[str, Any]]:
    """One index of every factor."""
    value, low, high = found
    unsure = low <= NOTHING if zero is None else zero
    for at, name in enumerate(names):
        yield dict(
            zip(
                COLUMNS,
                (
                    *(method, outcome.scenario, outcome.measure, kind, name, index),
                    *(float(value[at]), float(low[at]), float(high[at]), bool(unsure[at])),
                    *(outcome.table.count if n is None else n, seed),
                ),
                strict=True,
            )
        )


def sobol(outcome: Outcome, kind: str, seed: int) -> Iterator[dict[str, Any]]:
    """First-order and total indices: over all lucks, along the number of samples, and of each luck alone."""
    table, names = outcome.table, groups_of(outcome.table.problem)
    halves = (("S1", slice(0, len(names))), ("ST", slice(len(names), None)))
    sizes = [1 << k for k in range(SMALLEST_CURVE.bit_length() - 1, table.count.bit_length())]
    for n in dict.fromkeys([*(size for size in sizes if size < table.count), table.count]):
        value, half, _ = corrected(table, outcome.values[: n * table.size], kind, seed)
        for index, part in halves:
            found = (value[part], (value - half)[part], (value + half)[part])
            yield from records(outcome, "sobol", kind, index, names, found, n=n)
    if kind != MEAN:
        return
    for luck in range(outcome.values.shape[1]):
        value, rows, _ = _sobol(table, outcome.values[:, luck], seed)
        for index, part in halves:
            found = (value[part], (value - Z * rows)[part], (value + Z * rows)[part])
            yield from records(outcome, "sobol", kind, index, names, found, seed=luck)


def corrected(table: Table, values: Array, kind: str, seed: int) -> tuple[Array, Array, float]:
    """S1 then ST of every factor, without what luck adds; half their intervals; and the share that is no luck.

    Luck is taken out of numerators and of the variance below them, since a ratio of two things that are both luck is
    no small number.
    """
    ask = quantity(kind)
    value, rows, variance = _sobol(table, ask(values), seed)
    found = left_out(lambda part: _sobol(table, ask(part), seed), values)
    ratios = np.array([each[0] for each in found])
    below = [each[2] for each in found]
    above = ratios * np.array(below)[:, None]
    left = float(without_luck(variance, np.array(below), noise_of(kind)))
    if left <= 0:
        return np.zeros_like(value), np.full_like(value, np.inf), 0.0
    sure = without_luck(value * variance, above, noise_of(kind)) / left
    more = variance / left
    return sure, half_width(rows, ratios) * more, min(1.0, left / variance)


def _sobol(table: Table, y: Array, seed: int) -> tuple[Array, Array, float]:
    """S1 of every factor, then ST; their standard errors over base samples; and the variance below them."""
    if np.ptp(y) == 0:
        nothing = np.zeros(2 * len(groups_of(table.problem)))
        return nothing, nothing, 0.0
    step = table.size
    variance = float(np.var(np.concatenate([y[::step], y[step - 1 :: step]])))
    found = salib("analyze.sobol").analyze(
        table.problem,
        y,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=seed_for_salib(seed),
    )
    return (
        np.concatenate([found["S1"], found["ST"]]),
        np.concatenate([found["S1_conf"], found["ST_conf"]]) / Z,
        variance,
    )


def morris(outcome: Outcome, kind: str, seed: int) -> Iterator[dict[str, Any]]:
    """Mean absolute effect of Morris (mu*) and the spread of the effects (sigma), in units of the measure.

    mu* is never below zero, even of what does nothing. What luck alone would give is known from the lucks; what is not
    above that cannot be told from zero.
    """
    table, names = (
        outcome.table,
        [str(name) for name in _morris(outcome.table, _first(outcome), seed)["names"]],
    )
    ask = quantity(kind)

    def effects(part: Array) -> tuple[Array, Array]:
        found = _morris(table, ask(part), seed)
        return np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"]) / Z

    # an average of absolute values has no bias of order 1/K, so it is left as it is
    value, low, high = around(effects, outcome.values)
    zero = low <= noise(outcome, kind)
    yield from records(outcome, "morris", kind, "mu_star", names, (value, low, high), zero)
    sigma = np.nan_to_num(
        np.asarray(_morris(table, ask(outcome.values), seed)["sigma"], np.float64)
    )
    yield from records(outcome, "morris", kind, "sigma", names, (sigma, sigma, sigma), sigma <= 0)


def noise(outcome: Outcome, kind: str) -> float:
    """What mu* of a factor that does nothing but deal luck anew would be."""
    if kind != MEAN:
        return 0.0
    from clfz.analysis.sensitivity.luck import components

    own = components(outcome.values)[2] / outcome.values.shape[1]
    step = LEVELS / (2.0 * (LEVELS - 1))
    return float(np.sqrt(2.0 / np.pi) * np.sqrt(2.0 * own) / step)


def _first(outcome: Outcome) -> Array:
    return quantity(MEAN)(outcome.values)


def _morris(table: Table, y: Array, seed: int) -> Any:
    found: Any = salib("analyze.morris").analyze(
        table.problem,
        table.rows,
        np.ascontiguousarray(y, np.float64),
        num_resamples=RESAMPLES,
        num_levels=LEVELS,
        seed=seed_for_salib(seed),
    )
    return found


def pawn(outcome: Outcome, seed: int) -> Iterator[dict[str, Any]]:
    """PAWN (Pianosi and Wagener 2018): how far a factor moves the whole distribution, without variances.

    It is above zero for everything; so outcomes are shuffled, which no factor can explain, and what is not above 95 %
    of what they give cannot be told from zero.
    """
    names = list(outcome.table.problem["names"])
    rows = independent(outcome.table)
    x, values = outcome.table.rows[rows], outcome.values[rows]
    generator = np.random.default_rng(seed)
    y = values.mean(axis=1)
    if np.ptp(y) == 0:
        return
    chance = [_pawn(outcome, x, generator.permutation(y)) for _ in range(SHUFFLES)]
    limit = float(np.quantile(np.concatenate(chance), CHANCE))
    picks = [generator.integers(len(y), size=len(y)) for _ in range(2 * SHUFFLES)]

    def index(part: Array) -> tuple[Array, Array]:
        middle = part.mean(axis=1)
        if part is not values:
            return _pawn(outcome, x, middle), np.zeros(len(names))
        again = np.array([_pawn(outcome, x[pick], middle[pick]) for pick in picks])
        return _pawn(outcome, x, middle), again.std(axis=0, ddof=1)

    value, low, high = around(index, values)
    found = (value, np.maximum(low, 0.0), high)
    n = len(rows)
    yield from records(outcome, "pawn", MEAN, "median", names, found, value <= limit, n=n)
    same = np.full(len(names), limit)
    yield from records(outcome, "pawn", MEAN, "chance", names, (same, same, same), same > 0, n=n)


def _pawn(outcome: Outcome, x: Array, y: Array) -> Array:
    slices = int(np.clip(len(y) // 15, 3, 10))
    alone = dict(outcome.table.problem) | {"groups": None}
    with warnings.catch_warnings():
        # ties and slices of few points make scipy change its way to a p value, which nobody reads here
        warnings.simplefilter("ignore", RuntimeWarning)
        found = salib("analyze.pawn").analyze(alone, x, y, S=slices)
    return np.asarray(found["median"], np.float64)
