"""Sentences about a value that does not fit: what was written, what may stand there, an example."""

from __future__ import annotations

import json
import re
from typing import Any

from clfz.inputs.number_text import advice, number_from_text
from clfz.inputs.problems import DataPath, did_you_mean, nearest, shown
from clfz.inputs.shape import Shape

_TYPE_WORDS = {
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of settings",
    "integer": "a whole number",
    "number": "a number",
}


def label(path: DataPath, what: str = "") -> str:
    """The name of a place as a reader would say it: the dotted path below the last list."""
    names: list[str] = []
    for step in reversed(path):
        if isinstance(step, int):
            break
        names.insert(0, step)
    if names:
        return ".".join(names)
    if path and len(path) > 1:
        return f"entry {int(path[-1]) + 1} of {path[-2]}"
    return f"entry {int(path[-1]) + 1}" if path else what


def unknown_setting(path: DataPath, value: Any, around: Shape | None, what: str) -> str:
    """A setting that does not exist; `around` is the group in which it was written."""
    name = str(path[-1])
    if value is None and name.isdigit():
        return (
            f'"{name}" stands alone after a comma. If the comma is for decimals, '
            f"write a point: 0.{name} instead of 0,{name}."
        )
    if name == "<<":
        return 'settings cannot be merged with "<<" here. Write them out.'
    known = around.settings if around else []
    where = label(path[:-1], what)
    end = f"(known: {', '.join(known)})" if known else ""
    return f'there is no setting "{name}" in {where}. {did_you_mean(name, known)}{end}'.rstrip()


def missing_setting(path: DataPath, shape: Shape | None, what: str) -> str:
    """A setting that must be there and is not."""
    name = str(path[-1])
    where = label(path[:-1], what)
    parts = [f"{name} is missing in {where}."]
    if shape is not None:
        if description := shape.get("description"):
            parts.append(f"It is: {description.rstrip('.')}.")
        if (example := shape.example) is not None:
            parts.append(f"For example: {name}: {_as_written(example)}")
        elif names := shape.settings:
            parts.append(f"Its settings: {', '.join(names)}.")
    return " ".join(parts)


def misfit(path: DataPath, value: Any, shape: Shape | None, what: str) -> str:
    """A value of the wrong type, outside its bounds or not among the known words."""
    name = label(path, what)
    if shape is None:
        return f"{name} is {shown(value)}, which cannot be used here."
    if isinstance(value, str) and shape.is_number:
        odd = number_from_text(value, shape.is_share) is None
        if odd and (better := advice(value, name)):
            return better
    if {"value", "low", "high", "source"} <= set(shape.settings) and not isinstance(value, dict):
        number = value if isinstance(value, int | float) else "..."
        parts = f'{{value: {number}, low: ..., high: ..., source: "..."}}'
        return f"{name} is {shown(value)}, but a figure has four parts. Write {parts}"
    verb = "is empty; it must be" if value is None else f"is {shown(value)}, but it must be"
    sentence = f"{name} {verb} {_wanted(shape, value)}."
    hints = [_share_hint(value, shape), _choice_hint(value, shape), _list_hint(value, shape)]
    told = "".join(hints)
    helps = not shape.choices and not _is_bounded(value, shape)
    if not told and shape.example is not None and helps:
        told = f" For example: {_as_written(shape.example)}"
    return sentence + told


def _wanted(shape: Shape, value: Any) -> str:
    if choices := shape.choices:
        words = f"one of: {', '.join(choices)}" if len(choices) > 1 else choices[0]
    elif shape.is_number:
        bounds = _bounds(shape)
        kind = "a whole number" if "integer" in shape.types else "a number"
        if "integer" not in shape.types and _is_number(value) and bounds:
            kind = ""  # it is one already; what is wrong is its size
        between = " of " if kind and bounds and not bounds.startswith("between") else " "
        words = f"{kind}{between}{bounds}".strip()
    else:
        words = " or ".join(_TYPE_WORDS.get(name, name) for name in shape.types) or "something else"
        words += " with one entry at least" if value == [] else _length(shape)
        if names := shape.settings:
            words += f" ({', '.join(names)})"
    return f"{words}, or null" if shape.optional else words


def _bounds(shape: Shape) -> str:
    low, high = _number(shape, "minimum"), _number(shape, "maximum")
    above, below = _number(shape, "exclusiveMinimum"), _number(shape, "exclusiveMaximum")
    if low and high:
        return f"between {low} and {high}"
    parts = [f"at least {low}"] if low else []
    parts += [f"more than {above}"] if above else []
    parts += [f"at most {high}"] if high else []
    parts += [f"less than {below}"] if below else []
    return " and ".join(parts)


def _number(shape: Shape, keyword: str) -> str:
    value = shape.get(keyword)
    return "" if value is None else f"{value:.15g}"


def _length(shape: Shape) -> str:
    if (most := shape.get("maxLength")) is not None:
        return (
            f" of at most {most} characters"
            if not shape.get("minLength")
            else (f" of {shape.get('minLength')} to {most} characters")
        )
    return ""


def _is_bounded(value: Any, shape: Shape) -> bool:
    """Whether the number itself is fine and only too large or small: an example would not help."""
    return _is_number(value) and bool(_bounds(shape))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _share_hint(value: Any, shape: Shape) -> str:
    if shape.is_share and _is_number(value) and 1 < value <= 100:
        return f' If you mean {value:g} per cent, write {value / 100:g} or "{value:g}%".'
    return ""


def _choice_hint(value: Any, shape: Shape) -> str:
    guess = nearest(str(value), shape.choices) if shape.choices else None
    return f' Did you mean "{guess}"?' if guess else ""


def _list_hint(value: Any, shape: Shape) -> str:
    if shape.choices:
        return ""
    if shape.types == ["array"] and isinstance(value, str) and value:
        items = [item for item in re.split(r"[,;\s]+", value) if item]
        return f" Write [{', '.join(items)}]"
    if shape.types == ["string"] and _is_number(value) and not shape.get("pattern"):
        return f' Write "{value}" in quotes.'
    return ""


def _as_written(example: Any) -> str:
    """An example on one line, as it would stand in a file."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_as_written(item)}" for key, item in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(_as_written(item) for item in example) + "]"
    if isinstance(example, str) and re.fullmatch(r"[A-Za-z][\w .,()/-]*", example):
        return example
    return json.dumps(example, ensure_ascii=False)
