"""The folder of a study: what was asked for, what is done, and so what is missing.

    study.json        the study with every name resolved; written last when a study is registered
    points.*.parquet  one row a point: point, draw, row, zone and the factors
    draws.*.parquet   one row a draw and zone: every parameter and input that was drawn (with 2 draws or more)
    runs/             the measures of the runs, one file a chunk of work
    monthly/          what is kept of every month, when asked for, in files of the same names
    log.jsonl         when and how fast; no result depends on it
    lock              held by the process that writes

A table is called `NAME.CHECKSUM.parquet`: one that does not fit its name was changed or cut after it was written. It is
written aside, forced to the disk and renamed, so it is whole or not there. The files in `runs/` say what is done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.factors import ZONE_INPUT
from clfz.inputs.parameters import central
from clfz.inputs.problems import reason
from clfz.runs.chunk import Done, month_columns
from clfz.runs.manifest import fingerprint
from clfz.runs.study import Study, StudyError, parts_of
from clfz.runs.study_inputs import StudyInputs

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

SCHEMA_VERSION = 1
SUFFIX = ".parquet"
ASIDE = ".partial-"
"""How the name of a file begins until it is whole."""
_DIGITS = 16


# Files that are whole or not there.


def write_bytes(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; after a power cut too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{ASIDE}{os.getpid()}-{target.name}")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    _force(target.parent)


def _force(folder: Path) -> None:
    """Force the name of a new file to the disk, where the system can do that (Windows opens no folders)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_table(table: pa.Table, folder: Path, name: str) -> Path:
    """Write a table as `NAME.CHECKSUM.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", version="2.6")
    data = sink.getvalue().to_pybytes()
    target = folder / f"{name}.{hashlib.sha256(data).hexdigest()[:_DIGITS]}{SUFFIX}"
    write_bytes(target, data)
    return target


def read_table(path: Path) -> pa.Table | None:
    """The table, or None when the file is not as it was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow's own memory: a thread of the reader that outlives the interpreter may not touch bytes of Python
    with pa.OSFile(str(path)) as file:
        data = file.read_buffer()
    if hashlib.sha256(data).hexdigest()[:_DIGITS] != path.name.removesuffix(SUFFIX)[-_DIGITS:]:
        return None
    # not `read_table`, which loads Arrow's data sets first
    table: Any = pq.ParquetFile(pa.BufferReader(data)).read()
    return table


def listed(folder: Path) -> dict[str, Path]:
    """The tables in a folder by their names without checksum, in order."""
    found = (path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))
    return {path.name.removesuffix(SUFFIX)[: -_DIGITS - 1]: path for path in sorted(found)}


# One writer at a time.


