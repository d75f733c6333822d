"""What is asked: a zone and its programmes, or a comparison, or a study file; which factors; how many samples."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from SALib import ProblemSpec

from clfz.analysis.folder import in_words, wrong
from clfz.inputs import (
    Comparison,
    InputError,
    Problem,
    find,
    load_parameters,
    load_programme,
    load_zone,
)
from clfz.inputs.factors import FIELD, LEVER, PARAMETER, ZONE_INPUT, Space
from clfz.inputs.load import check, check_file
from clfz.inputs.parameters import override
from clfz.inputs.problems import did_you_mean
from clfz.inputs.study import FEW_REPLICATES, SEED, StudyFile
from clfz.inputs.validate import build
from clfz.programme.levers import INDEX, LEVERS
from clfz.runs.study import StudyError, refuse, split_overrides
from clfz.runs.zone_data import NOT_DRAWN

MEASURES = ("child_years_in_school_gained", "child_labour_rate@end")
TRAJECTORIES, SAMPLES, KEEP = 10, 64, 30
FEWEST_TRAJECTORIES, FEWEST_SAMPLES, MOST_ROWS = 4, 8, 1_000_000
NEARLY_ONE = 1.0 - 1e-9
"""SALib wants the peak of a triangle below its upper end."""


@dataclass(frozen=True)
class Factor:
    """One uncertain input.

    Attributes:
        name: As in a study.
        low: Smallest value.
        high: Largest value.
        mode: Most likely value of a triangular distribution; None for a uniform one.
        group: What it belongs with.
        meaning: One line for readers.
    """

    name: str
    low: float
    high: float
    mode: float | None = None
    group: str = ""
    meaning: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """A sensitivity analysis before it is run: plain data.

    Attributes:
        spec: The zone, the programmes, how long, which measures, how many replicate seeds.
        factors: What is varied.
        trajectories: Of Morris; 0 leaves the screening out.
        samples: Base samples of the Sobol indices, a power of 2.
        keep: How many factors go on from the screening to the Sobol indices, at most.
        groups: Whether factors of one group move together.
        function: Run this in place of the engine (see `clfz.runs.study.find_function`).
    """

    spec: StudyFile
    factors: tuple[Factor, ...]
    trajectories: int = TRAJECTORIES
    samples: int = SAMPLES
    keep: int = KEEP
    groups: bool = False
    function: str = ""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Programmes that the indices are about: all but `none`, when there are others."""
        return self.spec.programmes[1:] or self.spec.programmes

    @property
    def measures(self) -> tuple[str, ...]:
        """What the indices are about."""
        assert self.spec.measures is not None
        return self.spec.measures

    @property
    def parts(self) -> int:
        """Groups, or single factors."""
        return len({each.group for each in self.factors} if self.groups else self.factors)

    @property
    def going_on(self) -> int:
        """How many groups or factors get Sobol indices."""
        return min(self.parts, self.keep) if self.trajectories and not self.groups else self.parts

    @property
    def runs(self) -> int:
        """Runs of both tables."""
        rows = self.trajectories * (self.parts + 1) + self.samples * (self.going_on + 2)
        return rows * self.spec.replicates * len(self.spec.programmes)


PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
"""Makes plain JSON values of a plan, and a plan of these."""


