"""The months after month 0: the engine beside the same rules in C, and the engine step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clfz.bench.yardsticks import engine_steps
from clfz.bench.yardsticks.engine_c import EngineC
from clfz.bench.yardsticks.headline import Batch, MonthZero
from clfz.bench.yardsticks.stopwatch import interleaved, ratio, smallest


def months(runs: Batch, zero: MonthZero, repeats: int, by_step: bool) -> dict[str, float]:
    """Time the months of the first world of a batch, every programme.

    Args:
        runs: Figures, parameters and levers.
        zero: That world in month 0.
        repeats: Rounds.
        by_step: Whether to time the steps too (their loop compiles in some ten seconds).

    Returns:
        `months_ns` (processor time a child-month), `months_c_ns` and `months_ratio_to_c` when there
        is a C compiler and the port fits the engine, `step_*_ns`.
    """
    z, p, books = runs.z[0], runs.p[0], (zero.totals, zero.sums, zero.history)
    spent: list[Any] = []
    lived = 0

    def every_programme(live: Callable[[Any, Any], None]) -> Callable[[], None]:
        def job() -> None:
            nonlocal lived
            lived = 0
            for levers in runs.levers:
                live(engine_steps.copied(zero.state), levers)
                lived += zero.child_months

        return job

    def in_numba(state: Any, levers: Any) -> None:
        engine_steps.run_months(state, z, p, levers, zero.scratch, *books)

    def clocked(state: Any, levers: Any) -> None:
        ticks = np.zeros(len(engine_steps.STEPS), np.int64)
        engine_steps.run_months_clocked(state, z, p, levers, zero.scratch, *books, ticks)
        spent.append(ticks)

    jobs = {"numba": every_programme(in_numba)}
    if port := fitting_port(runs, zero):
        in_c = port.run
        jobs["c"] = every_programme(
            lambda state, levers: in_c(state, z, p, levers, zero.scratch, books)
        )
    if by_step:
        jobs["steps"] = every_programme(clocked)
    for job in jobs.values():
        job()
    spent.clear()
    times = interleaved(jobs, repeats)
    unit = lived / 1e9
    found = smallest("months_ns", times["numba"].cpu / unit)
    if "c" in jobs:
        found |= smallest("months_c_ns", times["c"].cpu / unit)
        found["months_ratio_to_c"] = ratio(times["numba"].cpu, times["c"].cpu)
    if by_step:
        # what interrupted a step is not its own: the least of the rounds, programme by programme
        least = np.array(spent).reshape(repeats, len(runs.levers), -1).min(axis=0).sum(axis=0)
        each = least / least.sum() * times["steps"].cpu.min() / unit
        found |= {
            f"step_{name}_ns": float(ns) for name, ns in zip(engine_steps.STEPS, each, strict=True)
        }
    return found


def fitting_port(runs: Batch, zero: MonthZero) -> EngineC | None:
    """The port to C, if it can be compiled and counts what the engine counts, to the last bit."""
    z, p, levers = runs.z[0], runs.p[0], runs.levers[-1]
    port = EngineC.build(zero.state, zero.scratch, z, p)
    if port is None:
        return None
    books = [(zero.totals.copy(), zero.sums.copy(), zero.history.copy()) for _ in range(2)]
    states = [engine_steps.copied(zero.state) for _ in range(2)]
    engine_steps.run_months(states[0], z, p, levers, zero.scratch, *books[0])
    port.run(states[1], z, p, levers, zero.scratch, books[1])
    same = all(np.array_equal(a, b) for a, b in zip(*books, strict=True))
    return port if same else None
