"""Data against a model: the object, or everything that is wrong with it, in plain words."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.inputs.number_text import advice, number_from_text
from sim.inputs.plain_words import label, misfit, missing_setting, unknown_setting
from sim.inputs.problems import DataPath, Problem, Wrong, nearest, shown
from sim.inputs.shape import Shape, shape_of
from sim.inputs.yaml_reader import Document

Model = TypeVar("Model", bound=BaseModel)
Found = list[tuple[DataPath, str]]


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
    for path, message in found:
        problem = document.problem(path, message, at_key=" no setting " in message)
        if (problem.line, problem.column) not in told:  # the reader has refused this value already
            problems.append(problem)
    return (None if problems else value), problems


def build(model: type[Model], data: Any, what: str) -> tuple[Model | None, Found]:
    """The same for plain data: problems are told by path, without line and column."""
    shape = shape_of(model)
    found: Found = []
    ready = _with_numbers(data, shape, (), found)
    value = None
    try:
        value = model.model_validate(ready)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found += [one for detail in details for one in _explain(detail, data, shape, what, details)]
    first: dict[DataPath, str] = {}
    for path, message in found:
        # Two messages about one value (both branches of an "or") are one too many, but a group
        # may well have several things wrong with it.
        if isinstance(_value(data, path), dict | list):
            path = (*path, f"\x00{message}")
        first.setdefault(path, message)
    kept = [(path[:-1] if _is_mark(path) else path, message) for path, message in first.items()]
    return (None if kept else value), kept


def _is_mark(path: DataPath) -> bool:
    return bool(path) and isinstance(path[-1], str) and path[-1].startswith("\x00")


def _with_numbers(data: Any, shape: Shape | None, path: DataPath, found: Found) -> Any:
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
        found.append((path, misfit(path, data, shape, "")))
    if isinstance(data, str):
        number = number_from_text(data, shape.is_share)
        if number is not None:
            return number
        if better := advice(data, label(path)):
            found.append((path, better))
    return data


def _explain(
    error: ErrorDetails, data: Any, shape: Shape, what: str, others: list[ErrorDetails]
) -> Found:
    path = _real_path(error["loc"], data)
    kind = error["type"]
    if kind == "missing":
        path = (*path, error["loc"][-1]) if path != error["loc"] else path
        # A misspelt name is told once, as misspelt, and not again as missing.
        return (
            []
            if _misspelt(error, others)
            else [(path, missing_setting(path, shape.at(path), what))]
        )
    value = _value(data, path)
    if kind == "too_short" and isinstance(value, list) and value:
        return []  # pydantic counts the sound entries only; what is wrong with the others is told
    if kind == "extra_forbidden":
        return [(path, unknown_setting(path, value, shape.at(path[:-1]), what))]
    if kind in ("value_error", "assertion_error"):
        raised = error.get("ctx", {}).get("error")
        if isinstance(raised, Wrong):
            here = label(path, what)
            return [((*path, *inner), text.replace("{here}", here)) for inner, text in raised.found]
        text = f"{str(raised).rstrip('.') or 'this cannot be used'}."
        if isinstance(value, dict):
            # Point at the setting that the message speaks of first.
            spoken = [word for word in re.findall(r"\w+", text) if word in value]
            return [((*path, *spoken[:1]), f"{label(path, what)}: {text}")]
        if isinstance(value, list):
            return [(path, f"{label(path, what)}: {text}")]
        return [(path, f"{label(path, what)} is {shown(value)}: {text}")]
    return [(path, misfit(path, value, shape.at(path), what))]


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


def _misspelt(missing: ErrorDetails, others: list[ErrorDetails]) -> bool:
    *around, name = missing["loc"]
    written = [
        str(other["loc"][-1])
        for other in others
        if other["type"] == "extra_forbidden" and list(other["loc"][:-1]) == around
    ]
    return any(nearest(word, [str(name)]) for word in written)


def _value(data: Any, path: DataPath) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
