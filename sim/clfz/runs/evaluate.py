"""From points of a study to its numbers: records, levers, seeds, the engine, costs, measures.

A comparison, a study, a calibration table and the Mesa model all come through `Evaluator.replications` and
`Replications.run`. Shapes: W replications, S scenarios, M months.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.designs import SEED
from clfz.inputs.factors import FIELD, FIGURE, LEVER, PARAMETER, with_fields
from clfz.inputs.parameters import central, draw, load_parameters
from clfz.model.attribution import CLASSES
from clfz.model.figures import (
    expected_households,
    figure_record,
    figure_values,
    parameter_record,
    sibling_receipts,
    world_seed,
)
from clfz.model.layout import COUNTS, FIGURES, SUMS
from clfz.programme.costs import discount_factors
from clfz.programme.interventions.base import Usage
from clfz.programme.levers import INDEX, Calendar, lever_path, neutral
from clfz.runs.manifest import fingerprint
from clfz.runs.measures import (
    BANDS,
    COSTS,
    SEXES,
    Block,
    Horizon,
    indicator,
    indicator_names,
    measure,
)
from clfz.runs.study import POINT_STRIDE, WORLD_STRIDE, Study, StudyError, find_function

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Programme
    from clfz.programme.levers import FloatArray

Key = tuple[int, tuple[tuple[str, float], ...]]
"""A zone, and the factors that change what programmes do there."""
SIZES = (
    "population.children",
    "population.villages",
    "population.household_size",
    "population.adults",
)
"""Inputs of a zone by which interventions reckon their levers."""
PUPILS_PER_TEACHER = "school.pupils_per_teacher"
COUNT_COLUMNS = tuple(
    f"{name}_{sex}_{band}"
    for sex in [name for name, part in SEXES.items() if len(part) == 1]
    for band in [name for name, part in BANDS.items() if len(part) == 1]
    for name in COUNTS
)
"""Children by sex, band and what is counted, in the engine's own order."""


def set_threads(jobs: int | None) -> int:
    """Let the compiled engine use so many threads, or all there are; returns how many it uses. No number changes."""
    import numba

    most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    threads = max(1, min(jobs or os.cpu_count() or 1, most))
    numba.set_num_threads(threads)
    return threads


@dataclass(frozen=True)
class LeverPlan:
    """What the programmes do in one zone, with some of their fields set.

    Attributes:
        programmes: One a scenario.
        calendar: Horizon and size of the zone.
        levers: [S, M, n_levers].
    """

    programmes: tuple[Programme, ...]
    calendar: Calendar
    levers: FloatArray


@dataclass(frozen=True)
class Point:
    """One point, as numbers.

    Attributes:
        draw: The draw.
        seed: Seed of the study, or the one that the row sets.
        parameters: Values by name.
        record: The zone's inputs as the engine reads them.
        values: Parameters as the engine reads them.
        pupils_per_teacher: At the start.
        key: Its lever plan.
    """

    draw: int
    seed: int
    parameters: dict[str, float]
    record: np.void
    values: np.void
    pupils_per_teacher: float
    key: Key