def plan(
    source: str | os.PathLike[str] | StudyFile | Comparison,
    programme: str | None = None,
    *,
    measures: Sequence[str] = (),
    seeds: int = FEW_REPLICATES,
    vary: Sequence[str | Factor] = (),
    samples: int = SAMPLES,
    trajectories: int = TRAJECTORIES,
    keep: int = KEEP,
    groups: bool = False,
    function: str = "",
    **settings: Any,
) -> Plan:
    """Plan a sensitivity analysis.

    Args:
        source: A zone, a comparison or a study: its name, its file, or the object.
        programme: The programme; needed for a zone, and picks one of a comparison or study.
        measures: What the indices are about.
        seeds: Common seeds (replicates) that every point is run with.
        vary: Names of factors, or factors; everything uncertain when left out.
        samples: Base samples of the Sobol indices, a power of 2.
        trajectories: Of the screening; 0 leaves it out.
        keep: Factors that go on to the Sobol indices, at most.
        groups: Factors of one group move together.
        function: Run this in place of the engine; `vary` then holds factors.
        settings: Other settings of a study file, such as programme_months or seed.

    Raises:
        InputError: A name that does not exist, a factor that cannot be varied.
        StudyError: Too few seeds, or what cannot be analysed.
    """
    if seeds < FEW_REPLICATES:
        raise StudyError(
            f"{seeds} seeds: what is found may belong to those seeds alone. Take {FEW_REPLICATES} or more."
        )
    spec, own = _spec(source, programme)
    changes: dict[str, Any] = {
        "measures": tuple(measures) or spec.measures or MEASURES,
        **{"replicates": seeds, "draws": 1, "design": None, "luck": "common", "keep": "measures"},
    }
    spec = _built(spec.model_dump(mode="json") | changes | settings)
    if len(spec.zones) > 1:
        raise StudyError(
            f"A sensitivity analysis is about one zone, and this study has {len(spec.zones)}. "
            "Write a study of one zone."
        )
    factors = _factors(spec, vary, own, function)
    if len(factors) < 2:
        raise StudyError("There is only one thing to vary; a sweep of it says more: clfz sweep.")
    names = [each.name for each in factors]
    if twice := [name for name in names if names.count(name) > 1]:
        raise StudyError(f"{twice[0]} is to be varied twice; keep one.")
    made = Plan(spec, factors, trajectories, samples, max(2, keep), groups, function)
    if groups and made.parts < 2:
        raise StudyError(
            f"All factors belong to one group ({factors[0].group}), so there is nothing to tell apart."
        )
    if 0 < trajectories < FEWEST_TRAJECTORIES:
        raise StudyError(
            f"{trajectories} trajectories are too few to say anything; take {FEWEST_TRAJECTORIES} or more, "
            "better 10."
        )
    if samples < FEWEST_SAMPLES or samples & (samples - 1):
        below = max(FEWEST_SAMPLES, 1 << (max(samples, 1).bit_length() - 1))
        raise StudyError(
            f"{samples} samples: take a power of 2 from {FEWEST_SAMPLES} up, such as {below} or {2 * below}; "
            "a Sobol sequence is even only there."
        )
    if max(trajectories, samples) * (made.parts + 2) > MOST_ROWS:
        raise StudyError(f"That makes more than {MOST_ROWS} points; take fewer samples.")
    return made


def _spec(source: Any, programme: str | None) -> tuple[StudyFile, dict[str, Any]]:
    """A study file, and the factors that its design names: name -> (low, high), or None for its prior."""
    if isinstance(source, str | os.PathLike) and (kind := kind_of(source)) != "zone":
        source = check(kind, source).use()
    if isinstance(source, StudyFile):
        return _picked(source, programme), _ranges(source)
    if isinstance(source, Comparison):
        data = source.model_dump(mode="json")
        same = {name: data[name] for name in StudyFile.model_fields if name in data}
        return _picked(_built(same | {"zones": [data["zone"]]}), programme), {}
    if programme is None:
        raise StudyError(
            f"Which programme in {source}? For example: clfz sensitivity {source} area-based"
        )
    place, doing = load_zone(source), load_programme(programme)
    fields = {
        "name": f"{place.name}-{doing.name}",
        "title": f"What moves the effect of “{doing.title}”?",
        "question": f"{place.title}: of all that is uncertain, what matters, and what does not?",
        "zones": [str(source)],
        "programmes": list(dict.fromkeys(["none", str(programme)])),
        "after_months": 60,
    }
    return _built(fields), {}


def kind_of(source: str | os.PathLike[str]) -> str:
    """Whether a name or file is a study, a comparison or a zone.

    Raises:
        InputError: It is none of them.
    """
    kinds = ("study", "comparison", "zone")
    if find.is_path(source):
        kind, _, problems, _ = check_file(source)
        if kind in kinds:
            return kind
        text = f"this is a {kind} file, and a study, a comparison or a zone is needed."
        raise InputError(problems or [Problem(find.shown_path(source), 1, 1, text)])
    name = str(source)
    for kind in kinds:
        if name in find.names(kind):
            return kind
    if Path(f"{name}.yaml").is_file():
        hint = f"For the file in this folder write {name}.yaml. "
    else:
        hint = did_you_mean(name, [each for kind in kinds for each in find.names(kind)])
    text = f'there is no study, comparison or zone "{name}". {hint}'
    raise wrong(f"{text}All: clfz list studies, clfz zones")


def _built(fields: dict[str, Any]) -> StudyFile:
    made, faults = build(StudyFile, fields, "a study")
    refuse(fault.message for fault in faults)
    assert made is not None
    return made


def _picked(spec: StudyFile, programme: str | None) -> StudyFile:
    """The study with one programme beside none."""
    if programme is None:
        return spec
    if programme not in spec.programmes:
        hint = did_you_mean(programme, spec.programmes)
        raise StudyError(
            f'"{programme}" is no programme of {spec.name}. {hint}It has: {", ".join(spec.programmes)}.'
        )
    chosen = tuple(dict.fromkeys((spec.programmes[0], programme)))
    return spec.model_copy(update={"programmes": chosen})


