"""Running a table of worlds through the compiled engine, in chunks so that progress can be shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.inputs.parameters import central, draw
from clfz.model.attribution import CLASSES
from clfz.model.figures import figure_record, figure_values, parameter_record, world_seed
from clfz.model.layout import COUNTS, FIGURES, SUMS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray
    from clfz.runs.scenarios import Plan

CHUNK_WORLDS = (
    2  # worlds a compiled call for each thread: short enough to show progress and to stop
)


@dataclass(frozen=True)
class Runs:
    """What the engine counted.

    Attributes:
        worlds: (draw, replicate) of each world.
        seeds: [W] uint64.
        parameters: Values by name, one mapping a world.
        figures: [W] zone figures (records).
        totals: [W, S, M + 1, 2, 3, COUNTS] children by scenario, month, sex, band and what is counted.
        sums: [W, S, M + 1, SUMS] sums over the zone.
        classes: [W, S, 8] children by class of attribution.
    """

    worlds: tuple[tuple[int, int], ...]
    seeds: NDArray[np.uint64]
    parameters: tuple[dict[str, float], ...]
    figures: NDArray[np.void]
    totals: NDArray[np.int64]
    sums: FloatArray
    classes: NDArray[np.int64]


def world_inputs(
    plan: Plan, worlds: tuple[tuple[int, int], ...]
) -> tuple[tuple[dict[str, float], ...], NDArray[np.void], NDArray[np.void]]:
    """Parameters (by name, and as records) and zone figures of each world; central values when there is one draw."""
    comparison = plan.comparison
    by_draw = {}
    for index in sorted({d for d, _ in worlds}):
        if comparison.draws == 1:
            values, seed = central(plan.parameters), None
        else:
            values = draw(
                plan.parameters,
                comparison.seed,
                index,
                zone=plan.zone.name,
                country=plan.zone.country,
            )
            seed = comparison.seed
        record = figure_record(plan.zone, figure_values(plan.zone, seed, index), values)
        by_draw[index] = (values, record, parameter_record(values, plan.parameters))
    values_of = tuple(by_draw[d][0] for d, _ in worlds)
    figures = np.zeros(len(worlds), FIGURES)
    parameters = np.zeros(len(worlds), by_draw[worlds[0][0]][2].dtype)
    for w, (d, _) in enumerate(worlds):
        figures[w] = by_draw[d][1]
        parameters[w] = by_draw[d][2]
    return values_of, figures, parameters


def run_worlds(
    plan: Plan,
    levers: FloatArray,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Runs:
    """Run every world of a plan.

    Args:
        plan: What to run.
        levers: [S, M, n_levers].
        jobs: Threads; all processors when None.
        progress: Called with (runs done, runs in all, what is going on).
    """
    import numba

    from clfz.model.run import run_batch

    comparison = plan.comparison
    worlds = tuple((d, r) for d in range(comparison.draws) for r in range(comparison.replicates))
    seeds = np.array([world_seed(comparison.seed, d, r) for d, r in worlds], np.uint64)
    values, figures, parameters = world_inputs(plan, worlds)
    scenarios, months = levers.shape[:2]
    totals = np.zeros((len(worlds), scenarios, months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((len(worlds), scenarios, months + 1, len(SUMS)))
    classes = np.zeros((len(worlds), scenarios, len(CLASSES)), np.int64)
    most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    threads = min(jobs or os.cpu_count() or 1, most)
    numba.set_num_threads(threads)
    everything = len(worlds) * scenarios
    if progress:
        progress(0, everything, "Preparing the engine")
    chunk = CHUNK_WORLDS * threads
    for first in range(0, len(worlds), chunk):
        part = slice(first, first + chunk)
        run_batch(
            figures[part],
            parameters[part],
            levers[np.newaxis],
            np.zeros(seeds[part].size, np.int64),
            seeds[part],
            comparison.programme_months,
            totals[part],
            sums[part],
            classes[part],
        )
        if progress:
            progress(min(first + chunk, len(worlds)) * scenarios, everything, "Running")
    return Runs(worlds, seeds, values, figures, totals, sums, classes)