class Locked(StudyError):
    """Somebody else writes into the study."""


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a study. The system holds it, so that of a process that died is free at once.

    Raises:
        Locked: Another process holds it.
    """
    path = folder / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise Locked(f"{folder} is being written by {_holder(path)}. Wait for it, or stop it.")
        # the text is only for people
        facts = json.dumps({"pid": os.getpid(), "machine": platform.node()}).encode()
        with contextlib.suppress(OSError):  # a full disk needs no name in the lock
            os.truncate(handle, 0) if os.truncate in os.supports_fd else None
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, facts)
        yield
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        here = "" if facts["machine"] == platform.node() else f" on {facts['machine']}"
        return f"process {facts['pid']}{here}"
    except (OSError, ValueError, KeyError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            # one byte far behind the text, so that others can still read who holds the lock
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a disk of another machine that knows no locks: better unlocked than not at all
        return True


# What is asked for.


def register(folder: Path, study: Study) -> None:
    """Write down every point before anything runs; `study.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    before = listed(folder)
    for name, table in (("points", _points(study)), ("draws", _draws(study))):
        if table is not None:
            new = write_table(table, folder, name)
            if before.get(name, new) != new:
                before[name].unlink()
    facts = {"schema_version": SCHEMA_VERSION, "model": fingerprint(), **study.facts()}
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    write_bytes(folder / "study.json", text.encode())


def read_study(folder: Path, like: Study | None = None) -> tuple[Study, dict[str, Any]] | None:
    """The study that a folder was registered for, and the whole of its `study.json`; None when there is none.

    Args:
        folder: Where.
        like: A study whose rows are taken when the table of points is damaged and they are the same.

    Raises:
        StudyError: The folder holds something else, or its study cannot be read.
    """
    path = folder / "study.json"
    if not path.is_file():
        if folder.exists() and not folder.is_dir():
            raise StudyError(f"{folder} is a file. Give a folder.")
        mine = ("runs", "monthly", "lock", "log.jsonl", "report.html", "points.", "draws.", ".")
        others = folder.iterdir() if folder.is_dir() else ()
        if not all(each.name.startswith(mine) for each in others):
            raise StudyError(
                f"{folder} holds files that are no study; give another folder, or empty it."
            )
        return None
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["schema_version"] > SCHEMA_VERSION:
            raise StudyError(f"{folder} was written by a newer clfz; update this one to read it.")
        count, digest = facts["rows"]["count"], facts["rows"]["sha256"]
        rows = _rows(folder, facts)
        if rows is None and like is not None and like.rows_digest(count) == digest:
            rows = like.rows[:count]
        if rows is None:
            raise StudyError(
                f"The table of points in {folder} is damaged or missing. Give the study file too."
            )
        study = Study.from_facts(facts, rows)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise StudyError(
            f"{path} cannot be read ({type(error).__name__}); it was changed or cut."
        ) from error
    if study.rows_digest() != digest:
        raise StudyError(
            f"The table of points in {folder} was changed; it does not fit {path.name}."
        )
    return study, facts


def _points(study: Study) -> pa.Table:
    """One row a point: where it stands, and its factors."""
    import pyarrow as pa

    number = np.arange(study.points, dtype=np.int64)
    drawn, row, zone = study.split(number)
    names = [place.name for place in study.zones]
    columns: dict[str, Any] = {"point": number, "draw": drawn, "row": row}
    columns["zone"] = pa.DictionaryArray.from_arrays(zone.astype(np.int16), names)
    for column, name in enumerate(study.factors):
        columns[name] = study.rows[row, column]
    return pa.table(columns)


def _rows(folder: Path, facts: dict[str, Any]) -> NDArray[np.float64] | None:
    """The rows of the design out of the table of points; None when it is missing or damaged."""
    factors, count, zones = facts["factors"], facts["rows"]["count"], len(facts["zones"])
    path = listed(folder).get("points")
    table = read_table(path) if path else None
    if table is None or table.num_rows < count * zones:
        return None
    rows = np.zeros((count, len(factors)))
    for column, name in enumerate(factors):
        rows[:, column] = np.asarray(table[name], np.float64)[: count * zones : zones]
    return rows


def _draws(study: Study) -> pa.Table | None:
    """Every parameter and input that was drawn, one row a draw and zone; None when nothing is drawn."""
    import pyarrow as pa

    if study.spec.draws == 1 or "seed" in study.factors:
        return None
    study_inputs, zones = StudyInputs(study), len(study.zones)
    names = [
        *central(study.parameters),
        *(name for name, kind in study.space.kinds.items() if kind == ZONE_INPUT),
    ]
    number, at = np.divmod(np.arange(study.spec.draws * zones), zones)
    values = np.empty((len(number), len(names)))
    for row, (drawn, zone) in enumerate(zip(number.tolist(), at.tolist(), strict=True)):
        parameters, inputs = study_inputs.drawn(zone, drawn, study.spec.seed)
        values[row] = [*parameters.values(), *inputs.values()]
    places = pa.DictionaryArray.from_arrays(at.astype(np.int16), [z.name for z in study.zones])
    columns = {name: np.ascontiguousarray(values[:, column]) for column, name in enumerate(names)}
    return pa.table({"draw": number, "zone": places, **columns})


# What is done.


class Store:
    """A study on disk, open for writing.

    Attributes:
        folder: Where.
        study: What is asked for.
        note: Told, in one sentence, what was mended.
        missing: [replications, S] which runs are not on the disk.
    """

    def __init__(self, folder: Path, study: Study, note: Callable[[str], object] = print) -> None:
        self.folder, self.study, self.note = folder, study, note
        self.missing = np.ones((study.replications, len(study.programmes)), np.bool_)

    @property
    def done(self) -> int:
        """How many runs are on the disk."""
        return self.study.runs - int(np.count_nonzero(self.missing))

    def scan(self) -> None:
        """Find out what is done. What is damaged is told, removed and so done again."""
        self.missing[:] = True
        months = bool(month_columns(self.study))
        for name in ("", "runs", "monthly"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            for left in (self.folder / name).glob(f"{ASIDE}*"):
                left.unlink(missing_ok=True)
        runs, monthly = listed(self.folder / "runs"), listed(self.folder / "monthly")
        for name, path in runs.items():
            tables = {part: read_table(part) for part in (path, monthly.pop(name, None)) if part}
            whole = [table for table in tables.values() if table is not None]
            for part in (part for part, table in tables.items() if table is None):
                self.note(
                    f"{part} is damaged (its checksum does not fit); its runs are done again."
                )
            if lacks := months and len(tables) == 1:
                self.note(f"{path.name} lacks its monthly table; its runs are done again.")
            if lacks or len(whole) < len(tables):
                for part in tables:
                    part.unlink()
            else:
                self._have(np.asarray(whole[0]["run_id"], np.int64))
        for path in monthly.values():  # of a process that was ended before it wrote the runs
            path.unlink()

    def _have(self, run_ids: NDArray[np.int64]) -> None:
        """Runs that are on the disk; of a study that shrank some are not asked for any more."""
        points, replicates, scenarios = parts_of(run_ids)
        many, (_, wanted) = self.study.spec.replicates, self.missing.shape
        asked = (points < self.study.points) & (replicates < many) & (scenarios < wanted)
        self.missing[(points * many + replicates)[asked], scenarios[asked]] = False

    def keep(self, done: Done) -> None:
        """Put a chunk on the disk.

        Raises:
            StudyError: It cannot be written; what was there is still there.
        """
        import pyarrow as pa

        study, run_ids = self.study, done.run_ids
        points, replicates, scenarios = parts_of(run_ids)
        columns: dict[str, Any] = {
            "run_id": run_ids,
            "point": points,
            "replicate": replicates.astype(np.int16),
            "scenario": pa.DictionaryArray.from_arrays(
                scenarios.astype(np.int8), list(study.scenarios)
            ),
        }
        for column, name in enumerate(study.measures):
            columns[name] = np.ascontiguousarray(done.values[:, column])
        columns["reason"] = pa.array(
            [done.reasons.get(each) for each in run_ids.tolist()], pa.string()
        )
        name = f"{run_ids[0]:020d}"
        with self.plain_errors():
            if done.monthly is not None:
                months = done.monthly.shape[2]
                by_month: dict[str, Any] = {"run_id": np.repeat(run_ids, months)}
                by_month["month"] = np.tile(np.arange(months, dtype=np.int16), len(run_ids))
                for column, title in enumerate(month_columns(study)):
                    by_month[title] = done.monthly[:, column].ravel()
                write_table(pa.table(by_month), self.folder / "monthly", name)
            write_table(pa.table(columns), self.folder / "runs", name)
        self._have(run_ids)

    @contextlib.contextmanager
    def plain_errors(self) -> Iterator[None]:
        """Say what the system refused, and what is kept."""
        try:
            yield
        except OSError as error:
            raise StudyError(
                f"Cannot write to {self.folder}: {reason(error)}. {self.done} of {self.study.runs} "
                "runs are kept; the same command continues."
            ) from error

    def log(self, event: str, **facts: Any) -> None:
        """Note when and how fast; a log that cannot be written stops nothing."""
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"event": event, "utc": when, **facts}) + "\n"
        with contextlib.suppress(OSError), (self.folder / "log.jsonl").open("a") as file:
            file.write(line)


# Reading it back.


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
        frame: pd.DataFrame = _sound(listed(self.folder)["points"]).to_pandas()
        return frame

    @cached_property
    def draws(self) -> pd.DataFrame:
        """One row a draw and zone: every parameter and input that was drawn; empty with one draw."""
        import pandas as pd

        path = listed(self.folder).get("draws")
        return _sound(path).to_pandas() if path else pd.DataFrame()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run that did not fail: run_id, point, replicate, scenario and the measures."""
        rows = self._rows
        return rows[rows["reason"].isna()].drop(columns="reason").reset_index(drop=True)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row a run that failed: run_id, point, replicate, scenario and the reason."""
        rows = self._rows
        columns = ["run_id", "point", "replicate", "scenario", "reason"]
        return rows.loc[rows["reason"].notna(), columns].reset_index(drop=True)

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
        """The tables of `runs` or `monthly` as they lie on the disk, one after the other.

        Raises:
            StudyError: One was changed.
        """
        done = listed(self.folder / "runs")
        for name, path in listed(self.folder / folder).items():
            if name in done:  # months without their runs are of a chunk that is being written
                yield _sound(path)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self._gathered("runs", ["run_id"])

    def _gathered(self, folder: str, keys: list[str]) -> pd.DataFrame:
        import pandas as pd
        import pyarrow as pa

        found = list(self.tables(folder))
        if not found:
            return pd.DataFrame(columns=[*keys, "reason"] if folder == "runs" else keys)
        frame: pd.DataFrame = pa.concat_tables(found).unify_dictionaries().to_pandas()
        return frame.sort_values(keys, kind="stable").reset_index(drop=True)


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
