"""Input objects as YAML text that reads back as the same objects."""

from __future__ import annotations

import io
import re
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString


def to_data(item: BaseModel) -> dict[str, Any]:
    """Plain data as the item's file would say them: keys as in files, no Python types."""
    data: dict[str, Any] = item.model_dump(mode="json", by_alias=True)
    return data


def to_yaml(item: BaseModel | dict[str, Any], kind: str | None = None) -> str:
    """YAML text of an item; with `kind`, its first line tells editors which schema it follows."""
    data = to_data(item) if isinstance(item, BaseModel) else item
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_styled(data), text)
    head = f"# yaml-language-server: $schema=../schema/{kind}.schema.json\n" if kind else ""
    return head + text.getvalue()


def _styled(value: Any) -> Any:
    """Texts in double quotes; groups that hold only numbers and texts on one line."""
    if isinstance(value, dict):
        plain = re.compile(r"[a-z][a-z0-9_-]{0,78}", re.IGNORECASE | re.ASCII)
        group = CommentedMap(
            (key if plain.fullmatch(key) else DoubleQuotedScalarString(key), _styled(item))
            for key, item in value.items()
        )
        simple = all(isinstance(item, int | float | str | None) for item in value.values())
        if simple and len(value) <= 4 and "name" not in value:
            group.fa.set_flow_style()
        return group
    if isinstance(value, list | tuple):
        items = CommentedSeq([_styled(item) for item in value])
        if not any(isinstance(item, dict | list | tuple) for item in value):
            items.fa.set_flow_style()
        return items
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value
