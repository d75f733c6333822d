"""The two tables of points that SALib makes, and what their runs gave, point by point and seed by seed.

More trajectories, and more base samples, begin with the rows of fewer: a finished study grows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import SALib.sample.morris
import SALib.sample.sobol
from numpy.typing import NDArray
from SALib import ProblemSpec
from SALib.util import extract_group_names

from clfz.runs.store import Results
from clfz.runs.study import StudyError

Array = NDArray[np.float64]
LEVELS = 4
"""Of the grid that trajectories walk on."""
MOST_LOST = 0.1
"""Share of trajectories or base samples that may be left out because of runs that failed."""


def seed_for_salib(seed: int) -> int:
    """SALib takes 0 for "no seed", and would give other numbers each time; so 0 becomes 1, and so on."""
    return seed + 1


@dataclass(frozen=True)
class Table:
    """One table of points.

    Attributes:
        problem: What it was made of.
        rows: [R, factors].
        size: Rows of a trajectory, or of a base sample.
        parts: What it consists of: "trajectories" or "base samples".
    """

    problem: ProblemSpec
    rows: Array
    size: int
    parts: str

    @property
    def count(self) -> int:
        """Trajectories, or base samples."""
        return len(self.rows) // self.size

    @property
    def names(self) -> list[str]:
        """What gets an index: groups, or single factors, in the order of SALib's results."""
        return [str(name) for name in extract_group_names(self.problem)[0]]

    @property
    def independent(self) -> NDArray[np.int64]:
        """Rows of a Sobol table that are independent: the first and the last of each base sample."""
        first = np.arange(self.count) * self.size
        return np.sort(np.concatenate([first, first + self.size - 1]))


def morris(problem: ProblemSpec, trajectories: int, seed: int) -> Table:
    """Trajectories of Morris (1991): one group or factor moves at a time."""
    seed = seed_for_salib(seed)
    rows = SALib.sample.morris.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    return Table(problem, np.ascontiguousarray(rows), len(rows) // trajectories, "trajectories")


def sobol(problem: ProblemSpec, samples: int, seed: int) -> Table:
    """Crossed samples of Saltelli and others (2010): A, A with one column of B, ..., B."""
    seed = seed_for_salib(seed)
    with warnings.catch_warnings():
        # newer scipy asks callers such as SALib to say rng instead of seed
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        rows = SALib.sample.sobol.sample(problem, samples, calc_second_order=False, seed=seed)
    return Table(problem, np.ascontiguousarray(rows), len(rows) // samples, "base samples")


@dataclass(frozen=True)
class Outcome:
    """One measure of one programme over a table.

    Attributes:
        table: Its rows, without those that were left out.
        scenario: The programme.
        measure: Name of the measure.
        values: [R, K] by row and seed.
        lost: Trajectories or base samples that were left out.
    """

    table: Table
    scenario: str
    measure: str
    values: Array
    lost: int

    @property
    def constant(self) -> str | None:
        """Why there is nothing to explain; None when there is."""
        values = self.values
        if np.ptp(values) == 0:
            return f"{self.measure} is {values.flat[0]:g} in every run: nothing moves it, so there are no indices."
        if np.ptp(values.mean(axis=1)) <= 1e-12 * np.abs(values).max():
            return f"{self.measure} differs by chance alone: no factor moves its average."
        return None


def read(done: Results, table: Table, scenario: str, measure: str) -> Outcome:
    """The numbers of a finished study in the order of the rows of its table.

    Raises:
        StudyError: Runs are missing, the rows are others or stand in another order, or too many runs failed.
    """
    study = done.study
    if not done.complete:
        raise StudyError(f"{done.folder} is not complete. The same command continues.")
    same_rows(done.points[list(study.factors)].to_numpy(np.float64), study.factors, table)
    rows = done.runs[done.runs["scenario"] == scenario]
    values = np.full((len(table.rows), study.spec.replicates), np.nan)
    values[rows["point"].to_numpy(), rows["replicate"].to_numpy()] = rows[measure].to_numpy()
    sound = np.isfinite(values).all(axis=1).reshape(-1, table.size).all(axis=1)
    lost = int((~sound).sum())
    if lost > MOST_LOST * len(sound):
        why = f"; the first: {done.failures.iloc[0]['reason']}" if len(done.failures) else ""
        raise StudyError(
            f"{measure} is no number in runs of {lost} of {len(sound)} {table.parts}, and indices need whole "
            f"ones{why}."
        )
    kept = np.repeat(sound, table.size)
    return Outcome(replace(table, rows=table.rows[kept]), scenario, measure, values[kept], lost)


def same_rows(rows: Array, names: tuple[str, ...], table: Table) -> None:
    """Refuse rows that are not SALib's, or not in its order: indices of them would be nonsense.

    Raises:
        StudyError: They differ.
    """
    if names != tuple(table.problem["names"]) or rows.shape != table.rows.shape:
        raise StudyError(
            "The table of points has other factors or another length than SALib's sample; take another folder."
        )
    if np.array_equal(rows, table.rows):
        return
    if np.array_equal(np.sort(rows, axis=0), np.sort(table.rows, axis=0)):
        raise StudyError(
            "The rows of the table stand in another order than SALib's sample, and its indices need that order."
        )
    raise StudyError(
        "The rows of the table are not SALib's sample (another seed or range); take another folder."
    )
