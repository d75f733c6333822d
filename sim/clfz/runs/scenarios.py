"""What a comparison asks for, resolved: zone, programmes, shocks, levers by month, and what was set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.inputs import InputError, load_programme, load_shock, load_zone
from clfz.inputs.parameters import Parameter, beyond, limits, load_parameters, override
from clfz.inputs.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from clfz.inputs.comparison import Comparison
    from clfz.inputs.programme import Programme, Shock
    from clfz.inputs.zone import Zone
    from clfz.programme.levers import Calendar, FloatArray

BY_HAND = "by-hand"


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

    def calendar(self) -> Calendar:
        """The horizon and the size of the zone, for the interventions."""
        from clfz.inputs.parameters import central
        from clfz.model.figures import expected_households, figure_record, figure_values
        from clfz.programme.levers import Calendar

        record = figure_record(self.zone, figure_values(self.zone), central(self.parameters))
        return Calendar(
            months=self.comparison.months,
            programme_months=self.comparison.programme_months,
            children=float(record["children"]),
            households=expected_households(record),
            villages=int(record["villages"]),
            start=self.zone.start_year_month,
        )

    def told(self, programme: Programme) -> list[str]:
        """What a scenario does, in sentences: its interventions, then what was set by hand."""
        from clfz.programme.levers import INDEX, LEVERS

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

    def entries(self) -> list[dict[str, Any]]:
        """The scenarios for a manifest: each programme in full, with what it does in sentences."""
        return [
            programme.model_dump(mode="json", by_alias=True) | {"sentences": self.told(programme)}
            for programme in self.programmes
        ]

    def levers(self, calendar: Calendar) -> FloatArray:
        """Levers by month: float64 [scenarios, months, n_levers]."""
        import numpy as np

        from clfz.programme.levers import INDEX, lever_path

        paths = [
            lever_path(programme.interventions, self.shocks, calendar)
            for programme in self.programmes
        ]
        for path in paths[1:]:
            for name, value in self.lever_overrides.items():
                path[: calendar.programme_months, INDEX[name]] = value
        return np.stack(paths)


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
        plans += (_levers_alone(),)
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


def _levers_alone() -> Programme:
    """A programme of nothing; what is set by hand acts beside it."""
    from clfz.inputs.programme import Programme

    return Programme(
        name=BY_HAND,
        title="Levers set by hand",
        summary="No programme, but levers held at a value as if there were one. Nothing is known of "
        "who would do that, or of what it would cost.",
        interventions=(),
    )


def split_overrides(
    overrides: Mapping[str, Any], parameters: Sequence[Parameter]
) -> tuple[dict[str, float], dict[str, float]]:
    """Tell levers from parameters among what was set by hand.

    Raises:
        InputError: A name that is neither, no number, or out of its range.
    """
    from clfz.programme.levers import INDEX

    known = limits(parameters)
    levers: dict[str, float] = {}
    fixed: dict[str, float] = {}
    problems = []
    for name, value in overrides.items():
        number = _number(value)
        if name not in known:
            hint = did_you_mean(name, known)
            text = f'"{name}" is neither a lever nor a parameter. {hint}'
            told: str | None = f"{text}All: clfz parameters, clfz interventions"
        elif number is None:
            told = f"{name} is {value}, but it must be a number."
        else:
            told = beyond(name, number, known)
            (levers if name in INDEX else fixed)[name] = number
        if told:
            problems.append(Problem("", 0, 0, told))
    if problems:
        raise InputError(problems)
    return levers, fixed


def _number(value: Any) -> float | None:
    """A finite number, or nothing."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number - number == 0.0 and not isinstance(value, bool | str) else None
