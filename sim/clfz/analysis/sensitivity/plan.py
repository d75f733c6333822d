"""What is asked: a zone and its programmes, or a comparison, or a study file; which factors; how many samples."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.analysis.sensitivity.factors import Factor, all_uncertain, factor
from clfz.analysis.sensitivity.samples import refuse_sizes
from clfz.inputs.study import FEW_LUCKS, StudyFile
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from clfz.inputs import Comparison

MEASURES = ("child_years_in_school_gained", "child_labour_rate@end")
TRAJECTORIES, SAMPLES, KEEP = 10, 64, 30
SHAPES = "latin-hypercube", "sobol"


@dataclass(frozen=True, eq=False)
class Plan:
    """A sensitivity analysis before it is run: plain data.

    Attributes:
        spec: The zone, the programmes, how long, which measures, how many lucks (replicates).
        factors: What is varied.
        trajectories: Of Morris; 0 leaves the screening out.
        samples: Base samples of the Sobol indices, a power of 2.
        keep: How many factors go on from the screening to the Sobol indices, at most.
        groups: Whether factors of one group move together.
        function: Run this in place of the engine (`clfz.runs.study.find_function`).
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
    def screened(self) -> bool:
        """Whether trajectories are run first."""
        return self.trajectories > 0

    @property
    def going_on(self) -> int:
        """How many parts the Sobol indices are reckoned of."""
        return min(self.parts, self.keep) if self.screened and not self.groups else self.parts

    @property
    def runs(self) -> int:
        """Runs of both tables."""
        rows = self.trajectories * (self.parts + 1) + self.samples * (self.going_on + 2)
        return rows * self.spec.replicates * len(self.spec.programmes)


def plan(
    source: str | os.PathLike[str] | StudyFile | Comparison,
    programme: str | None = None,
    *,
    measures: Sequence[str] = (),
    seeds: int = FEW_LUCKS,
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
        seeds: Common lucks that every point is run with.
        vary: Names of factors, or factors; everything uncertain when left out.
        samples: Base samples of the Sobol indices, a power of 2.
        trajectories: Of the screening; 0 leaves it out.
        keep: Factors that go on to the Sobol indices, at most.
        groups: Factors of one group move together.
        function: Run this in place of the engine; `vary` then holds factors.
        settings: Other settings of a study file, such as programme_months or seed.

    Raises:
        InputError: A name that does not exist, a factor that cannot be varied.
        StudyError: Too few lucks, or what cannot be analysed.
    """
    if seeds < FEW_LUCKS:
        raise StudyError(
            f"{seeds} seeds: what is found may belong to those lucks alone. Take {FEW_LUCKS} or more."
        )
    spec, own = _spec(source, programme)
    kept = tuple(measures) or spec.measures or MEASURES
    changes: dict[str, Any] = {"measures": kept, "replicates": seeds, "draws": 1, "design": None}
    changes |= {"luck": "common", "keep": "measures"} | settings
    spec = _built(spec, changes)
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
    refuse_sizes(made.trajectories, made.samples, made.parts)
    return made


def only(made: Plan, names: Sequence[str]) -> Plan:
    """The same about some of its factors."""
    return replace(made, factors=tuple(each for each in made.factors if each.name in set(names)))


def _spec(source: Any, programme: str | None) -> tuple[StudyFile, dict[str, Any]]:
    """A study file, and the factors that its design names: name -> (low, high), or None for its prior."""
    from clfz.inputs import Comparison
    from clfz.inputs.load import check

    if isinstance(source, str | os.PathLike):
        kind = kind_of(source)
        source = source if kind == "zone" else check(kind, source).use()
    if isinstance(source, StudyFile):
        return _picked(source, programme), _ranges(source)
    if isinstance(source, Comparison):
        fields: dict[str, Any] = {
            "name": source.name,
            "title": source.title,
            "question": source.question,
            "zones": [source.zone],
            "programmes": source.programmes,
        }
        same = ("shocks", "programme_months", "after_months", "seed", "reporting", "set")
        fields |= {name: getattr(source, name) for name in same}
        return _picked(_built(None, fields), programme), {}
    from clfz.inputs import load_programme, load_zone

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
    return _built(None, fields), {}


def kind_of(source: str | os.PathLike[str]) -> str:
    """Whether a name or file is a study, a comparison or a zone.

    Raises:
        InputError: It is none of them.
    """
    from clfz.inputs import InputError, Problem, find
    from clfz.inputs.load import check_file
    from clfz.inputs.problems import did_you_mean

    kinds = ("study", "comparison", "zone")
    if find.is_path(source):
        kind, problems, _ = check_file(source)
        if kind in kinds:
            return kind
        if problems:
            raise InputError(problems)
        text = f"this is a {kind} file, and a study, a comparison or a zone is needed."
        raise InputError([Problem(find.shown_path(source), 1, 1, text)])
    name = str(source)
    for kind in kinds:
        if name in find.names(kind):
            return kind
    if Path(f"{name}.yaml").is_file():
        hint = f"For the file in this folder write {name}.yaml. "
    else:
        hint = did_you_mean(name, [each for kind in kinds for each in find.names(kind)])
    text = f'there is no study, comparison or zone "{name}". {hint}'
    raise InputError([Problem("", 0, 0, f"{text}All: clfz list studies, clfz zones")])


def _built(spec: StudyFile | None, fields: dict[str, Any]) -> StudyFile:
    from clfz.inputs import InputError, Problem
    from clfz.inputs.validate import build

    whole = (spec.model_dump(mode="json") if spec else {}) | {
        name: value.model_dump(mode="json") if hasattr(value, "model_dump") else value
        for name, value in fields.items()
    }
    made, faults = build(StudyFile, whole, "a study")
    if made is None:
        raise InputError([Problem("", 0, 0, fault.message) for fault in faults])
    return made


def _picked(spec: StudyFile, programme: str | None) -> StudyFile:
    """The study with one programme beside none."""
    if programme is None:
        return spec
    if programme not in spec.programmes:
        from clfz.inputs.problems import did_you_mean

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
    if design.kind not in SHAPES:
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
    from clfz.inputs import InputError, Problem, load_parameters, load_programme, load_zone
    from clfz.inputs.factors import Space
    from clfz.inputs.parameters import override
    from clfz.runs.study import split_overrides

    _, fixed = split_overrides(spec.set, load_parameters())
    space = Space(
        tuple(load_zone(zone) for zone in spec.zones),
        tuple(load_programme(name) for name in spec.programmes),
        override(load_parameters(), fixed),
    )
    asked = [_ends(each) for each in vary if not isinstance(each, Factor)]
    wanted = asked or list(own.items())
    if not wanted and not given:
        return all_uncertain(space)
    told = [f"{name} is set and varied; keep one." for name, _ in wanted if name in spec.set]
    if told:
        raise InputError([Problem("", 0, 0, text) for text in told])
    return (*given, *(factor(space, name, *(ends or ())) for name, ends in wanted))


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
