"""The folder of a study: what was asked for, what is done, and so what is missing.

    study.json        the study with every name resolved; written last when a study is registered
    points.*.parquet  one row a point: point, draw, row, zone and the factors
    draws.*.parquet   one row a draw and zone: every parameter and figure that was drawn (with 2 draws or more)
    runs/             the measures of the runs, one file a block of worlds
    monthly/          indicators by month, when asked for
    parts/            chunks that are done but whose block is not; gone when the study is complete
    log.jsonl         when, where and how fast; no result depends on it
    lock              held by the process that writes

A chunk is on the disk before the next one begins. When all worlds of a block are there, its parts are put together in
the order of their run ids and written as one file; its bytes do not depend on how the work was cut up.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.runs.studies import tables
from clfz.runs.studies.blocks import Block, block_of, blocks, ids_of, name_of_block
from clfz.runs.studies.errors import StudyError
from clfz.runs.studies.fingerprint import fingerprint
from clfz.runs.studies.shards import listed, name_of, read_table, sweep_up, write_bytes, write_table
from clfz.runs.studies.study import Study

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from clfz.runs.studies.chunk import Done

SCHEMA_VERSION = 1
FOLDERS = ("runs", "monthly", "parts")


@dataclass
class Store:
    """A study on disk.

    Attributes:
        folder: Where.
        study: What is asked for.
        note: Told, in one sentence, what was mended.
        seal: Whether chunks are put together when their block is done; in vain for what is read once.
        whole: Blocks that are complete.
        started: Run ids that are done in blocks that are not complete.
        parts: Chunks on disk -> blocks that still need them.
    """

    folder: Path
    study: Study
    note: Callable[[str], None] = print
    seal: bool = True
    whole: set[Block] = field(default_factory=set)
    started: dict[Block, NDArray[np.int64]] = field(default_factory=dict)
    parts: dict[Path, set[Block]] = field(default_factory=dict)
    done: int = 0

    def scan(self) -> None:
        """Find out what is done. What is damaged is told, removed and so done again."""
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            sweep_up(self.folder / name)
        sweep_up(self.folder)
        self.whole, self.started, self.parts, self.done = set(), {}, {}, 0
        self._scan_runs()
        self._scan_parts()
        for block in [*self.started]:
            self._seal(block)
        self._drop_parts()

    def _scan_runs(self) -> None:
        known = {name_of_block(block): block for block in blocks(self.study)}
        months = self._months()
        for path in listed(self.folder / "runs"):
            name = name_of(path)
            table = self._sound(path) if name in known else None
            if table is None:
                continue
            if months is not None and name not in months:
                self.note(f"{path.name} lacks its monthly table; its runs are done again.")
                path.unlink()
                continue
            block, run_ids = known[name], tables.ids(table)
            if block in self.whole:
                path.unlink()  # written before the block grew
                continue
            self._add(block, run_ids)
            if len(run_ids) == block.runs:
                for older in listed(self.folder / "runs"):
                    if older != path and name_of(older) == name:
                        older.unlink()
                self.whole.add(block)
                del self.started[block]

    def _scan_parts(self) -> None:
        for path in listed(self.folder / "parts"):
            if name_of(path).startswith("monthly-"):
                continue
            table = self._sound(path)
            if table is None:
                continue
            if self.study.spec.keep != "measures" and self._partner(path) is None:
                path.unlink()
                continue
            run_ids = tables.ids(table)
            self.parts[path] = {*block_of(self.study, run_ids)} - self.whole
            for block in self.parts[path]:
                self._add(block, run_ids[tables.within(run_ids, block)])

    def missing(self) -> Iterator[tuple[Block, NDArray[np.int64]]]:
        """Run ids that are not done, block by block."""
        for block in blocks(self.study):
            if block in self.whole:
                continue
            every = ids_of(self.study, block)
            have = self.started.get(block)
            yield block, every if have is None else np.setdiff1d(every, have, assume_unique=True)

    def keep(self, done: Done) -> None:
        """Put a chunk on the disk, and every block that it completes.

        Raises:
            StudyError: It cannot be written; what was there is still there.
        """
        with self._plain_errors():
            name = f"{done.run_ids[0]:020d}-{len(done.run_ids)}"
            if done.monthly is not None:
                table = tables.monthly(self.study, done)
                self._write_part(table, f"monthly-{name}")
            path = self._write_part(tables.runs(self.study, done), name)
            self.parts[path] = set(block_of(self.study, done.run_ids))
            for block in self.parts[path]:
                self._add(block, done.run_ids[tables.within(done.run_ids, block)])
            for block in sorted(self.parts[path]):
                self._seal(block)
            self._drop_parts()

    @property
    def complete(self) -> bool:
        """Whether no run is missing."""
        return self.done >= self.study.runs

    def log(self, event: str, **facts: Any) -> None:
        """Note when, where and how fast; a log that cannot be written stops nothing."""
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"event": event, "utc": when, **facts}) + "\n"
        with contextlib.suppress(OSError), (self.folder / "log.jsonl").open("a") as file:
            file.write(line)

    def _add(self, block: Block, run_ids: NDArray[np.int64]) -> None:
        before = self.started.get(block)
        after = run_ids if before is None else np.union1d(before, run_ids)
        self.done += len(after) - (0 if before is None else len(before))
        self.started[block] = after

    def _needing(self, block: Block) -> list[Path]:
        return [path for path, needed in self.parts.items() if block in needed]

    def _seal(self, block: Block) -> None:
        """Write a block as one file when all of its runs are done."""
        run_ids = self.started.get(block)
        if not self.seal or run_ids is None or len(run_ids) < block.runs:
            return
        name = name_of_block(block)
        for folder, prefix in (("monthly", "monthly-"), ("runs", "")):
            if folder == "monthly" and self.study.spec.keep == "measures":
                continue
            old = [path for path in listed(self.folder / folder) if name_of(path) == name]
            parts = [self._part(path, prefix) for path in self._needing(block)]
            table = tables.together([self._read(path) for path in [*old, *parts]], block)
            new = write_table(table, self.folder / folder, name)
            for path in old:
                if path != new:
                    path.unlink()
        self.whole.add(block)
        del self.started[block]
        for path in self._needing(block):
            self.parts[path].discard(block)

    def _drop_parts(self) -> None:
        for path in [path for path, needed in self.parts.items() if not needed - self.whole]:
            monthly = self._partner(path)
            path.unlink(missing_ok=True)
            if monthly is not None:
                monthly.unlink(missing_ok=True)
            del self.parts[path]

    def _write_part(self, table: pa.Table, name: str) -> Path:
        return write_table(table, self.folder / "parts", name, last=False, pack="lz4")

    def _part(self, path: Path, prefix: str) -> Path:
        partner = self._partner(path) if prefix else path
        assert partner is not None
        return partner

    def _partner(self, path: Path) -> Path | None:
        """The monthly table of a part."""
        found = sorted((self.folder / "parts").glob(f"monthly-{name_of(path)}.*.parquet"))
        return found[0] if found else None

    def _months(self) -> set[str] | None:
        """Blocks whose monthly table is sound; None when months are not kept."""
        if self.study.spec.keep == "measures":
            return None
        found = set()
        for path in [
            *listed(self.folder / "monthly"),
            *self.folder.glob("parts/monthly-*.parquet"),
        ]:
            if self._sound(path) is not None:
                found.add(name_of(path))
        return found

    def _read(self, path: Path) -> pa.Table:
        table = read_table(path)
        if table is None:
            raise StudyError(
                f"{path} was changed while the study ran; run the same again to mend it."
            )
        return table

    def _sound(self, path: Path) -> pa.Table | None:
        """A table as it was written; a damaged one is told and removed."""
        table = read_table(path)
        if table is None:
            self.note(f"{path} is damaged (its checksum does not fit); its runs are done again.")
            path.unlink()
        return table

    @contextlib.contextmanager
    def _plain_errors(self) -> Iterator[None]:
        from clfz.inputs.file_errors import reason

        try:
            yield
        except OSError as error:
            raise StudyError(
                f"Cannot write to {self.folder}: {reason(error)}. {self.done} of {self.study.runs} "
                "runs are kept; the same command continues."
            ) from error


def register(folder: Path, study: Study) -> None:
    """Write down every point before anything runs; `study.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in (("points", tables.points(study)), ("draws", tables.draws(study))):
        old = [path for path in listed(folder) if name_of(path) == name]
        if parts is None:
            continue
        new = write_table(parts, folder, name)
        for path in old:
            if path != new:
                path.unlink()
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
        mine = {*FOLDERS, "lock", "log.jsonl", "report.html"}
        others = [each.name for each in folder.iterdir()] if folder.is_dir() else []
        others = [
            n for n in others if n not in mine and not n.startswith(("points.", "draws.", "."))
        ]
        if others:
            raise StudyError(
                f"{folder} holds files that are no study; give another folder, or empty it."
            )
        return None
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        version = facts["schema_version"]
        if version > SCHEMA_VERSION:
            raise StudyError(f"{folder} was written by a newer clfz; update this one to read it.")
        count = facts["rows"]["count"]
        rows = tables.rows(folder, facts)
        if rows is None and like is not None and like.rows_digest(count) == facts["rows"]["sha256"]:
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
    if study.rows_digest() != facts["rows"]["sha256"]:
        raise StudyError(
            f"The table of points in {folder} was changed; it does not fit {path.name}."
        )
    return study, facts
