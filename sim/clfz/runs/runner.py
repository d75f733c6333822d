"""Running a study: what is missing is found, cut into chunks, run, and kept as it comes.

Threads of this process are the default: the compiled call shares one memory, and they are there at once. Processes of
this machine (`loky`) cost seconds to start and a hundred megabytes each. A Dask cluster is an optional extra,
`pip install 'clfz[cluster]'`. The numbers are the same to the last bit.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np

from clfz.inputs.problems import did_you_mean, reason
from clfz.runs.chunk import Chunk, Done, run_chunk
from clfz.runs.manifest import fingerprint
from clfz.runs.store import Results, Store, load, only_writer, read_study, register
from clfz.runs.study import Study, StudyError, grown, larger, load_study

Progress = Callable[[int, int, str], None]
Note = Callable[[str], object]
BACKENDS = ("threads", "loky", "dask")
CHUNK_SECONDS = 2.0
FIRST_REPLICATIONS = 4  # in the chunks that are measured first
MOST_BYTES = 64_000_000  # of counts in a chunk
LOOKED_THROUGH = 100_000  # replications among which what is missing is looked for at a time
TRIES = 5  # times that lost workers are replaced
PATIENCE = 20  # seconds that a scheduler has to answer, and then to find a worker
ALL_DONE = "Nothing is missing, all runs are done"


class LostWorkers(Exception):
    """Workers ended before their work was done; the message says why."""


def run(
    study: Study | str | os.PathLike[str] | None,
    out: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    backend: str | None = None,
    progress: Progress | None = None,
    note: Note | None = None,
    chunk: int | None = None,
) -> Results:
    """Run what is missing of a study. The same call resumes; nothing that is done is done again.

    Args:
        study: A study, or the name or path of its file; None for the one that the folder was made for.
        out: The folder of the study; made when it is not there.
        jobs: How many replications at a time; all processors when None. No number depends on it.
        cluster: Address of a Dask scheduler, such as tcp://10.0.0.1:8786.
        backend: `threads` of this process (the default), `loky` processes, or `dask`.
        progress: Called with (runs done, runs in all, what is going on).
        note: Called with a sentence when something damaged was found and is mended.
        chunk: Replications a call; measured when None. No number depends on it.

    Raises:
        InputError: A study that does not exist or cannot be run.
        StudyError: The folder holds something else, is in use, or cannot be written.
    """
    folder = Path(out)
    asked = study if study is None or isinstance(study, Study) else load_study(study)
    if read_study(folder, asked) is None and asked is None:
        raise StudyError(f"There is no study in {folder}. Give the study file too.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with only_writer(folder):
            found = read_study(folder, asked)
            whole = asked
            if found is not None:
                stored, facts = found
                if facts["model"] != fingerprint():
                    raise StudyError(
                        f"The model was changed since {folder} was begun (it was {facts['model']}, now it is "
                        f"{fingerprint()}), and numbers of two models are not mixed. Give another folder."
                    )
                whole = stored if asked is None else grown(folder, stored, asked)
            assert whole is not None
            register(folder, whole)
            store = Store(folder, whole, note or (lambda sentence: None))
            store.scan()
            try:
                _fill(store, jobs, cluster, backend, progress, chunk)
            except BaseException as error:  # Ctrl-C too
                kept_note(error, folder, store.done, whole.runs)
                raise
    except OSError as error:
        raise StudyError(f"Cannot use {folder}: {reason(error)}. What was done is kept.") from error
    return load(folder)


def kept_note(error: BaseException, folder: Path, done: int, total: int) -> None:
    """Let an error or Ctrl-C that ends a study say what is kept; a `StudyError` says so itself."""
    if not isinstance(error, StudyError):
        text = (
            f"{done} of {total} runs are kept in {folder}. The same command goes on; to throw them away, "
            "delete that folder."
        )
        error.add_note(text if done else "No run was done yet.")


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
    study = load(out).study
    return run(larger(study, replicates, draws, programmes, points), out, **settings)


def _fill(
    store: Store,
    jobs: int | None,
    cluster: str | None,
    backend: str | None,
    progress: Progress | None,
    size: int | None,
) -> None:
    """Run everything that is missing; workers that are lost are replaced a few times."""
    total = store.study.runs
    if progress:
        progress(store.done, total, ALL_DONE if store.done >= total else "Preparing the engine")
    pace = Pace(store.study, size)
    for left in reversed(range(TRIES)):
        if store.done >= total:
            return
        started, compiled, before = time.perf_counter(), 0.0, store.done
        store.log("start", jobs=jobs, backend=backend, cluster=bool(cluster), done=store.done)
        try:
            for done, threads in work(store.study, chunks(store, pace), jobs, cluster, backend):
                store.keep(done)
                pace.learn(done, threads)
                compiled += done.compiled
                if progress:
                    progress(store.done, total, "Running")
        except LostWorkers as lost:
            if not left:
                text = f"Workers are lost again and again ({lost}). {store.done} of {total} runs are kept; "
                raise StudyError(f"{text}the same command continues.") from lost
            store.note(f"A worker was lost ({lost}); what it had not finished is done again.")
            store.scan()
        finally:
            seconds = round(time.perf_counter() - started, 3)
            runs = store.done - before
            store.log("stop", seconds=seconds, compiled_seconds=round(compiled, 3), runs=runs)


class Pace:
    """How many replications make a chunk of about two seconds (`size`)."""

    def __init__(self, study: Study, fixed: int | None = None) -> None:
        counts = len(study.programmes) * (study.spec.months + 1) * 900  # bytes of a replication
        self.fixed, self.most = fixed, max(1, MOST_BYTES // counts)
        self.size = max(1, min(self.most, FIRST_REPLICATIONS) if fixed is None else fixed)

    def learn(self, done: Done, threads: int) -> None:
        """Take in what a chunk took."""
        if self.fixed is None:
            seconds = max(done.seconds / max(1, done.replications), 1e-6)
            even = max(1, round(CHUNK_SECONDS / seconds / threads))
            self.size = min(self.most, even * threads)


def chunks(store: Store, pace: Pace) -> Iterator[Chunk]:
    """The missing replications, in order, cut as the pace says when a chunk is asked for."""
    study = store.study
    for first in range(0, study.replications, LOOKED_THROUGH):
        # replications that lack the same scenarios are run together
        part = store.missing[first : first + LOOKED_THROUGH]
        patterns, pattern_of = np.unique(part, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            waiting = first + np.flatnonzero((pattern_of == number) & pattern.any())
            while len(waiting):
                now, waiting = waiting[: pace.size], waiting[pace.size :]
                points, replicates = np.divmod(now, study.spec.replicates)
                _, row, _ = study.split(points)
                scenarios = tuple(np.flatnonzero(pattern).tolist())
                yield Chunk(points, replicates, study.rows[row], scenarios)


def work(
    study: Study,
    waiting: Iterator[Chunk],
    jobs: int | None,
    cluster: str | None,
    backend: str | None,
) -> Iterator[tuple[Done, int]]:
    """Run chunks and give each back when it is done, with the threads that did it.

    Raises:
        StudyError: A backend that does not exist, or a cluster that does not answer.
        LostWorkers: A worker was killed.
    """
    backend = backend or ("dask" if cluster else "threads")
    if backend not in BACKENDS:
        hint = did_you_mean(backend, BACKENDS)
        raise StudyError(f'"{backend}" is no backend. {hint}All: {", ".join(BACKENDS)}')
    if jobs is not None and jobs < 1:
        raise StudyError(f"jobs is {jobs}, but it must be a whole number from 1 up.")
    many = jobs or os.cpu_count() or 1
    if backend == "threads":
        for chunk in waiting:
            yield run_chunk(study.message, chunk, many), many
        return
    import joblib

    dask = backend == "dask"
    with connected(cluster) if dask else contextlib.nullcontext():
        parallel = joblib.Parallel(
            return_as="generator_unordered",
            pre_dispatch="2 * n_jobs",
            batch_size=1,
            **({} if dask else {"backend": "loky", "n_jobs": many}),
        )
        task = joblib.delayed(run_chunk)
        try:
            for done in parallel(task(study.message, chunk, 1) for chunk in waiting):
                yield done, 1
        except BrokenProcessPool as error:
            raise LostWorkers("it was ended from outside") from error


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Let joblib use a Dask cluster; a client of this process is used when there is no address.

    Raises:
        StudyError: Dask is not installed, or the scheduler does not answer.
    """
    import joblib

    try:
        from dask.distributed import Client, default_client
    except ImportError:
        text = "A cluster needs Dask. Install it with: pip install 'clfz[cluster]'"
        raise StudyError(text) from None
    with contextlib.ExitStack() as ends:
        if address is None:
            try:
                client = default_client()
            except ValueError:
                text = "There is no Dask client in this process. Give cluster='tcp://HOST:PORT'."
                raise StudyError(text) from None
        elif not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://\S+:\d+/?", address):
            raise StudyError(
                f'"{address}" is no address of a Dask scheduler. Write tcp://HOST:PORT.'
            )
        else:
            try:
                client = Client(address, timeout=PATIENCE, set_as_default=False)
            except (OSError, ValueError, TimeoutError) as error:
                text = f"No Dask scheduler answers at {address} ({type(error).__name__}). Write tcp://HOST:PORT."
                raise StudyError(text) from None
            ends.callback(client.close)
        try:
            client.wait_for_workers(1, timeout=PATIENCE)  # the first may still be on its way
        except TimeoutError:
            raise StudyError(
                f"The Dask scheduler has no worker after {PATIENCE} seconds."
            ) from None
        ends.enter_context(joblib.parallel_config(backend="dask", client=client, n_jobs=-1))
        yield
