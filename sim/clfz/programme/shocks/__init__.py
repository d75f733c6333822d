"""Shocks: what happens to a zone that nobody planned. One file each, found by being here."""

import sys
from collections.abc import Mapping
from typing import Any

from clfz.programme.registry import discover, union_of
from clfz.programme.shocks.base import Shock

__all__ = ["Shock", "parse", "registry", "shock_type"]


def registry() -> dict[str, type[Shock]]:
    """Kind -> class, for every module in this folder."""
    return discover(sys.modules[__name__], Shock)


def shock_type() -> Any:
    """A pydantic type for "any shock, by its kind"; see `clfz.programme.registry.union_of`."""
    return union_of(registry())


def parse(block: Mapping[str, Any]) -> Shock:
    """Make a shock from a block with `kind:` and its fields.

    Raises:
        ValueError: The kind is missing or unknown, or a field is wrong.
    """
    known = registry()
    kind = block.get("kind")
    if kind not in known:
        raise ValueError(f"{kind!r} is not a known shock. Known: {', '.join(known)}")
    return known[kind].model_validate(block)
