"""Timing on a machine that others use too: interleaved repeats, their smallest and median."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Job = Callable[[], object]


@dataclass(frozen=True)
class Times:
    """What the repeats of one job took.

    Attributes:
        wall: [repeats] seconds on the wall.
        cpu: [repeats] seconds of processor time, all threads of this process.
    """

    wall: np.ndarray
    cpu: np.ndarray


def timed(job: Job) -> tuple[float, float]:
    """Wall and processor seconds of one job."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - cpu


def interleaved(jobs: Mapping[str, Job], repeats: int) -> dict[str, Times]:
    """Time jobs in turn, A B A B: what slows the machine for a while then slows all of them alike.

    Args:
        jobs: By name; each has been called before, so that nothing is compiled here.
        repeats: Rounds.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            taken[name].append(timed(job))
    return {name: Times(*np.array(pairs).T) for name, pairs in taken.items()}


def ratio(above: np.ndarray, below: np.ndarray) -> float:
    """Median of the ratios round by round."""
    return float(np.median(above / below))


def smallest(name: str, values: np.ndarray) -> dict[str, float]:
    """The smallest and the median of the repeats."""
    return {name: float(values.min()), f"{name}_median": float(np.median(values))}
