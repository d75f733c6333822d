"""The rows of the two tables, made by SALib, and what each row is for.

More trajectories, and more base samples, begin with the rows of fewer: a finished study grows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.needs import salib, seed_for_salib
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = 4
FEWEST_TRAJECTORIES = 4
FEWEST_SAMPLES = 8
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Table:
    """One table of points.

    Attributes:
        kind: `morris` or `sobol`.
        problem: The ProblemSpec that it was made of.
        rows: [R, factors].
        size: Rows of a trajectory, or of a base sample.
    """

    kind: str
    problem: Any
    rows: NDArray[np.float64]
    size: int

    @property
    def count(self) -> int:
        """Trajectories, or base samples."""
        return len(self.rows) // self.size


def groups_of(problem: Any) -> list[str]:
    """What gets an index: groups, or single factors, in the order of SALib's own results."""
    names, _ = salib("util").extract_group_names(problem)
    return [str(name) for name in names]


def morris(problem: Any, trajectories: int, seed: int) -> Table:
    """Trajectories of Morris (1991): one group or factor moves at a time."""
    rows = salib("sample.morris").sample(
        problem, trajectories, num_levels=LEVELS, seed=seed_for_salib(seed)
    )
    return _table("morris", problem, rows, len(groups_of(problem)) + 1)


def sobol(problem: Any, samples: int, seed: int) -> Table:
    """Crossed samples of Saltelli and others (2010): A, A with one column of B, ..., B."""
    with warnings.catch_warnings():
        # newer scipy asks callers such as SALib to say rng instead of seed
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=FutureWarning)
        rows = salib("sample.sobol").sample(
            problem, samples, calc_second_order=False, seed=seed_for_salib(seed)
        )
    return _table("sobol", problem, rows, len(groups_of(problem)) + 2)


def refuse_sizes(trajectories: int, samples: int, parts: int) -> None:
    """Refuse tables that say too little, or that are too large.

    Args:
        trajectories: 0 for none.
        samples: Base samples.
        parts: Factors or groups.

    Raises:
        StudyError: Too few, too many, or no power of 2.
    """
    if 0 < trajectories < FEWEST_TRAJECTORIES:
        raise StudyError(
            f"{trajectories} trajectories are too few to say anything; take {FEWEST_TRAJECTORIES} or more, "
            "better 10."
        )
    if samples < FEWEST_SAMPLES or samples & (samples - 1):
        below = max(FEWEST_SAMPLES, 1 << (max(samples, 1).bit_length() - 1))
        raise StudyError(
            f"{samples} samples: take a power of 2 from {FEWEST_SAMPLES} up, such as {below} or {2 * below}; "
            "a Sobol sequence is even only there."
        )
    if max(trajectories, samples) * (parts + 2) > MOST_ROWS:
        raise StudyError(f"That makes more than {MOST_ROWS} points; take fewer samples.")


def _table(kind: str, problem: Any, rows: Any, size: int) -> Table:
    return Table(kind, problem, np.ascontiguousarray(rows, np.float64), size)


def independent(table: Table) -> NDArray[np.int64]:
    """Rows of a Sobol table that are samples of their own: the first and the last of each base sample."""
    first = np.arange(table.count) * table.size
    return np.sort(np.concatenate([first, first + table.size - 1]))