@dataclass(frozen=True)
class Replications:
    """All that the engine needs to run some replications.

    Attributes:
        values: Parameters by name, one mapping a replication.
        figures: [W] the zone's inputs (records).
        parameters: [W] parameters (records).
        seeds: [W] uint64.
        pupils_per_teacher: [W] at the start.
        plans: The lever plans that they use.
        plan_of: [W] which of them each uses.
    """

    values: tuple[dict[str, float], ...]
    figures: NDArray[np.void]
    parameters: NDArray[np.void]
    seeds: NDArray[np.uint64]
    pupils_per_teacher: FloatArray
    plans: tuple[LeverPlan, ...]
    plan_of: NDArray[np.int64]

    def run(
        self,
        horizon: Horizon,
        scenarios: Sequence[int],
        *,
        at_once: int | None = None,
        told: Callable[[int], object] | None = None,
    ) -> Block:
        """Run the engine.

        Args:
            horizon: Of every run.
            scenarios: Which of the plans' scenarios; the first is the baseline.
            at_once: Replications in one compiled call; all when None.
            told: Called after each call with how many are done.
        """
        from clfz.model.run import run_batch

        levers = np.stack([plan.levers[list(scenarios)] for plan in self.plans])
        worlds, (_, k, months, _) = len(self.seeds), levers.shape
        totals = np.zeros((worlds, k, months + 1, 2, 3, len(COUNTS)), np.int64)
        sums = np.zeros((worlds, k, months + 1, len(SUMS)))
        classes = np.zeros((worlds, k, len(CLASSES)), np.int64)
        for first in range(0, worlds, at_once or worlds):
            part = slice(first, first + (at_once or worlds))
            run_batch(
                self.figures[part],
                self.parameters[part],
                levers,
                self.plan_of[part],
                self.seeds[part],
                horizon.programme_months,
                totals[part],
                sums[part],
                classes[part],
            )
            if told:
                told(min(part.stop, worlds))
        return Block(
            horizon=horizon,
            totals=totals,
            sums=sums,
            classes=classes,
            figures=self.figures,
            seeds=self.seeds,
            missed=np.array([values["report_missed"] for values in self.values]),
            double=np.array([values["report_double"] for values in self.values]),
            pupils_per_teacher=self.pupils_per_teacher,
            more_teachers=levers[..., INDEX["teachers"]][self.plan_of],
        )

    def budgets(
        self, block: Block, scenarios: Sequence[int], at: int
    ) -> Iterator[tuple[NDArray[np.int64], tuple[str, ...], FloatArray]]:
        """The budgets of one scenario, those of one lever plan at a time.

        Args:
            block: What was counted.
            scenarios: Those in the block.
            at: Which of them.

        Yields:
            Replications; lines, `kind.line`; EUR of 2015 by replication, month and line, only lines that count in
            the study's perspective.
        """
        counted = usage(block, at)
        for number, plan in enumerate(self.plans):
            programme, worlds = (
                plan.programmes[scenarios[at]],
                np.flatnonzero(self.plan_of == number),
            )
            used = Usage(**{name: values[worlds] for name, values in counted.items()})
            names, columns = [], []
            for intervention in programme.interventions:
                by_line = intervention.cost_lines(used, plan.calendar)
                for line in intervention.all_lines():
                    # a line that no count moves is [M]
                    amount = np.broadcast_to(by_line[line.name], used.children.shape)
                    name = f"{intervention.kind}.{line.name}"
                    if not (amount.min() >= 0.0 and amount.max() < np.inf):  # NaN is neither
                        raise ValueError(f"{name}: a cost must be a number >= 0")
                    reporting = block.horizon.reporting
                    ours = reporting.perspective == "society" or line.payer == "programme"
                    if ours and (reporting.count_transfers or not line.transfer):
                        names.append(name)
                        columns.append(amount)
            empty = np.zeros((*used.children.shape, 0))
            yield worlds, tuple(names), np.stack(columns, axis=-1) if columns else empty

    def with_costs(self, block: Block, scenarios: Sequence[int]) -> Block:
        """The block with its costs: exact sums of every entry, as they are and in values of month 1."""
        spent = np.zeros(block.totals.shape[:2])
        discounted = np.zeros_like(spent)
        rate = block.horizon.reporting.discount_rate_costs
        factors = discount_factors(block.horizon.months, rate)[:, None]
        for at in range(len(scenarios)):
            for worlds, _, amounts in self.budgets(block, scenarios, at):
                for world, lines in zip(worlds.tolist(), amounts, strict=True):
                    present = lines * factors
                    spent[world, at] = math.fsum(lines[lines != 0.0].tolist())
                    discounted[world, at] = math.fsum(present[present != 0.0].tolist())
        return replace(block, spent=spent, discounted=discounted)


def usage(block: Block, scenario: int) -> dict[str, FloatArray]:
    """What budgets are made from: the engine's counts of one scenario [W, M], money in EUR."""
    sums = block.sums[:, scenario, 1:]
    eur = np.asarray(block.figures["eur"])[:, None]
    found: dict[str, FloatArray] = {}
    for k, name in enumerate(SUMS):
        if name in Usage.__dataclass_fields__:
            paid = name.startswith("wage_bill_") or name == "transfers_paid"
            found[name] = sums[:, :, k] / eur if paid else sums[:, :, k]
    pupils = block.sums[:, scenario, 0, SUMS.index("pupils")]
    teachers = (pupils / block.pupils_per_teacher)[:, None]
    found["children"] = block.totals[:, scenario, 1:, :, :, 0].sum(axis=(2, 3)).astype(float)
    villages = np.asarray(block.figures["villages"], np.float64)[:, None]
    found["villages"] = np.broadcast_to(villages, sums.shape[:2])
    found["extra_teachers"] = teachers * block.more_teachers[:, scenario]
    return found


