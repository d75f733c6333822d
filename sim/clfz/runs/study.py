"""A study: a table of runs, all of it known before anything runs.

A *row* is one line of the design: values of the factors. A *point* is a row in one zone with one draw of everything
else that is uncertain; a *replication* is a point and a replicate, with one seed; a *run* is a replication and a
scenario. A comparison is a study of one row and one zone (`clfz.runs.plan`). All numbers are plain arithmetic, and
growing a study never renumbers what exists:

    point  = (draw x rows + row) x zones + zone
    run_id = point x 1 000 000 + replicate x 100 + scenario
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import (
    InputError,
    Parameter,
    Problem,
    Programme,
    Shock,
    StudyFile,
    Zone,
    load_parameters,
    load_programme,
    load_shock,
    load_study_file,
    load_zone,
)
from clfz.inputs.factors import Space
from clfz.inputs.indicators import Horizon, unknown_measure
from clfz.inputs.parameters import beyond, limits, override
from clfz.inputs.problems import did_you_mean
from clfz.inputs.study import MOST_PROGRAMMES, MOST_REPLICATES
from clfz.inputs.validate import build
from clfz.programme.levers import INDEX
from clfz.runs.designs import given_rows, rows_of
from clfz.runs.manifest import fingerprint
from clfz.runs.measures import default_measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPLICATE_STRIDE = MOST_PROGRAMMES
POINT_STRIDE = MOST_PROGRAMMES * MOST_REPLICATES


_PARTS: dict[str, Any] = {
    "zones": Zone,
    "programmes": Programme,
    "shocks": Shock,
    "parameters": Parameter,
}
GROWS = ("replicates", "draws", "programmes", "design")
"""Settings that a finished study can have more of."""


def parts_of(run_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Ids of runs -> points, replicates, scenarios."""
    points, rest = np.divmod(run_ids, POINT_STRIDE)
    return points, *np.divmod(rest, REPLICATE_STRIDE)


class StudyError(Exception):
    """A study cannot be run or read; the message is one sentence for the user."""


def refuse(texts: Iterable[str]) -> None:
    """Tell everything that is wrong, if anything is.

    Raises:
        InputError: There is a text.
    """
    if problems := [Problem("", 0, 0, text) for text in texts]:
        raise InputError(problems)


@dataclass(frozen=True, eq=False)
class Study:
    """A study with every name resolved: plain data, ready to be sent anywhere.

    Attributes:
        spec: What was asked for.
        zones: The places.
        programmes: One a scenario; the first is the baseline of each replication.
        shocks: What happens in every scenario.
        parameters: With those of `set` held fixed.
        factors: Names of what is varied.
        rows: [R, factors] their values.
        function: What is run in place of the engine (see `find_function`); empty for the engine.
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
            if spec.design is not None and spec.design.kind != "table":
                varied = getattr(spec.design, "factors", {}).items()
                told = (space.faults(name, values.levels())[0] for name, values in varied)
                refuse(text for text in told if text)
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
    def replications(self) -> int:
        """Points x replicates."""
        return self.points * self.spec.replicates

    @property
    def runs(self) -> int:
        """Replications x scenarios."""
        return self.replications * len(self.programmes)

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
            **{
                name: [each.model_dump(mode="json", by_alias=True) for each in getattr(self, name)]
                for name in _PARTS
            },
            "measures": list(self.measures),
            "factors": list(self.factors),
            "rows": {"count": len(self.rows), "sha256": self.rows_digest()},
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], rows: NDArray[np.float64]) -> Study:
        """Read `facts` back."""
        return cls(
            spec=StudyFile.model_validate(facts["spec"]),
            **{
                name: tuple(kind.model_validate(each) for each in facts[name])
                for name, kind in _PARTS.items()
            },
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

    @property
    def digest(self) -> str:
        """Eight digits: everything that was asked for, and the model."""
        return hashlib.sha256(self.message).hexdigest()[:8]

    def _refuse_bad_measures(self) -> None:
        if self.function:
            find_function(self.function)
            if self.spec.keep != "measures":
                refuse([f"keep: {self.spec.keep} is for the engine; a function has no months."])
        else:
            told = (unknown_measure(name, self.horizon) for name in self.measures)
            refuse(text for text in told if text)


def load_study(name_or_path: Any) -> Study:
    """The study of that name or path, ready to run.

    Raises:
        InputError: With everything that is wrong with it and with the files it names.
    """
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
        function: Run `package.module:name` in place of the engine (see `clfz.runs.study.find_function`).
        settings: The other settings of a study file, such as replicates=5 or design={...}.

    Raises:
        InputError: With everything that is wrong.
    """
    fields = {
        "name": name,
        "title": name,
        "question": name,
        "zones": [zones] if isinstance(zones, str) else list(zones),
        "programmes": list(programmes),
    } | settings
    spec = _spec_of(fields)
    if points is not None and spec.design is not None:
        refuse(["give points or a design, not both."])
    return Study.of(spec, points, function)


