"""The compiled engine, one month at a time, and what `clfz.ZoneModel` may be given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import load_programme, load_zone
from clfz.inputs.indicators import INDICATORS, from_counts
from clfz.inputs.parameters import load_parameters
from clfz.inputs.problems import did_you_mean, several, within
from clfz.inputs.programme import Programme
from clfz.inputs.study import Comparison
from clfz.inputs.zone import Zone
from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.model.run import begin_zone, live
from clfz.programme.levers import INDEX, LEVERS
from clfz.runs.compare import indicator_table, zone_wide
from clfz.runs.measures import ZONE_WIDE, group_counts
from clfz.runs.plan import Plan, Runs, resolve, world_inputs
from clfz.runs.zone_data import world_seed

if TYPE_CHECKING:
    import pandas as pd

    from clfz.programme.levers import FloatArray

Named = str | os.PathLike[str]
SEEDS = 10**15  # seeds are below this, as in comparison files


def whole_seed(rng: Any) -> int:
    """The seed of a study from anything that Mesa takes: a number, a sequence, a generator."""
    if rng is None or isinstance(rng, np.random.Generator | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(SEEDS))
    if isinstance(rng, Sequence | np.ndarray) and not isinstance(rng, str):
        rng = np.random.SeedSequence(list(rng))
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0]) % SEEDS
    if isinstance(rng, float) and rng.is_integer():
        rng = int(rng)
    return within("seed", rng, 0, SEEDS - 1)


def settings(
    parameters: object, by_hand: Mapping[str, Any], arguments: Iterable[str]
) -> dict[str, Any]:
    """Levers and parameters set by hand, from both ways to say it.

    Args:
        parameters: A mapping of names to values, or None.
        by_hand: What was given as keywords.
        arguments: The other keywords, for hints.

    Raises:
        TypeError: A name that is neither a lever nor a parameter, or no mapping.
    """
    if not isinstance(parameters, Mapping | None):
        text = f"parameters must be a mapping of names to values, not {parameters!r}"
        raise TypeError(f"{text}; for mesa.batch_run put the mapping into a list")
    known = [*INDEX, *(parameter.name for parameter in load_parameters())]
    for name in by_hand:
        if name not in known:
            hint = did_you_mean(name, [*arguments, *known])
            raise TypeError(f'ZoneModel has no argument "{name}". {hint}'.strip())
    return {**(parameters or {}), **by_hand}


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
    what = programme if isinstance(programme, Programme) else load_programme(programme)
    comparison = Comparison(
        name=what.name,
        title=what.title,
        question=f"What happens in {place.title}?",
        zone=place.name,
        programmes=("none",),
        shocks=tuple(os.fspath(name) for name in several("shocks", shocks)),
        programme_months=min(programme_months, months),
        after_months=max(0, months - programme_months),
        draws=1 if draw is None else max(2, draw + 1),
        replicates=1,
        seed=seed,
    )
    # levers set by hand act in all scenarios but the first
    twice = resolve(comparison, settings, zone=place, programmes=(what, what))
    return replace(twice, programmes=(what,)), twice.levers(twice.calendar())[1:]


class SteppedRun:
    """One run of the engine that stops after each month.

    Attributes:
        plan: What is run.
        levers: [1, months, n_levers].
        month: The last month lived; 0 before the first.
        state: The engine's arrays, the live ones.
        runs: What was counted, in the form of a batch with one replication and one scenario.
        figures: The zone's data in the engine's units (a `layout.FIGURES` record).
    """

    def __init__(self, plan: Plan, levers: FloatArray, draw: int | None, replicate: int) -> None:
        """Build the zone at month 0.

        Args:
            plan: From `make_plan`.
            levers: From `make_plan`.
            draw: Number of the parameter draw; None for central values.
            replicate: Number of the replicate.
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
        self.state, self._scratch = begin_zone(
            self.figures, self._parameters, seeds[0], months, len(LEVERS)
        )
        self._live()

    def live(self) -> None:
        """Live one month."""
        self.month += 1
        self._live()

    def _live(self) -> None:
        tallies = self.runs.totals[0, 0], self.runs.sums[0, 0]
        inputs = self.figures, self._parameters, self.levers[0]
        live(self.state, *inputs, self.month, self.month, self._scratch, *tallies)
        self._indicators: dict[str, float] = {}

    def table(self) -> pd.DataFrame:
        """All indicators of months 0 to the present one, in the columns of a result."""
        return indicator_table(
            self.plan, self._at(slice(self.month + 1)), self.levers[:, : self.month]
        )

    def indicators(self) -> dict[str, float]:
        """The indicators of this month, each for the age band that reports quote."""
        if not self._indicators:
            start_and_now = self._at([0, self.month] if self.month else [0])
            wide = zone_wide(self.plan, start_and_now, self.levers[:, : self.month][:, -1:])
            values = {name: float(series[0, 0, -1]) for name, series in wide}
            bands = {entry.age_band for entry in INDICATORS}
            now = self._at([self.month])
            counts = {band: group_counts(now.totals, "all", band) for band in bands}
            for entry in INDICATORS:
                if entry.name not in ZONE_WIDE:
                    values[entry.name] = float(
                        from_counts(entry.name, counts[entry.age_band])[0, 0, 0]
                    )
            self._indicators = values
        return self._indicators

    def indicator(self, name: str, sex: str, age_band: str) -> float:
        """One indicator of this month for one group."""
        counts = group_counts(self._at([self.month]).totals, sex, age_band)
        return float(from_counts(name, counts)[0, 0, 0])

    def _at(self, months: list[int] | slice) -> Runs:
        """What was counted in some months, in the form of a batch."""
        runs = self.runs
        return replace(runs, totals=runs.totals[:, :, months], sums=runs.sums[:, :, months])
