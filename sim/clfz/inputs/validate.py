"""Data against a model: the object, or everything that is wrong with it, in plain words.

pydantic finds what is wrong; what to tell is read from the JSON Schema of the model, the one that also helps an editor
complete a file: which settings are known here, what kind of value, between which bounds, with which example.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails

from clfz.inputs.number_text import advice, number_from_text
from clfz.inputs.problems import DataPath, Fault, Problem, Wrong, did_you_mean, nearest, shown
from clfz.inputs.yaml_reader import Document, value_at
from clfz.programme.registry import Kinded, union_of

Model = TypeVar("Model", bound=BaseModel)
K = TypeVar("K", bound=Kinded)


def validate(
    model: type[Model], document: Document, what: str
) -> tuple[Model | None, list[Problem]]:
    """Make a `model` of a document; `what` names it in messages ("this zone file").

    Returns:
        the object (None when something is wrong) and all problems, the reader's among them.
    """
    value, found = build(model, document.data, what)
    told = {(problem.line, problem.column) for problem in document.problems}
    faults = (document.problem(*fault) for fault in found)
    # what the reader has refused already is not told again
    more = [each for each in faults if (each.line, each.column) not in told]
    problems = document.problems + more
    return (None if problems else value), problems


def build(model: type[Model], data: Any, what: str) -> tuple[Model | None, list[Fault]]:
    """The same for plain data: faults are told by path, without line and column."""
    schema = schema_of(model)
    found: list[Fault] = []
    ready = _with_numbers(data, schema, (), found)
    value = None
    try:
        value = model.model_validate(ready)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found += [one for each in details for one in _explain(each, data, schema, what, details)]
    first: dict[tuple[DataPath, str], Fault] = {}
    for fault in found:
        # Two messages about one value (both branches of an "or") are one too many, but a group
        # may well have several things wrong with it.
        is_group = isinstance(value_at(data, fault.path), dict | list)
        first.setdefault((fault.path, fault.message if is_group else ""), fault)
    return (None if first else value), list(first.values())


def pick(block: Any, known: Mapping[str, type[K]], noun: str) -> Any:
    """Make the object that a block describes by its `kind:`; anything that is no block is given back.

    Args:
        block: a mapping with `kind` and the fields of that kind, or an object made before.
        known: kind -> class.
        noun: what these things are called, such as "intervention".

    Raises:
        Wrong: everything that is wrong with the block, in plain words.
    """
    if isinstance(block, Kinded):
        return block
    if not isinstance(block, dict):
        like = block if isinstance(block, str) and block in known else next(iter(known))
        text = f"{shown(block)} is no group of settings. Write kind: {like}"
        raise Wrong([((), f"{text}, and its settings in the lines below.")])
    kind = block.get("kind")
    every = f"All: {', '.join(known)}"
    if kind is None:
        if misspelt := next((key for key in block if nearest(key, ["kind"])), None):
            text = f'there is no setting "{misspelt}". Did you mean "kind"?'
            raise Wrong([Fault((misspelt,), text, at_name=True)])
        raise Wrong([((), f"kind is missing: which {noun} is it? {every}")])
    if not isinstance(kind, str) or kind not in known:
        hint = did_you_mean(str(kind), known)
        raise Wrong([(("kind",), f"{shown(kind)} is not a known {noun}. {hint}{every}")])
    value, found = build(known[kind], block, kind)
    if found:
        raise Wrong(found)
    return value


def one_of(known: Mapping[str, type[K]], noun: str) -> BeforeValidator:
    """What makes a field of a model one of these kinds, as `pick` says."""
    make = partial(pick, known=known, noun=noun)
    return BeforeValidator(make, json_schema_input_type=union_of(known))


def _with_numbers(data: Any, schema: Schema | None, path: DataPath, found: list[Fault]) -> Any:
    """A copy with the numbers that were written as text ("23%") turned into numbers."""
    if isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data)
        whole = {
            step: _with_numbers(item, schema and schema.child(step), (*path, step), found)
            for step, item in pairs
        }
        return whole if isinstance(data, dict) else list(whole.values())
    if schema is None or not schema.is_number:
        return data
    if isinstance(data, bool):
        found.append(Fault(path, _misfit(path, data, schema, "")))
    if isinstance(data, str):
        number = number_from_text(data, schema.is_share)
        if number is not None:
            return number
        if better := advice(data, _label(path)):
            found.append(Fault(path, better))
    return data


class Schema:
    """What may stand at one place of a file: a JSON Schema whose references and alternatives are followed."""

    def __init__(self, node: dict[str, Any], root: dict[str, Any], example: Any = None) -> None:
        self.root = root
        self.branches = list(_branches(node, root))
        keywords: dict[str, Any] = {}
        for branch in (*reversed(self.branches), node):
            keywords |= branch
        self.get = keywords.get
        """A keyword of the schema (description, minimum, ...), from the nearest that has it."""
        examples = self.get("examples") or [self.get("default") or None]
        self.example = examples[0] if example is None else example
        """An example of a value, from that of the group around it if there is one, or the default, or None."""
        self.settings = [name for branch in self.branches for name in branch.get("properties", {})]
        """Names of the settings of a group, in their order."""
        types = dict.fromkeys(branch["type"] for branch in self.branches if "type" in branch)
        self.optional = "null" in types
        self.types = [name for name in types if name != "null"]
        self.choices = [
            str(word)
            for branch in self.branches
            for word in branch.get("enum", [branch["const"]] if "const" in branch else [])
        ]
        """The only words that are allowed here; empty when any is."""
        self.is_number = bool(self.types) and set(self.types) <= {"number", "integer"}
        low, high = self.get("minimum"), self.get("maximum")
        bounded = low is not None and high is not None and low >= 0 and 0 < high <= 1
        self.is_share = self.types == ["number"] and bounded

    def child(self, step: str | int) -> Schema | None:
        """What may stand at one setting (or list item) inside this; None when nothing."""
        for branch in self.branches:
            others = branch.get("additionalProperties")
            settings = branch.get("properties", {})
            inner = branch.get("items") if isinstance(step, int) else settings.get(step, others)
            if isinstance(inner, dict):
                around = self.example
                known = isinstance(around, dict) and step in around
                return Schema(inner, self.root, around[step] if known else None)
        return None

    def at(self, path: DataPath) -> Schema | None:
        """The same at a path below this."""
        here: Schema | None = self
        for step in path:
            here = here.child(step) if here else None
        return here


class InOrder(GenerateJsonSchema):
    """Keeps settings and examples in the order in which they were written."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Sort nothing."""
        return value


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """The schema of a whole model."""
    schema = model.model_json_schema(schema_generator=InOrder)
    return Schema(schema, schema)


