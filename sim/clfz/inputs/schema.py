"""JSON Schemas of the input files, for editors that complete and check YAML while one types.

They are made from the models and kept in `scenarios/schema/`; a test holds the two equal. Renew
them with `python -m clfz.inputs.schema`. Editors read draft 7, so what is newer is put in its words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from clfz.inputs.find import scenarios_folder
from clfz.inputs.load import KINDS
from clfz.inputs.shape import InOrder

_DRAFT = "http://json-schema.org/draft-07/schema#"
_PER_CENT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$"}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a kind of file; the kinds are `load.KINDS`."""
    whole = _PARTS[kind]()
    definitions = whole.pop("$defs", {})
    schema = _draft_7({"$schema": _DRAFT, **whole, "$defs": definitions})
    assert isinstance(schema, dict)
    used = _used(schema, {name: schema["$defs"][name] for name in definitions})
    schema["$defs"] = {name: schema["$defs"][name] for name in sorted(used)}
    return {key: value for key, value in schema.items() if key != "$defs" or value}


def schema_text(kind: str) -> str:
    """The same as the text of a file."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def schema_file(kind: str) -> Path:
    """Where the committed schema of a kind stands."""
    return scenarios_folder() / "schema" / f"{kind}.schema.json"


def write_schemas() -> list[Path]:
    """Write all schemas where they belong; the files written."""
    files = [schema_file(kind) for kind in KINDS]
    for kind, file in zip(KINDS, files, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(schema_text(kind), encoding="utf-8", newline="\n")
    return files


def _of_model(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(schema_generator=InOrder)


def _zone() -> dict[str, Any]:
    from clfz.inputs.zone import Zone

    return _of_model(Zone)


def _comparison() -> dict[str, Any]:
    from clfz.inputs.comparison import Comparison

    return _of_model(Comparison)


def _study() -> dict[str, Any]:
    """A study, whose design is one of the known kinds."""
    from clfz.inputs.designs import design_types
    from clfz.inputs.study import StudyFile
    from clfz.programme.registry import union_of

    schema = _of_model(StudyFile)
    any_of_them = TypeAdapter(union_of(design_types())).json_schema(schema_generator=InOrder)
    schema["$defs"] = {**schema["$defs"], **any_of_them.pop("$defs")}
    schema["properties"]["design"] |= {"anyOf": [any_of_them, {"type": "null"}]}
    return schema


def _parameters() -> dict[str, Any]:
    from clfz.inputs.parameters_file import ParametersFile

    return _of_model(ParametersFile)


def _programme() -> dict[str, Any]:
    """A programme, each of whose interventions is one of the known kinds."""
    from clfz.inputs.programme import Programme
    from clfz.programme.interventions import intervention_type

    schema = _of_model(Programme)
    any_of_them = TypeAdapter(intervention_type()).json_schema(schema_generator=InOrder)
    schema["$defs"] = {**schema["$defs"], **any_of_them.pop("$defs")}
    schema["properties"]["interventions"]["items"] = any_of_them
    return schema


def _shock() -> dict[str, Any]:
    """A shock says its name and the fields of its kind in one list of settings."""
    from clfz.inputs.shock import Shock
    from clfz.programme.shocks import registry

    own = _of_model(Shock)
    own_fields = own["properties"]
    kinds = []
    for event in registry().values():
        schema = _of_model(event)
        schema["properties"] = {**own_fields, **schema["properties"]}
        schema["required"] = [*own_fields, *schema["required"]]
        kinds.append(schema)
    return {"title": own["title"], "description": own["description"], "oneOf": kinds}


_PARTS = {
    "zone": _zone,
    "programme": _programme,
    "shock": _shock,
    "comparison": _comparison,
    "study": _study,
    "parameters": _parameters,
}


def _draft_7(node: Any) -> Any:
    """The same schema in the words of draft 7, with shares that may be written as per cent."""
    if isinstance(node, list):
        return [_draft_7(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {
        key: {name: _draft_7(item) for name, item in value.items()}
        if key in ("properties", "$defs")
        else value
        if key in ("examples", "default", "enum", "const")
        else _draft_7(value)
        for key, value in node.items()
        if key != "discriminator"
    }
    if "$ref" in node and len(node) > 1:  # draft 7 does not see what stands beside a $ref
        node = {
            **{key: value for key, value in node.items() if key != "$ref"},
            "allOf": [{"$ref": node["$ref"]}],
        }
    if "title" in node and "description" not in node:
        node["description"] = node["title"]
    if _is_share(node):
        number = {key: node.pop(key) for key in ("type", "minimum", "maximum")}
        node["anyOf"] = [number, _PER_CENT]
    return node


def _is_share(node: dict[str, Any]) -> bool:
    low, high = node.get("minimum", -1), node.get("maximum", 2)
    return node.get("type") == "number" and low >= 0 and 0 < high <= 1


def _used(node: Any, definitions: dict[str, Any], seen: set[str] | None = None) -> set[str]:
    """Names of the definitions that the schema leads to."""
    seen = set() if seen is None else seen
    if isinstance(node, list):
        for item in node:
            _used(item, definitions, seen)
    elif isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix("#/$defs/")
        if name in definitions and name not in seen:
            seen.add(name)
            _used(definitions[name], definitions, seen)
        for key, item in node.items():
            if key != "$defs":
                _used(item, definitions, seen)
    return seen


if __name__ == "__main__":
    write_schemas()
