"""Input files: zones, programmes, shocks, comparisons, studies and the list of parameters.

They are YAML that a designer can read, copy and change. Reading them is meant to be kind: every
mistake is told with its line and column, in plain words, with what to write instead, and all of
them at once. From the text to the object it goes

    yaml_reader (text, data, places) -> validate (models, sentences) -> load (the files that it names)

and everything that is wrong ends as a `Problem`. Nothing heavy is imported before a file is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clfz.inputs.problems import InputError, Problem

if TYPE_CHECKING:
    from clfz.inputs.load import (
        Checked,
        check,
        check_file,
        check_text,
        load_comparison,
        load_parameters,
        load_programme,
        load_shock,
        load_study_file,
        load_zone,
        to_data,
        to_yaml,
    )
    from clfz.inputs.parameters import Parameter
    from clfz.inputs.programme import Programme, Shock
    from clfz.inputs.study import Comparison, StudyFile
    from clfz.inputs.zone import Zone

__all__ = ["Checked", "Comparison", "InputError", "Parameter", "Problem", "Programme", "Shock"]
__all__ += ["StudyFile", "Zone", "check", "check_file", "check_text", "load_comparison"]
__all__ += ["load_parameters", "load_programme", "load_shock", "load_study_file", "load_zone"]
__all__ += ["to_data", "to_yaml"]
# Where they live; what is not told here lives in `load`.
_HOMES = {
    "Comparison": "study",
    "Parameter": "parameters",
    "Programme": "programme",
    "Shock": "programme",
    "StudyFile": "study",
    "Zone": "zone",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'load')}"), name)
