"""Interventions: small classes that say which levers move and what that costs.

Each file in this folder holds one intervention, and is found by being here. See
`docs/interventions.md` for how to add one.
"""

import sys

from clfz.programme.interventions.base import CostLine, Intervention, UnitCosts, Usage
from clfz.programme.levers import Calendar
from clfz.programme.registry import discover

__all__ = ["Calendar", "CostLine", "Intervention", "UnitCosts", "Usage", "registry"]


def registry() -> dict[str, type[Intervention]]:
    """Kind -> class, for every module in this folder."""
    return discover(sys.modules[__name__], Intervention)
