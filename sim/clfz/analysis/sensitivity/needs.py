"""SALib and scikit-learn are an extra: asked for with one sentence when they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from clfz.runs.study import StudyError

Z = 1.959963984540054
"""Half width of a 95 % interval, in standard errors."""


def salib(name: str) -> Any:
    """A module of SALib, such as `sample.sobol`.

    Raises:
        StudyError: It is not installed.
    """
    return module(f"SALib.{name}" if name else "SALib", "SALib")


def sklearn(name: str) -> Any:
    """A module of scikit-learn, such as `linear_model`.

    Raises:
        StudyError: It is not installed.
    """
    return module(f"sklearn.{name}", "scikit-learn")


def seed_for_salib(seed: int) -> int:
    """SALib takes 0 for "no seed", and would give other numbers each time; so 0 becomes 1, and so on."""
    return seed + 1


def module(path: str, package: str = "scikit-learn") -> Any:
    """A module of the extra.

    Raises:
        StudyError: It is not installed.
    """
    try:
        return import_module(path)
    except ModuleNotFoundError as error:
        raise StudyError(
            f"{package} is not installed. Install it with: pip install 'clfz[sensitivity]'"
        ) from error
