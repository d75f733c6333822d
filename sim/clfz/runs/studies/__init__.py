"""Studies of the model: sweeps, sensitivity, discovery, optimisation, benchmarks.

Everything is one idea: a **study** is a table of runs (design row x zone x draw x replicate x scenario), each with an
id, all of them written down before anything runs. Workers fill it. Whatever happens, what is done is kept and what is
missing is known.

    import clfz.runs.studies as experiments

    study = experiments.load_study("small")               # or make_study(..., points=data_frame)
    done = experiments.run(study, "results/small")        # the same call resumes
    done = experiments.expand("results/small", replicates=16)
    done.points, done.runs, done.failures                 # pandas; joined() puts them side by side

Sweep, sensitivity, discovery and optimisation are ways of choosing rows and of reading results.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clfz.analysis.best_mix.run import Best as Best
    from clfz.analysis.best_mix.run import optimise as optimise
    from clfz.analysis.discovery.run import Discovery as Discovery
    from clfz.analysis.discovery.run import discover as discover
    from clfz.runs.studies.errors import StudyError as StudyError
    from clfz.runs.studies.results import Results as Results
    from clfz.runs.studies.results import load as load
    from clfz.runs.studies.runner import expand as expand
    from clfz.runs.studies.runner import run as run
    from clfz.runs.studies.study import Study as Study
    from clfz.runs.studies.study import load_study as load_study
    from clfz.runs.studies.study import make_study as make_study

_HOMES = {
    "Best": "clfz.analysis.best_mix.run",
    "Discovery": "clfz.analysis.discovery.run",
    "Results": "clfz.runs.studies.results",
    "Study": "clfz.runs.studies.study",
    "StudyError": "clfz.runs.studies.errors",
    "discover": "clfz.analysis.discovery.run",
    "expand": "clfz.runs.studies.runner",
    "load": "clfz.runs.studies.results",
    "load_study": "clfz.runs.studies.study",
    "make_study": "clfz.runs.studies.study",
    "optimise": "clfz.analysis.best_mix.run",
    "run": "clfz.runs.studies.runner",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
