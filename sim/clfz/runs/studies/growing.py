"""A folder and the study that is asked for: the same, a larger one, or another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.runs.studies.errors import StudyError
from clfz.runs.studies.fingerprint import fingerprint

if TYPE_CHECKING:
    from clfz.runs.studies.study import Study

GROWS = ("replicates", "draws", "programmes", "design")
"""Settings that a finished study can have more of."""
WORDS_ONLY = ("title", "question")


def grown(folder: Path, stored: Study, facts: Mapping[str, Any], asked: Study) -> Study:
    """What to run in a folder: everything that it holds already, and what is asked for beside it.

    Raises:
        StudyError: The folder belongs to another study, or a study cannot grow like that.
    """
    same_model(folder, facts)
    _same_settings(folder, stored, asked)
    if asked.spec.draws > stored.spec.draws == 1:
        raise StudyError(
            f"The study in {folder} has 1 draw, which takes central values, so it cannot grow to "
            f"{asked.spec.draws} draws. Give another folder."
        )
    larger = len(asked.rows) > len(stored.rows)
    if larger and stored.spec.draws > 1:
        raise StudyError(
            f"The study in {folder} has draws, so its design cannot grow. Give another folder."
        )
    _same_start(folder, stored, asked)
    few, many = sorted((stored, asked), key=lambda each: len(each.programmes))
    if few.programmes != many.programmes[: len(few.programmes)]:
        raise StudyError(
            f"The study in {folder} has the programmes {', '.join(stored.scenarios)}: new ones come after "
            "them, unchanged and in that order. Or give another folder."
        )
    base = asked if larger else stored
    spec = stored.spec.model_copy(
        update={
            "replicates": max(stored.spec.replicates, asked.spec.replicates),
            "draws": max(stored.spec.draws, asked.spec.draws),
            "programmes": many.spec.programmes,
            "design": base.spec.design,
        }
    )
    return type(stored)(
        spec=spec,
        zones=stored.zones,
        programmes=many.programmes,
        shocks=stored.shocks,
        parameters=stored.parameters,
        factors=stored.factors,
        rows=base.rows,
        function=stored.function,
    )


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
    from dataclasses import replace

    from clfz.inputs import InputError, Problem, StudyFile, load_programme
    from clfz.inputs.validate import build
    from clfz.runs.studies.designs import given_rows, rows_of
    from clfz.runs.studies.study import refuse_bad_points

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
    whole, faults = build(StudyFile, {**spec.model_dump(mode="json"), **changes}, "a study")
    if whole is None:
        raise InputError([Problem("", 0, 0, fault.message) for fault in faults])
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


def same_model(folder: Path, facts: Mapping[str, Any]) -> None:
    """Refuse to mix the numbers of two models.

    Raises:
        StudyError: The model was changed since the study began.
    """
    if facts["model"] != fingerprint():
        raise StudyError(
            f"The model was changed since {folder} was begun (it was {facts['model']}, now it is "
            f"{fingerprint()}), and numbers of two models are not mixed. Give another folder."
        )


def _same_settings(folder: Path, stored: Study, asked: Study) -> None:
    before, now = stored.facts(), asked.facts()
    if stored.function != asked.function:
        told = [each.function or "the engine" for each in (stored, asked)]
        raise StudyError(
            f"{folder} holds a study of {told[0]}, not of {told[1]}. Give another folder."
        )
    for name, value in before["spec"].items():
        if name in (*GROWS, *WORDS_ONLY):
            continue
        if value != now["spec"][name]:
            raise StudyError(
                f"{folder} holds another study: {name} is {_shown(value)} there and "
                f"{_shown(now['spec'][name])} here. Give another folder."
            )
    for name in ("zones", "shocks", "parameters", "measures", "factors"):
        if before[name] != now[name]:
            raise StudyError(
                f"{folder} holds another study: its {name} differ. Give another folder."
            )


def _same_start(folder: Path, stored: Study, asked: Study) -> None:
    shared = min(len(stored.rows), len(asked.rows))
    if not np.array_equal(stored.rows[:shared], asked.rows[:shared]):
        kind = getattr(stored.spec.design, "kind", "table of points")
        raise StudyError(
            f"{folder} holds another study: the rows of its {kind} differ. Only a sobol design and a "
            "table with new rows at its end can grow. Give another folder."
        )
    if len(asked.rows) < len(stored.rows) and stored.spec.draws != asked.spec.draws:
        raise StudyError(
            f"{folder} has more rows than are asked for; draws cannot be added to it so."
        )


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:50]}..."
