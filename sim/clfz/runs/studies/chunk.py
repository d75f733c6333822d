"""A chunk of worlds: one compiled call, and one row of measures a run. This is what a worker does."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.model.attribution import CLASSES
from clfz.model.layout import COUNTS, FIGURES, SUMS
from clfz.runs.measures import Block, as_rows, measure, more_teachers, needs_costs
from clfz.runs.studies import bymonth, functions
from clfz.runs.studies.errors import StudyError
from clfz.runs.studies.fingerprint import fingerprint
from clfz.runs.studies.inputs import Bench, Point, records
from clfz.runs.studies.money import money
from clfz.runs.studies.study import POINT_STRIDE, WORLD_STRIDE, Study

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray


@dataclass(frozen=True)
class Chunk:
    """Worlds to run in one call.

    Attributes:
        points: [W] numbers of the points.
        replicates: [W].
        rows: [W, factors] their rows of the design.
        scenarios: Which scenarios are wanted; the baseline is always run.
    """

    points: NDArray[np.int64]
    replicates: NDArray[np.int64]
    rows: NDArray[np.float64]
    scenarios: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def runs(self) -> int:
        """Runs that are kept."""
        return len(self.points) * len(self.scenarios)

    def half(self, first: bool) -> Chunk:
        """One half of the worlds."""
        middle = len(self.points) // 2
        part = slice(0, middle) if first else slice(middle, None)
        return Chunk(self.points[part], self.replicates[part], self.rows[part], self.scenarios)


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
        worlds: How many.
    """

    run_ids: NDArray[np.int64]
    values: FloatArray
    reasons: dict[int, str] = field(default_factory=dict)
    monthly: NDArray[Any] | None = None
    seconds: float = 0.0
    compiled: float = 0.0
    worlds: int = 0


def run_chunk(message: bytes, chunk: Chunk, threads: int = 1) -> Done:
    """Run a chunk of a study. Whatever goes wrong in a world becomes its reason, not an end.

    Args:
        message: `Study.message`; read once a process.
        chunk: The worlds.
        threads: Threads inside the compiled call. No number depends on it.
    """
    bench = _bench(message)
    if not bench.study.function:
        _set_threads(threads)
        _compiled()
    started = time.perf_counter()
    parts = _run_or_split(bench, chunk)
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
def _bench(message: bytes) -> Bench:
    facts = json.loads(message)
    if facts["model"] != fingerprint():
        raise StudyError(
            f"A worker has another version of the model ({fingerprint()}, not {facts['model']}). "
            "Install the same clfz, numpy and numba everywhere."
        )
    # rows travel with each chunk, so a worker holds only those it needs
    rows = np.broadcast_to(np.float64(0.0), (facts["rows"]["count"], len(facts["factors"])))
    study = Study.from_facts(facts, np.zeros((0, len(facts["factors"]))))
    object.__setattr__(study, "rows", rows)
    return Bench(study)


def _set_threads(threads: int) -> None:
    import numba

    most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    numba.set_num_threads(max(1, min(threads, most)))


@lru_cache(maxsize=1)
def _compiled() -> bool:
    """Load or compile the engine once a process, so that chunks are timed without it."""
    from clfz.inputs.parameters import load_parameters
    from clfz.model.run import run_batch
    from clfz.programme.levers import neutral

    zone = np.zeros(0, FIGURES)
    parameters = np.zeros(0, [(each.name, np.float64) for each in load_parameters()])
    none = np.zeros(0, np.int64)
    totals = np.zeros((0, 1, 2, 2, 3, len(COUNTS)), np.int64)
    sums, classes = np.zeros((0, 1, 2, len(SUMS))), np.zeros((0, 1, len(CLASSES)), np.int64)
    levers = neutral(1)[None, None]
    run_batch(zone, parameters, levers, none, np.zeros(0, np.uint64), 1, totals, sums, classes)
    return True


