"""What a study can vary: names, what kind of thing each is, and which values it can have."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clfz.inputs.designs import SEED
from clfz.inputs.limits import beyond, limits
from clfz.inputs.problems import Wrong, did_you_mean

if TYPE_CHECKING:
    from clfz.inputs.figures import Figure
    from clfz.inputs.parameters_file import Parameter
    from clfz.inputs.programme import Programme
    from clfz.inputs.zone import Zone
    from clfz.programme.interventions.base import Intervention

PARAMETER, LEVER, FIGURE, FIELD = "parameter", "lever", "figure", "field"
SEED_HIGH = 10**15 - 1


@dataclass(frozen=True)
class Space:
    """The zones, programmes and parameters of a study: what there is to vary.

    Attributes:
        zones: At least one.
        programmes: One a scenario; the first is the baseline, which no factor of a programme touches.
        parameters: The uncertain parameters.
    """

    zones: tuple[Zone, ...]
    programmes: tuple[Programme, ...]
    parameters: tuple[Parameter, ...]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Every name that can be varied here -> what it is."""
        from clfz.programme.levers import INDEX

        found = {SEED: SEED}
        found |= dict.fromkeys((each.name for each in self.parameters), PARAMETER)
        found |= dict.fromkeys(INDEX, LEVER)
        found |= dict.fromkeys(self._figures[0], FIGURE)
        for programme in self.programmes[1:]:
            for item in programme.interventions:
                found |= dict.fromkeys(_fields(item), FIELD)
        return found

    @cached_property
    def _figures(self) -> tuple[dict[str, Figure[float]], ...]:
        return tuple(
            {".".join(map(str, path)): figure for path, figure in zone.figures()}
            for zone in self.zones
        )

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {each.name: each for each in self.parameters}

    def unknown(self, name: str) -> str | None:
        """Why a name cannot be varied; None when it can."""
        if name in self.kinds:
            return None
        from clfz.programme.interventions import registry

        head = name.split(".", 1)[0]
        if head in registry() and not any(known.startswith(f"{head}.") for known in self.kinds):
            return f'"{name}": no programme of this study has {head}.'
        hint = did_you_mean(name, self.kinds)
        return (
            f'"{name}" is nothing that can be varied. {hint}'
            "It may be a parameter or lever (clfz parameters), a figure of the zone such as "
            "income.poverty_headcount (clfz zones NAME), a field such as cash_transfer.amount_eur, or seed."
        )

    def trouble(self, name: str, value: float) -> str | None:
        """Why a factor cannot have a value; None when it can."""
        if not math.isfinite(value):
            return f"{name} is {value}, which is not a number that can be used here."
        kind = self.kinds[name]
        if kind == SEED:
            sound = value == int(value) and 0 <= value <= SEED_HIGH
            return None if sound else f"seed is {value:g}, but it must be a whole number from 0 up."
        if kind == LEVER:
            return beyond(name, value, limits(()))
        try:
            if kind == FIGURE:
                for figures in self._figures:
                    whole = {"value": value, "low": value, "high": value, "source": "study"}
                    type(figures[name]).model_validate(whole)
            elif kind == FIELD:
                for programme in self.programmes[1:]:
                    with_fields(programme, {name: value})
        except ValidationError as error:
            return f"{name} is {value:g}: {_plain(error)}."
        return None

    def remark(self, name: str, value: float) -> str | None:
        """What is odd about a value that can be used; None when nothing is."""
        if self.kinds[name] != PARAMETER:
            return None
        low, high = self._parameters[name].prior.span
        if low <= value <= high:
            return None
        return f"{name} is {value:g}, outside of what was thought possible ({low:g} to {high:g})."

    def no_prior(self, name: str) -> str | None:
        """Why a factor has no range of its own; None when it has one."""
        kind = self.kinds[name]
        text = f"{name} is a {kind}, which has no prior. Write {{low: ..., high: ...}}."
        if kind == PARAMETER:
            low, high = self._parameters[name].prior.span
        elif kind == FIGURE:
            if len(self.zones) > 1:
                many = f"{name} has a range of its own in each of {len(self.zones)} zones."
                return f"{many} Write {{low: ..., high: ...}}."
            low, high = self._figures[0][name].low, self._figures[0][name].high
        else:
            return text
        return f"{name} is known: its prior has no range. Leave it out." if low == high else None

    def quantile(self, name: str, share: float) -> float:
        """The value below which that share (0-1) of a factor's own prior lies."""
        if self.kinds[name] == PARAMETER:
            return float(self._parameters[name].prior.quantile(share))
        from clfz.inputs.parameters_file import Prior

        figure = self._figures[0][name]
        prior = Prior(kind="triangular", low=figure.low, mode=figure.value, high=figure.high)
        return float(prior.quantile(share))


def with_fields(programme: Programme, values: dict[str, float]) -> Programme:
    """A programme with some fields of its interventions set; those that it does not have are left out.

    Raises:
        ValidationError: A value that the field cannot have.
    """
    changed: list[Any] = []
    for item in programme.interventions:
        own = {
            name.removeprefix(f"{item.kind}."): value
            for name, value in values.items()
            if name.startswith(f"{item.kind}.")
        }
        changed.append(_with(item, own) if own else item)
    return programme.model_copy(update={"interventions": tuple(changed)})


def _with(item: Intervention, values: dict[str, float]) -> Intervention:
    block = item.as_block()
    for name, value in values.items():
        *above, last = name.split(".")
        inner = block
        for step in above:
            inner = inner[step]
        inner[last] = int(value) if isinstance(inner[last], int) and value == int(value) else value
    return type(item).model_validate(block)


def _fields(item: Intervention) -> Iterable[str]:
    """Names of the numbers of an intervention; a dot goes one level down."""

    def walk(block: dict[str, Any], above: str) -> Iterable[str]:
        for name, value in block.items():
            if isinstance(value, dict):
                yield from walk(value, f"{above}{name}.")
            elif isinstance(value, int | float) and not isinstance(value, bool):
                yield above + name

    return walk(item.as_block(), f"{item.kind}.")


def _plain(error: ValidationError) -> str:
    """The first thing that a model says about a value, in our words."""
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    words = {
        "greater_than_equal": "it must be {ge:g} or more",
        "greater_than": "it must be more than {gt:g}",
        "less_than_equal": "it must be {le:g} or less",
        "less_than": "it must be less than {lt:g}",
        "int_from_float": "it must be a whole number",
    }
    if first["type"] in words:
        return words[first["type"]].format(**context)
    raised = context.get("error")
    if isinstance(raised, Wrong):
        return raised.found[0].message.replace("{here}: ", "").rstrip(".")
    return str(raised or "it cannot be used").rstrip(".")


def each_of(values: Sequence[float], limit: int = 1000) -> list[float]:
    """The different values, when there are few; else the ends, which bound the rest."""
    different = sorted(set(values))
    return different if len(different) <= limit else [different[0], different[-1]]
