"""A study: a table of runs, all of it known before anything runs.

A *row* is one line of the design: values of the factors. A *point* is a row in one zone with one draw of everything
else that is uncertain; a *world* is a point and a replicate, with one seed; a *run* is a world and a scenario.
All numbers are plain arithmetic, and growing a study never renumbers what exists:

    point  = (draw x rows + row) x zones + zone
    run_id = point x 1 000 000 + replicate x 100 + scenario
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import (
    InputError,
    Problem,
    StudyFile,
    load_parameters,
    load_programme,
    load_shock,
    load_zone,
)
from clfz.inputs.factors import Space
from clfz.inputs.parameters import override
from clfz.inputs.study import MOST_PROGRAMMES, MOST_REPLICATES
from clfz.runs.measures import Horizon, default_measures, unknown_measure
from clfz.runs.scenarios import split_overrides
from clfz.runs.studies import functions
from clfz.runs.studies.designs import given_rows, rows_of
from clfz.runs.studies.fingerprint import fingerprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Parameter, Programme, Shock, Zone

WORLD_STRIDE = MOST_PROGRAMMES
POINT_STRIDE = MOST_PROGRAMMES * MOST_REPLICATES


@dataclass(frozen=True, eq=False)
class Study:
    """A study with every name resolved: plain data, ready to be sent anywhere.

    Attributes:
        spec: What was asked for.
        zones: The places.
        programmes: One a scenario; the first is the baseline of each world.
        shocks: What happens in every scenario.
        parameters: With those of `set` held fixed.
        factors: Names of what is varied.
        rows: [R, factors] their values.
        function: What is run in place of the engine (`clfz.runs.studies.functions`); empty for the engine.
    """

    spec: StudyFile
    zones: tuple[Zone, ...]
    programmes: tuple[Programme, ...]
    shocks: tuple[Shock, ...]
    parameters: tuple[Parameter, ...]
    factors: tuple[str, ...]
    rows: NDArray[np.float64]
    function: str = ""

    @classmethod
    def of(cls, spec: StudyFile, points: Any = None, function: str = "") -> Study:
        """Load everything that a study names.

        Args:
            spec: The study as its file says it.
            points: Rows of the design as a data frame, in place of the design of the file.
            function: Run this in place of the engine; the columns of `points` and the measures are then its own.

        Raises:
            InputError: A name that does not exist, or a value that cannot be used.
        """
        _, fixed = split_overrides(spec.set, load_parameters())
        zones = tuple(load_zone(name) for name in spec.zones)
        programmes = tuple(load_programme(name) for name in spec.programmes)
        space = Space(zones, programmes, load_parameters())
        if points is None:
            factors, rows = rows_of(spec, space)
        else:
            factors, rows = given_rows(points)
            if not function:
                refuse_bad_points(space, spec, factors, rows)
        names = {
            "zones": tuple(zone.name for zone in zones),
            "programmes": tuple(programme.name for programme in programmes),
        }
        study = cls(
            spec=spec.model_copy(update=names),
            zones=zones,
            programmes=programmes,
            shocks=tuple(load_shock(name) for name in spec.shocks),
            parameters=override(load_parameters(), fixed),
            factors=factors,
            rows=np.ascontiguousarray(rows, np.float64),
            function=function,
        )
        study._refuse_bad_measures()
        return study

    # What there is to run.

    @property
    def points(self) -> int:
        """Draws x rows x zones."""
        return self.spec.draws * len(self.rows) * len(self.zones)

    @property
    def worlds(self) -> int:
        """Points x replicates."""
        return self.points * self.spec.replicates

    @property
    def runs(self) -> int:
        """Worlds x scenarios."""
        return self.worlds * len(self.programmes)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the programmes, the baseline first."""
        return tuple(programme.name for programme in self.programmes)

    @cached_property
    def horizon(self) -> Horizon:
        """How long a run is and how later years count."""
        return Horizon(self.spec.programme_months, self.spec.months, self.spec.reporting)

    @property
    def measures(self) -> tuple[str, ...]:
        """What is kept of each run."""
        return self.spec.measures or default_measures(self.horizon)

    @cached_property
    def space(self) -> Space:
        """What can be varied."""
        return Space(self.zones, self.programmes, self.parameters)

    def split(self, points: Any) -> tuple[Any, Any, Any]:
        """Points -> (draw, row, zone), numbers or arrays of them."""
        rest, zone = np.divmod(points, len(self.zones))
        drawn, row = np.divmod(rest, len(self.rows))
        return drawn, row, zone

    def told(self) -> str:
        """What is in it, in one line."""
        parts = [
            _count(len(self.rows), "row") if self.factors else "",
            _count(len(self.zones), "zone") if len(self.zones) > 1 else "",
            _count(self.spec.draws, "draw") if self.spec.draws > 1 else "",
            _count(self.spec.replicates, "replicate"),
            _count(len(self.programmes), "programme"),
        ]
        size = " x ".join(part for part in parts if part)
        return f"a study of {size} = {_count(self.runs, 'run')} of {self.spec.months} months"

    # As data.

    def facts(self) -> dict[str, Any]:
        """Everything but the rows, as plain JSON values; `from_facts` reads it back."""
        own = {"function": self.function} if self.function else {}
        return {
            **own,
            "spec": self.spec.model_dump(mode="json"),
            "zones": [zone.model_dump(mode="json", by_alias=True) for zone in self.zones],
            "programmes": [each.model_dump(mode="json") for each in self.programmes],
            "shocks": [each.model_dump(mode="json") for each in self.shocks],
            "parameters": [each.model_dump(mode="json") for each in self.parameters],
            "measures": list(self.measures),
            "factors": list(self.factors),
            "rows": {"count": len(self.rows), "sha256": self.rows_digest()},
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], rows: NDArray[np.float64]) -> Study:
        """Read `facts` back."""
        from clfz.inputs import Parameter, Programme, Shock, Zone

        return cls(
            spec=StudyFile.model_validate(facts["spec"]),
            zones=tuple(Zone.model_validate(each) for each in facts["zones"]),
            programmes=tuple(Programme.model_validate(each) for each in facts["programmes"]),
            shocks=tuple(Shock.model_validate(each) for each in facts["shocks"]),
            parameters=tuple(Parameter.model_validate(each) for each in facts["parameters"]),
            factors=tuple(facts["factors"]),
            rows=np.ascontiguousarray(rows, np.float64),
            function=facts.get("function", ""),
        )

    def rows_digest(self, count: int | None = None) -> str:
        """Checksum of the first rows (all by default)."""
        return hashlib.sha256(self.rows[:count].astype("<f8").tobytes()).hexdigest()

    @cached_property
    def message(self) -> bytes:
        """The study without its rows, as it is sent to a worker (the same bytes for the same study)."""
        return json.dumps({"model": fingerprint(), **self.facts()}).encode()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as plain data, so that any process can read it."""
        return _from_message, (self.message, self.rows)

    def _refuse_bad_measures(self) -> None:
        if self.function:
            functions.find(self.function)
            if self.spec.keep != "measures":
                text = f"keep: {self.spec.keep} is for the engine; a function has no months."
                raise InputError([Problem("", 0, 0, text)])
            return
        told = [unknown_measure(name, self.horizon) for name in self.measures]
        if found := [Problem("", 0, 0, text) for text in told if text]:
            raise InputError(found)


def load_study(name_or_path: Any) -> Study:
    """The study of that name or path, ready to run.

    Raises:
        InputError: With everything that is wrong with it and with the files it names.
    """
    from clfz.inputs import load_study_file

    return Study.of(load_study_file(name_or_path))


def make_study(
    name: str,
    *,
    zones: Sequence[str] | str,
    programmes: Sequence[str],
    points: Any = None,
    function: str = "",
    **settings: Any,
) -> Study:
    """A study made in Python.

    Args:
        name: Small letters, digits and hyphens.
        zones: Names or paths of zone files.
        programmes: Names or paths of programmes; the first is `none`.
        points: A data frame: one row a point, one column a factor. Or give `design`.
        function: Run `package.module:name` in place of the engine (see `clfz.runs.studies.functions`).
        settings: The other settings of a study file, such as replicates=5 or design={...}.

    Raises:
        InputError: With everything that is wrong.
    """
    from clfz.inputs.validate import build

    fields = {
        "name": name,
        "title": name,
        "question": name,
        "zones": [zones] if isinstance(zones, str) else list(zones),
        "programmes": list(programmes),
    } | settings
    spec, faults = build(StudyFile, fields, "a study")
    if spec is None:
        raise InputError([Problem("", 0, 0, fault.message) for fault in faults])
    if points is not None and spec.design is not None:
        raise InputError([Problem("", 0, 0, "give points or a design, not both.")])
    if spec.design is not None and spec.design.kind != "table":
        space = Space(
            tuple(load_zone(zone) for zone in spec.zones),
            tuple(load_programme(programme) for programme in spec.programmes),
            load_parameters(),
        )
        _refuse_bad_design(space, spec)
    return Study.of(spec, points, function)


def _from_message(message: bytes, rows: NDArray[np.float64]) -> Study:
    return Study.from_facts(json.loads(message), rows)


def _refuse_bad_design(space: Space, spec: StudyFile) -> None:
    from clfz.inputs.factors import design_faults

    if told := [text for _, text, _ in design_faults(space, spec.design) if text]:
        raise InputError([Problem("", 0, 0, text) for text in told])


def refuse_bad_points(
    space: Space, spec: StudyFile, factors: tuple[str, ...], rows: NDArray[np.float64]
) -> None:
    """Refuse a data frame with a column that cannot be varied or a value that cannot be used.

    Raises:
        InputError: With everything that is wrong.
    """
    from clfz.inputs.factors import table_faults

    told, _ = table_faults(space, factors, rows)
    told = [text.removeprefix("column ") for text in told]
    told += [f"{name} is set and varied; keep one." for name in factors if name in spec.set]
    if told:
        raise InputError([Problem("", 0, 0, f"points: {text}") for text in told])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
