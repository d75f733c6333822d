"""A simulator of child-labour-free zones.

    from clfz import load_zone, load_programme, simulate, compare, ZoneModel

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clfz.inputs import InputError as InputError
    from clfz.inputs import load_comparison as load_comparison
    from clfz.inputs import load_programme as load_programme
    from clfz.inputs import load_shock as load_shock
    from clfz.inputs import load_zone as load_zone
    from clfz.mesa_model.zone_model import ZoneModel as ZoneModel
    from clfz.runs.compare import compare as compare
    from clfz.runs.compare import simulate as simulate

_HOMES = {
    "InputError": "inputs",
    "ZoneModel": "mesa_model.zone_model",
    "compare": "runs.compare",
    "load_comparison": "inputs",
    "load_programme": "inputs",
    "load_shock": "inputs",
    "load_zone": "inputs",
    "simulate": "runs.compare",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
