"""A simulator of child-labour-free zones.

    from sim import load_zone, load_programme, simulate, compare, ZoneModel

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.compare import compare as compare
    from sim.compare import simulate as simulate
    from sim.inputs import InputError as InputError
    from sim.inputs import load_comparison as load_comparison
    from sim.inputs import load_programme as load_programme
    from sim.inputs import load_shock as load_shock
    from sim.inputs import load_zone as load_zone
    from sim.zone_model import ZoneModel as ZoneModel

_HOMES = {
    "InputError": "inputs",
    "ZoneModel": "zone_model",
    "compare": "compare",
    "load_comparison": "inputs",
    "load_programme": "inputs",
    "load_shock": "inputs",
    "load_zone": "inputs",
    "simulate": "compare",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


class _Package(ModuleType):
    """Keeps `sim.compare` the function, also after its module `sim.compare` was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
