"""The rows of a design: which values of the factors are tried."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import InputError, Problem
from clfz.inputs.factors import frame_rows, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs.factors import Space
    from clfz.inputs.study import StudyFile

Rows = tuple[tuple[str, ...], "NDArray[np.float64]"]
"""Names of the factors, and their values [R, factors]."""


def rows_of(spec: StudyFile, space: Space) -> Rows:
    """The rows of the design in a study file; one row without factors when there is no design.

    Raises:
        InputError: A table that cannot be read.
    """
    design: Any = spec.design
    if design is None:
        return (), np.zeros((1, 0))
    if design.kind == "grid":
        levels = [factor.levels() for factor in design.factors.values()]
        return design.names(), np.array(list(itertools.product(*levels)), np.float64)
    if design.kind == "table":
        try:
            return read_table(Path(design.file))
        except ValueError as error:
            raise InputError([Problem(design.file, 0, 0, str(error))]) from None
    shares = unit_cube(design.kind, len(design.factors), design.points, spec.seed)
    columns = []
    for column, (name, factor) in enumerate(design.factors.items()):
        if factor.from_prior:
            columns.append([space.quantile(name, share) for share in shares[:, column].tolist()])
        else:
            columns.append(factor.low + (factor.high - factor.low) * shares[:, column])
    return design.names(), np.ascontiguousarray(np.column_stack(columns), np.float64)


def unit_cube(kind: str, factors: int, points: int, seed: int) -> NDArray[np.float64]:
    """Points in the unit cube [points, factors].

    Args:
        kind: `latin-hypercube`, or `sobol` (scrambled; more points begin with the fewer).
        factors: Dimensions.
        points: How many.
        seed: Seed of the design. The same seed gives the same points.
    """
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if kind == "sobol":
        sampler: Any = qmc.Sobol(factors, scramble=True, seed=generator)
    else:
        sampler = qmc.LatinHypercube(factors, seed=generator)
    with warnings.catch_warnings():
        # `clfz check` says that a power of 2 is better, in our words
        warnings.filterwarnings("ignore", "The balance properties of Sobol", UserWarning)
        cube: NDArray[np.float64] = sampler.random(points)
    return cube


def given_rows(points: Any) -> Rows:
    """Rows from a data frame, or from anything that one can be made of.

    Raises:
        InputError: It is no table of numbers.
    """
    import pandas as pd

    try:
        return frame_rows(points if isinstance(points, pd.DataFrame) else pd.DataFrame(points))
    except ValueError as error:
        raise InputError([Problem("", 0, 0, f"points: {error}")]) from None
