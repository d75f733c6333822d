"""A function in the engine's place: truth with a known answer, run through the same table, store and workers.

It is named by its import path, `package.module:name`, so that a study stays plain data that any process can read.

    def name(values, seeds): ...

`values` is factor -> [W], `seeds` [W] (worlds that share their luck share their seed). It returns [W] for one measure,
[W, measures], or [W, scenarios, measures].

The checksum of the model that a study keeps does not cover the function: who changes it takes another folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import InputError, Problem
from clfz.model.figures import world_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.studies.chunk import Chunk
    from clfz.runs.studies.study import Study


@cache
def find(path: str) -> Callable[..., Any]:
    """The function of an import path.

    Raises:
        InputError: There is none.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        found = None
    if not callable(found):
        text = f'function is "{path}", but it must name one that can be imported, as in package.module:name.'
        raise InputError([Problem("", 0, 0, text)])
    called: Callable[..., Any] = found
    return called


def call(study: Study, chunk: Chunk) -> NDArray[np.float64]:
    """The measures of a chunk [runs, measures], in the order of its runs."""
    drawn, _, _ = study.split(chunk.points)
    which = chunk.points if study.spec.luck == "own" else drawn
    pairs = zip(which.tolist(), chunk.replicates.tolist(), strict=True)
    seeds = np.array([world_seed(study.spec.seed, at, again) for at, again in pairs], np.uint64)
    values = {name: chunk.rows[:, column] for column, name in enumerate(study.factors)}
    found = np.asarray(find(study.function)(values, seeds), np.float64)
    worlds, scenarios, measures = len(chunk), len(study.programmes), len(study.measures)
    if found.ndim == 1:
        found = found[:, None]
    if found.ndim == 2:
        found = np.repeat(found[:, None], scenarios, axis=1)
    wanted = (worlds, scenarios, measures)
    if found.shape != wanted:
        raise ValueError(f"{study.function} gave numbers of shape {found.shape}, not {wanted}")
    return np.ascontiguousarray(found[:, list(chunk.scenarios)].reshape(-1, measures))
