"""What a study can vary: names, what kind of thing each is, which values it can have; and whether a study fits that."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from clfz.inputs.find import beside
from clfz.inputs.indicators import Horizon, unknown_measure
from clfz.inputs.load import load_parameters, load_programme, load_zone
from clfz.inputs.parameters import Parameter, beyond, limits, triangular
from clfz.inputs.problems import DataPath, Problem, did_you_mean, reason, shown
from clfz.inputs.study import MOST_ROWS, SEED, StudyFile, Table
from clfz.inputs.validate import build
from clfz.programme.interventions import Intervention, registry
from clfz.programme.levers import INDEX

if TYPE_CHECKING:
    from clfz.inputs.programme import Programme
    from clfz.inputs.yaml_reader import Document
    from clfz.inputs.zone import Quantity, Zone

PARAMETER, LEVER, ZONE_INPUT, FIELD = "parameter", "lever", "figure", "field"
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
        found = {SEED: SEED}
        found |= dict.fromkeys((each.name for each in self.parameters), PARAMETER)
        found |= dict.fromkeys(INDEX, LEVER)
        found |= dict.fromkeys(self._zone_inputs[0], ZONE_INPUT)
        for programme in self.programmes[1:]:
            for item in programme.interventions:
                found |= dict.fromkeys(_fields(item.as_block(), item.kind), FIELD)
        return found

    @cached_property
    def _zone_inputs(self) -> tuple[dict[str, Quantity[float]], ...]:
        return tuple(
            {".".join(map(str, path)): each for path, each in zone.quantities()}
            for zone in self.zones
        )

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {each.name: each for each in self.parameters}

    def unknown(self, name: str) -> str | None:
        """Why a name cannot be varied; None when it can."""
        if name in self.kinds:
            return None
        head = name.split(".", 1)[0]
        if head in registry() and not any(known.startswith(f"{head}.") for known in self.kinds):
            return f'"{name}": no programme of this study has {head}.'
        hint = did_you_mean(name, self.kinds)
        return (
            f'"{name}" is nothing that can be varied. {hint}'
            "It may be a parameter or lever (clfz parameters), a number of the zone such as "
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
        tried: list[tuple[type[BaseModel], dict[str, Any]]] = []
        label = "value"
        if kind == ZONE_INPUT:
            whole = {"value": value, "low": value, "high": value, "source": "study"}
            tried = [(type(own[name]), whole) for own in self._zone_inputs]
        elif kind == FIELD:
            head, _, label = name.partition(".")
            items = [item for each in self.programmes[1:] for item in each.interventions]
            tried = [
                (type(item), _block(item, {name: value})) for item in items if item.kind == head
            ]
        for model, block in tried:
            _, faults = build(model, block, name)
            if faults and faults[0].message.startswith(f"{label} is "):
                return name + faults[0].message.removeprefix(label)
            if faults:
                return f"{name} is {value:g}: {faults[0].message}"
        return None

    def remark(self, name: str, value: float) -> str | None:
        """What is odd about a value that can be used; None when nothing is."""
        if self.kinds[name] != PARAMETER:
            return None
        low, high = self._parameters[name].prior.span
        if low <= value <= high:
            return None
        return f"{name} is {value:g}, outside of what was thought possible ({low:g} to {high:g})."

    def faults(self, name: str, values: Iterable[float] | None) -> tuple[str | None, str | None]:
        """What is wrong with a factor or the first of its values, and what is odd; None is nothing.

        Without `values` it has those of its own prior.
        """
        if text := self.unknown(name):
            return text, None
        if values is None:
            return self.no_prior(name), None
        tried = sorted({float(value) for value in values})
        tried = tried if len(tried) <= 1000 else [tried[0], tried[-1]]  # the ends bound the rest
        if text := next(filter(None, (self.trouble(name, value) for value in tried)), None):
            return text, None
        return None, next(filter(None, (self.remark(name, value) for value in tried)), None)

    def no_prior(self, name: str) -> str | None:
        """Why a factor has no range of its own; None when it has one."""
        kind, write = self.kinds[name], "Write {low: ..., high: ...}."
        if kind not in (PARAMETER, ZONE_INPUT):
            return f"{name} is a {kind}, which has no prior. {write}"
        if kind == ZONE_INPUT and len(self.zones) > 1:
            return f"{name} has a range of its own in each of {len(self.zones)} zones. {write}"
        low, high = self.quantile(name, 0.0), self.quantile(name, 1.0)
        return f"{name} is known: its prior has no range. Leave it out." if low == high else None

    def quantile(self, name: str, share: float) -> float:
        """The value below which that share (0-1) of a factor's own prior lies."""
        if self.kinds[name] == PARAMETER:
            return float(self._parameters[name].prior.quantile(share))
        own = self._zone_inputs[0][name]
        return triangular(own.low, own.value, own.high, share)


