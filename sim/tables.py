"""From the engine's counts to the tidy tables of a result: indicators, outcomes, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.costs import CostBook, cost_book
from sim.engine.attribution import CLASSES
from sim.engine.layout import COUNTS, SUMS, Z_WAGE
from sim.indicators import INDICATORS, ZoneTest, from_counts
from sim.interventions.base import Usage
from sim.levers import INDEX
from sim.observation import COUNTED, reported

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.levers import Calendar, FloatArray
    from sim.scenarios import Plan
    from sim.worldruns import Runs

SEXES: dict[str, list[int]] = {"all": [0, 1], "girls": [0], "boys": [1]}
BANDS: dict[str, list[int]] = {
    "5-17": [0, 1, 2],
    "5-14": [0, 1],
    "5-11": [0],
    "12-14": [1],
    "15-17": [2],
}
MONTHLY = (("all", "5-17"), ("all", "5-14"))
COUNT_NAMES = {"hazardous": "hazardous_work"} | {
    k: f"working_{k}" for k in ("farm", "home", "tier3", "tier2", "tier1")
}
ZONE_WIDE = ("adult_wage_index", "pupils_per_teacher", "norm_support_rate")
MEASURED = (
    "withdrawn",
    "protected",
    "bridged",
)  # the engine's events, in the order of observation.COUNTED


def group_counts(runs: Runs, sex: str, band: str, months: slice) -> dict[str, FloatArray]:
    """Count name -> [worlds, scenarios, months] for one sex and age band."""
    block = runs.totals[:, :, months][:, :, :, SEXES[sex]][:, :, :, :, BANDS[band]].sum(axis=(3, 4))
    return {
        COUNT_NAMES.get(name, name): block[..., k].astype(float) for k, name in enumerate(COUNTS)
    }


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

    rate = plan.comparison.reporting
    rows = []
    for w, (draw, replicate) in enumerate(runs.worlds):
        for k, programme in enumerate(plan.programmes):
            values = {
                **_reported(plan, runs, w, k),
                **_attribution(runs, w, k),
                **_gains(plan, runs, w, k),
            }
            book = books[w][k]
            values["cost_spent"] = book.total()
            values["cost_total"] = book.discounted(rate.discount_rate_costs).total()
            children = int(runs.totals[w, k, 0, :, :, 0].sum())
            values["cost_per_child"] = values["cost_total"] / max(1, children)
            rows += [
                (programme.name, plan.zone.name, draw, replicate, n, float(v))
                for n, v in values.items()
            ]
    return pd.DataFrame(rows, columns=["scenario", "zone", "draw", "replicate", "outcome", "value"])


def _reported(plan: Plan, runs: Runs, w: int, k: int) -> dict[str, float]:
    """Reported counts by programme year and in all."""
    years = -(-plan.comparison.programme_months // 12)
    columns = [SUMS.index(name) for name in MEASURED]
    events = runs.sums[w, k, 1 : plan.comparison.programme_months + 1][:, columns].astype(np.int64)
    true = np.array([events[12 * y : 12 * y + 12].sum(axis=0) for y in range(years)])
    p = runs.parameters[w]
    counts = reported(true, p["report_missed"], p["report_double"], int(runs.seeds[w]))
    values = {name: float(counts[:, n].sum()) for n, name in enumerate(COUNTED)}
    for y in range(years):
        values |= {f"{name}_year{y + 1}": float(counts[y, n]) for n, name in enumerate(COUNTED)}
    return values


def _attribution(runs: Runs, w: int, k: int) -> dict[str, float]:
    values = {f"attribution_{name}": float(runs.classes[w, k, n]) for n, name in enumerate(CLASSES)}
    values["attribution_counted"] = float(runs.classes[w, k, :4].sum())
    return values


def _gains(plan: Plan, runs: Runs, w: int, k: int) -> dict[str, float]:
    """Child-years gained against no programme (discounted), and whether the zone stays free after exit."""
    from sim.costs import discount_factors

    months = runs.totals.shape[2] - 1
    weight = discount_factors(months, plan.comparison.reporting.discount_rate_outcomes) / 12.0
    change = (runs.totals[w, k, 1:] - runs.totals[w, 0, 1:]).sum(axis=(1, 2))
    labour = -change[:, COUNTS.index("child_labour")]
    school = change[:, COUNTS.index("school_only")] + change[:, COUNTS.index("school_and_work")]
    values = {
        "child_years_out_of_labour_gained": float((labour * weight).sum()),
        "child_years_in_school_gained": float((school * weight).sum()),
        "tipped": float(zone_test_holds(runs.totals[w, k])),
    }
    for years in (1, 2, 5):
        month = plan.comparison.programme_months + 12 * years
        if month <= months:
            with_, without = (_shares(runs.totals[w, scenario, month]) for scenario in (k, 0))
            values[f"stays_{years}y_child_labour_points"] = 100.0 * (with_[0] - without[0])
            values[f"stays_{years}y_school_points"] = 100.0 * (with_[1] - without[1])
    return values


def _shares(counts: NDArray[np.int64]) -> tuple[float, float]:
    children = max(1, int(counts[..., 0].sum()))
    labour = counts[..., COUNTS.index("child_labour")].sum()
    school = (
        counts[..., COUNTS.index("school_only")].sum()
        + counts[..., COUNTS.index("school_and_work")].sum()
    )
    return float(labour / children), float(school / children)


def zone_test_holds(totals: NDArray[np.int64], test: ZoneTest | None = None) -> bool:
    """Whether the last year of a run [M + 1, 2, 3, COUNTS] passes the zone test in every month."""
    test = test or ZoneTest()
    young = totals[-test.months :, :, :2].sum(axis=(1, 2))
    children = np.maximum(1, young[:, 0])
    out = young[:, COUNTS.index("work_only")] + young[:, COUNTS.index("neither")]
    labour = young[:, COUNTS.index("child_labour")]
    return bool(
        ((out / children <= test.out_of_school) & (labour / children <= test.child_labour)).all()
    )
