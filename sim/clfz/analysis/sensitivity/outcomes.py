"""What the runs of a table gave, row by row and luck by luck, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.sensitivity.samples import Table
    from clfz.runs.store import Results

    Array = NDArray[np.float64]

MEAN, LOG_VARIANCE = "mean", "log variance"
MOST_LOST = 0.1
"""Share of trajectories or base samples that may be left out because of runs that failed."""


@dataclass(frozen=True)
class Outcome:
    """One measure of one programme over a table.

    Attributes:
        table: Its rows, without those that were left out.
        scenario: The programme.
        measure: Name of the measure.
        values: [R, K] by row and luck.
        lost: Trajectories or base samples that were left out.
    """

    table: Table
    scenario: str
    measure: str
    values: Array
    lost: int


def read(done: Results, table: Table, scenario: str, measure: str) -> Outcome:
    """The numbers of a finished study in the order of the rows of its table.

    Raises:
        StudyError: Runs are missing, the rows are others or stand in another order, or too many runs failed.
    """
    from dataclasses import replace

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
            f"{measure} is no number in runs of {lost} of {len(sound)} {_parts(table)}, and indices need whole "
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


def constant(outcome: Outcome) -> str | None:
    """Why there is nothing to explain; None when there is."""
    values = outcome.values
    if np.ptp(values) == 0:
        return f"{outcome.measure} is {values.flat[0]:g} in every run: nothing moves it, so there are no indices."
    if np.ptp(values.mean(axis=1)) <= 1e-12 * np.abs(values).max():
        return f"{outcome.measure} differs by luck alone: no factor moves its average."
    return None


def no_log_variance(outcome: Outcome) -> str | None:
    """Why the log variance by luck cannot be had; None when it can."""
    still = int((np.ptp(outcome.values, axis=1) == 0).sum())
    if not still:
        return None
    return (
        f"Luck changes nothing in {still} of {len(outcome.values)} points, so the spread by luck has no logarithm "
        "there and no indices."
    )


def quantity(name: str) -> Callable[[Array], Array]:
    """What is made of the lucks of each row: [R, K] -> [R]."""
    return {MEAN: _mean, LOG_VARIANCE: _log_variance}[name]


def noise_of(name: str) -> Callable[[int], float]:
    """How the part of a quantity's variance that is luck falls with the number of lucks K.

    Of an average 1/K; of a log variance the trigamma function of (K - 1)/2, exact for normal luck.
    """
    return {MEAN: lambda lucks: 1.0 / lucks, LOG_VARIANCE: _of_log_variance}[name]


def _of_log_variance(lucks: int) -> float:
    from scipy.special import polygamma

    return float(polygamma(1, (lucks - 1) / 2.0))


def _mean(values: Array) -> Array:
    return np.asarray(values.mean(axis=1), np.float64)


def _log_variance(values: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values.var(axis=1, ddof=1)), np.float64)


def _parts(table: Table) -> str:
    return "trajectories" if table.kind == "morris" else "base samples"
