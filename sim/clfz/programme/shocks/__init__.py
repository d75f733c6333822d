"""Shocks: what happens to a zone that nobody planned. One file each, found by being here."""

import sys

from clfz.programme.registry import discover
from clfz.programme.shocks.base import Shock

__all__ = ["Shock", "registry"]


def registry() -> dict[str, type[Shock]]:
    """Kind -> class, for every module in this folder."""
    return discover(sys.modules[__name__], Shock)
