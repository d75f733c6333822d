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

from clfz.inputs.problems import InputError as InputError
from clfz.inputs.problems import Problem as Problem

if TYPE_CHECKING:
    from clfz.inputs.load import (
        Checked as Checked,
    )
    from clfz.inputs.load import (
        check as check,
    )
    from clfz.inputs.load import (
        check_file as check_file,
    )
    from clfz.inputs.load import (
        check_text as check_text,
    )
    from clfz.inputs.load import (
        load_comparison as load_comparison,
    )
    from clfz.inputs.load import (
        load_parameters as load_parameters,
    )
    from clfz.inputs.load import (
        load_programme as load_programme,
    )
    from clfz.inputs.load import (
        load_shock as load_shock,
    )
    from clfz.inputs.load import (
        load_study_file as load_study_file,
    )
    from clfz.inputs.load import (
        load_zone as load_zone,
    )
    from clfz.inputs.parameters import Parameter as Parameter
    from clfz.inputs.programme import Programme as Programme
    from clfz.inputs.programme import Shock as Shock
    from clfz.inputs.study import Comparison as Comparison
    from clfz.inputs.study import StudyFile as StudyFile
    from clfz.inputs.writer import to_data as to_data
    from clfz.inputs.writer import to_yaml as to_yaml
    from clfz.inputs.zone import Zone as Zone

_OFFERED = {
    "load": (
        *("Checked", "check", "check_file", "check_text", "load_comparison", "load_parameters"),
        *("load_programme", "load_shock", "load_study_file", "load_zone"),
    ),
    "parameters": ("Parameter",),
    "programme": ("Programme", "Shock"),
    "study": ("Comparison", "StudyFile"),
    "writer": ("to_data", "to_yaml"),
    "zone": ("Zone",),
}
_HOMES = {name: module for module, names in _OFFERED.items() for name in names}
__all__ = ["InputError", "Problem", *_HOMES]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
