"""Studies of the model: sweeps, sensitivity, discovery, optimisation, benchmarks.

Everything is one idea: a **study** is a table of runs (design row x zone x draw x replicate x scenario), each with an
id, all of them written down before anything runs. Workers fill it. Whatever happens, what is done is kept and what is
missing is known.

    import experiments

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
    from experiments.best_mix.run import Best as Best
    from experiments.best_mix.run import optimise as optimise
    from experiments.discovery.run import Discovery as Discovery
    from experiments.discovery.run import discover as discover
    from experiments.errors import StudyError as StudyError
    from experiments.results import Results as Results
    from experiments.results import load as load
    from experiments.runner import expand as expand
    from experiments.runner import run as run
    from experiments.study import Study as Study
    from experiments.study import load_study as load_study
    from experiments.study import make_study as make_study

_HOMES = {
    "Best": "best_mix.run",
    "Discovery": "discovery.run",
    "Results": "results",
    "Study": "study",
    "StudyError": "errors",
    "discover": "discovery.run",
    "expand": "runner",
    "load": "results",
    "load_study": "study",
    "make_study": "study",
    "optimise": "best_mix.run",
    "run": "runner",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
