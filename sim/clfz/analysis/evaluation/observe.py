"""What the model would have put in place of each figure of a field file.

A count goes through the observation model of `calibration.reporting`: cases missed, cases counted twice
(`runs.observation`), the size of the area, with how many of its children the programme worked (`reach`), what counts as
protected, and errors that no cause explains (`report_noise`: a gamma factor of that coefficient of variation). A number
at the start is that of the children with whom the programme worked, found up to `start_found`. Where the file says
which part of the area was covered, that is the reach, and none is drawn. A rate is the share among as many children of
the area, reached or not, drawn at random, as the survey is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.months import Placed
from clfz.analysis.evaluation.runs import Runs
from clfz.inputs.field import COUNTS as REPORTED
from clfz.inputs.field import STOCKS
from clfz.model.layout import SUMS
from clfz.runs.measures import COUNTED, MEASURED, group_counts, indicator, reported

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WITHOUT, WITH = 0, 1
_EVENT = dict(zip(COUNTED, MEASURED, strict=True))
_LUCK = 0x6669656C64  # keeps the luck of surveys apart from every other use of a seed


def luck(runs: Runs, purpose: str) -> list[np.random.Generator]:
    """One generator a world; what is drawn for one purpose does not depend on any other."""
    import hashlib

    key = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "big") ^ _LUCK
    return [
        np.random.Generator(np.random.Philox(key=np.array([seed, key], np.uint64)))
        for seed in runs.block.seeds
    ]


def predicted(placed: Sequence[Placed], runs: Runs, scenario: int = WITH) -> Floats:
    """What would have been reported [W, figures]."""
    columns = [_observed(each, runs, scenario) for each in placed]
    return np.stack(columns, axis=1) if columns else np.zeros((len(runs), 0))


def truth(each: Placed, runs: Runs, scenario: int = WITH) -> Floats:
    """What is true in the model [W]: children counted in the period, children in a state, or a share."""
    row = each.row
    if row.kind == "count":
        column = SUMS.index(_EVENT[row.indicator])
        events = runs.block.sums[:, scenario, each.first : each.last + 1, column]
        return np.asarray(np.ascontiguousarray(events).sum(axis=1), np.float64)
    months = slice(each.first, each.last + 1)
    name = STOCKS.get(row.indicator, row.indicator)
    shares = indicator(name, runs.block, months, row.sex, row.age_band)
    share = shares[:, scenario]
    if row.kind == "rate":
        share = of_area(shares, runs, row.coverage)[:, scenario]
    if row.kind == "stock":
        totals = runs.block.totals[:, :, months]
        children = group_counts(totals, row.sex, row.age_band, {"children"})["children"]
        share = share * children[:, scenario]
    return np.asarray(share.mean(axis=1), np.float64)


def of_area(shares: Floats, runs: Runs, coverage: float | None = None) -> Floats:
    """Shares [W, 2, months] among all children of the area: with the programme only as far as it reached.

    Args:
        shares: Among children without, and with whom, the programme worked.
        runs: Runs, with their reach.
        coverage: Part of these children with whom it worked; that of the runs when None, at most all.
    """
    reach = np.minimum(runs.reach, 1.0) if coverage is None else np.full(len(runs), coverage)
    without = shares[:, [WITHOUT]]
    return np.asarray(without + reach[:, None, None] * (shares - without), np.float64)


def stated(each: Placed) -> bool:
    """Whether the file says which part of the area was covered, be it all of it."""
    return each.row.coverage is not None


def as_stated(placed: Sequence[Placed], runs: Runs) -> Runs:
    """The same runs with the reach that the counts state, where they do: of several the largest."""
    counts = [each.row.coverage for each in placed if each.row.kind == "count"]
    told = [share for share in counts if share is not None]
    return replace(runs, reach=np.full(len(runs), max(told))) if told else runs


def _observed(each: Placed, runs: Runs, scenario: int) -> Floats:
    row, true = each.row, truth(each, runs, scenario)
    sources = luck(runs, f"{each.key}|{scenario}")
    if row.kind == "rate":
        return surveyed(true, row.n or np.inf, sources)
    cases = np.rint(true).astype(np.int64)
    if row.coverage is not None:
        cases = np.array([g.binomial(c, row.coverage) for g, c in zip(sources, cases, strict=True)])
    level = runs.size if stated(each) else runs.worked
    if row.kind == "stock":
        found = cases * level * runs.parameter("start_found")
        return counted(found, runs.parameter("report_noise"), sources)
    if row.indicator == "protected_from_dropout":
        level = level * runs.protected
    listed = [
        reported(np.array([cell]), missed, double, int(seed) ^ (1 + REPORTED.index(row.indicator)))[
            0
        ]
        for cell, missed, double, seed in zip(
            cases, runs.block.missed, runs.block.double, runs.block.seeds, strict=True
        )
    ]
    return counted(np.array(listed) * level, runs.parameter("report_noise"), sources)


def counted(mean: Floats, noise: Floats, sources: Sequence[np.random.Generator]) -> Floats:
    """Whole numbers around a mean with errors of that coefficient of variation."""
    factors = [
        g.gamma(cv**-2, cv**2) if cv > 0 else 1.0 for g, cv in zip(sources, noise, strict=True)
    ]
    return np.asarray(np.rint(mean * np.array(factors)), np.float64)


def surveyed(share: Floats, size: float, sources: Sequence[np.random.Generator]) -> Floats:
    """A share as a survey of that size finds it; the share itself when the size is without limit."""
    if not np.isfinite(size):
        return share
    whole = max(1, round(size))
    found = [g.binomial(whole, min(max(p, 0.0), 1.0)) for g, p in zip(sources, share, strict=True)]
    return np.asarray(found, np.float64) / whole
