"""Do counts that a fit has seen, or has not, lie where it says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks.book import Checks, inside, prior_z
from calibration.fit import Fit
from calibration.predict import place_chances, predict, start_draws
from calibration.run import Bench
from sim.observation import COUNTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def in_place(checks: Checks, bench: Bench, fit: Fit) -> None:
    """Prior and posterior predictive checks of each count and of the totals."""
    for what, z in (("prior", prior_z(bench)), ("posterior", fit.flat)):
        data = bench.scheme.data(bench.targets)
        if what == "prior":
            data["on"] = np.zeros_like(data["on"])
        drawn = []
        for r, record in enumerate(bench.targets.records):
            found = _draws(bench, z, data, r)
            drawn.append(found)
            low, high, ok = inside(found, bench.targets.counts[r])
            for k, kind in enumerate(COUNTED):
                seen = bench.targets.counts[r, k]
                told = f"{seen:.0f} in {low[k]:.0f} to {high[k]:.0f}"
                checks.add(
                    f"{what} predictive", f"{record} {kind}", told, "inside 90 %", bool(ok[k])
                )
        checks.found[f"{what} draws"] = drawn
        for name, (columns, value) in bench.targets.totals.items():
            which = [COUNTED.index(column) for column in columns]
            total = sum(each[:, which].sum(axis=1) for each in drawn)
            low, high = np.quantile(total, [0.05, 0.95])
            told = f"{value:.0f} in {low:.0f} to {high:.0f}"
            checks.add(
                f"{what} predictive",
                f"total: {name}",
                told,
                "inside 90 %",
                bool(low <= value <= high),
            )


def _draws(bench: Bench, z: Floats, data: dict[str, Any], record: int) -> Floats:
    """Counts of a new programme at the record's place; which place that is, the other records of its country say."""
    found = predict(bench.scheme, z, data, record, seed=1)
    return found.counts


def countries(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Leave-one-country-out prediction."""
    count = total = 0
    for code in bench.targets.codes:
        fit = fits.get(f"without-country-{code}")
        if fit is None:
            continue
        gone = [r for r, c in enumerate(bench.targets.countries) if c == code]
        data = bench.scheme.data(bench.targets, tuple(bench.targets.records[r] for r in gone))
        for r in gone:
            low, high, ok = inside(
                predict(bench.scheme, fit.flat, data, r, 1).counts, bench.targets.counts[r]
            )
            count, total = count + int(ok.sum()), total + 3
            for k, kind in enumerate(COUNTED):
                told = f"{bench.targets.counts[r, k]:.0f} in {low[k]:.0f} to {high[k]:.0f}"
                item = f"{bench.targets.records[r]} {kind}"
                checks.add("country left out", item, told, "inside 90 %", bool(ok[k]))
    if total:
        share = count / total
        item = f"share of {total} counts inside 90 %"
        checks.add("country left out", item, share, "0.83 to 0.97", 0.83 <= share <= 0.97)


def starts(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Each starting point left out: is it predicted?"""
    for place, (_, value) in bench.targets.starts.items():
        fit = fits.get(f"without-start-{place}")
        if fit is None:
            continue
        drawn = start_draws(bench.scheme, fit.flat, place, seed=1)
        low, high = np.quantile(drawn, [0.05, 0.95])
        told = f"{value:.0f} in {low:.0f} to {high:.0f}"
        checks.add(
            "starting point left out", place, told, "inside 90 %", bool(low <= value <= high)
        )


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