class Evaluator:
    """A study at work in one process: what several replications share is made once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plan = lru_cache(maxsize=64)(self._plan)  # tens of kilobytes each
        self.calendar = lru_cache(maxsize=64)(self._calendar)
        self.drawn = lru_cache(maxsize=64)(self._draw)
        self._whole = lru_cache(maxsize=64)(self._record)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What each factor is."""
        return tuple(self.study.space.kinds[name] for name in self.study.factors)

    def replications(
        self, points: Sequence[int], replicates: Sequence[int], rows: NDArray[np.float64]
    ) -> Replications:
        """What the engine needs to run some replications.

        Args:
            points: [W] numbers of the points.
            replicates: [W].
            rows: [W, factors] their rows of the design.
        """
        known: dict[int, Point] = {}
        for number, row in zip(points, rows, strict=True):
            if number not in known:
                known[number] = self.point(number, row)
        each = [known[number] for number in points]
        keys = {key: at for at, key in enumerate(dict.fromkeys(point.key for point in each))}
        figures = np.zeros(len(each), FIGURES)
        parameters: Any = np.zeros(len(each), each[0].values.dtype)
        for w, point in enumerate(each):
            figures[w], parameters[w] = point.record, point.values
        seeds = map(self.seed_of, points, each, replicates)
        return Replications(
            values=tuple(point.parameters for point in each),
            figures=figures,
            parameters=parameters,
            seeds=np.fromiter(seeds, np.uint64, len(each)),
            pupils_per_teacher=np.array([point.pupils_per_teacher for point in each]),
            plans=tuple(self.plan(key) for key in keys),
            plan_of=np.array([keys[point.key] for point in each], np.int64),
        )

    def point(self, point: int, row: NDArray[np.float64]) -> Point:
        """Resolve a point.

        Args:
            point: Its number.
            row: [factors] the values of its row.
        """
        study = self.study
        drawn, _, zone = (int(part) for part in study.split(point))
        by_kind: dict[str, dict[str, float]] = {}
        for name, kind, value in zip(study.factors, self.kinds, row.tolist(), strict=True):
            by_kind.setdefault(kind, {})[name] = value
        seed = int(by_kind.get(SEED, {}).get(SEED, study.spec.seed))
        parameters, figures = self.drawn(zone, drawn, seed)
        if PARAMETER in by_kind:
            parameters = parameters | by_kind[PARAMETER]
        set_figures = by_kind.get(FIGURE, {})
        if set_figures:
            changed = {tuple(name.split(".")): value for name, value in set_figures.items()}
            record = figure_record(study.zones[zone], figures | changed, parameters)
        else:
            record = self._whole(zone, drawn, seed)
            if PARAMETER in by_kind:  # all that the parameters change in it
                record = record.copy()
                record["sibling_mean"] = sibling_receipts(record, parameters)
        moved = by_kind.get(LEVER, {}) | by_kind.get(FIELD, {})
        moved |= {name: value for name, value in set_figures.items() if name in SIZES}
        ordinary = study.zones[zone].school.pupils_per_teacher.value
        return Point(
            draw=drawn,
            seed=seed,
            parameters=parameters,
            record=record,
            values=parameter_record(parameters, study.parameters),
            pupils_per_teacher=float(set_figures.get(PUPILS_PER_TEACHER, ordinary)),
            key=(zone, tuple(sorted(moved.items()))),
        )

    def seed_of(self, number: int, point: Point, replicate: int) -> int:
        """The seed of a replication; with `luck: common` all rows and zones of a draw share it."""
        own = self.study.spec.luck == "own"
        return world_seed(point.seed, number if own else point.draw, replicate)

    def _draw(
        self, zone: int, drawn: int, seed: int
    ) -> tuple[dict[str, float], dict[tuple[str, ...], float]]:
        """Parameters and inputs of a draw; central values when there is one draw."""
        study, place = self.study, self.study.zones[zone]
        if study.spec.draws == 1:
            return central(study.parameters), figure_values(place)
        values = draw(study.parameters, seed, drawn, zone=place.name, country=place.country)
        return values, figure_values(place, seed, drawn)

    def _record(self, zone: int, drawn: int, seed: int) -> np.void:
        parameters, figures = self.drawn(zone, drawn, seed)
        return figure_record(self.study.zones[zone], figures, parameters)

    def _calendar(self, zone: int, sizes: tuple[tuple[str, float], ...]) -> Calendar:
        study, place = self.study, self.study.zones[zone]
        figures = figure_values(place) | {tuple(name.split(".")): value for name, value in sizes}
        record = figure_record(place, figures, central(study.parameters))
        return Calendar(
            months=study.spec.months,
            programme_months=study.spec.programme_months,
            children=float(record["children"]),
            households=expected_households(record),
            villages=int(record["villages"]),
            start=place.start_year_month,
        )

    def _plan(self, key: Key) -> LeverPlan:
        """Levers by month of every scenario; those set by hand act in all but the first, while the programme lasts."""
        zone, moved = key
        study = self.study
        calendar = self.calendar(zone, tuple(each for each in moved if each[0] in SIZES))
        fields = {name: value for name, value in moved if "." in name and name not in SIZES}
        first, *rest = study.programmes
        programmes = (first, *(with_fields(each, fields) if fields else each for each in rest))
        paths = [lever_path(each.interventions, study.shocks, calendar) for each in programmes]
        for name, value in {**study.spec.set, **dict(moved)}.items():
            for path in paths[1:] if name in INDEX else []:
                path[: calendar.programme_months, INDEX[name]] = value
        return LeverPlan(programmes, calendar, np.stack(paths))


