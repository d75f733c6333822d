"""The runs behind an evaluation: a zone with and without its programme, under many sets of assumptions.

As `runs.worldruns`, but the sets may come from a posterior, and the children of one period of reporting are told from
those of earlier years: the engine sorts the children first counted up to a month, so that the difference of two
sortings is a period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.evaluation.draws import Draws
from clfz.inputs.parameters import uniform
from clfz.model.attribution import CLASSES
from clfz.model.figures import figure_record, figure_values, parameter_record, world_seed
from clfz.model.layout import COUNTS, FIGURES, SUMS
from clfz.runs.measures import Block, Horizon
from clfz.runs.plan import CHUNK_WORLDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.plan import Plan

Progress = Callable[[int, int, str], None]
LISTED = ("changed", "deadweight", "displaced", "relapsed")
"""What became of a child on the list: the first classes of attribution."""


@dataclass(frozen=True)
class Runs:
    """What the engine counted, and what it was told.

    Attributes:
        block: Counts as `clfz.runs.measures` reads them; scenario 0 has no programme.
        draw: [W] set of assumptions of each world.
        listed: [W, 4] children first counted in the period, by what became of them.
        values: Parameters by name, one mapping a world.
        size: [W] children of the area against those of the runs.
        reach: [W] children with whom the programme worked, against those of the area.
        protected: [W] children counted as protected, against those whom the model would count.
    """

    block: Block
    draw: NDArray[np.int64]
    listed: NDArray[np.int64]
    values: tuple[dict[str, float], ...]
    size: NDArray[np.float64]
    reach: NDArray[np.float64]
    protected: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.draw)

    @property
    def worked(self) -> NDArray[np.float64]:
        """[W] children with whom the programme worked, against those of the runs."""
        return self.size * self.reach

    def parameter(self, name: str) -> NDArray[np.float64]:
        """[W] values of a parameter."""
        return np.array([each[name] for each in self.values])


def run(
    plan: Plan,
    sets: Draws,
    period: tuple[int, int],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run the first two scenarios of a plan in every world.

    Args:
        plan: Zone, programmes and horizon.
        sets: Sets of assumptions, one a draw.
        period: First and last month in which the reported children were counted.
        jobs: Threads; all processors when None. Never changes a number.
        progress: Called with (runs done, runs in all, what is going on).
    """
    import os

    import numba

    from clfz.model.run import run_batch

    comparison = plan.comparison
    levers = plan.levers(plan.calendar())
    worlds = [(d, r) for d in range(len(sets)) for r in range(comparison.replicates)]
    seeds = np.array([world_seed(comparison.seed, d, r) for d, r in worlds], np.uint64)
    values = tuple(sets.values[d] for d, _ in worlds)
    figures, parameters = _records(plan, sets, worlds)
    scenarios, months = levers.shape[:2]
    shape = (len(worlds), scenarios, months + 1)
    totals = np.zeros((*shape, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((*shape, len(SUMS)))
    classes = np.zeros((len(worlds), scenarios, len(CLASSES)), np.int64)
    before = np.zeros_like(classes)
    most: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    threads = min(jobs or os.cpu_count() or 1, most)
    numba.set_num_threads(threads)
    if progress:
        progress(0, len(worlds), "Preparing the engine")
    chunk = CHUNK_WORLDS * threads
    first, last = period
    for start in range(0, len(worlds), chunk):
        part = slice(start, start + chunk)
        books = totals[part], sums[part]
        unread = np.zeros_like(books[0]), np.zeros_like(books[1])
        sorted_up_to = [(last, *books, classes)]
        sorted_up_to += [(first - 1, *unread, before)] if first > 1 else []
        for end, counts, money, children in sorted_up_to:
            run_batch(
                figures[part],
                parameters[part],
                levers[np.newaxis],
                np.zeros(seeds[part].size, np.int64),
                seeds[part],
                end,
                counts,
                money,
                children[part],
            )
        if progress:
            progress(min(start + chunk, len(worlds)), len(worlds), "Running with and without")
    horizon = Horizon(comparison.programme_months, comparison.months, comparison.reporting)
    block = Block(
        horizon=horizon,
        totals=totals,
        sums=sums,
        classes=classes,
        figures=figures,
        seeds=seeds,
        missed=np.array([each["report_missed"] for each in values]),
        double=np.array([each["report_double"] for each in values]),
        pupils_per_teacher=np.full(len(worlds), plan.zone.school.pupils_per_teacher.value),
        more_teachers=np.zeros((len(worlds), scenarios, months)),
    )
    listed = (classes - before)[:, 1, : len(LISTED)]
    member = np.array([d for d, _ in worlds])
    sizes, reach = relative_sizes(plan, len(sets)), factors(plan, sets, "reach")
    protected = factors(plan, sets, "protected")
    return Runs(block, member, listed, values, sizes[member], reach[member], protected[member])


def relative_sizes(plan: Plan, count: int) -> NDArray[np.float64]:
    """Children of the area in each set of assumptions, against the number that is run.

    The engine runs every set at the size in the zone file, since counts grow in proportion; how large the area may be
    (its range in the file, triangular) enters here.
    """
    children = plan.zone.population.children
    low, mode, high = float(children.low), float(children.value), float(children.high)
    chance = np.array(
        [
            uniform(plan.comparison.seed, index, "figure:population.children", plan.zone.name)
            for index in range(count)
        ]
    )
    if high <= low:
        return np.ones(count)
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(chance * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - chance) * (high - low) * (high - mode))
    return np.asarray(np.where(chance < turn, rising, falling) / mode, np.float64)


def factors(plan: Plan, sets: Draws, name: str) -> NDArray[np.float64]:
    """A factor of the zone in each set of assumptions, as in `calibration.reporting`: exp(level + spread x a normal).

    One normal a set: a programme that reached more children has more of every count, in every run of it.
    """
    normal = NormalDist().inv_cdf
    errors = [
        normal(uniform(plan.comparison.seed, index, f"zone:{name}", plan.zone.name))
        for index in range(len(sets))
    ]
    logs = [
        values[f"{name}_level"] + values[f"{name}_spread"] * error
        for values, error in zip(sets.values, errors, strict=True)
    ]
    return np.asarray(np.exp(logs), np.float64)


def _records(
    plan: Plan, sets: Draws, worlds: list[tuple[int, int]]
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Zone figures and parameters of each world as the engine reads them."""
    by_draw = []
    for index, values in enumerate(sets.values):
        drawn = figure_values(plan.zone, plan.comparison.seed, index)
        record = figure_record(plan.zone, drawn, values)
        by_draw.append((record, parameter_record(values, plan.parameters)))
    figures = np.zeros(len(worlds), FIGURES)
    parameters = np.zeros(len(worlds), by_draw[0][1].dtype)
    for w, (d, _) in enumerate(worlds):
        figures[w], parameters[w] = by_draw[d]
    return figures, parameters
