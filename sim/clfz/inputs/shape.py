"""What may stand at one place of a file, read from the JSON Schema of its model.

The same schema that helps an editor complete a file also drives our own messages: which settings
are known here, what kind of value, between which bounds, with which example.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from clfz.inputs.problems import DataPath


class Shape:
    """One place in a JSON Schema; references and alternatives are followed."""

    def __init__(self, node: dict[str, Any], root: dict[str, Any], example: Any = None) -> None:
        self.node = node
        self.root = root
        self._example = example
        self.branches = list(_branches(node, root))

    def child(self, step: str | int) -> Shape | None:
        """The shape of one setting (or list item) inside this one; None when there is none."""
        for branch in self.branches:
            inner = branch.get("items") if isinstance(step, int) else self._setting(branch, step)
            if isinstance(inner, dict):
                around = self.example
                known = isinstance(around, dict) and step in around
                return Shape(inner, self.root, around[step] if known else None)
        return None

    def at(self, path: DataPath) -> Shape | None:
        """The shape at a path below this one."""
        here: Shape | None = self
        for step in path:
            here = here.child(step) if here else None
        return here

    @property
    def settings(self) -> list[str]:
        """Names of the settings of a group, in their order."""
        return [name for branch in self.branches for name in branch.get("properties", {})]

    @property
    def types(self) -> list[str]:
        """JSON types that are allowed here, without "null"."""
        found = [branch["type"] for branch in self.branches if "type" in branch]
        return [name for name in dict.fromkeys(found) if name != "null"]

    @property
    def optional(self) -> bool:
        """Whether nothing (null) may stand here."""
        return any(branch.get("type") == "null" for branch in self.branches)

    @property
    def is_number(self) -> bool:
        """Whether only numbers may stand here."""
        return bool(self.types) and set(self.types) <= {"number", "integer"}

    @property
    def is_share(self) -> bool:
        """Whether this is a share of something: a number that stays within 0 and 1."""
        low, high = self.get("minimum"), self.get("maximum")
        bounded = low is not None and high is not None and low >= 0 and 0 < high <= 1
        return self.types == ["number"] and bounded

    @property
    def choices(self) -> list[str]:
        """The only words that are allowed here; empty when any is."""
        found = [
            branch.get("enum") or [branch["const"]]
            for branch in self.branches
            if "enum" in branch or "const" in branch
        ]
        return [str(word) for words in found for word in words]

    @property
    def example(self) -> Any:
        """An example of a value, from that of the group around it if there is one, or None."""
        if self._example is not None:
            return self._example
        examples = self.get("examples")
        return examples[0] if examples else None

    def get(self, name: str) -> Any:
        """A keyword of the schema (description, minimum, ...), from the nearest that has it."""
        if name in self.node:
            return self.node[name]
        return next((branch[name] for branch in self.branches if name in branch), None)

    @staticmethod
    def _setting(branch: dict[str, Any], name: str) -> Any:
        return branch.get("properties", {}).get(name, branch.get("additionalProperties"))


class InOrder(GenerateJsonSchema):
    """Keeps settings and examples in the order in which they were written."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Sort nothing."""
        return value


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a whole model."""
    schema = model.model_json_schema(schema_generator=InOrder)
    return Shape(schema, schema)


def _branches(node: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    if reference := node.get("$ref"):
        target: Any = root
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        return _branches(target, root)
    inner = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
    if inner:
        return [branch for one in inner for branch in _branches(one, root)]
    return [node]
