"""Do counts that a fit has seen, or has not, lie where it says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.checks.book import Checks, prior_z
from clfz.analysis.calibration.fit import Fit
from clfz.analysis.calibration.interval import inside, interval
from clfz.analysis.calibration.predict import place_chances, predict
from clfz.analysis.calibration.run import Bench
from clfz.analysis.calibration.starts import start_left_out
from clfz.analysis.calibration.unseen import K_BAD
from clfz.runs.measures import COUNTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def in_place(checks: Checks, bench: Bench, fit: Fit) -> None:
    """Prior and posterior predictive checks of each count and of the totals."""
    for what, z in (("prior", prior_z(bench)), ("posterior", fit.flat)):
        data = bench.scheme.data(bench.targets)
        if what == "prior":
            data["on"] = np.zeros_like(data["on"])
        drawn, hit = [], 0
        for r, record in enumerate(bench.targets.records):
            found = _draws(bench, z, data, r)
            drawn.append(found)
            hit += checks.tell(f"{what} predictive", record, found, bench.targets.counts[r])
        _judge(checks, f"{what} predictive", hit, len(drawn) * len(COUNTED))
        checks.found[f"{what} draws"] = drawn
        for name, (columns, value) in bench.targets.totals.items():
            which = [COUNTED.index(column) for column in columns]
            total = sum(each[:, which].sum(axis=1) for each in drawn)
            low, high = interval(total)
            told = f"{value:.0f} in {low:.0f} to {high:.0f}"
            checks.add(
                f"{what} predictive",
                f"total: {name}",
                told,
                "inside 90 %",
                bool(inside(total, value)),
            )


def _draws(bench: Bench, z: Floats, data: dict[str, Any], record: int) -> Floats:
    """Counts of a new programme at the record's place; which place that is, the other records of its country say."""
    found = predict(bench.scheme, z, data, record, seed=1)
    return found.counts


def countries(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Leave-one-country-out prediction."""
    count, total = 0, 0
    for code in bench.targets.codes:
        fit = fits.get(f"without-country-{code}")
        if fit is None:
            continue
        gone = [r for r, c in enumerate(bench.targets.countries) if c == code]
        data = bench.scheme.data(bench.targets, tuple(bench.targets.records[r] for r in gone))
        for r in gone:
            found = predict(bench.scheme, fit.flat, data, r, 1).counts
            record, seen = bench.targets.records[r], bench.targets.counts[r]
            count += checks.tell("country left out", record, found, seen)
            total += len(COUNTED)
    if total:
        _judge(checks, "country left out", count, total, most=0.97)


def _judge(checks: Checks, check: str, hit: int, total: int, most: float = 1.0) -> None:
    share = hit / total
    item = f"share of {total} counts inside 90 %"
    checks.add(check, item, share, f"0.83 to {most:g}", 0.83 <= share <= most)


def starts(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Each starting point left out: is it predicted?"""
    for place, (_, value) in bench.targets.starts.items():
        fit = fits.get(f"without-start-{place}")
        if fit is None:
            continue
        data = bench.scheme.data(bench.targets, without_start=(place,))
        drawn, k = start_left_out(bench.scheme, fit.flat, data, place, seed=1)
        low, high = interval(drawn)
        told = f"{value:.0f} in {low:.0f} to {high:.0f}"
        checks.add(
            "starting point left out", place, told, "inside 90 %", bool(inside(drawn, value))
        )
        item = f"{place}: Pareto's k of the weights"
        checks.add("starting point left out", item, k, f"<= {K_BAD}", k <= K_BAD)


def readings(checks: Checks, bench: Bench, fit: Fit) -> None:
    """Chance of each place of each record, before and after its counts are looked at."""
    targets = bench.targets
    after = place_chances(bench.scheme, fit.flat, bench.scheme.data(targets))
    before = np.zeros(len(targets.readings))
    for code in targets.codes:
        _, ways, weight = targets.matchings(code)
        for way, log in zip(ways, weight, strict=True):
            before[list(way)] += np.exp(log)
    rows = [
        {
            "record": targets.records[each.record],
            "place": each.place,
            "before": before[k],
            "after": after[k],
        }
        for k, each in enumerate(targets.readings)
        if before[k] < 1.0
    ]
    checks.found["labels"] = rows
    for row in rows:
        told = f"{row['before']:.2f} before, {row['after']:.2f} after"
        checks.add("place of a record", f"{row['record']} is {row['place']}", told, "", None)
