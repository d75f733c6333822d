"""A study read back: tidy pandas tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.runs.studies.errors import StudyError
from clfz.runs.studies.shards import listed, name_of, read_table
from clfz.runs.studies.store import read_study
from clfz.runs.studies.tables import REASON

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from clfz.runs.studies.study import Study


@dataclass(frozen=True)
class Results:
    """The tables of a study.

    Attributes:
        folder: Where it is.
        study: What was asked for.
    """

    folder: Path
    study: Study

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point: point, draw, row, zone and the factors."""
        return _frame(self._whole("points"))

    @cached_property
    def draws(self) -> pd.DataFrame:
        """One row a draw and zone: every parameter and figure that was drawn; empty with one draw."""
        import pandas as pd

        table = self._whole("draws")
        return pd.DataFrame() if table is None else _frame(table)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run that did not fail: run_id, point, replicate, scenario and the measures."""
        rows = self._rows
        return rows[rows[REASON].isna()].drop(columns=REASON).reset_index(drop=True)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row a run that failed: run_id, point, replicate, scenario and the reason."""
        rows = self._rows
        columns = ["run_id", "point", "replicate", "scenario", REASON]
        return rows.loc[rows[REASON].notna(), columns].reset_index(drop=True)

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """One row a run and month, one column an indicator; empty unless the study keeps months."""
        return self._gathered("monthly", ["run_id", "month"])

    @property
    def complete(self) -> bool:
        """Whether no run is missing."""
        return len(self._rows) >= self.study.runs

    def joined(self) -> pd.DataFrame:
        """Runs with the factors of their point, and with what was drawn for it."""
        whole = self.runs.merge(self.points, on="point", validate="many_to_one")
        if len(self.draws):
            whole = whole.merge(
                self.draws, on=["draw", "zone"], validate="many_to_one", suffixes=("", "_drawn")
            )
        return whole

    def tables(self, folder: str) -> Iterator[pa.Table]:
        """The tables of `runs` or `monthly` as they lie on the disk, one after the other."""
        yield from map(_sound, listed(self.folder / folder))
        for path in listed(self.folder / "parts"):
            if name_of(path).startswith("monthly-") == (folder == "monthly"):
                yield _sound(path)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self._gathered("runs", ["run_id"])

    def _gathered(self, folder: str, keys: list[str]) -> pd.DataFrame:
        import pandas as pd
        import pyarrow as pa

        found = list(self.tables(folder))
        if not found:
            return pd.DataFrame(columns=[*keys, REASON] if folder == "runs" else keys)
        frame = _frame(pa.concat_tables(found).unify_dictionaries())
        # a chunk that lies beside its finished block for a moment is there twice
        frame = frame.drop_duplicates(keys)
        return frame.sort_values(keys, kind="stable").reset_index(drop=True)

    def _whole(self, name: str) -> Any:
        for path in listed(self.folder):
            if name_of(path) == name:
                return _sound(path)
        return None


def load(out: str | os.PathLike[str]) -> Results:
    """Read a study, complete or not.

    Raises:
        StudyError: There is no study there, or a file of it was changed.
    """
    folder = Path(out)
    found = read_study(folder)
    if found is None:
        raise StudyError(f"There is no study in {folder}.")
    return Results(folder, found[0])


def _sound(path: Path) -> pa.Table:
    table = read_table(path)
    if table is None:
        raise StudyError(
            f"{path} is damaged (its checksum does not fit). "
            "Run the study again: only its runs are redone."
        )
    return table


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame
