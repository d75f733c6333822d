"""From the engine's counts to the tidy tables of a result: indicators, outcomes, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.model.layout import SUMS, Z_WAGE
from clfz.programme.costs import CostBook, cost_book
from clfz.programme.interventions.base import Usage
from clfz.programme.levers import INDEX
from clfz.runs import measures
from clfz.runs.indicators import INDICATORS, from_counts
from clfz.runs.measures import (
    BANDS,
    SEXES,
    ZONE_WIDE,
    Block,
    Horizon,
    as_rows,
    measure,
    outcome_names,
    zone_test_holds,
)

__all__ = [
    "BANDS",
    "SEXES",
    "ZONE_WIDE",
    "cost_table",
    "group_counts",
    "indicator_table",
    "outcome_table",
    "usage",
    "zone_test_holds",
    "zone_wide",
]

if TYPE_CHECKING:
    import pandas as pd

    from clfz.programme.levers import Calendar, FloatArray
    from clfz.runs.scenarios import Plan
    from clfz.runs.worldruns import Runs

MONTHLY = (("all", "5-17"), ("all", "5-14"))


def group_counts(runs: Runs, sex: str, band: str, months: slice) -> dict[str, FloatArray]:
    """Count name -> [worlds, scenarios, months] for one sex and age band."""
    return measures.group_counts(runs.totals[:, :, months], sex, band)


def indicator_table(plan: Plan, runs: Runs, levers: FloatArray) -> pd.DataFrame:
    """The contract's indicators: every month for the whole zone, once a year for girls, boys and age bands."""
    blocks = []
    for sex in SEXES:
        for band in BANDS:
            months = slice(None, None, 1 if (sex, band) in MONTHLY else 12)
            counts = group_counts(runs, sex, band, months)
            named = [
                (entry.name, from_counts(entry.name, counts))
                for entry in INDICATORS
                if entry.name not in ZONE_WIDE
            ]
            if (sex, band) == MONTHLY[0]:
                named += zone_wide(plan, runs, levers)
            blocks += [(name, sex, band, values, months) for name, values in named]
    return _stack(plan, runs, blocks)


def zone_wide(plan: Plan, runs: Runs, levers: FloatArray) -> list[tuple[str, FloatArray]]:
    """Indicators of the zone as a whole: wages, pupils per teacher, support of the norm."""
    shares = np.asarray(runs.figures["livelihood"])[:, None, None, :]
    wage = (runs.sums[..., Z_WAGE : Z_WAGE + 5] * shares).sum(axis=-1)
    pupils = _sum(runs, "pupils")
    teachers = (
        pupils[..., :1] / plan.zone.school.pupils_per_teacher.value * _more_teachers(levers)[None]
    )
    counts = {
        "pupils": pupils,
        "teachers": teachers,
        "norm_support": _sum(runs, "norm_support"),
        "adults": _sum(runs, "households"),
    }
    return [
        ("adult_wage_index", wage),
        ("pupils_per_teacher", from_counts("pupils_per_teacher", counts)),
        ("norm_support_rate", from_counts("norm_support_rate", counts)),
    ]


def _more_teachers(levers: FloatArray) -> FloatArray:
    first = np.zeros((levers.shape[0], 1))
    return 1.0 + np.concatenate([first, levers[:, :, INDEX["teachers"]]], axis=1)


def _sum(runs: Runs, name: str) -> FloatArray:
    return runs.sums[..., SUMS.index(name)]


def _stack(
    plan: Plan, runs: Runs, blocks: list[tuple[str, str, str, FloatArray, slice]]
) -> pd.DataFrame:
    """One long table from blocks of values [worlds, scenarios, months]."""
    import pandas as pd

    scenarios = [programme.name for programme in plan.programmes]
    all_months = np.arange(runs.totals.shape[2])
    names = list(dict.fromkeys(block[0] for block in blocks))
    worlds = np.array(runs.worlds, np.int32)
    columns: dict[str, list[Any]] = {k: [] for k in ("s", "d", "r", "m", "i", "x", "b", "v")}
    for name, sex, band, values, months in blocks:
        month = all_months[months].astype(np.int32)
        shape = (len(worlds), len(scenarios), month.size)
        columns["s"].append(
            np.broadcast_to(np.arange(shape[1], dtype=np.int8)[None, :, None], shape).ravel()
        )
        columns["d"].append(np.broadcast_to(worlds[:, 0][:, None, None], shape).ravel())
        columns["r"].append(np.broadcast_to(worlds[:, 1][:, None, None], shape).ravel())
        columns["m"].append(np.broadcast_to(month[None, None, :], shape).ravel())
        columns["i"].append(np.full(np.prod(shape), names.index(name), np.int8))
        columns["x"].append(np.full(np.prod(shape), list(SEXES).index(sex), np.int8))
        columns["b"].append(np.full(np.prod(shape), list(BANDS).index(band), np.int8))
        columns["v"].append(values.ravel())
    flat = {key: np.concatenate(parts) for key, parts in columns.items()}
    code: Any = pd.Categorical.from_codes
    return pd.DataFrame(
        {
            "scenario": code(flat["s"], scenarios),
            "zone": code(np.zeros(flat["s"].size, np.int8), [plan.zone.name]),
            "draw": flat["d"],
            "replicate": flat["r"],
            "month": flat["m"],
            "indicator": code(flat["i"], names),
            "sex": code(flat["x"], list(SEXES)),
            "age_band": code(flat["b"], list(BANDS)),
            "value": flat["v"],
        }
    )