def _ranges(spec: StudyFile) -> dict[str, Any]:
    design: Any = spec.design
    if design is None:
        return {}
    if design.kind not in ("latin-hypercube", "sobol"):
        raise StudyError(
            f"The design of {spec.name} is a {design.kind}, which has no ranges to sample from. Write "
            "kind: sobol with {low, high} or prior, or leave the design out to vary everything uncertain."
        )
    return {
        name: None if each.from_prior else (each.low, each.high)
        for name, each in design.factors.items()
    }


def _factors(
    spec: StudyFile, vary: Sequence[str | Factor], own: dict[str, Any], function: str
) -> tuple[Factor, ...]:
    given = tuple(each for each in vary if isinstance(each, Factor))
    if function:
        return given
    _, fixed = split_overrides(spec.set, load_parameters())
    space = Space(
        tuple(load_zone(zone) for zone in spec.zones),
        tuple(load_programme(name) for name in spec.programmes),
        override(load_parameters(), fixed),
    )
    wanted = [_ends(each) for each in vary if isinstance(each, str)] or list(own.items())
    if not wanted and not given:
        return all_uncertain(space)
    refuse(f"{name} is set and varied; keep one." for name, _ in wanted if name in spec.set)
    return (*given, *(factor(space, name, ends) for name, ends in wanted))


def _ends(text: str) -> tuple[str, tuple[float, float] | None]:
    """Read NAME or NAME=LOW:HIGH."""
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not equals:
        return name, None
    low, colon, high = rest.partition(":")
    try:
        if not colon:
            raise ValueError
        return name, (float(low), float(high))
    except ValueError:
        raise StudyError(
            f'"{text}" is not NAME or NAME=LOW:HIGH, as in cash_transfer.amount_eur=3:12.'
        ) from None


def all_uncertain(space: Space) -> tuple[Factor, ...]:
    """Everything that a draw draws: parameters and data of the zone that have a range."""
    fixed = {".".join(path) for path in NOT_DRAWN}
    return tuple(
        factor(space, name)
        for name, kind in space.kinds.items()
        if kind in (PARAMETER, ZONE_INPUT) and name not in fixed and not space.no_prior(name)
    )


def factor(space: Space, name: str, ends: tuple[float, float] | None = None) -> Factor:
    """One factor, uniform between two ends, or with the range and shape of its own file.

    Raises:
        InputError: It cannot be varied like that.
    """
    kind = space.kinds.get(name)
    if kind == SEED:
        told: str | None = (
            "seed is chance, not a factor: every point is run with several seeds as it is (--seeds)."
        )
    elif not ends and kind in (LEVER, FIELD):
        told = f"{name} has no range of its own. Write {name}=LOW:HIGH."
    else:
        told, _ = space.faults(name, ends)
    if not told and ends and ends[0] >= ends[1]:
        told = f"{name}: low {ends[0]:g} is not below high {ends[1]:g}."
    if told:
        raise wrong(told)
    head = name.split(".", 1)[0]
    group, meaning, mode = f"zone: {head}", in_words(name), None
    if kind == FIELD:
        group = head
    elif kind == LEVER:
        group, meaning = "levers", LEVERS[INDEX[name]].meaning
    elif kind == PARAMETER:
        entry = next(each for each in space.parameters if each.name == name)
        group, meaning, mode = entry.group, entry.meaning, entry.prior.mode
    else:
        data = {".".join(map(str, path)): each for path, each in space.zones[0].quantities()}
        mode = float(data[name].value)
    if ends:
        return Factor(name, *ends, None, group, meaning.rstrip("."))
    low, high = space.quantile(name, 0.0), space.quantile(name, 1.0)
    return Factor(name, low, high, mode, group, meaning.rstrip("."))


def problem_spec(
    factors: Sequence[Factor], outputs: Sequence[str] = ("Y",), *, groups: bool = False
) -> ProblemSpec:
    """The `ProblemSpec` of SALib: names, bounds, distributions, groups.

    Args:
        factors: What is varied.
        outputs: Names of the measures.
        groups: Whether factors of one group move together.

    Raises:
        StudyError: SALib cannot hold one of the ranges.
    """
    bounds: list[list[float]] = []
    for each in factors:
        bounds.append([each.low, each.high])
        if each.mode is None:
            continue
        if each.high < 0:
            raise StudyError(
                f"{each.name} has a peaked range below zero, which SALib cannot hold. "
                "Give it even ends: --vary NAME=LOW:HIGH."
            )
        bounds[-1].append(min((each.mode - each.low) / (each.high - each.low), NEARLY_ONE))
    spec = {
        "names": [each.name for each in factors],
        "bounds": bounds,
        "dists": ["unif" if each.mode is None else "triang" for each in factors],
        "outputs": list(outputs),
    }
    return ProblemSpec(spec | ({"groups": [each.group for each in factors]} if groups else {}))
