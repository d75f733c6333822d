"""Who does the work: threads of this process, processes of this machine, or a Dask cluster. The bits are the same.

Threads are the default: the compiled call shares one memory, and they are there at once. Processes cost seconds to
start and a hundred megabytes each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from clfz.runs.studies.chunk import Chunk, Done, run_chunk
from clfz.runs.studies.errors import StudyError

if TYPE_CHECKING:
    from clfz.runs.studies.study import Study

BACKENDS = ("threads", "loky", "dask")


class LostWorkers(Exception):
    """Workers ended before their work was done; the message says why."""


def work(
    study: Study,
    chunks: Iterator[Chunk],
    jobs: int | None,
    cluster: str | None,
    backend: str | None,
) -> Iterator[tuple[Done, int]]:
    """Run chunks and give each back when it is done, with the threads that did it.

    Raises:
        StudyError: A backend that does not exist, or a cluster that does not answer.
        LostWorkers: A worker was killed.
    """
    from clfz.inputs.problems import did_you_mean

    backend = backend or ("dask" if cluster else "threads")
    if backend not in BACKENDS:
        hint = did_you_mean(backend, BACKENDS)
        raise StudyError(f'"{backend}" is no backend. {hint}All: {", ".join(BACKENDS)}')
    if jobs is not None and jobs < 1:
        raise StudyError(f"jobs is {jobs}, but it must be a whole number from 1 up.")
    many = jobs or os.cpu_count() or 1
    if backend == "threads":
        for chunk in chunks:
            yield run_chunk(study.message, chunk, many), many
    elif backend == "loky":
        yield from _joblib(study, chunks, {"backend": "loky", "n_jobs": many})
    else:
        from clfz.runs.studies.cluster import connected

        with connected(cluster):
            yield from _joblib(study, chunks, {})


def _joblib(
    study: Study, chunks: Iterator[Chunk], settings: dict[str, Any]
) -> Iterator[tuple[Done, int]]:
    import joblib

    parallel = joblib.Parallel(
        return_as="generator_unordered", pre_dispatch="2 * n_jobs", batch_size=1, **settings
    )
    task = joblib.delayed(run_chunk)
    try:
        for done in parallel(task(study.message, chunk, 1) for chunk in chunks):
            yield done, 1
    except BrokenProcessPool as error:
        raise LostWorkers("it was ended from outside") from error