# What a worker does.


@dataclass(frozen=True)
class Chunk:
    """Replications to run in one call.

    Attributes:
        points: [W] numbers of the points.
        replicates: [W].
        rows: [W, factors] their rows of the design.
        scenarios: Which scenarios are wanted; the baseline is always run, since the others are paired with it.
    """

    points: NDArray[np.int64]
    replicates: NDArray[np.int64]
    rows: NDArray[np.float64]
    scenarios: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.points)

    def part(self, part: slice) -> Chunk:
        """Some of the replications."""
        return Chunk(self.points[part], self.replicates[part], self.rows[part], self.scenarios)

    @property
    def run_ids(self) -> NDArray[np.int64]:
        """Ids of the runs that are kept."""
        first = self.points * POINT_STRIDE + self.replicates * WORLD_STRIDE
        return (first[:, None] + np.array(self.scenarios, np.int64)).ravel()


@dataclass(frozen=True)
class Done:
    """What came out of a chunk.

    Attributes:
        run_ids: [runs].
        values: [runs, measures]; NaN where a run failed.
        reasons: Run id -> why it failed.
        monthly: [runs, columns, M + 1] when asked for.
        seconds: The whole chunk.
        compiled: Of it inside the engine.
        worlds: How many replications.
    """

    run_ids: NDArray[np.int64]
    values: FloatArray
    reasons: Mapping[int, str] = field(default_factory=dict)
    monthly: NDArray[Any] | None = None
    seconds: float = 0.0
    compiled: float = 0.0
    worlds: int = 0


def run_chunk(message: bytes, chunk: Chunk, threads: int = 1) -> Done:
    """Run a chunk of a study. Whatever goes wrong in a replication becomes its reason, not an end.

    Args:
        message: `Study.message`; read once a process.
        chunk: The replications.
        threads: Threads inside the compiled call. No number depends on it.

    Raises:
        StudyError: This process has another version of the model.
    """
    evaluator = _evaluator(message)
    if not evaluator.study.function:
        set_threads(threads)
        _compiled()
    started = time.perf_counter()
    parts = _run_or_split(evaluator, chunk)
    monthly = [part.monthly for part in parts if part.monthly is not None]
    return Done(
        np.concatenate([part.run_ids for part in parts]),
        np.concatenate([part.values for part in parts]),
        {run_id: why for part in parts for run_id, why in part.reasons.items()},
        np.concatenate(monthly) if monthly else None,
        time.perf_counter() - started,
        sum(part.compiled for part in parts),
        len(chunk),
    )


@lru_cache(maxsize=2)
def _evaluator(message: bytes) -> Evaluator:
    facts = json.loads(message)
    if facts["model"] != fingerprint():
        raise StudyError(
            f"A worker has another version of the model ({fingerprint()}, not {facts['model']}). "
            "Install the same clfz, numpy and numba everywhere."
        )
    # rows travel with each chunk; here they only count
    return Evaluator(
        Study.from_facts(facts, np.zeros((facts["rows"]["count"], len(facts["factors"]))))
    )


@lru_cache(maxsize=1)
def _compiled() -> None:
    """Load or compile the engine once a process, so that chunks are timed without it."""
    from clfz.model.run import run_batch

    parameters = np.zeros(0, [(each.name, np.float64) for each in load_parameters()])
    totals = np.zeros((0, 1, 2, 2, 3, len(COUNTS)), np.int64)
    sums, classes = np.zeros((0, 1, 2, len(SUMS))), np.zeros((0, 1, len(CLASSES)), np.int64)
    none, seeds = np.zeros(0, np.int64), np.zeros(0, np.uint64)
    levers = neutral(1)[None, None]
    run_batch(np.zeros(0, FIGURES), parameters, levers, none, seeds, 1, totals, sums, classes)


