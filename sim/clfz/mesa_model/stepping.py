"""The compiled engine, one month at a time: the same kernels that whole runs are made of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import load_programme, load_shock, load_zone
from clfz.inputs.comparison import Comparison
from clfz.inputs.parameters import load_parameters, override
from clfz.inputs.programme import Programme
from clfz.inputs.zone import Zone
from clfz.mesa_model.arguments import several
from clfz.model.attribution import CLASSES
from clfz.model.figures import world_seed
from clfz.model.layout import COUNTS, SUMS
from clfz.model.run import begin_zone, live
from clfz.programme.levers import INDEX, LEVERS
from clfz.runs.compare import indicator_table, zone_wide
from clfz.runs.indicators import INDICATORS, from_counts
from clfz.runs.measures import ZONE_WIDE, group_counts
from clfz.runs.plan import Plan, Runs, world_inputs
from clfz.runs.study import split_overrides

if TYPE_CHECKING:
    import pandas as pd

    from clfz.programme.levers import FloatArray

Named = str | os.PathLike[str]


def make_plan(
    zone: Named | Zone,
    programme: Named | Programme,
    shocks: Named | Sequence[Named],
    months: int,
    programme_months: int,
    seed: int,
    draw: int | None,
    settings: Mapping[str, Any],
) -> tuple[Plan, FloatArray]:
    """A plan with one scenario, as `clfz.simulate` would make it, and its levers.

    Args:
        zone: Name, path or object.
        programme: The same.
        shocks: Names or paths.
        months: The whole horizon.
        programme_months: Months until the programme leaves.
        seed: Seed of the study.
        draw: Number of the parameter draw; None for central values.
        settings: Levers (while the programme lasts) and parameters set by hand.

    Returns:
        The plan; levers [1, months, n_levers].
    """
    place = zone if isinstance(zone, Zone) else load_zone(zone)
    plan = programme if isinstance(programme, Programme) else load_programme(programme)
    comparison = Comparison(
        name=plan.name,
        title=plan.title,
        question=f"What happens in {place.title}?",
        zone=place.name,
        programmes=("none",),
        programme_months=min(programme_months, months),
        after_months=max(0, months - programme_months),
        draws=1 if draw is None else max(2, draw + 1),
        replicates=1,
        seed=seed,
    )
    known = load_parameters()
    by_hand, fixed = split_overrides(settings, known)
    resolved = Plan(
        comparison=comparison,
        zone=place,
        programmes=(plan,),
        shocks=tuple(load_shock(name) for name in several("shocks", shocks)),
        parameters=override(known, fixed),
        lever_overrides=by_hand,
    )
    levers = resolved.levers(resolved.calendar())
    for name, value in by_hand.items():
        levers[0, : comparison.programme_months, INDEX[name]] = value
    return resolved, levers


class SteppedRun:
    """One run of the engine that stops after each month.

    Attributes:
        plan: What is run.
        levers: [1, months, n_levers].
        month: The last month lived; 0 before the first.
        state: The engine's arrays, the live ones.
        runs: What was counted, in the form of a batch with one world and one scenario.
        figures: The zone's figures in the engine's units (a `layout.FIGURES` record).
    """

    def __init__(self, plan: Plan, levers: FloatArray, draw: int | None, replicate: int) -> None:
        """Build the zone at month 0.

        Args:
            plan: From `make_plan`.
            levers: From `make_plan`.
            draw: Number of the parameter draw; None for central values.
            replicate: Number of the luck.
        """
        world = (draw or 0, replicate)
        seeds = np.array([world_seed(plan.comparison.seed, *world)], np.uint64)
        values, figures, parameters = world_inputs(plan, (world,))
        months = levers.shape[1]
        self.plan, self.levers, self.month = plan, levers, 0
        self.runs = Runs(
            worlds=(world,),
            seeds=seeds,
            parameters=values,
            figures=figures,
            totals=np.zeros((1, 1, months + 1, 2, 3, len(COUNTS)), np.int64),
            sums=np.zeros((1, 1, months + 1, len(SUMS))),
            classes=np.zeros((1, 1, len(CLASSES)), np.int64),
        )
        self.figures, self._parameters = figures[0], parameters[0]
        self._totals, self._sums = self.runs.totals[0, 0], self.runs.sums[0, 0]
        self.state, self._scratch = begin_zone(
            self.figures, self._parameters, seeds[0], months, len(LEVERS)
        )
        self._live(0)
        self._read: tuple[int, dict[str, float]] = (-1, {})

    def live(self) -> None:
        """Live one month."""
        self.month += 1
        self._live(self.month)

    def _live(self, month: int) -> None:
        live(
            self.state,
            self.figures,
            self._parameters,
            self.levers[0],
            month,
            month,
            self._scratch,
            self._totals,
            self._sums,
        )

    def table(self) -> pd.DataFrame:
        """All indicators of months 0 to the present one, in the columns of a result."""
        past = slice(self.month + 1)
        return indicator_table(self.plan, self._at(past), self.levers[:, : self.month])

    def indicators(self) -> dict[str, float]:
        """The indicators of this month, each for the age band that reports quote."""
        if self._read[0] != self.month:
            self._read = (self.month, self._indicators())
        return self._read[1]

    def indicator(self, name: str, sex: str, age_band: str) -> float:
        """One indicator of this month for one group."""
        counts = group_counts(self._at([self.month]).totals, sex, age_band)
        return float(from_counts(name, counts)[0, 0, 0])

    def _indicators(self) -> dict[str, float]:
        start_and_now = self._at([0, self.month] if self.month else [0])
        wide = zone_wide(self.plan, start_and_now, self.levers[:, : self.month][:, -1:])
        values = {name: float(series[0, 0, -1]) for name, series in wide}
        now = self._at([self.month])
        for band in {entry.age_band for entry in INDICATORS}:
            counts = {k: float(n[0, 0, 0]) for k, n in group_counts(now.totals, "all", band).items()}
            for entry in INDICATORS:
                if entry.name not in ZONE_WIDE and entry.age_band == band:
                    # `from_counts` for single numbers, without the cost of arrays
                    over = sum(counts[k] for k in entry.denominator) if entry.denominator else 1.0
                    top = sum(counts[k] for k in entry.numerator)
                    values[entry.name] = top / over if over else 0.0
        return values

    def _at(self, months: list[int] | slice) -> Runs:
        """What was counted in some months, in the form of a batch."""
        runs = self.runs
        return replace(runs, totals=runs.totals[:, :, months], sums=runs.sums[:, :, months])
