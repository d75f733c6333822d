"""The fields of a block of a file, read from the JSON Schema that editors use too."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from clfz.cli import tables

_TYPES = {"integer": "whole number", "boolean": "true or false", "string": "text"}


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """One field.

    Attributes:
        name: Name in the file; a dot goes one level down.
        default: What holds when it is left out; None when it must be given or has none.
        allowed: What may be written.
        meaning: What it is, in which unit, and where the default comes from.
    """

    name: str
    default: Any
    allowed: str
    meaning: str


def fields(model: type[BaseModel]) -> list[FieldFacts]:
    """Every field of a model and of the blocks inside it, without `kind`."""
    schema = model.model_json_schema(by_alias=True)
    return [field for field in _walk(schema, schema, "") if field.name != "kind"]


def field_table(found: list[FieldFacts]) -> str:
    """The fields as a table."""
    head = ("field", "default", "allowed", "what it is")
    rows = [(each.name, _written(each.default), each.allowed, each.meaning) for each in found]
    return tables.table(head, rows)


def as_dicts(found: list[FieldFacts]) -> list[dict[str, Any]]:
    """The fields for JSON."""
    return [asdict(each) for each in found]


def _walk(node: Mapping[str, Any], root: Mapping[str, Any], above: str) -> Iterator[FieldFacts]:
    for name, raw in node.get("properties", {}).items():
        here = _resolved(raw, root)
        if "properties" in here:
            yield from _walk(here, root, f"{above}{name}.")
            continue
        text = str(here.get("description") or here.get("title") or "")
        yield FieldFacts(above + name, here.get("default"), _allowed(here, root), text)


def _resolved(node: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """A node with its reference followed; what stands beside the reference wins."""
    if "$ref" not in node:
        return dict(node)
    target: Any = root
    for step in str(node["$ref"]).removeprefix("#/").split("/"):
        target = target[step]
    return {**_resolved(target, root), **{key: node[key] for key in node if key != "$ref"}}


def _allowed(node: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Say what may be written for a field."""
    options = [_resolved(option, root) for option in node.get("anyOf", ())]
    real = [option for option in options if option.get("type") != "null"]
    if real:
        return _allowed(real[0], root)
    if "enum" in node:
        return " | ".join(str(word) for word in node["enum"])
    if node.get("type") == "array":
        return f"list of {_allowed(_resolved(node.get('items', {}), root), root)}"
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{tables.number(low)} to {tables.number(high)}"
    if low is not None:
        return f"{tables.number(low)} or more"
    return _TYPES.get(str(node.get("type")), str(node.get("type", "anything")))


def _written(value: Any) -> str:
    """A default as a file would say it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return tables.number(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