def _run_or_split(evaluator: Evaluator, chunk: Chunk) -> list[Done]:
    """Run a chunk; when that fails, halve it until the replication that cannot be run is alone."""
    try:
        return [_run(evaluator, chunk)]
    except (OSError, MemoryError, ImportError):
        raise  # the machine's trouble, not the run's
    except Exception as error:
        if (middle := len(chunk) // 2) > 0:
            parts = chunk.part(slice(0, middle)), chunk.part(slice(middle, None))
            return [done for part in parts for done in _run_or_split(evaluator, part)]
        lines = str(error).strip().splitlines() or [""]
        reason = f"{type(error).__name__}: {lines[0]}".rstrip(": ")
        study, run_ids = evaluator.study, chunk.run_ids
        monthly = None
        if columns := month_columns(study):
            kind = np.float64 if study.spec.keep == "counts" else np.float32
            shape = (len(run_ids), len(columns), study.spec.months + 1)
            monthly = np.full(shape, np.nan, kind)
        empty = np.full((len(run_ids), len(study.measures)), np.nan)
        return [Done(run_ids, empty, dict.fromkeys(run_ids.tolist(), reason), monthly)]


def _run(evaluator: Evaluator, chunk: Chunk) -> Done:
    study, monthly = evaluator.study, None
    kept = list(chunk.scenarios)
    if study.function:
        started = time.perf_counter()
        values = _call_function(study, chunk)
        compiled = time.perf_counter() - started
    else:
        worlds = evaluator.replications(
            chunk.points.tolist(), chunk.replicates.tolist(), chunk.rows
        )
        asked = sorted({0, *chunk.scenarios})
        started = time.perf_counter()
        block = worlds.run(study.horizon, asked)
        compiled = time.perf_counter() - started
        if any(name in COSTS for name in study.measures):
            block = worlds.with_costs(block, asked)
        values = np.stack(list(measure(study.measures, block).values()), axis=-1)
        kept = [asked.index(scenario) for scenario in chunk.scenarios]
        monthly = _by_month(study, block, kept)
    run_ids, table = chunk.run_ids, values[:, kept].reshape(-1, len(study.measures))
    bad = ~np.isfinite(table)
    reasons = {
        int(run_ids[at]): f"{study.measures[int(np.argmax(bad[at]))]} is not a finite number"
        for at in np.flatnonzero(bad.any(axis=1))
    }
    return Done(run_ids, table, reasons, monthly, compiled=compiled)


def _call_function(study: Study, chunk: Chunk) -> FloatArray:
    """Measures [W, S, measures] of the function in the engine's place."""
    drawn, _, _ = study.split(chunk.points)
    which = chunk.points if study.spec.luck == "own" else drawn
    pairs = zip(which.tolist(), chunk.replicates.tolist(), strict=True)
    seeds = np.array([world_seed(study.spec.seed, at, again) for at, again in pairs], np.uint64)
    values = {name: chunk.rows[:, column] for column, name in enumerate(study.factors)}
    found = np.asarray(find_function(study.function)(values, seeds), np.float64)
    wanted = (len(chunk), len(study.programmes), len(study.measures))
    if found.ndim == 1:
        found = found[:, None]
    if found.ndim == 2:
        found = np.repeat(found[:, None], wanted[1], axis=1)
    if found.shape != wanted:
        raise ValueError(f"{study.function} gave numbers of shape {found.shape}, not {wanted}")
    return found


def month_columns(study: Study) -> tuple[str, ...]:
    """The columns of the table of months; none when it is not kept."""
    kept = {"measures": (), "monthly": indicator_names(), "counts": (*COUNT_COLUMNS, *SUMS)}
    return kept[study.spec.keep]


def _by_month(study: Study, block: Block, kept: list[int]) -> NDArray[Any] | None:
    """Months [runs, columns, M + 1] of the scenarios that are kept; None when no months are."""
    if study.spec.keep == "measures":
        return None
    if study.spec.keep == "monthly":
        values = [indicator(name, block)[:, kept] for name in indicator_names()]
        stacked: Any = np.stack(values, axis=2).astype(np.float32)
        return np.asarray(stacked.reshape(-1, *stacked.shape[2:]))
    # whole numbers of children stay whole: a float64 holds them to 2^53
    months = block.totals.shape[2]
    totals = block.totals[:, kept].reshape(-1, months, len(COUNT_COLUMNS))
    sums = block.sums[:, kept].reshape(-1, months, len(SUMS))
    return np.concatenate([totals, sums], axis=2).swapaxes(1, 2)
