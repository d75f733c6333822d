"""The compiled engine, one month at a time, and what `clfz.ZoneModel` may be given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import load_programme, load_zone
from clfz.inputs.indicators import indicator_names
from clfz.inputs.parameters import load_parameters
from clfz.inputs.problems import did_you_mean, several, within
from clfz.inputs.programme import Programme
from clfz.inputs.study import Comparison
from clfz.inputs.zone import Zone
from clfz.model.run import begin_zone, live
from clfz.programme.levers import INDEX
from clfz.runs.compare import indicator_table
from clfz.runs.measures import indicator
from clfz.runs.plan import Plan, resolve

if TYPE_CHECKING:
    import pandas as pd

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
) -> Plan:
    """A plan as `clfz.simulate` would make it, the programme twice: what is set by hand acts in the second scenario.

    Args:
        zone: Name, path or object.
        programme: The same.
        shocks: Names or paths.
        months: The whole horizon.
        programme_months: Months until the programme leaves.
        seed: Seed of the study.
        draw: Number of the parameter draw; None for central values.
        settings: Levers (while the programme lasts) and parameters set by hand.
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
    return resolve(comparison, settings, zone=place, programmes=(what, what))


class SteppedRun:
    """One run of the engine that stops after each month.

    Attributes:
        plan: What is run; its second scenario.
        levers: [months, n_levers].
        month: The last month lived; 0 before the first.
        state: The engine's arrays, the live ones.
        block: What was counted so far, as a block of one replication and one scenario.
        zone_data: The zone's data in the engine's units (a `layout.ZONE_RECORD` record).
        parameters: Parameters (a record).
    """

    def __init__(self, plan: Plan, draw: int | None, replicate: int) -> None:
        """Build the zone at month 0.

        Args:
            plan: From `make_plan`.
            draw: Number of the parameter draw; None for central values.
            replicate: Number of the replicate.
        """
        inputs = plan.replications([(draw or 0, replicate)])
        self.plan, self.month, self.block = plan, 0, inputs.block((1,))
        self.levers, self.zone_data, self.parameters = (
            plan.levers()[1],
            inputs.zone_data[0],
            inputs.parameters[0],
        )
        self.state, self._scratch = begin_zone(
            self.zone_data, self.parameters, inputs.seeds[0], *self.levers.shape
        )
        self._live()

    def live(self) -> None:
        """Live one month."""
        self.month += 1
        self._live()

    def _live(self) -> None:
        inputs = self.zone_data, self.parameters, self.levers, self.month, self.month, self._scratch
        live(self.state, *inputs, self.block.totals[0, 0], self.block.sums[0, 0])
        self._indicators: dict[str, float] = {}

    def table(self) -> pd.DataFrame:
        """All indicators of months 0 to the present one, in the columns of a result."""
        return indicator_table(self.plan, self.block, self.month)

    def indicators(self) -> dict[str, float]:
        """The indicators of this month, each for the age band that reports quote."""
        if not self._indicators:
            self._indicators = {name: self.indicator(name) for name in indicator_names()}
        return self._indicators

    def indicator(self, name: str, sex: str = "all", age_band: str | None = None) -> float:
        """One indicator of this month for one group; that of the catalogue when not given."""
        now = slice(self.month, self.month + 1)
        return float(indicator(name, self.block, now, sex, age_band)[0, 0, 0])
