"""One number a run: the measures of a block of replications, all at once.

A measure is an outcome of the catalogue (`cost_total`, `attribution_changed`), or an indicator at a moment:

    child_labour_rate@end     end of the programme; also start, 1y, 2y, 5y after the end, last
    child_labour_rate@m18     month 18 of the run
    child_labour_rate@mean    mean of all months after the start

Every sum runs over whole numbers or along one run, never over replications: a measure does not depend on which others
share the call. Shapes: W replications, S scenarios, M months.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.indicators import COUNTED, INDICATORS, Horizon, ZoneTest, find, from_counts
from clfz.model.layout import CLASSES, COUNTS, SUM, SUMS
from clfz.programme.costs import discount_factors
from clfz.runs.budgets import costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray
    from clfz.runs.replications import Block

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
CHILD_COUNTS = {COUNT_NAMES.get(name, name): k for k, name in enumerate(COUNTS)}
"""Count by sex and age band, as indicators name it -> its column."""
ZONE_WIDE = tuple(
    entry.name
    for entry in INDICATORS
    if not entry.numerator or not CHILD_COUNTS.keys() >= {*entry.numerator, *entry.denominator}
)
"""Indicators of the zone as a whole, without sex and age band."""
MEASURED = ("withdrawn", "protected", "bridged")  # the engine's events, in the order of COUNTED
STAYS = {"child_labour": "child_labour_rate", "school": "school_attendance_rate"}
_REPORT = 0x7265706F7274  # keeps the errors of a report apart from every other use of the seed


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
    found: dict[str, Any] = {}
    for name in names:
        if name in found:
            continue
        if "@" in name:
            found[name] = _at(name, block)
        elif name.startswith("stays_"):
            found[name] = _stays(name, block)
        elif name == "tipped":
            found[name] = zone_test_holds(block.totals)
        elif name.endswith("_gained"):
            found |= gains(block)
        elif name.startswith("cost_"):
            found |= costs(block)
        elif name.startswith("attribution_"):
            found |= {
                f"attribution_{kind}": block.classes[..., k] for k, kind in enumerate(CLASSES)
            }
            found["attribution_counted"] = block.classes[..., :4].sum(axis=-1)
        else:
            counts = reported_counts(block)
            for k, kind in enumerate(COUNTED):
                found[kind] = counts[..., k].sum(axis=2)
                years = range(counts.shape[2])
                found |= {f"{kind}_year{year + 1}": counts[:, :, year, k] for year in years}
    return {name: np.asarray(found[name], np.float64) for name in names}


def _at(measure: str, block: Block) -> FloatArray:
    """An indicator [W, S] at a moment."""
    name, _, moment = measure.partition("@")
    if moment == "mean":
        # along a copy in which the months of one run lie side by side: one order of summing, whatever the block
        values = np.ascontiguousarray(indicator(name, block)[:, :, 1:])
        return np.asarray(values.mean(axis=-1), np.float64)
    known = block.inputs.horizon.moments()
    month = known[moment] if moment in known else int(moment[1:])
    return indicator(name, block, slice(month, month + 1))[:, :, 0]


def _stays(measure: str, block: Block) -> FloatArray:
    """Percentage points against no programme, some years after the end [W, S]."""
    _, years, what = measure.removesuffix("_points").split("_", 2)
    month = block.inputs.horizon.programme_months + 12 * int(years.removesuffix("y"))
    share = indicator(STAYS[what], block, slice(month, month + 1))[:, :, 0]
    return np.asarray(100.0 * (share - share[:, :1]), np.float64)


def indicator(
    name: str, block: Block, months: slice = slice(None), sex: str = "all", band: str | None = None
) -> FloatArray:
    """An indicator [W, S, months] of one sex and age band (the catalogue's when not given)."""
    if name == "adult_wage_index":
        shares = np.asarray(block.inputs.zone_data["livelihood"])[:, None, None, :]
        wages = np.ascontiguousarray(
            block.sums[:, :, months, SUM.wage_farm : SUM.wage_farm + 5] * shares
        )
        return np.asarray(wages.sum(axis=-1), np.float64)
    if name in ZONE_WIDE:
        return from_counts(name, zone_counts(block, months))
    entry = find(name)
    wanted = {*entry.numerator, *entry.denominator}
    counts = group_counts(block.totals[:, :, months], sex, band or entry.age_band, wanted)
    return from_counts(name, counts)


def zone_counts(block: Block, months: slice) -> dict[str, FloatArray]:
    """Count name -> [W, S, months] of the zone as a whole: the engine's sums, adults and teachers."""
    counts = {name: block.sums[:, :, months, k] for k, name in enumerate(SUMS)}
    pupils = block.sums[:, :, :1, SUMS.index("pupils")]
    more = 1.0 + np.pad(block.lever("teachers"), ((0, 0), (0, 0), (1, 0)))[:, :, months]
    counts["teachers"] = pupils / block.inputs.pupils_per_teacher[:, None, None] * more
    return counts | {"adults": counts["households"]}  # one says whether the norm holds there


def group_counts(
    totals: NDArray[np.int64], sex: str, band: str, wanted: Collection[str] | None = None
) -> dict[str, FloatArray]:
    """Count name -> [W, S, months] for one sex and age band; all names when none are asked for."""
    names = CHILD_COUNTS if wanted is None else [name for name in CHILD_COUNTS if name in wanted]
    columns = [CHILD_COUNTS[name] for name in names]
    block = totals[:, :, :, SEXES[sex]][:, :, :, :, BANDS[band]][..., columns]
    summed = block.sum(axis=(3, 4)).astype(float)
    return {name: summed[..., k] for k, name in enumerate(names)}


def reported_counts(block: Block) -> NDArray[np.int64]:
    """What a programme would report [W, S, programme years, kinds of count]."""
    inputs, end = block.inputs, block.inputs.horizon.programme_months
    missed, double = inputs.parameter("report_missed"), inputs.parameter("report_double")
    columns = [SUMS.index(name) for name in MEASURED]
    events = block.sums[:, :, 1 : end + 1][..., columns].astype(np.int64)
    starts = np.arange(0, end, 12)
    true = np.add.reduceat(events, starts, axis=2)
    counts = np.zeros_like(true)
    # most baselines have nothing to report
    for w, k in zip(*np.nonzero(true.any(axis=(2, 3))), strict=True):
        counts[w, k] = reported(
            true[w, k], float(missed[w]), float(double[w]), int(inputs.seeds[w])
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
    """Child-years gained against scenario 0 of the same replication [W, S], discounted."""
    horizon = block.inputs.horizon
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


def zone_test_holds(totals: NDArray[np.int64], test: ZoneTest | None = None) -> NDArray[np.bool_]:
    """Whether the last year of each run [..., M + 1, 2, 3, COUNTS] passes the zone test in every month [...]."""
    test = test or ZoneTest()
    young = totals[..., -test.months :, :, :2, :].sum(axis=(-3, -2))
    children = np.maximum(1, young[..., 0])
    out = young[..., COUNTS.index("work_only")] + young[..., COUNTS.index("neither")]
    labour = young[..., COUNTS.index("child_labour")]
    passed = (out / children <= test.out_of_school) & (labour / children <= test.child_labour)
    return np.asarray(passed.all(axis=-1), np.bool_)
