"""What the model would have put in place of each number of a field file.

A count goes through the observation model of `calibration.reporting`: cases missed, cases counted twice
(`runs.observation`), the size of the area, with how many of its children the programme worked (`reach`), what counts as
protected, and errors that no cause explains (`report_noise`: a gamma factor of that coefficient of variation). A number
at the start is that of the children with whom the programme worked, found up to `start_found`. Where the file says
which part of the area was covered, that is the reach, and none is drawn. A rate is the share among as many children of
the area, reached or not, drawn at random, as the survey is worth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.runs import Runs
from clfz.inputs import InputError, Zone
from clfz.inputs.field import COUNTS as REPORTED
from clfz.inputs.field import STOCKS, Field, Row
from clfz.inputs.indicators import COUNTED, find
from clfz.inputs.problems import Problem
from clfz.model.layout import SUMS
from clfz.runs.measures import MEASURED, group_counts, indicator, reported

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WITHOUT, WITH = 0, 1
LONGEST = 240
"""Months of a run at most."""
FOLLOW_UP = 12
_EVENT = dict(zip(COUNTED, MEASURED, strict=True))
_STOCK_LABELS = {
    "out_of_school_children": "Children found out of school",
    "working_children": "Children found working",
    "children_in_child_labour": "Children found in child labour",
}


@dataclass(frozen=True)
class Placed:
    """A reported number with its months of the run; month 0 is the month before the programme."""

    row: Row
    first: int
    last: int

    @property
    def key(self) -> str:
        """A name that no other number of the place has."""
        row = self.row
        group = "" if (row.sex, row.age_band) == ("all", "5-17") else f"|{row.sex}|{row.age_band}"
        return f"{row.indicator}{group}|{row.period}"

    @property
    def label(self) -> str:
        """What it is, for a reader, with the group when it is not all children."""
        row = self.row
        name = _STOCK_LABELS.get(row.indicator) or find(row.indicator).label
        group = [] if row.sex == "all" else [row.sex]
        group += [] if row.kind == "count" else [row.age_band.replace("-", " to ")]
        return f"{name} ({', '.join(group)})" if group else name


def place(field: Field, area: str, zone: Zone) -> list[Placed]:
    """The numbers of one area that the model has its own for, by months of the zone's run.

    Raises:
        InputError: A number from before the run begins, or long after it.
    """
    year, month = zone.start_year_month
    found, problems = [], []
    for row in field.rows:
        if row.area != area or row.kind == "total" or row.not_compared:
            continue
        first, last = (12 * (at[0] - year) + at[1] - month + 1 for at in (row.start, row.end))
        if first < (row.kind == "count") or last > LONGEST:
            text = f"row {row.line}: {row.indicator} is of {row.period}, but runs of {zone.name} begin in {zone.start} "
            late = f"and end {LONGEST // 12} years later. "
            text += late if last > LONGEST else "with the programme. "
            text += 'Give a zone file with another "start", or "ignore" under use.'
            problems.append(Problem(field.name, row.line, 0, text))
        found.append(Placed(row, first, last))
    if problems:
        raise InputError(problems)
    return found


def period(placed: Sequence[Placed]) -> tuple[int, int]:
    """First and last month in which the reported children were counted; of all numbers when none were."""
    counts = [each for each in placed if each.row.kind == "count"]
    if counts:
        return min(each.first for each in counts), max(each.last for each in counts)
    return 1, max(12, *(each.last for each in placed))


def generators(runs: Runs, purpose: str) -> list[np.random.Generator]:
    """One generator a replication; what is drawn for one purpose does not depend on any other."""
    key = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "big") ^ 0x6669656C64
    return [
        np.random.Generator(np.random.Philox(key=np.array([seed, key], np.uint64)))
        for seed in runs.block.inputs.seeds
    ]


def predicted(placed: Sequence[Placed], runs: Runs, scenario: int = WITH) -> Floats:
    """What would have been reported [W, numbers]."""
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
    if row.kind == "rate":
        found = of_area(shares, runs, row.coverage)[:, scenario]
    else:
        totals = runs.block.totals[:, :, months]
        children = group_counts(totals, row.sex, row.age_band, {"children"})["children"]
        found = shares[:, scenario] * children[:, scenario]
    return np.asarray(found.mean(axis=1), np.float64)


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


def as_stated(placed: Sequence[Placed], runs: Runs) -> Runs:
    """The same runs with the reach that the counts state, where they do: of several the largest."""
    counts = [each.row.coverage for each in placed if each.row.kind == "count"]
    told = [share for share in counts if share is not None]
    return replace(runs, reach=np.full(len(runs), max(told))) if told else runs


def _observed(each: Placed, runs: Runs, scenario: int) -> Floats:
    row, true = each.row, truth(each, runs, scenario)
    sources = generators(runs, f"{each.key}|{scenario}")
    if row.kind == "rate":
        return surveyed(true, row.n or np.inf, sources)
    cases = np.rint(true).astype(np.int64)
    level = runs.worked
    if row.coverage is not None:
        cases = np.array([g.binomial(c, row.coverage) for g, c in zip(sources, cases, strict=True)])
        level = runs.size
    if row.kind == "stock":
        mean = cases * level * runs.parameter("start_found")
        return counted(mean, runs.parameter("report_noise"), sources)
    if row.indicator == "protected_from_dropout":
        level = level * runs.protected
    kind = 1 + REPORTED.index(row.indicator)
    errors = runs.parameter("report_missed"), runs.parameter("report_double")
    listed = [
        reported(np.array([cell]), missed, double, int(seed) ^ kind)[0]
        for cell, missed, double, seed in zip(cases, *errors, runs.block.inputs.seeds, strict=True)
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
