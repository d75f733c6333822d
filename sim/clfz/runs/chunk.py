"""What a worker does: some replications of a study in one compiled call, and one row of measures a run."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.indicators import indicator_names
from clfz.model.layout import COUNTS, SUMS
from clfz.runs.manifest import fingerprint
from clfz.runs.measures import BANDS, SEXES, indicator, measure
from clfz.runs.study import POINT_STRIDE, REPLICATE_STRIDE, Study, StudyError, find_function
from clfz.runs.study_inputs import StudyInputs
from clfz.runs.zone_data import replication_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray
    from clfz.runs.replications import Block, Replications

COUNT_COLUMNS = tuple(
    f"{name}_{sex}_{band}"
    for sex in [name for name, part in SEXES.items() if len(part) == 1]
    for band in [name for name, part in BANDS.items() if len(part) == 1]
    for name in COUNTS
)
"""Children by sex, band and what is counted, in the engine's own order."""


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
        first = self.points * POINT_STRIDE + self.replicates * REPLICATE_STRIDE
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
        replications: How many.
    """

    run_ids: NDArray[np.int64]
    values: FloatArray
    reasons: Mapping[int, str] = field(default_factory=dict)
    monthly: NDArray[Any] | None = None
    seconds: float = 0.0
    compiled: float = 0.0
    replications: int = 0


def run_chunk(message: bytes, chunk: Chunk, threads: int = 1) -> Done:
    """Run a chunk of a study. Whatever goes wrong in a replication becomes its reason, not an end.

    Args:
        message: `Study.message`; read once a process.
        chunk: The replications.
        threads: Replications at a time. No number depends on it.

    Raises:
        StudyError: This process has another version of the model.
    """
    study_inputs = _study_inputs(message)
    if not study_inputs.study.function:
        _compile(study_inputs, chunk)
    started = time.perf_counter()
    parts = _run_or_split(study_inputs, chunk, threads)
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
def _study_inputs(message: bytes) -> StudyInputs:
    facts = json.loads(message)
    if facts["model"] != fingerprint():
        raise StudyError(
            f"A worker has another version of the model ({fingerprint()}, not {facts['model']}). "
            "Install the same clfz, numpy and numba everywhere."
        )
    # rows travel with each chunk; here they only count
    return StudyInputs(
        Study.from_facts(facts, np.zeros((facts["rows"]["count"], len(facts["factors"]))))
    )


def _compile(study_inputs: StudyInputs, chunk: Chunk) -> None:
    """Load or compile the engine once a process, by a replication: chunks are timed without it."""
    global _is_compiled
    if not _is_compiled:
        first = chunk.part(slice(0, 1))
        with suppress(Exception):  # what is wrong with it is told when its chunk is run
            _replications(study_inputs, first).run([0], threads=1)
        _is_compiled = True


_is_compiled = False


def _run_or_split(study_inputs: StudyInputs, chunk: Chunk, threads: int) -> list[Done]:
    """Run a chunk; when that fails, halve it until the replication that cannot be run is alone."""
    try:
        return [_run(study_inputs, chunk, threads)]
    except (OSError, MemoryError, ImportError):
        raise  # the machine's trouble, not the run's
    except Exception as error:
        if (middle := len(chunk) // 2) > 0:
            parts = chunk.part(slice(0, middle)), chunk.part(slice(middle, None))
            return [done for part in parts for done in _run_or_split(study_inputs, part, threads)]
        lines = str(error).strip().splitlines() or [""]
        reason = f"{type(error).__name__}: {lines[0]}".rstrip(": ")
        study, run_ids = study_inputs.study, chunk.run_ids
        monthly = None
        if columns := month_columns(study):
            kind = np.float64 if study.spec.keep == "counts" else np.float32
            shape = (len(run_ids), len(columns), study.spec.months + 1)
            monthly = np.full(shape, np.nan, kind)
        empty = np.full((len(run_ids), len(study.measures)), np.nan)
        return [Done(run_ids, empty, dict.fromkeys(run_ids.tolist(), reason), monthly)]


def _run(study_inputs: StudyInputs, chunk: Chunk, threads: int) -> Done:
    study, monthly = study_inputs.study, None
    kept = list(chunk.scenarios)
    if study.function:
        started = time.perf_counter()
        values = _call_function(study, chunk)
        compiled = time.perf_counter() - started
    else:
        replications = _replications(study_inputs, chunk)
        asked = sorted({0, *chunk.scenarios})
        started = time.perf_counter()
        block = replications.run(asked, threads=threads)
        compiled = time.perf_counter() - started
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


def _replications(study_inputs: StudyInputs, chunk: Chunk) -> Replications:
    return study_inputs.replications(chunk.points.tolist(), chunk.replicates.tolist(), chunk.rows)


def _call_function(study: Study, chunk: Chunk) -> FloatArray:
    """Measures [W, S, measures] of the function in the engine's place."""
    drawn, _, _ = study.split(chunk.points)
    which = chunk.points if study.spec.luck == "own" else drawn
    pairs = zip(which.tolist(), chunk.replicates.tolist(), strict=True)
    seeds = np.array(
        [replication_seed(study.spec.seed, at, again) for at, again in pairs], np.uint64
    )
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
