"""JSON Schemas of the input files, for editors that complete and check YAML while one types.

They are made from the models and kept in `scenarios/schema/`; a test holds the two equal. Renew
them with `python -m clfz.inputs.schema`. Editors read draft 7, so what is newer is put in its words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clfz.inputs.find import scenarios_folder
from clfz.inputs.load import KINDS, model_of
from clfz.inputs.validate import InOrder
from clfz.programme.shocks import registry as shocks

_DRAFT = "http://json-schema.org/draft-07/schema#"
_PER_CENT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$"}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a kind of file; the kinds are `load.KINDS`."""
    schema: dict[str, Any] = _draft_7({"$schema": _DRAFT, **_whole(kind)})
    definitions = schema.pop("$defs", {})
    return schema | ({"$defs": dict(sorted(definitions.items()))} if definitions else {})


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


def _whole(kind: str) -> dict[str, Any]:
    """The schema of a kind's model."""
    own = model_of(kind).model_json_schema(schema_generator=InOrder)
    if kind != "shock":
        return own
    kinds = []  # its name and the fields of its kind stand in one list of settings
    for event in shocks().values():
        schema = event.model_json_schema(schema_generator=InOrder)
        schema["required"] = [*own["properties"], *schema["required"]]
        schema["properties"] = {**own["properties"], **schema["properties"]}
        kinds.append(schema)
    return {"title": own["title"], "description": own["description"], "oneOf": kinds}


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
    low, high = node.get("minimum", -1), node.get("maximum", 2)
    if node.get("type") == "number" and low >= 0 and 0 < high <= 1:  # a share
        number = {key: node.pop(key) for key in ("type", "minimum", "maximum")}
        node["anyOf"] = [number, _PER_CENT]
    return node


if __name__ == "__main__":
    write_schemas()
