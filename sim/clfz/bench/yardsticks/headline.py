"""The runs that are timed: the headline zone, nine years, without and with `area-based`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clfz.inputs.comparison import Comparison
from clfz.model.attribution import CLASSES
from clfz.model.figures import world_seed
from clfz.model.layout import C_CHILDREN, COUNTS, SUMS
from clfz.model.run import begin_zone
from clfz.runs.plan import resolve, world_inputs

ZONE, PROGRAMMES, MONTHS, PROGRAMME_MONTHS, SEED = "budhpura", ("none", "area-based"), 108, 48, 1


@dataclass(frozen=True)
class Batch:
    """Worlds ready for the engine, and room for what it counts (`clfz.model.run.run_batch`)."""

    z: Any
    p: Any
    levers: Any
    seeds: Any
    totals: Any
    sums: Any
    classes: Any

    def run(self, threads: int) -> None:
        """All worlds in one compiled call."""
        import numba

        from clfz.model.run import run_batch

        numba.set_num_threads(min(threads, vars(numba.config)["NUMBA_NUM_THREADS"]))
        months = min(PROGRAMME_MONTHS, self.levers.shape[1])
        run_batch(
            self.z,
            self.p,
            self.levers[np.newaxis],
            np.zeros(self.seeds.size, np.int64),
            self.seeds,
            months,
            self.totals,
            self.sums,
            self.classes,
        )

    @property
    def child_months(self) -> int:
        """Months lived in the zone by children of 5-17, over all worlds and scenarios."""
        return int(self.totals[:, :, 1:, ..., C_CHILDREN].sum())


def batch(
    worlds: int = 2,
    months: int = MONTHS,
    zone: str = ZONE,
    programmes: tuple[str, ...] = PROGRAMMES,
) -> Batch:
    """Worlds with central parameters."""
    programme_months = min(PROGRAMME_MONTHS, months)
    plan = resolve(
        Comparison(
            name="benchmark",
            title="Benchmark",
            question="How fast is the engine?",
            zone=zone,
            programmes=programmes,
            programme_months=programme_months,
            after_months=months - programme_months,
            draws=1,
            replicates=worlds,
            seed=SEED,
        )
    )
    levers = plan.levers(plan.calendar())
    pairs = tuple((0, replicate) for replicate in range(worlds))
    _, z, p = world_inputs(plan, pairs)
    shape = worlds, levers.shape[0]
    return Batch(
        z,
        p,
        levers,
        np.array([world_seed(SEED, *pair) for pair in pairs], np.uint64),
        np.zeros((*shape, months + 1, 2, 3, len(COUNTS)), np.int64),
        np.zeros((*shape, months + 1, len(SUMS))),
        np.zeros((*shape, len(CLASSES)), np.int64),
    )


@dataclass(frozen=True)
class MonthZero:
    """A zone in month 0, and room for what its months need and count."""

    state: Any
    scratch: Any
    totals: Any
    sums: Any
    history: Any

    @property
    def child_months(self) -> int:
        """Of the run that was counted last."""
        return int(self.totals[1:, ..., C_CHILDREN].sum())

    @property
    def state_bytes(self) -> int:
        """Everything that lives through the months."""
        return sum(value.nbytes for value in self.state if isinstance(value, np.ndarray))


def month_zero(runs: Batch) -> MonthZero:
    """The first world of a batch in month 0."""
    months, levers = runs.levers.shape[1:]
    state, scratch = begin_zone(runs.z[0], runs.p[0], runs.seeds[0], months, levers)
    return MonthZero(
        state,
        scratch,
        np.zeros((months + 1, 2, 3, len(COUNTS)), np.int64),
        np.zeros((months + 1, len(SUMS))),
        np.zeros((months + 1, state.key.size), np.uint8),
    )
