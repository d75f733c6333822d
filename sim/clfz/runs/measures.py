"""One number a run: the measures of a block of worlds, all worlds at once.

A measure is an outcome of the catalogue (`cost_total`, `attribution_changed`), or an indicator at a moment:

    child_labour_rate@end     end of the programme; also start, 1y, 2y, 5y after the end, last
    child_labour_rate@m18     month 18 of the run
    child_labour_rate@mean    mean of all months after the start

Every sum runs over whole numbers or along one run, never over replications: a measure does not depend on which others
share the call. Shapes: W replications (a parameter draw and a replicate seed each), S scenarios, M months.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.indicators import (
    COUNTED,
    INDICATORS,
    Horizon,
    ZoneTest,
    from_counts,
)
from clfz.model.layout import CLASSES, COUNTS, SUM, SUMS
from clfz.programme.costs import discount_factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray

SEXES: dict[str, list[int]] = {"all": [0, 1], "girls": [0], "boys": [1]}
BANDS: dict[str, list[int]] = {
    "5-17": [0, 1, 2],
    "5-14": [0, 1],
    "5-11": [0],
    "12-14": [1],
    "15-17": [2],
}
COUNT_NAMES = {"hazardous": "hazardous_work"} | {
    k: f"working_{k}" for k in ("farm", "home", "tier3", "tier2", "tier1")
}
ZONE_WIDE = ("adult_wage_index", "pupils_per_teacher", "norm_support_rate")
MEASURED = ("withdrawn", "protected", "bridged")  # the engine's events, in the order of COUNTED
COSTS = ("cost_total", "cost_spent", "cost_per_child")
_REPORT = 0x7265706F7274  # keeps the errors of a report apart from every other use of the seed


@dataclass(frozen=True)
class Block:
    """What the engine counted in some replications, and what is needed to read it.

    Attributes:
        horizon: Of every run in the block.
        totals: [W, S, M + 1, 2, 3, COUNTS]; scenario 0 is the baseline.
        sums: [W, S, M + 1, SUMS].
        classes: [W, S, 8].
        figures: [W] zone records.
        seeds: [W].
        missed: [W] parameter `report_missed`.
        double: [W] parameter `report_double`.
        pupils_per_teacher: [W] at the start.
        more_teachers: [W, S, M] the lever `teachers`.
        spent: [W, S] money added up; None when nobody asks for costs.
        discounted: [W, S] the same in values of month 1.
    """

    horizon: Horizon
    totals: NDArray[np.int64]
    sums: FloatArray
    classes: NDArray[np.int64]
    figures: NDArray[np.void]
    seeds: NDArray[np.uint64]
    missed: FloatArray
    double: FloatArray
    pupils_per_teacher: FloatArray
    more_teachers: FloatArray
    spent: FloatArray | None = None
    discounted: FloatArray | None = None

    @cached_property
    def reported(self) -> NDArray[np.int64]:
        """What a programme would report [W, S, programme years, kinds of count]."""
        return reported_counts(self)

    @cached_property
    def gained(self) -> dict[str, FloatArray]:
        """Child-years gained against scenario 0 [W, S]."""
        return gains(self)


def default_measures(horizon: Horizon) -> tuple[str, ...]:
    """What a researcher most often wants to know of a run."""
    at = ["start", "end"] + (["last"] if horizon.months > horizon.programme_months else [])
    rates = [
        f"{name}@{moment}"
        for name in ("child_labour_rate", "school_attendance_rate", "full_time_school_rate")
        for moment in at
    ]
    return (
        *rates,
        "child_years_out_of_labour_gained",
        "child_years_in_school_gained",
        *COUNTED,
        *(f"attribution_{name}" for name in CLASSES[:4]),
        "tipped",
        "cost_total",
    )


def measure(names: Sequence[str], block: Block) -> dict[str, FloatArray]:
    """Name -> [W, S], in the order of `names`."""
    return {name: np.asarray(_one(name, block), np.float64) for name in names}


def _one(name: str, block: Block) -> Any:
    before, at, moment = name.partition("@")
    if at:
        return _at(before, moment, block)
    head, _, year = name.rpartition("_year")
    if name in COUNTED:
        return block.reported[..., COUNTED.index(name)].sum(axis=2)
    if head in COUNTED:
        return block.reported[:, :, int(year) - 1, COUNTED.index(head)]
    if name == "attribution_counted":
        return block.classes[..., :4].sum(axis=-1)
    if name.startswith("attribution_"):
        return block.classes[..., CLASSES.index(name.removeprefix("attribution_"))]
    if name.endswith("_gained"):
        return block.gained[name]
    if name == "tipped":
        return zone_test_holds(block.totals)
    if name.startswith("stays_"):
        return _stays(name, block)
    return _costs(name, block)


def _costs(name: str, block: Block) -> FloatArray:
    assert block.spent is not None
    assert block.discounted is not None
    if name == "cost_spent":
        return block.spent
    if name == "cost_total":
        return block.discounted
    children = block.totals[:, :, 0, :, :, 0].sum(axis=(2, 3))
    return np.asarray(block.discounted / np.maximum(1, children), np.float64)


def _at(name: str, moment: str, block: Block) -> FloatArray:
    """An indicator [W, S] at a moment."""
    if moment == "mean":
        # along a copy in which the months of one run lie side by side: one order of summing, whatever the block
        values = np.ascontiguousarray(indicator(name, block)[:, :, 1:])
        return np.asarray(values.mean(axis=-1), np.float64)
    known = block.horizon.moments()
    month = known[moment] if moment in known else int(moment[1:])
    return indicator(name, block, slice(month, month + 1))[:, :, 0]


def indicator(
    name: str, block: Block, months: slice = slice(None), sex: str = "all", band: str | None = None
) -> FloatArray:
    """An indicator [W, S, months] of one sex and age band (the catalogue's when not given)."""
    if name in ZONE_WIDE:
        return _zone_wide(name, block)[:, :, months]
    entry = next(entry for entry in INDICATORS if entry.name == name)
    wanted = {*entry.numerator, *entry.denominator}
    return from_counts(
        name, group_counts(block.totals[:, :, months], sex, band or entry.age_band, wanted)
    )


def group_counts(
    totals: NDArray[np.int64], sex: str, band: str, wanted: Iterable[str] | None = None
) -> dict[str, FloatArray]:
    """Count name -> [W, S, months] for one sex and age band; all names when none are asked for."""
    names = {COUNT_NAMES.get(name, name): k for k, name in enumerate(COUNTS)}
    asked = list(names) if wanted is None else [name for name in names if name in set(wanted)]
    block = totals[:, :, :, SEXES[sex]][:, :, :, :, BANDS[band]][..., [names[n] for n in asked]]
    summed = block.sum(axis=(3, 4)).astype(float)
    return {name: summed[..., k] for k, name in enumerate(asked)}


def _zone_wide(name: str, block: Block) -> FloatArray:
    """Wages, pupils per teacher, support of the norm [W, S, M + 1]."""
    if name == "adult_wage_index":
        shares = np.asarray(block.figures["livelihood"])[:, None, None, :]
        wages = np.ascontiguousarray(block.sums[..., SUM.wage_farm : SUM.wage_farm + 5] * shares)
        return np.asarray(wages.sum(axis=-1), np.float64)
    pupils = block.sums[..., SUMS.index("pupils")]
    if name == "norm_support_rate":
        adults = block.sums[..., SUMS.index("households")]
        support = block.sums[..., SUMS.index("norm_support")]
        return from_counts(name, {"norm_support": support, "adults": adults})
    first = np.zeros((*block.more_teachers.shape[:2], 1))
    more = 1.0 + np.concatenate([first, block.more_teachers], axis=2)
    teachers = pupils[..., :1] / block.pupils_per_teacher[:, None, None] * more
    return from_counts(name, {"pupils": pupils, "teachers": teachers})


def reported_counts(block: Block) -> NDArray[np.int64]:
    """What a programme would report [W, S, programme years, kinds of count]."""
    end, years = block.horizon.programme_months, block.horizon.programme_years
    columns = [SUMS.index(name) for name in MEASURED]
    events = block.sums[:, :, 1 : end + 1][..., columns].astype(np.int64)
    starts = np.arange(0, end, 12)
    true = np.add.reduceat(events, starts, axis=2)
    counts = np.zeros((*true.shape[:2], years, len(COUNTED)), np.int64)
    # most baselines have nothing to report
    for w, k in zip(*np.nonzero(true.any(axis=(2, 3))), strict=True):
        counts[w, k] = reported(
            true[w, k], float(block.missed[w]), float(block.double[w]), int(block.seeds[w])
        )
    return counts


def reported(
    true_events: NDArray[np.int64], missed: float, double: float, seed: int
) -> NDArray[np.int64]:
    """Reported counts of the events of one run (ODD 7.10).

    The model counts each child once for each kind of event. A report misses some cases and counts others twice: each
    true case is missed with probability `report_missed`, and each case that is reported is counted twice with
    probability `report_double` (binomial; both are parameters of scope country). The three counts are not a partition:
    a child in a bridge school is counted there and, once it joins an ordinary class, as withdrawn as well.

    Args:
        true_events: Whole numbers of any shape: children by kind and year.
        missed: Share of true cases that never reach the report, 0-1.
        double: Share of reported cases that are counted twice, 0-1.
        seed: 64-bit seed of the replication. Each cell has random numbers of its own, so that one count more changes
            no other report.

    Returns:
        Array of the same shape.
    """
    philox = np.random.Philox(key=np.array([seed, _REPORT], np.uint64))
    generator, start = np.random.Generator(philox), philox.state
    counter = start["state"]["counter"]
    events = np.ravel(true_events)
    cells = np.flatnonzero(events)
    ends = np.cumsum(events[cells])
    # one row a case: its fate does not hang on how many follow
    chance = np.empty((int(ends[-1]) if cells.size else 0, 2))
    begin = 0
    for cell, end in zip(cells.tolist(), ends.tolist(), strict=True):
        # the counter starts anew in every cell; making a new generator would take longer than drawing
        counter[3] = cell
        philox.state = start
        generator.random(out=chance[begin:end])
        begin = end
    seen = chance[:, 0] >= missed
    times = seen.astype(np.int64) + (seen & (chance[:, 1] < double))
    counts = np.zeros(np.shape(true_events), np.int64)
    if cells.size:
        counts.flat[cells] = np.add.reduceat(times, ends - events[cells])
    return counts


def gains(block: Block) -> dict[str, FloatArray]:
    """Child-years gained against scenario 0 of the same world [W, S], discounted."""
    horizon = block.horizon
    weight = discount_factors(horizon.months, horizon.reporting.discount_rate_outcomes) / 12.0
    kinds = ("child_labour", "school_only", "school_and_work")
    columns = [COUNTS.index(name) for name in kinds]
    # one run after another in memory, so that numpy adds months up in one order for any number of runs
    monthly = block.totals[:, :, 1:][..., columns].sum(axis=(3, 4))
    change = np.moveaxis(monthly - monthly[:, :1], -1, 0)
    labour = np.ascontiguousarray(-change[0] * weight)
    school = np.ascontiguousarray((change[1] + change[2]) * weight)
    return {
        "child_years_out_of_labour_gained": np.asarray(labour.sum(axis=-1), np.float64),
        "child_years_in_school_gained": np.asarray(school.sum(axis=-1), np.float64),
    }


def _stays(name: str, block: Block) -> FloatArray:
    """Percentage points against no programme, some years after the end [W, S]."""
    _, years, what = name.removesuffix("_points").split("_", 2)
    month = block.horizon.programme_months + 12 * int(years.removesuffix("y"))
    counts = block.totals[:, :, month].sum(axis=(2, 3))
    children = np.maximum(1, counts[..., 0])
    kinds = ("child_labour",) if what == "child_labour" else ("school_only", "school_and_work")
    share = sum(counts[..., COUNTS.index(kind)] for kind in kinds) / children
    return np.asarray(100.0 * (share - share[:, :1]), np.float64)


def zone_test_holds(totals: NDArray[np.int64], test: ZoneTest | None = None) -> NDArray[np.bool_]:
    """Whether the last year of each run [..., M + 1, 2, 3, COUNTS] passes the zone test in every month [...]."""
    test = test or ZoneTest()
    young = totals[..., -test.months :, :, :2, :].sum(axis=(-3, -2))
    children = np.maximum(1, young[..., 0])
    out = young[..., COUNTS.index("work_only")] + young[..., COUNTS.index("neither")]
    labour = young[..., COUNTS.index("child_labour")]
    passed = (out / children <= test.out_of_school) & (labour / children <= test.child_labour)
    return np.asarray(passed.all(axis=-1), np.bool_)