def usage(runs: Runs, world: int, scenario: int, plan: Plan, levers: FloatArray) -> Usage:
    """What the interventions' budgets are made from: the engine's counts of one run, months 1..M, money in EUR."""
    sums = runs.sums[world, scenario, 1:]
    eur = float(runs.figures[world]["eur"])
    counts = {name: sums[:, k] for k, name in enumerate(SUMS)}
    pupils_start = runs.sums[world, scenario, 0, SUMS.index("pupils")]
    teachers = pupils_start / plan.zone.school.pupils_per_teacher.value
    money = {
        name: counts[name] / eur
        for name in SUMS
        if name.startswith("wage_bill_") or name == "transfers_paid"
    }
    known = {name: counts[name] for name in counts if name in Usage.__dataclass_fields__}
    return Usage.of(
        sums.shape[0],
        **(known | money),
        children=runs.totals[world, scenario, 1:, :, :, 0].sum(axis=(1, 2)).astype(float),
        villages=float(runs.figures[world]["villages"]),
        extra_teachers=teachers * levers[scenario, :, INDEX["teachers"]],
    )


def cost_table(
    plan: Plan, runs: Runs, calendar: Calendar, levers: FloatArray
) -> tuple[pd.DataFrame, list[list[CostBook]]]:
    """The contract's costs (only amounts above 0), and the cost book of each world and scenario."""
    import pandas as pd

    reporting = plan.comparison.reporting
    books, frames = [], []
    for w, (draw, replicate) in enumerate(runs.worlds):
        row = []
        for k, programme in enumerate(plan.programmes):
            book = cost_book(programme.interventions, usage(runs, w, k, plan, levers), calendar)
            book = book.seen_by(reporting.perspective, reporting.count_transfers)
            row.append(book)
            month, line = np.nonzero(book.amounts)
            frames.append(
                pd.DataFrame(
                    {
                        "scenario": programme.name,
                        "zone": plan.zone.name,
                        "draw": draw,
                        "replicate": replicate,
                        "month": month + 1,
                        "line": np.array(book.names, dtype=object)[line] if line.size else [],
                        "amount": book.amounts[month, line],
                    }
                )
            )
        books.append(row)
    table = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return table, books


def outcome_table(plan: Plan, runs: Runs, books: list[list[CostBook]]) -> pd.DataFrame:
    """The contract's outcomes: one number a run."""
    import pandas as pd

    comparison = plan.comparison
    horizon = Horizon(comparison.programme_months, comparison.months, comparison.reporting)
    names = outcome_names(horizon)
    values = as_rows(measure(names, _block(plan, runs, horizon, books)))
    scenarios = [programme.name for programme in plan.programmes]
    rows = [
        (scenario, plan.zone.name, draw, replicate, name, float(value))
        for w, (draw, replicate) in enumerate(runs.worlds)
        for k, scenario in enumerate(scenarios)
        for name, value in zip(names, values[w, k].tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["scenario", "zone", "draw", "replicate", "outcome", "value"])


def _block(plan: Plan, runs: Runs, horizon: Horizon, books: list[list[CostBook]]) -> Block:
    """The runs as `clfz.runs.measures` reads them."""
    rate = horizon.reporting.discount_rate_costs
    worlds = len(runs.worlds)
    return Block(
        horizon=horizon,
        totals=runs.totals,
        sums=runs.sums,
        classes=runs.classes,
        figures=runs.figures,
        seeds=runs.seeds,
        missed=np.array([values["report_missed"] for values in runs.parameters]),
        double=np.array([values["report_double"] for values in runs.parameters]),
        pupils_per_teacher=np.full(worlds, plan.zone.school.pupils_per_teacher.value),
        more_teachers=np.zeros((worlds, *runs.totals.shape[1:2], runs.totals.shape[2] - 1)),
        spent=np.array([[book.total() for book in row] for row in books]),
        discounted=np.array([[book.discounted(rate).total() for book in row] for row in books]),
    )
