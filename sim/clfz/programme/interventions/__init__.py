"""Interventions: small classes that say which levers move and what that costs.

Each file in this folder holds one intervention, and is found by being here. See
`docs/interventions.md` for how to add one.
"""

import sys
from collections.abc import Mapping
from typing import Any

from clfz.programme.interventions.base import CostLine, Intervention, UnitCosts, Usage
from clfz.programme.levers import Calendar
from clfz.programme.registry import discover, union_of

__all__ = [
    "Calendar",
    "CostLine",
    "Intervention",
    "UnitCosts",
    "Usage",
    "intervention_type",
    "parse",
    "registry",
]


def registry() -> dict[str, type[Intervention]]:
    """Kind -> class, for every module in this folder."""
    return discover(sys.modules[__name__], Intervention)


def intervention_type() -> Any:
    """A pydantic type for "any intervention, by its kind"; see `clfz.programme.registry.union_of`."""
    return union_of(registry())


def parse(block: Mapping[str, Any]) -> Intervention:
    """Make an intervention from a block with `kind:` and its fields.

    Raises:
        ValueError: The kind is missing or unknown, or a field is wrong.
    """
    known = registry()
    kind = block.get("kind")
    if kind not in known:
        raise ValueError(f"{kind!r} is not a known intervention. Known: {', '.join(known)}")
    return known[kind].model_validate(block)