def with_fields(programme: Programme, values: dict[str, float]) -> Programme:
    """A programme with some fields of its interventions set; those that it does not have are left out.

    Raises:
        ValidationError: A value that the field cannot have.
    """
    items = tuple(
        type(item).model_validate(_block(item, values)) for item in programme.interventions
    )
    return programme.model_copy(update={"interventions": items})


def _block(item: Intervention, values: dict[str, float]) -> dict[str, Any]:
    """The settings of an intervention with those of `values` that are its own."""
    block = item.as_block()
    for name in values:
        kind, *above, last = name.split(".")
        if kind != item.kind:
            continue
        inner, value = block, values[name]
        for step in above:
            inner = inner[step]
        whole = isinstance(inner[last], int) and value == int(value)
        inner[last] = int(value) if whole else value
    return block


def _fields(block: dict[str, Any], above: str) -> Iterable[str]:
    """Names of the numbers in the settings of an intervention; a dot goes one level down."""
    for name, value in block.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{above}.{name}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{above}.{name}"


def check_study(
    study: StudyFile, document: Document, folder: Path | None
) -> tuple[StudyFile, list[Problem], list[Problem]]:
    """Whether the design and the measures of a study fit what it is about; it and the files that it names are sound.

    Returns:
        the study with a path of its table that works from the working directory, problems, warnings.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    if study.measures:
        horizon = Horizon(study.programme_months, study.months, study.reporting)
        told = [unknown_measure(name, horizon) for name in study.measures]
        problems = [
            document.problem(("measures", at), text) for at, text in enumerate(told) if text
        ]
    if study.design is None:
        return study, problems, warnings
    zones = tuple(load_zone(name) for name in study.zones)
    programmes = tuple(load_programme(name) for name in study.programmes)
    space = Space(zones, programmes, load_parameters())
    design: Any = study.design
    if not isinstance(design, Table):
        for name, factor in design.factors.items():
            here: DataPath = ("design", "factors", name)
            wrong, odd = space.faults(name, factor.levels())
            if wrong:
                problems.append(document.problem(here, wrong, at_name=name not in space.kinds))
            if odd:
                warnings.append(document.problem(here, odd))
        return study, problems, warnings
    file = design.file
    path = Path(beside(file, folder))
    at = ("design", "file")
    try:
        names, rows = read_table(path)
    except ValueError as error:
        return study, [*problems, document.problem(at, f"{file}: {error}")], warnings
    for name, column in zip(names, rows.T, strict=True):
        wrong, odd = space.faults(name, column)
        problems += [document.problem(at, f"{file}: column {wrong}")] if wrong else []
        warnings += [document.problem(at, f"{file}: column {odd}")] if odd else []
        if name in study.set:
            text = f"{name} is set in the study and is a column of the table; keep one."
            problems.append(document.problem(at, f"{file}: {text}"))
    design = design.model_copy(update={"file": str(path)})
    return study.model_copy(update={"design": design}), problems, warnings


READ_BY = {".csv": "read_csv", ".parquet": "read_parquet", ".pq": "read_parquet"}


def read_table(path: Path) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names of the columns, and the rows [R, columns].

    Raises:
        ValueError: The file is missing or no table of numbers.
    """
    import pandas as pd  # slow to import

    if path.suffix.lower() not in READ_BY:
        raise ValueError("a table of points is a .csv or a .parquet file.")
    if not path.is_file():
        raise ValueError("there is no such file.")
    try:
        frame = getattr(pd, READ_BY[path.suffix.lower()])(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"it cannot be read ({reason(error)[:120].rstrip('.')}).") from None
    return frame_rows(frame)


def frame_rows(frame: Any) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The same for a data frame.

    Raises:
        ValueError: It is no table of numbers.
    """
    import pandas as pd  # slow to import

    names = tuple(str(name).strip() for name in frame.columns)
    if not names or not len(frame):
        raise ValueError("it holds no rows.")
    if len(frame) > MOST_ROWS:
        raise ValueError(f"it holds more than {MOST_ROWS} rows.")
    for at, name in enumerate(names):
        bare = name.removesuffix(".1")  # pandas calls the second of two equal columns x.1
        if name in names[:at] or bare in names[:at]:
            raise ValueError(f'column "{bare}" stands twice; keep one.')
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    for column, row in np.argwhere(~np.isfinite(numbers.T))[:1]:
        value = frame.iloc[row, column]
        told = "empty" if pd.isna(value) else shown(value)
        place = f'row {row + 1}, column "{names[column]}"'
        raise ValueError(f"{place} is {told}, but a number is needed.")
    return names, np.ascontiguousarray(numbers)