def _run_or_split(bench: Bench, chunk: Chunk) -> list[Done]:
    """Run a chunk; when that fails, halve it until the world that cannot be run is alone."""
    try:
        return [_run(bench, chunk)]
    except (OSError, MemoryError, ImportError):
        raise  # the machine's trouble, not the run's
    except Exception as error:
        if len(chunk) > 1:
            return [
                *_run_or_split(bench, chunk.half(True)),
                *_run_or_split(bench, chunk.half(False)),
            ]
        lines = str(error).strip().splitlines() or [""]
        reason = f"{type(error).__name__}: {lines[0]}".rstrip(": ")
        run_ids = _run_ids(chunk)
        monthly = bymonth.of_failed(bench.study, len(run_ids))
        empty = np.full((len(run_ids), len(bench.study.measures)), np.nan)
        return [Done(run_ids, empty, dict.fromkeys(run_ids.tolist(), reason), monthly)]


def _run(bench: Bench, chunk: Chunk) -> Done:
    from clfz.model.run import run_batch

    study = bench.study
    if study.function:
        started = time.perf_counter()
        table = functions.call(study, chunk)
        run_ids, took = _run_ids(chunk), time.perf_counter() - started
        return Done(run_ids, table, _not_finite(study, run_ids, table), compiled=took)
    known: dict[int, Point] = {}
    for number, row in zip(chunk.points.tolist(), chunk.rows, strict=True):
        if number not in known:
            known[number] = bench.point(number, row)
    points = [known[number] for number in chunk.points.tolist()]
    seeds = [
        bench.seed_of(number, point, replicate)
        for number, point, replicate in zip(
            chunk.points.tolist(), points, chunk.replicates.tolist(), strict=True
        )
    ]
    lever_plans = {point.key: bench.plan(point.key) for point in known.values()}
    number_of = {key: number for number, key in enumerate(lever_plans)}
    plans = np.array([number_of[point.key] for point in points], np.int64)
    # the baseline is always run: the others are paired with it
    asked = sorted({0, *chunk.scenarios})
    levers = np.stack([plan.levers[asked] for plan in lever_plans.values()])
    figures, parameters = records(points)
    worlds, scenarios, months = len(points), len(asked), study.spec.months
    totals = np.zeros((worlds, scenarios, months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((worlds, scenarios, months + 1, len(SUMS)))
    classes = np.zeros((worlds, scenarios, len(CLASSES)), np.int64)
    started = time.perf_counter()
    run_batch(
        figures,
        parameters,
        levers,
        plans,
        np.array(seeds, np.uint64),
        study.spec.programme_months,
        totals,
        sums,
        classes,
    )
    compiled = time.perf_counter() - started
    block = Block(
        horizon=study.horizon,
        totals=totals,
        sums=sums,
        classes=classes,
        figures=figures,
        seeds=np.array(seeds, np.uint64),
        missed=np.array([point.parameters["report_missed"] for point in points]),
        double=np.array([point.parameters["report_double"] for point in points]),
        pupils_per_teacher=np.array([point.pupils_per_teacher for point in points]),
        more_teachers=more_teachers(levers)[plans],
    )
    if needs_costs(study.measures):
        programmes = [[plan.programmes[k] for k in asked] for plan in lever_plans.values()]
        calendars = [plan.calendar for plan in lever_plans.values()]
        block = money(block, programmes, calendars, plans)
    values = as_rows(measure(study.measures, block))
    kept = [asked.index(scenario) for scenario in chunk.scenarios]
    table = values[:, kept].reshape(-1, len(study.measures))
    run_ids = _run_ids(chunk)
    return Done(
        run_ids,
        table,
        _not_finite(study, run_ids, table),
        bymonth.of_runs(study, block, kept),
        compiled=compiled,
    )


def _run_ids(chunk: Chunk) -> NDArray[np.int64]:
    first = chunk.points * POINT_STRIDE + chunk.replicates * WORLD_STRIDE
    return (first[:, None] + np.array(chunk.scenarios, np.int64)).ravel()


def _not_finite(study: Study, run_ids: NDArray[np.int64], table: FloatArray) -> dict[int, str]:
    """Runs with a measure that is no number."""
    bad = ~np.isfinite(table)
    return {
        int(run_ids[at]): f"{study.measures[int(np.argmax(bad[at]))]} is not a finite number"
        for at in np.flatnonzero(bad.any(axis=1))
    }
