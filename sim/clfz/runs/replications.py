"""Replications: what the engine needs to run them, and what it counted in them.

A replication is a parameter draw and a replicate seed; all its scenarios meet the same people and the same random
draws. A comparison, a chunk of a study, an evaluation and the Mesa model all run through `Replications`. Shapes: W
replications, S scenarios, M months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.programme.levers import INDEX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Programme
    from clfz.inputs.indicators import Horizon
    from clfz.programme.levers import Calendar, FloatArray


@dataclass(frozen=True)
class LeverPlan:
    """What the programmes do in one zone, with some of their fields set.

    Attributes:
        programmes: One a scenario.
        calendar: Horizon and size of the zone.
        levers: [S, M, n_levers].
    """

    programmes: tuple[Programme, ...]
    calendar: Calendar
    levers: FloatArray


@dataclass(frozen=True)
class Replications:
    """All that the engine needs to run some replications.

    Attributes:
        horizon: Of every run.
        draws: [W] parameter draws.
        replicates: [W].
        values: Parameters by name, one mapping a replication.
        zone_data: [W] the zone's inputs (records).
        parameters: [W] parameters (records).
        seeds: [W] uint64.
        pupils_per_teacher: [W] at the start.
        plans: The lever plans that they use.
        plan_of: [W] which of them each uses.
    """

    horizon: Horizon
    draws: NDArray[np.int64]
    replicates: NDArray[np.int64]
    values: tuple[dict[str, float], ...]
    zone_data: NDArray[np.void]
    parameters: NDArray[np.void]
    seeds: NDArray[np.uint64]
    pupils_per_teacher: FloatArray
    plans: tuple[LeverPlan, ...]
    plan_of: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.seeds)

    def parameter(self, name: str) -> FloatArray:
        """Values of a parameter [W]."""
        return np.array([values[name] for values in self.values])

    def block(self, scenarios: Sequence[int]) -> Block:
        """Room for what is counted, all of it 0."""
        shape = (len(self), len(scenarios))
        months = (*shape, self.horizon.months + 1)
        return Block(
            self,
            tuple(scenarios),
            np.zeros((*months, 2, 3, len(COUNTS)), np.int64),
            np.zeros((*months, len(SUMS))),
            np.zeros((*shape, len(CLASSES)), np.int64),
        )

    def run(
        self,
        scenarios: Sequence[int],
        *,
        period: tuple[int, int] | None = None,
        at_once: int | None = None,
        threads: int | None = None,
        told: Callable[[int], object] | None = None,
    ) -> Block:
        """Run the engine.

        Args:
            scenarios: Which of the plans' scenarios; the first is the baseline.
            period: First and last month in which children are first counted who enter the classes of attribution;
                the programme's months when None.
            at_once: Replications in one call of the engine; all when None.
            threads: How many replications at a time; as many as there are processors when None.
            told: Called after each call with how many are done.
        """
        from clfz.model.run import run_batch

        block = self.block(scenarios)
        levers = np.stack([plan.levers[list(scenarios)] for plan in self.plans])
        first, last = period or (1, self.horizon.programme_months)
        size = at_once or len(self)
        for begin in range(0, len(self), size):
            part = slice(begin, begin + size)
            counts = block.totals[part], block.sums[part], block.classes[part]
            given = self.zone_data[part], self.parameters[part], levers, self.plan_of[part]
            run_batch(*given, self.seeds[part], last, *counts, threads)
            if first > 1:
                before = np.zeros_like(block.classes[part])
                unread = np.zeros_like(counts[0]), np.zeros_like(counts[1])
                run_batch(*given, self.seeds[part], first - 1, *unread, before, threads)
                block.classes[part] -= before
            if told:
                told(min(part.stop, len(self)))
        return block


@dataclass(frozen=True)
class Block:
    """What the engine counted in some replications.

    Attributes:
        inputs: The replications.
        scenarios: Which scenarios of their plans were run; the first is the baseline.
        totals: [W, S, M + 1, 2, 3, COUNTS] children by month, sex, band and what is counted.
        sums: [W, S, M + 1, SUMS] sums over the zone.
        classes: [W, S, 8] children by class of attribution.
    """

    inputs: Replications
    scenarios: tuple[int, ...]
    totals: NDArray[np.int64]
    sums: FloatArray
    classes: NDArray[np.int64]

    def lever(self, name: str) -> FloatArray:
        """A lever [W, S, M]."""
        lane, scenarios = INDEX[name], list(self.scenarios)
        levers = np.stack([plan.levers[scenarios, :, lane] for plan in self.inputs.plans])
        return levers[self.inputs.plan_of]
