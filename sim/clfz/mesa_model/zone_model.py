"""A zone as a Mesa model: `clfz.ZoneModel` steps the compiled engine one month at a time.

The rules are not here. A step runs the same kernels as a whole run, so the same seed gives the same
numbers to the last bit. `docs/mesa.md` shows it at work.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from clfz.inputs.indicators import INDICATORS
from clfz.inputs.problems import did_you_mean, within
from clfz.mesa_model.agents import TIERS, Child, CommunityGroup, Employer, Household, School
from clfz.mesa_model.stepping import Named, SteppedRun, make_plan, settings, whole_seed
from clfz.programme.levers import INDEX
from clfz.runs.measures import BANDS, SEXES, ZONE_WIDE

if TYPE_CHECKING:
    import pandas as pd

    from clfz.inputs.programme import Programme
    from clfz.inputs.zone import Zone
    from clfz.model.state import State

LONGEST = 360  # months with a programme, and months after it, as in comparison files


def _read(name: str, model: ZoneModel) -> float:
    return model.engine.indicators()[name]


class ZoneModel(mesa.Model):  # type: ignore[misc]  # Mesa has no type information
    """A zone that lives month by month.

    Change `model_reporters`, `agent_reporters` or `agenttype_reporters` in a subclass to collect
    something else; they are handed to Mesa's `DataCollector`.

    Attributes:
        engine: The compiled run behind the model.
        month: The last month lived; 0 before the first step.
        months: The last month; then `running` is False.
        run_seed: Seed of the study, also when none was given.
        replication_seed: The 64-bit seed that the engine uses.
        datacollector: One record a month, after the month. Month 0 is in `table()`.
    """

    model_reporters: ClassVar[dict[str, Any]] = {"month": "month"} | {
        entry.name: partial(_read, entry.name) for entry in INDICATORS
    }
    agent_reporters: ClassVar[dict[str, Any]] = {}
    agenttype_reporters: ClassVar[dict[type, dict[str, Any]]] = {}

    # `seed` is accepted but not named: where a model names it, `mesa.batch_run` of Mesa 3.5
    # replaces the seeds in `parameters` by None.
    def __init__(
        self,
        *,
        zone: Named | Zone = "budhpura",
        programme: Named | Programme = "none",
        shocks: Named | Sequence[Named] = (),
        months: int = 60,
        programme_months: int = 48,
        draw: int | None = None,
        replicate: int = 0,
        parameters: Mapping[str, float] | None = None,
        rng: Any = None,
        **by_hand: Any,
    ) -> None:
        """Build the zone at month 0.

        Args:
            zone: Name or path of a zone.
            programme: Name or path of a programme.
            shocks: Names or paths of shocks, or one.
            months: Months to live.
            programme_months: Months until the programme leaves.
            draw: Number of a draw of the uncertain parameters; None gives their central values.
            replicate: Number of the replicate: (seed, draw, replicate) is a replication of a comparison.
            parameters: Parameters and levers held at a value, by name.
            rng: Seed of the study, or anything that Mesa takes as `rng`. None takes a fresh one.
            by_hand: `seed`, another name of `rng`; or parameters and levers by name.

        Raises:
            InputError: A zone, programme or shock with problems, or a value out of range.
            TypeError: An argument that does not exist.
            ValueError: Both `seed` and `rng`, or a number out of range.
        """
        seed = by_hand.pop("seed", None)
        if seed is not None and rng is not None:
            raise ValueError("give either rng or seed, not both")
        self.run_seed = whole_seed(seed if rng is None else rng)
        super().__init__(rng=self.run_seed)
        programme_months = within("programme_months", programme_months, 1, LONGEST)
        self.months = within("months", months, 1, programme_months + LONGEST)
        self.month = 0
        plan = make_plan(
            zone,
            programme,
            shocks,
            self.months,
            programme_months,
            self.run_seed,
            None if draw is None else within("draw", draw, 0, 99_999),
            settings(parameters, by_hand, ARGUMENTS),
        )
        self.engine = SteppedRun(plan, draw, within("replicate", replicate, 0, 9_999))
        self.replication_seed = int(self.engine.block.inputs.seeds[0])
        self.agent_numbers = itertools.count(1)
        self._rows: dict[type, dict[int, Any]] = {Household: {}, Child: {}}
        for village in range(len(self.state.places)):
            School(self, village)
            for tier in range(len(TIERS)):
                Employer(self, village * len(TIERS) + tier)
            CommunityGroup(self, village)
        self.datacollector = mesa.DataCollector(
            model_reporters=self.model_reporters,
            agent_reporters=self.agent_reporters,
            agenttype_reporters=self.agenttype_reporters,
        )

    def step(self) -> None:
        """Live one month and collect.

        Raises:
            RuntimeError: The last month is over.
        """
        if self.month >= self.months:
            raise RuntimeError(f"the run is over: it was made for {self.months} months")
        self.engine.live()
        self.month = self.engine.month
        self.running = self.month < self.months
        self.datacollector.collect(self)
        records = self.datacollector._agent_records
        if self.steps in records and not hasattr(self.datacollector, "_collection_steps"):
            # Mesa 3.3: `batch_run` looks for the agents of record n under n, counted from 0.
            records[self.steps - 1] = records.pop(self.steps)

    @property
    def state(self) -> State:
        """The engine's arrays, live. To be read: its running counts do not notice other writers."""
        return self.engine.state

    def lever(self, name: str) -> float:
        """A lever in the present month; in month 0 that of month 1."""
        return float(self.engine.levers[max(0, self.month - 1), INDEX[name]])

    def indicator(self, name: str, sex: str = "all", age_band: str | None = None) -> float:
        """An indicator in the present month.

        Args:
            name: One of `clfz.inputs.indicators.INDICATORS`.
            sex: all, girls or boys.
            age_band: 5-17, 5-14, 5-11, 12-14 or 15-17; by default the one that reports quote.

        Raises:
            KeyError: No such indicator or group.
        """
        bands = {entry.name: entry.age_band for entry in INDICATORS}
        if name not in bands:
            raise KeyError(f'no indicator "{name}". {did_you_mean(name, bands)}')
        if sex == "all" and age_band in (None, bands[name]):
            return self.engine.indicators()[name]
        if name in ZONE_WIDE or sex not in SEXES or age_band not in (None, *BANDS):
            raise KeyError(f"no {name} for sex {sex} and age band {age_band}")
        return self.engine.indicator(name, sex, age_band or bands[name])

    def table(self) -> pd.DataFrame:
        """All indicators of months 0 to the present one, in the columns of `indicators.parquet`."""
        return self.engine.table()

    def household(self, row: int) -> Household:
        """The household in that row."""
        return self._view(Household, row, len(self.state.hid))  # type: ignore[no-any-return]

    def child(self, row: int) -> Child:
        """The child in that row."""
        return self._view(Child, row, len(self.state.key))  # type: ignore[no-any-return]

    @property
    def schools(self) -> Any:
        """AgentSet of the schools, in order of villages."""
        return self.agents_by_type[School]

    @property
    def employers(self) -> Any:
        """AgentSet of the employers, one a village and tier."""
        return self.agents_by_type[Employer]

    @property
    def groups(self) -> Any:
        """AgentSet of the community groups, in order of villages."""
        return self.agents_by_type[CommunityGroup]

    @property
    def households(self) -> Any:
        """AgentSet of all households; they become agents when first asked for."""
        return self._all([self.household(row) for row in range(len(self.state.hid))])

    @property
    def children(self) -> Any:
        """AgentSet of all children; they become agents when first asked for."""
        return self._all([self.child(row) for row in range(len(self.state.key))])

    def _view(self, kind: type, row: int, rows: int) -> Any:
        known = self._rows[kind]
        if row not in known:
            if not 0 <= row < rows:
                raise IndexError(f"rows are 0 to {rows - 1}, not {row}")
            known[row] = kind(self, row)
        return known[row]

    def _all(self, agents: list[Any]) -> Any:
        return mesa.agent.AgentSet(agents, random=self.random)


ARGUMENTS = (*inspect.signature(ZoneModel).parameters, "seed")
