"""A comparison as a study of one row and one zone: what it asks for, resolved, and its runs in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import StudyFile, load_parameters, load_programme, load_shock, load_zone
from clfz.inputs.parameters import Parameter, override
from clfz.inputs.programme import Programme
from clfz.model.layout import CLASSES
from clfz.programme.levers import INDEX, LEVERS, Calendar
from clfz.runs.study import Study, split_overrides
from clfz.runs.study_inputs import StudyInputs

if TYPE_CHECKING:
    from clfz.inputs.programme import Shock
    from clfz.inputs.study import Comparison
    from clfz.inputs.zone import Zone
    from clfz.programme.levers import FloatArray
    from clfz.runs.replications import Block, LeverPlan, Replications

BY_HAND = "by-hand"
_SHARED = (
    *("name", "title", "question", "programme_months", "after_months"),
    *("seed", "draws", "replicates", "reporting"),
)
AT_ONCE = 2
"""Replications in a compiled call for each thread: short enough to show progress and to stop."""


@dataclass(frozen=True)
class Plan:
    """A comparison with every name resolved.

    Attributes:
        comparison: The comparison, with what was set by hand in its `set`.
        zone: The place.
        programmes: One a scenario; the first is `none`. When levers are set by hand and there is no
            programme, the second is `by-hand`: nothing but these levers.
        shocks: What happens in every scenario.
        parameters: With those set by hand held fixed.
        lever_overrides: Levers set by hand, for every scenario but the first.
        posterior: Which posterior the parameters are drawn from (folder, draws, sha256); None for the prior.
    """

    comparison: Comparison
    zone: Zone
    programmes: tuple[Programme, ...]
    shocks: tuple[Shock, ...]
    parameters: tuple[Parameter, ...]
    lever_overrides: Mapping[str, float]
    posterior: Mapping[str, Any] | None = None

    @cached_property
    def study_inputs(self) -> StudyInputs:
        """The study that the comparison is, at work; everything that is counted is kept of each run."""
        # checked already as a comparison
        spec = StudyFile.model_construct(
            **{name: getattr(self.comparison, name) for name in _SHARED},
            set={**self.comparison.set, **self.lever_overrides},
            zones=(self.zone.name,),
            programmes=tuple(programme.name for programme in self.programmes),
            shocks=tuple(shock.name for shock in self.shocks),
            measures=tuple(f"attribution_{name}" for name in CLASSES),
            keep="counts",
        )
        return StudyInputs(
            Study(
                spec=spec,
                zones=(self.zone,),
                programmes=self.programmes,
                shocks=self.shocks,
                parameters=self.parameters,
                factors=(),
                rows=np.zeros((1, 0)),
            )
        )

    @property
    def study(self) -> Study:
        """The comparison as a study."""
        return self.study_inputs.study

    def calendar(self) -> Calendar:
        """The horizon and the size of the zone, for the interventions."""
        return self.study_inputs.calendar(0, ())

    @property
    def lever_plan(self) -> LeverPlan:
        """What the programmes do in the zone."""
        return self.study_inputs.plan((0, ()))

    def levers(self) -> FloatArray:
        """Levers by month: float64 [scenarios, months, n_levers]."""
        return self.lever_plan.levers.copy()

    def replications(self, pairs: Sequence[tuple[int, int]] | None = None) -> Replications:
        """What the engine needs to run some replications, each a (draw, replicate); all of them when None."""
        asked = self.comparison
        pairs = pairs or [(d, r) for d in range(asked.draws) for r in range(asked.replicates)]
        draws, replicates = zip(*pairs, strict=True)
        return self.study_inputs.replications(draws, replicates, np.zeros((len(pairs), 0)))

    def told(self, programme: Programme) -> list[str]:
        """What a scenario does, in sentences: its interventions, then what was set by hand."""
        calendar = self.calendar()
        sentences = [
            step.told()
            if step.intensity == 0.0 or step.active(calendar).any()
            else f"Never runs in these {calendar.months} months: {step.sentence()}"
            for step in programme.interventions
        ]
        if programme is self.programmes[0]:
            return sentences
        for name, value in self.lever_overrides.items():
            lever = LEVERS[INDEX[name]]
            sentences.append(
                f"Set by hand for {self.comparison.programme_months} months: {name} = {value:g} "
                f"({lever.meaning}; {lever.unit}). Its cost is not counted."
            )
        return sentences

    def facts(self) -> dict[str, Any]:
        """What was asked for, every name resolved, as `make_manifest` takes it; each programme with its sentences."""
        return {
            "comparison": self.comparison.model_dump(mode="json"),
            "zone": self.zone.model_dump(mode="json", by_alias=True),
            "scenarios": [
                each.model_dump(mode="json", by_alias=True) | {"sentences": self.told(each)}
                for each in self.programmes
            ],
            "shocks": [shock.model_dump(mode="json", by_alias=True) for shock in self.shocks],
            "parameters": [parameter.model_dump(mode="json") for parameter in self.parameters],
            "posterior": self.posterior,
        }


def resolve(
    comparison: Comparison,
    overrides: Mapping[str, float] | None = None,
    *,
    zone: Zone | None = None,
    programmes: Sequence[Programme] | None = None,
) -> Plan:
    """Load everything that a comparison names.

    Args:
        comparison: The comparison file.
        overrides: Levers or parameters set by hand, on top of the file's own `set`.
        zone: Taken instead of the one that it names.
        programmes: Taken instead of those that it names.

    Raises:
        InputError: A name that does not exist, or a value out of range.
    """
    by_hand = {**comparison.set, **(overrides or {})}
    levers, fixed = split_overrides(by_hand, load_parameters())
    plans = tuple(programmes or (load_programme(name) for name in comparison.programmes))
    names = comparison.programmes
    if levers and len(plans) == 1:
        # a programme of nothing; what is set by hand acts beside it
        plans += (
            Programme(
                name=BY_HAND,
                title="Levers set by hand",
                summary="No programme, but levers held at a value as if there were one. Nothing is known of "
                "who would do that, or of what it would cost.",
                interventions=(),
            ),
        )
        names += (BY_HAND,)
    return Plan(
        comparison=comparison.model_copy(update={"set": by_hand, "programmes": names}),
        zone=zone or load_zone(comparison.zone),
        programmes=plans,
        shocks=tuple(load_shock(name) for name in comparison.shocks),
        parameters=override(load_parameters(), fixed),
        lever_overrides=levers,
    )


def run_name(*names: str) -> str:
    """The name of a run of one programme: zone, programme and shocks, no longer than names may be."""
    return "-".join(names)[:60].rstrip("-")


def run_replications(
    plan: Plan,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Block:
    """Run every replication of a plan in memory.

    Args:
        plan: What to run.
        jobs: Threads; all processors when None.
        progress: Called with (runs done, runs in all, what is going on).
    """
    inputs, scenarios = plan.replications(), len(plan.programmes)

    def told(done: int, what: str = "Running") -> None:
        if progress:
            progress(done * scenarios, len(inputs) * scenarios, what)

    threads = jobs or os.cpu_count() or 1
    told(0, "Preparing the engine")
    return inputs.run(range(scenarios), at_once=AT_ONCE * threads, threads=threads, told=told)