def _spec_of(fields: Mapping[str, Any]) -> StudyFile:
    spec, faults = build(StudyFile, fields, "a study")
    if spec is None:
        raise InputError([Problem("", 0, 0, fault.message) for fault in faults])
    return spec


def refuse_bad_points(
    space: Space, spec: StudyFile, factors: tuple[str, ...], rows: NDArray[np.float64]
) -> None:
    """Refuse a data frame with a column that cannot be varied or a value that cannot be used.

    Raises:
        InputError: With everything that is wrong.
    """
    faults = (space.faults(name, column)[0] for name, column in zip(factors, rows.T, strict=True))
    told = [text for text in faults if text]
    told += [f"{name} is set and varied; keep one." for name in factors if name in spec.set]
    refuse(f"points: {text}" for text in told)


def split_overrides(
    overrides: Mapping[str, Any], parameters: Sequence[Parameter]
) -> tuple[dict[str, float], dict[str, float]]:
    """Tell levers from parameters among what was set by hand.

    Raises:
        InputError: A name that is neither, no number, or out of its range.
    """
    known = limits(parameters)
    levers: dict[str, float] = {}
    fixed: dict[str, float] = {}
    problems: list[str] = []
    for name, value in overrides.items():
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if name not in known:
            hint = did_you_mean(name, known)
            text = f'"{name}" is neither a lever nor a parameter. {hint}'
            told: str | None = f"{text}All: clfz parameters, clfz interventions"
        elif not math.isfinite(number) or isinstance(value, bool | str):
            told = f"{name} is {value}, but it must be a number."
        else:
            told = beyond(name, number, known)
            (levers if name in INDEX else fixed)[name] = number
        problems += [told] if told else []
    refuse(problems)
    return levers, fixed