def _branches(node: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    if reference := node.get("$ref"):
        target: Any = root
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        return _branches(target, root)
    if inner := node.get("anyOf") or node.get("allOf"):  # blocks by kind, "oneOf", check themselves
        return [branch for one in inner for branch in _branches(one, root)]
    return [node]


def _explain(
    error: ErrorDetails, data: Any, schema: Schema, what: str, others: list[ErrorDetails]
) -> list[Fault]:
    """What one error of pydantic means for the reader; most are one fault, some several or none."""
    path: DataPath = ()  # without the steps that name a branch of the model and no place in the data
    here = data
    for step in error["loc"]:
        listed = isinstance(here, list) and isinstance(step, int) and step < len(here)
        if listed or (isinstance(here, dict) and step in here):
            here, path = here[step], (*path, step)
    value, around = value_at(data, path), schema.at(path)
    kind, name = error["type"], error["loc"][-1] if error["loc"] else ""
    if kind == "missing":
        for other in others:
            beside = other["type"] == "extra_forbidden" and other["loc"][:-1] == error["loc"][:-1]
            if beside and nearest(str(other["loc"][-1]), around.settings if around else []) == name:
                return []  # told once, as misspelt, and not again as missing
        path = (*path, name)
        return [Fault(path, _missing(path, schema.at(path), what))]
    if kind == "extra_forbidden":
        text = _unknown(path, value, schema.at(path[:-1]), what)
        return [Fault(path, text, at_name=True)]
    if kind == "too_short" and isinstance(value, list) and value:
        return []  # pydantic counts the sound entries only; what is wrong with the others is told
    if kind not in ("value_error", "assertion_error"):
        return [Fault(path, _misfit(path, value, around, what))]
    raised, label = error.get("ctx", {}).get("error"), _label(path, what)
    if isinstance(raised, Wrong):
        return [
            Fault((*path, *inner), text.replace("{here}", label), at_name)
            for inner, text, at_name in raised.found
        ]
    text = f"{str(raised or '').rstrip('.') or 'this cannot be used'}."
    if isinstance(value, dict):
        # Point at the setting that the message speaks of first.
        spoken = [word for word in re.findall(r"\w+", text) if word in value]
        return [Fault((*path, *spoken[:1]), f"{label}: {text}")]
    written = "" if isinstance(value, list) else f" is {shown(value)}"
    return [Fault(path, f"{label}{written}: {text}")]


# Sentences: what was written, what may stand there, an example.

_TYPE_WORDS = {
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of settings",
}


def _label(path: DataPath, what: str = "") -> str:
    """The name of a place as a reader would say it: the dotted path below the last list."""
    lists = [at for at, step in enumerate(path) if isinstance(step, int)]
    names = path[lists[-1] + 1 :] if lists else path
    if names or not path:
        return ".".join(map(str, names)) or what
    return f"entry {int(path[-1]) + 1}" + (f" of {path[-2]}" if len(path) > 1 else "")


def _unknown(path: DataPath, value: Any, around: Schema | None, what: str) -> str:
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
    end = f"(known: {', '.join(known)})" if known else ""
    text = f'there is no setting "{name}" in {_label(path[:-1], what)}. '
    return f"{text}{did_you_mean(name, known)}{end}".rstrip()


def _missing(path: DataPath, schema: Schema | None, what: str) -> str:
    """A setting that must be there and is not."""
    text = f"{path[-1]} is missing in {_label(path[:-1], what)}."
    if schema is None:
        return text
    if description := schema.get("description"):
        text += f" It is: {description.rstrip('.')}."
    if schema.example is not None:
        return f"{text} For example: {path[-1]}: {_as_written(schema.example)}"
    return f"{text} Its settings: {', '.join(schema.settings)}." if schema.settings else text


def _misfit(path: DataPath, value: Any, schema: Schema | None, what: str) -> str:
    """A value of the wrong type, outside its bounds or not among the known words."""
    name = _label(path, what)
    if schema is None:
        return f"{name} is {shown(value)}, which cannot be used here."
    if {"value", "low", "high", "source"} <= set(schema.settings) and not isinstance(value, dict):
        number = value if isinstance(value, int | float) else "..."
        parts = f'{{value: {number}, low: ..., high: ..., source: "..."}}'
        return f"{name} is {shown(value)}, but it is written with range and source. Write {parts}"
    verb = "is empty; it must be" if value is None else f"is {shown(value)}, but it must be"
    return f"{name} {verb} {_wanted(schema, value)}.{_hint(schema, value)}"


def _wanted(schema: Schema, value: Any) -> str:
    if schema.choices:
        words = ("one of: " if schema.choices[1:] else "") + ", ".join(schema.choices)
    elif schema.is_number:
        bounds = _bounds(schema)
        kind = "a whole number" if "integer" in schema.types else "a number"
        if kind == "a number" and _is_number(value) and bounds:
            kind = ""  # it is one already; what is wrong is its size
        of = "of " if kind and bounds and not bounds.startswith("between") else ""
        words = f"{kind} {of}{bounds}".strip()
    else:
        words = " or ".join(_TYPE_WORDS.get(name, name) for name in schema.types)
        words = words or "something else"
        least, most = schema.get("minLength"), schema.get("maxLength")
        if value == []:
            words += " with one entry at least"
        elif most is not None:
            words += f" of {f'{least} to' if least else 'at most'} {most} characters"
        if schema.settings:
            words += f" ({', '.join(schema.settings)})"
    return f"{words}, or null" if schema.optional else words


def _bounds(schema: Schema) -> str:
    names = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
    ends = {key: f"{schema.get(key):.15g}" for key in names if schema.get(key) is not None}
    if {"minimum", "maximum"} <= set(ends):
        return f"between {ends['minimum']} and {ends['maximum']}"
    return " and ".join(f"{names[key]} {end}" for key, end in ends.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _hint(schema: Schema, value: Any) -> str:
    """What was probably meant, or an example: a sentence after a blank, or nothing."""
    if schema.choices:
        return f" {did_you_mean(str(value), schema.choices)}".rstrip()
    if schema.is_share and _is_number(value) and 1 < value <= 100:
        return f' If you mean {value:g} per cent, write {value / 100:g} or "{value:g}%".'
    if schema.types == ["array"] and isinstance(value, str) and value:
        items = [item for item in re.split(r"[,;\s]+", value) if item]
        return f" Write [{', '.join(items)}]"
    if schema.types == ["string"] and _is_number(value) and not schema.get("pattern"):
        return f' Write "{value}" in quotes.'
    sized = _is_number(value) and _bounds(schema)  # the number is fine, only too large or small
    if schema.example is None or sized:
        return ""
    return f" For example: {_as_written(schema.example)}"


def _as_written(example: Any) -> str:
    """An example on one line, as it would stand in a file."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_as_written(item)}" for key, item in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(_as_written(item) for item in example) + "]"
    if isinstance(example, str) and re.fullmatch(r"[A-Za-z][\w .,()/-]*", example):
        return example
    return json.dumps(example, ensure_ascii=False)


# Names and texts that several kinds of files share.


def _checked_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        guess = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "my-zone"
        raise ValueError(f"a name has small letters, digits and single hyphens only. Write {guess}")
    return text


Name = Annotated[
    str,
    Field(max_length=60, json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
    AfterValidator(_checked_name),
]
"""Name of a zone, programme, shock, comparison or study: the file's name without .yaml."""
Line = Annotated[str, Field(min_length=1, max_length=200)]
"""A text on one line, such as a title."""
Prose = Annotated[str, Field(min_length=1, max_length=4000)]
"""Some sentences."""


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if found := repeated(names, "{here}"):
        raise Wrong(found)
    return names


Names = Annotated[tuple[Line, ...], AfterValidator(_each_once)]
"""A list in which nothing stands twice."""


def repeated(names: tuple[str, ...], where: str) -> list[tuple[DataPath, str]]:
    """Every name that stands in the list for a second time: its place, and what to tell."""
    return [
        ((at,), f'"{name}" stands twice in {where}; keep one.')
        for at, name in enumerate(names)
        if names.index(name) != at
    ]
