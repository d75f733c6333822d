"""A simulator of child-labour-free zones.

    from clfz import load_zone, load_programme, simulate, compare, ZoneModel

Studies (sweeps, sensitivity, discovery, optimisation) are tables of runs, written down before anything runs:

    study = clfz.load_study("small")               # or clfz.make_study(..., points=data_frame)
    done = clfz.run_study(study, "results/small")  # the same call resumes
    done = clfz.expand_study("results/small", replicates=16)
    done.points, done.runs, done.failures          # pandas; joined() puts them side by side

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Best": "analysis.best_mix.run:Best",
    "Discovery": "analysis.discovery.run:Discovery",
    "InputError": "inputs:InputError",
    "Results": "runs.store:Results",
    "Study": "runs.study:Study",
    "StudyError": "runs.study:StudyError",
    "ZoneModel": "mesa_model.zone_model:ZoneModel",
    "compare": "comparisons:compare",
    "discover": "analysis.discovery.run:discover",
    "expand_study": "runs.runner:expand",
    "load": "runs.store:load",
    "load_comparison": "inputs:load_comparison",
    "load_programme": "inputs:load_programme",
    "load_shock": "inputs:load_shock",
    "load_study": "runs.study:load_study",
    "load_zone": "inputs:load_zone",
    "make_study": "runs.study:make_study",
    "optimise": "analysis.best_mix.run:optimise",
    "run_study": "runs.runner:run",
    "simulate": "comparisons:simulate",
}
"""What the package offers, and where it lives."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