@cache
def find_function(path: str) -> Callable[..., Any]:
    """A function in the engine's place: truth with a known answer, run through the same table, store and workers.

    It is named by its import path, `package.module:name`, so that a study stays plain data that any process can read.

        def name(values, seeds): ...

    `values` is factor -> [W], `seeds` [W] (replications that share their random draws share their seed). It returns
    [W] for one measure, [W, measures], or [W, scenarios, measures]. The checksum of the model that a study keeps does
    not cover the function: who changes it takes another folder.

    Raises:
        InputError: There is none.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        found = None
    if not callable(found):
        text = f'function is "{path}", but it must name one that can be imported, as in'
        refuse([f"{text} package.module:name."])
    called: Callable[..., Any] = found
    return called


def grown(folder: Path, stored: Study, asked: Study) -> Study:
    """What to run in a folder: everything that it holds already, and what is asked for beside it.

    Raises:
        StudyError: The folder belongs to another study, or a study cannot grow like that.
    """

    def unless(right: object, text: str) -> None:
        if not right:
            raise StudyError(f"{text} Give another folder.")

    before, now = stored.facts(), asked.facts()
    told = [each.function or "the engine" for each in (stored, asked)]
    unless(told[0] == told[1], f"{folder} holds a study of {told[0]}, not of {told[1]}.")
    another = f"{folder} holds another study:"
    for name, value in before["spec"].items():
        if name not in (*GROWS, "title", "question"):
            words = f"{name} is {value!s:.60} there and {now['spec'][name]!s:.60} here."
            unless(value == now["spec"][name], f"{another} {words}")
    for name in ("zones", "shocks", "parameters", "measures", "factors"):
        unless(before[name] == now[name], f"{another} its {name} differ.")
    few_draws, many_draws = stored.spec.draws, asked.spec.draws
    unless(
        few_draws > 1 or many_draws == 1,
        f"The study in {folder} has 1 draw, which takes central values, so it cannot grow to {many_draws} draws.",
    )
    larger = len(asked.rows) > len(stored.rows)
    unless(
        few_draws == 1 or not larger,
        f"The study in {folder} has draws, so its design cannot grow.",
    )
    shared = min(len(stored.rows), len(asked.rows))
    kind = getattr(stored.spec.design, "kind", "table of points")
    unless(
        np.array_equal(stored.rows[:shared], asked.rows[:shared]),
        f"{another} the rows of its {kind} differ. Only a sobol design and a table with new rows at its end can grow.",
    )
    unless(
        shared == len(stored.rows) or few_draws == many_draws,
        f"{folder} has more rows than are asked for; draws cannot be added to it so.",
    )
    few, many = sorted((stored, asked), key=lambda each: len(each.programmes))
    unless(
        few.programmes == many.programmes[: len(few.programmes)],
        f"The study in {folder} has the programmes {', '.join(stored.scenarios)}: new ones come after them, "
        "unchanged and in that order.",
    )
    base = asked if larger else stored
    spec = stored.spec.model_copy(
        update={
            "replicates": max(stored.spec.replicates, asked.spec.replicates),
            "draws": max(few_draws, many_draws),
            "programmes": many.spec.programmes,
            "design": base.spec.design,
        }
    )
    return replace(stored, spec=spec, programmes=many.programmes, rows=base.rows)


def larger(
    study: Study,
    replicates: int | None,
    draws: int | None,
    programmes: Sequence[str],
    points: Any,
) -> Study:
    """A study with more of something.

    Raises:
        InputError: A value out of range, or a programme that does not exist.
        StudyError: It has as much already, or its kind of design cannot grow.
    """
    spec, rows = study.spec, study.rows
    for name, more in (("replicates", replicates), ("draws", draws)):
        if more is not None and more < getattr(spec, name):
            raise StudyError(
                f"The study has {getattr(spec, name)} {name} already; it cannot shrink to {more}."
            )
    added = tuple(load_programme(name) for name in programmes)
    if twice := [each.name for each in added if each.name in study.scenarios]:
        raise StudyError(f"The study has the programme {twice[0]} already.")
    changes: dict[str, Any] = {
        "replicates": replicates or spec.replicates,
        "draws": draws or spec.draws,
        "programmes": [*study.scenarios, *(each.name for each in added)],
    }
    kind = getattr(spec.design, "kind", None)
    if isinstance(points, int):
        if kind != "sobol":
            raise StudyError(
                f"Only a sobol design can have more points; this is a {kind or 'study without one'}."
            )
        changes["design"] = spec.model_dump(mode="json")["design"] | {"points": points}
    whole = _spec_of({**spec.model_dump(mode="json"), **changes})
    if isinstance(points, int):
        _, rows = rows_of(whole, study.space)
    elif points is not None:
        factors, rows = given_rows(points)
        if factors != study.factors:
            raise StudyError(
                f"The points have other columns than the study: {', '.join(study.factors)}."
            )
        if not study.function:
            refuse_bad_points(study.space, whole, factors, rows)
    if len(rows) < len(study.rows):
        raise StudyError(
            f"The study has {len(study.rows)} points already; it cannot shrink to {len(rows)}."
        )
    return replace(study, spec=whole, programmes=(*study.programmes, *added), rows=rows)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
