"""Data against a model: the object, or everything that is wrong with it, in plain words."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from clfz.inputs.number_text import advice, number_from_text
from clfz.inputs.plain_words import label, misfit, missing_setting, unknown_setting
from clfz.inputs.problems import DataPath, Fault, Problem, Wrong, nearest, shown
from clfz.inputs.shape import Shape, shape_of
from clfz.inputs.yaml_reader import Document

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], document: Document, what: str
) -> tuple[Model | None, list[Problem]]:
    """Make a `model` of a document; `what` names it in messages ("this zone file").

    Returns:
        the object (None when something is wrong) and all problems, the reader's among them.
    """
    value, found = build(model, document.data, what)
    problems = list(document.problems)
    told = {(problem.line, problem.column) for problem in problems}
    for fault in found:
        problem = document.problem(*fault)
        if (problem.line, problem.column) not in told:  # the reader has refused this value already
            problems.append(problem)
    return (None if problems else value), problems


def build(model: type[Model], data: Any, what: str) -> tuple[Model | None, list[Fault]]:
    """The same for plain data: faults are told by path, without line and column."""
    shape = shape_of(model)
    found: list[Fault] = []
    ready = _with_numbers(data, shape, (), found)
    value = None
    try:
        value = model.model_validate(ready)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found += [one for detail in details for one in _explain(detail, data, shape, what, details)]
    first: dict[tuple[DataPath, str], Fault] = {}
    for fault in found:
        # Two messages about one value (both branches of an "or") are one too many, but a group
        # may well have several things wrong with it.
        is_group = isinstance(_value(data, fault.path), dict | list)
        first.setdefault((fault.path, fault.message if is_group else ""), fault)
    return (None if first else value), list(first.values())


def _with_numbers(data: Any, shape: Shape | None, path: DataPath, found: list[Fault]) -> Any:
    """A copy with the numbers that were written as text ("23%") turned into numbers."""
    if isinstance(data, dict):
        return {
            key: _with_numbers(item, shape and shape.child(key), (*path, key), found)
            for key, item in data.items()
        }
    if isinstance(data, list):
        return [
            _with_numbers(item, shape and shape.child(at), (*path, at), found)
            for at, item in enumerate(data)
        ]
    if shape is None or not shape.is_number:
        return data
    if isinstance(data, bool):
        found.append(Fault(path, misfit(path, data, shape, "")))
    if isinstance(data, str):
        number = number_from_text(data, shape.is_share)
        if number is not None:
            return number
        if better := advice(data, label(path)):
            found.append(Fault(path, better))
    return data


def _explain(
    error: ErrorDetails, data: Any, shape: Shape, what: str, others: list[ErrorDetails]
) -> list[Fault]:
    """What one error of pydantic means for the reader; most are one fault, some several or none."""
    path = _real_path(error["loc"], data)
    value = _value(data, path)
    kind = error["type"]
    if kind == "missing":
        if _misspelt(error, others, shape.at(path)):
            return []  # told once, as misspelt, and not again as missing
        path = (*path, error["loc"][-1])
        return [Fault(path, missing_setting(path, shape.at(path), what))]
    if kind == "extra_forbidden":
        text = unknown_setting(path, value, shape.at(path[:-1]), what)
        return [Fault(path, text, at_name=True)]
    if kind == "too_short" and isinstance(value, list) and value:
        return []  # pydantic counts the sound entries only; what is wrong with the others is told
    if kind in ("value_error", "assertion_error"):
        return _raised(error.get("ctx", {}).get("error"), path, value, label(path, what))
    return [Fault(path, misfit(path, value, shape.at(path), what))]


def _raised(error: Exception | None, path: DataPath, value: Any, here: str) -> list[Fault]:
    """Faults behind an error that a check of a model raised."""
    if isinstance(error, Wrong):
        return [
            Fault((*path, *inner), text.replace("{here}", here), at_name)
            for inner, text, at_name in error.found
        ]
    text = f"{str(error or '').rstrip('.') or 'this cannot be used'}."
    if isinstance(value, dict):
        # Point at the setting that the message speaks of first.
        spoken = [word for word in re.findall(r"\w+", text) if word in value]
        return [Fault((*path, *spoken[:1]), f"{here}: {text}")]
    if isinstance(value, list):
        return [Fault(path, f"{here}: {text}")]
    return [Fault(path, f"{here} is {shown(value)}: {text}")]


def _real_path(loc: tuple[str | int, ...], data: Any) -> DataPath:
    """A location without the steps that name a branch of the model and not a place in the data."""
    path: DataPath = ()
    here = data
    for step in loc:
        inside = isinstance(here, dict) and step in here
        listed = isinstance(here, list) and isinstance(step, int) and step < len(here)
        if inside or listed:
            here = here[step]
            path = (*path, step)
    return path


def _misspelt(missing: ErrorDetails, others: list[ErrorDetails], group: Shape | None) -> bool:
    *around, name = missing["loc"]
    known = group.settings if group else []
    return any(
        other["type"] == "extra_forbidden"
        and list(other["loc"][:-1]) == around
        and nearest(str(other["loc"][-1]), known) == name
        for other in others
    )


def _value(data: Any, path: DataPath) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
