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
from pydantic import ValidationError

from clfz.inputs.file_errors import reason
from clfz.inputs.find import beside
from clfz.inputs.load import load_parameters, load_programme, load_zone
from clfz.inputs.parameters import Parameter, Prior, beyond, limits
from clfz.inputs.problems import DataPath, Problem, Wrong, did_you_mean, shown
from clfz.inputs.study import MOST_ROWS, SEED, Range, StudyFile, Table
from clfz.programme.interventions import Intervention, registry
from clfz.programme.levers import INDEX

if TYPE_CHECKING:
    from clfz.inputs.fields import Quantity
    from clfz.inputs.programme import Programme
    from clfz.inputs.yaml_reader import Document
    from clfz.inputs.zone import Zone

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
        found = {SEED: SEED}
        found |= dict.fromkeys((each.name for each in self.parameters), PARAMETER)
        found |= dict.fromkeys(INDEX, LEVER)
        found |= dict.fromkeys(self._figures[0], FIGURE)
        for programme in self.programmes[1:]:
            for item in programme.interventions:
                found |= dict.fromkeys(_fields(item), FIELD)
        return found

    @cached_property
    def _figures(self) -> tuple[dict[str, Quantity[float]], ...]:
        return tuple(
            {".".join(map(str, path)): each for path, each in zone.figures()} for zone in self.zones
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
        own = self._figures[0][name]
        prior = Prior(kind="triangular", low=own.low, mode=own.value, high=own.high)
        return float(prior.quantile(share))


def with_fields(programme: Programme, values: dict[str, float]) -> Programme:
    """A programme with some fields of its interventions set; those that it does not have are left out.

    Raises:
        ValidationError: A value that the field cannot have.
    """
    changed: list[Any] = []
    for item in programme.interventions:
        block = item.as_block()
        own = [name for name in values if name.startswith(f"{item.kind}.")]
        for name in own:
            _, *above, last = name.split(".")
            inner, value = block, values[name]
            for step in above:
                inner = inner[step]
            whole = isinstance(inner[last], int) and value == int(value)
            inner[last] = int(value) if whole else value
        changed.append(type(item).model_validate(block) if own else item)
    return programme.model_copy(update={"interventions": tuple(changed)})


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


def check_study(
    study: StudyFile, document: Document, folder: Path | None
) -> tuple[StudyFile, list[Problem], list[Problem]]:
    """Whether the design and the measures of a study fit what it is about.

    Args:
        study: Sound by itself, and so are the files that it names.
        document: Where it was read.
        folder: Where a relative table file is looked for.

    Returns:
        the study with a path of its table that works from the working directory, problems, warnings.
    """
    from clfz.runs.measures import Horizon, unknown_measure  # slow to import

    problems: list[Problem] = []
    warnings: list[Problem] = []
    horizon = Horizon(study.programme_months, study.months, study.reporting)
    for at, name in enumerate(study.measures or ()):
        if text := unknown_measure(name, horizon):
            problems.append(document.problem(("measures", at), text))
    if study.design is None:
        return study, problems, warnings
    zones = tuple(load_zone(name) for name in study.zones)
    programmes = tuple(load_programme(name) for name in study.programmes)
    space = Space(zones, programmes, load_parameters())
    if isinstance(study.design, Table):
        file = study.design.file
        table = beside(file, folder)
        try:
            names, rows = read_table(table)
            more, odd = table_faults(space, names, rows)
            both = [name for name in names if name in study.set]
            more += [
                f"{name} is set in the study and is a column of the table; keep one."
                for name in both
            ]
        except TableProblem as error:
            more, odd = [str(error)], []
        at: DataPath = ("design", "file")
        problems += [document.problem(at, f"{file}: {text}") for text in more]
        warnings += [document.problem(at, f"{file}: {text}") for text in odd]
        design = study.design.model_copy(update={"file": str(table)})
        return study.model_copy(update={"design": design}), problems, warnings
    for name, wrong, odd_text in design_faults(space, study.design):
        here: DataPath = ("design", "factors", name)
        if wrong:
            problems.append(document.problem(here, wrong, at_name=name not in space.kinds))
        if odd_text:
            warnings.append(document.problem(here, odd_text))
    return study, problems, warnings


def design_faults(space: Space, design: Any) -> list[tuple[str, str | None, str | None]]:
    """For each factor of a design that is no table: its name, what is wrong with it, what is odd (None: nothing)."""
    found = []
    for name, factor in design.factors.items():
        wrong, odd = space.unknown(name), None
        if wrong is None and isinstance(factor, Range) and factor.from_prior:
            wrong = space.no_prior(name)
        elif wrong is None:
            is_range = isinstance(factor, Range)
            values = (factor.low, factor.high) if is_range else factor.levels()
            wrong, odd = value_faults(space, name, values)
        found.append((name, wrong, odd))
    return found


def value_faults(space: Space, name: str, values: Any) -> tuple[str | None, str | None]:
    """The first value of a factor that cannot be used, and the first that is odd; None is nothing."""
    tried = sorted({float(value) for value in values})
    tried = tried if len(tried) <= 1000 else [tried[0], tried[-1]]  # the ends bound the rest
    wrong = next((text for value in tried if (text := space.trouble(name, value))), None)
    if wrong:
        return wrong, None
    return None, next((text for value in tried if (text := space.remark(name, value))), None)


def table_faults(
    space: Space, names: tuple[str, ...], rows: NDArray[np.float64]
) -> tuple[list[str], list[str]]:
    """The same for a table of rows [R, columns]: problems and remarks, one a column."""
    problems: list[str] = []
    warnings: list[str] = []
    for column, name in enumerate(names):
        wrong, odd = space.unknown(name), None
        if wrong is None:
            wrong, odd = value_faults(space, name, rows[:, column])
        problems += [f"column {wrong}"] if wrong else []
        warnings += [f"column {odd}"] if odd else []
    return problems, warnings


READ_BY = {".csv": "read_csv", ".parquet": "read_parquet", ".pq": "read_parquet"}


class TableProblem(ValueError):
    """Why a table cannot be used: one sentence."""


def read_table(path: Path) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names of the columns, and the rows [R, columns].

    Raises:
        TableProblem: The file is missing or no table of numbers.
    """
    import pandas as pd  # slow to import

    if path.suffix.lower() not in READ_BY:
        raise TableProblem("a table of points is a .csv or a .parquet file.")
    if not path.is_file():
        raise TableProblem("there is no such file.")
    try:
        frame = getattr(pd, READ_BY[path.suffix.lower()])(path)
    except (OSError, ValueError) as error:
        raise TableProblem(f"it cannot be read ({reason(error)[:120].rstrip('.')}).") from None
    return frame_rows(frame)


def frame_rows(frame: Any) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The same for a data frame.

    Raises:
        TableProblem: It is no table of numbers.
    """
    import pandas as pd  # slow to import

    names = tuple(str(name).strip() for name in frame.columns)
    if not names or not len(frame):
        raise TableProblem("it holds no rows.")
    if len(frame) > MOST_ROWS:
        raise TableProblem(f"it holds more than {MOST_ROWS} rows.")
    # pandas calls the second of two equal columns x.1
    twice = [
        name
        for at, name in enumerate(names)
        if name in names[:at] or name.removesuffix(".1") in names[:at]
    ]
    if twice:
        raise TableProblem(f'column "{twice[0].removesuffix(".1")}" stands twice; keep one.')
    columns = []
    for name, (_, column) in zip(names, frame.items(), strict=True):
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        bad = np.flatnonzero(~np.isfinite(numbers))
        if bad.size:
            value = column.iloc[int(bad[0])]
            told = "empty" if pd.isna(value) else shown(value)
            raise TableProblem(
                f'row {bad[0] + 1}, column "{name}" is {told}, but a number is needed.'
            )
        columns.append(numbers)
    return names, np.ascontiguousarray(np.column_stack(columns))
