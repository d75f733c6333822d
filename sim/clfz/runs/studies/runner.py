"""Running a study: what is missing is found, cut into chunks, run, and kept as it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.runs.studies.chunk import Chunk
from clfz.runs.studies.errors import StudyError, kept_note
from clfz.runs.studies.growing import grown, larger
from clfz.runs.studies.lock import only_writer
from clfz.runs.studies.results import Results, load
from clfz.runs.studies.store import Store, read_study, register
from clfz.runs.studies.study import POINT_STRIDE, WORLD_STRIDE, Study, load_study
from clfz.runs.studies.workers import LostWorkers, work

if TYPE_CHECKING:
    from numpy.typing import NDArray

Progress = Callable[[int, int, str], None]
CHUNK_SECONDS = 2.0
FIRST_WORLDS = 4  # a thread, in the chunks that are measured first
MOST_BYTES = 64_000_000  # of counts in a chunk
TRIES = 5  # times that lost workers are replaced
ALL_DONE = "Nothing is missing, all runs are done"


def run(
    study: Study | str | os.PathLike[str] | None,
    out: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    backend: str | None = None,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
    chunk: int | None = None,
    seal: bool = True,
) -> Results:
    """Run what is missing of a study. The same call resumes; nothing that is done is done again.

    Args:
        study: A study, or the name or path of its file; None for the one that the folder was made for.
        out: The folder of the study; made when it is not there.
        jobs: How many worlds at a time; all processors when None. No number depends on it.
        cluster: Address of a Dask scheduler, such as tcp://10.0.0.1:8786.
        backend: `threads` of this process (the default), `loky` processes, or `dask`.
        progress: Called with (runs done, runs in all, what is going on).
        note: Called with a sentence when something damaged was found and is mended.
        chunk: Worlds a call; measured when None. No number depends on it.
        seal: Put chunks together into one file a block; False leaves them as they came.

    Raises:
        InputError: A study that does not exist or cannot be run.
        StudyError: The folder holds something else, is in use, or cannot be written.
    """
    folder = Path(out)
    asked = study if study is None or isinstance(study, Study) else load_study(study)
    found = read_study(folder, asked)
    if found is None and asked is None:
        raise StudyError(f"There is no study in {folder}. Give the study file too.")
    tell = note or (lambda sentence: None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with only_writer(folder):
            found = read_study(folder, asked)
            whole = _registered(folder, found, asked)
            store = Store(folder, whole, tell, seal)
            store.scan()
            try:
                _fill(store, jobs, cluster, backend, progress, chunk)
            except BaseException as error:  # Ctrl-C too
                kept_note(error, folder, store.done, whole.runs)
                raise
    except OSError as error:
        from clfz.inputs.file_errors import reason

        raise StudyError(f"Cannot use {folder}: {reason(error)}. What was done is kept.") from error
    return load(folder)


def expand(
    out: str | os.PathLike[str],
    *,
    replicates: int | None = None,
    draws: int | None = None,
    programmes: Sequence[str] = (),
    points: Any = None,
    **settings: Any,
) -> Results:
    """Let a study grow and run what is new; nothing that exists is renumbered or done again.

    Args:
        out: The folder of a study.
        replicates: Replicates in all.
        draws: Draws in all (of a study that has two or more).
        programmes: Names or paths of programmes to add.
        points: Points of a Sobol design in all, or a data frame that begins with the rows there are.
        settings: As for `run`.

    Raises:
        InputError: A programme that does not exist, a value that cannot be used.
        StudyError: The study cannot grow like that.
    """
    folder = Path(out)
    found = read_study(folder)
    if found is None:
        raise StudyError(f"There is no study in {folder}.")
    return run(larger(found[0], replicates, draws, programmes, points), folder, **settings)


def _registered(folder: Path, found: Any, asked: Study | None) -> Study:
    """The study of a folder, written down before anything runs."""
    from clfz.runs.studies.growing import same_model

    if found is None:
        assert asked is not None
        register(folder, asked)
        return asked
    stored: Study = found[0]
    facts: dict[str, Any] = found[1]
    if asked is None:
        same_model(folder, facts)
        whole = stored
    else:
        whole = grown(folder, stored, facts, asked)
    register(folder, whole)
    return whole


def _fill(
    store: Store,
    jobs: int | None,
    cluster: str | None,
    backend: str | None,
    progress: Progress | None,
    size: int | None,
) -> None:
    """Run everything that is missing; workers that are lost are replaced a few times."""
    total, finished = store.study.runs, store.complete
    if progress:
        progress(store.done, total, ALL_DONE if finished else "Preparing the engine")
    if finished:
        return
    pace = Pace(store.study, size)
    for left in reversed(range(TRIES)):
        if store.complete:
            return
        started, compiled, before = time.perf_counter(), 0.0, store.done
        lost = None
        store.log("start", jobs=jobs, backend=backend, cluster=bool(cluster), done=store.done)
        try:
            for done, threads in work(store.study, chunks(store, pace), jobs, cluster, backend):
                store.keep(done)
                pace.learn(done.worlds, done.seconds, threads)
                compiled += done.compiled
                if progress:
                    progress(store.done, total, "Running")
        except LostWorkers as error:
            lost = error
        finally:
            seconds = round(time.perf_counter() - started, 3)
            runs = store.done - before
            store.log("stop", seconds=seconds, compiled_seconds=round(compiled, 3), runs=runs)
        if lost is not None:
            if not left:
                text = f"Workers are lost again and again ({lost}). {store.done} of {total} runs are kept; "
                raise StudyError(f"{text}the same command continues.")
            store.note(f"A worker was lost ({lost}); what it had not finished is done again.")
            store.scan()


class Pace:
    """How many worlds make a chunk of about two seconds."""

    def __init__(self, study: Study, fixed: int | None = None) -> None:
        import numba

        self.fixed = fixed
        self.threads = 1
        self.most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
        months, scenarios = study.spec.months + 1, len(study.programmes)
        self.cap = max(1, MOST_BYTES // (scenarios * months * 900))
        self.seconds: float | None = None

    def learn(self, worlds: int, seconds: float, threads: int) -> None:
        """Take in what a chunk took."""
        self.threads = threads
        self.seconds = seconds / max(1, worlds)

    def worlds(self) -> int:
        """Worlds of the next chunk."""
        if self.fixed is not None:
            return max(1, self.fixed)
        if self.seconds is None:
            return min(self.cap, FIRST_WORLDS * self.threads)
        even = max(1, round(CHUNK_SECONDS / max(self.seconds, 1e-6) / self.threads))
        return max(1, min(self.cap, even * self.threads))


def chunks(store: Store, pace: Pace) -> Iterator[Chunk]:
    """The missing worlds, in order, cut as the pace says when a chunk is asked for."""
    waiting: list[tuple[NDArray[np.int64], tuple[int, ...]]] = []
    for worlds, scenarios in _worlds(store):
        if waiting and waiting[-1][1] != scenarios:
            yield from _cut(store.study, waiting, pace, 1)
        waiting.append((worlds, scenarios))
        yield from _cut(store.study, waiting, pace, None)
    yield from _cut(store.study, waiting, pace, 1)


def _cut(study: Study, waiting: list[Any], pace: Pace, least: int | None) -> Iterator[Chunk]:
    """Chunks out of what waits; a rest shorter than `least` (a whole chunk by default) goes on waiting."""
    while waiting:
        worlds = np.concatenate([each for each, _ in waiting])
        scenarios = waiting[-1][1]
        size = pace.worlds()
        if len(worlds) < (size if least is None else least):
            waiting[:] = [(worlds, scenarios)] if len(worlds) else []
            return
        now, later = worlds[:size], worlds[size:]
        waiting[:] = [(later, scenarios)] if len(later) else []
        points, rest = np.divmod(now, POINT_STRIDE)
        _, row, _ = study.split(points)
        yield Chunk(points, rest // WORLD_STRIDE, study.rows[row], scenarios)


def _worlds(store: Store) -> Iterator[tuple[NDArray[np.int64], tuple[int, ...]]]:
    """Worlds (run id of their scenario 0) that lack the same scenarios, in order."""
    for _, run_ids in store.missing():
        if not len(run_ids):
            continue
        world, scenario = np.divmod(run_ids, WORLD_STRIDE)
        first, start = np.unique(world, return_index=True)
        lacking = [tuple(part) for part in map(np.ndarray.tolist, np.split(scenario, start[1:]))]
        begin = 0
        for at in range(1, len(first) + 1):
            if at == len(first) or lacking[at] != lacking[begin]:
                yield first[begin:at] * WORLD_STRIDE, lacking[begin]
                begin = at
