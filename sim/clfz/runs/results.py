"""One comparison in memory and on disk: whole, or it says that it is not.

A result folder is written to a hidden place beside its target and moved when it is complete, so
nobody ever sees half of one. `manifest.json` is its last file; without it a folder is no result.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.inputs.problems import reason
from clfz.runs.manifest import SCHEMA_VERSION
from clfz.runs.summary import RunMeasures, gather, summarise

if TYPE_CHECKING:
    import pandas as pd

_RUN = ("scenario", "zone", "draw", "replicate")
_TABLES = {
    "indicators": (*_RUN, "month", "indicator", "sex", "age_band", "value"),
    "outcomes": (*_RUN, "outcome", "value"),
    "costs": (*_RUN, "month", "line", "amount"),
}
_TEXT = frozenset({"scenario", "zone", "indicator", "sex", "age_band", "outcome", "line"})
_NUMBER = frozenset({"value", "amount"})


class ResultError(Exception):
    """A result cannot be written or read; the message is one sentence for the user."""


@dataclass(frozen=True)
class ComparisonResult:
    """All numbers of one comparison; text, tables and figures come from here alone.

    Attributes:
        manifest: what `clfz.runs.manifest` describes.
        indicators: scenario, zone, draw, replicate, month, indicator, sex, age_band, value; month 0 is the month before
            the programme.
        outcomes: scenario, zone, draw, replicate, outcome, value.
        costs: scenario, zone, draw, replicate, month, line, amount; money of the price year, not discounted.
    """

    manifest: dict[str, Any]
    indicators: pd.DataFrame
    outcomes: pd.DataFrame
    costs: pd.DataFrame

    @classmethod
    def make(
        cls,
        manifest: Mapping[str, Any],
        indicators: pd.DataFrame,
        outcomes: pd.DataFrame,
        costs: pd.DataFrame,
    ) -> ComparisonResult:
        """Check the columns, store text once (as categories) and return the result."""
        frames = {"indicators": indicators, "outcomes": outcomes, "costs": costs}
        tidy = {name: _tidy(name, frame) for name, frame in frames.items()}
        return cls(dict(manifest), **tidy)

    @cached_property
    def run_measures(self) -> RunMeasures:
        """Values in every replication of every measure and scenario."""
        return gather(self.indicators, self.outcomes, self.costs, self.manifest)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The table `comparison.csv`: one row for each scenario and measure."""
        return summarise(self.run_measures)

    @property
    def complete(self) -> bool:
        """Whether all runs that were asked for are in."""
        return bool(self.manifest.get("complete", True))


def _tidy(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the contract's columns in order, compact types."""
    columns = _TABLES[name]
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ResultError(f"The table {name} lacks the column(s) {', '.join(missing)}.")
    types = {
        column: "category" if column in _TEXT else "float64" if column in _NUMBER else "int32"
        for column in columns
    }
    return frame[list(columns)].astype(types)


def write(
    result: ComparisonResult,
    folder: Path,
    finish: Callable[[Path], object] | None = None,
) -> Path:
    """Write a result folder: all of it or nothing.

    Args:
        result: what to write.
        folder: where; an older result there is replaced, what somebody put beside it stays, and any
            other non-empty folder is refused.
        finish: called with the temporary folder before the manifest, to add the report.

    Returns:
        The folder.

    Raises:
        ResultError: when the place cannot be written or the disk is full; nothing is left there.
    """

    def fill(place: Path) -> None:
        for name in _TABLES:
            _write_parquet(getattr(result, name), place / f"{name}.parquet", result.manifest)
        result.summary.to_csv(place / "comparison.csv", index=False, lineterminator="\n")
        if finish is not None:
            finish(place)

    return write_whole(folder, fill, result.manifest)


def write_whole(folder: Path, fill: Callable[[Path], object], manifest: Mapping[str, Any]) -> Path:
    """Write any result folder: filled in a hidden place beside its target, and moved when it is complete.

    Args:
        folder: where; an older result there is replaced, what somebody put beside it (notes, say)
            stays, and any other non-empty folder is refused.
        fill: called with the hidden folder, to write everything but the manifest.
        manifest: written last, with the checksums of all files.

    Returns:
        The folder.

    Raises:
        ResultError: when the place cannot be written or the disk is full; nothing is left there.
    """
    refuse_others(folder)
    with plain_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
        try:
            fill(place)
            _seal(manifest, place)
            _copy_others(folder, place)
            _move(place, folder)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return folder


def read(folder: Path, *, allow_incomplete: bool = False, verify: bool = False) -> ComparisonResult:
    """Read a result folder back: its tables, each compared with its checksum, and its manifest.

    What is made from the tables (`comparison.csv`, the report, its figures) may be missing or
    edited; it can be made again.

    Args:
        folder: a folder that `write` made.
        allow_incomplete: accept a result that says that runs are missing; it stays labelled.
        verify: also compare the checksums of what is made from the tables.

    Raises:
        ResultError: when the folder is no result, is not whole or was changed.
    """
    import pandas as pd

    manifest = read_manifest(folder)
    if manifest.get("kind") == "evaluation":
        text = (
            f"{folder} holds an evaluation, not a comparison; its report comes from: clfz evaluate"
        )
        raise ResultError(f"{text} {manifest.get('field_file', 'FIELD.csv')}")
    if not manifest.get("complete", True) and not allow_incomplete:
        why = manifest.get("incomplete_reason") or "some runs are missing"
        raise ResultError(f"{folder} is not complete: {why}.")
    files = {f"{name}.parquet": {} for name in _TABLES} | manifest.get("files", {})
    for name, facts in files.items():
        if not verify and name.removesuffix(".parquet") not in _TABLES:
            continue
        if not (folder / name).is_file():
            raise ResultError(f"{folder} is not whole: {name} is missing.")
        if facts and _sha256(folder / name) != facts["sha256"]:
            raise ResultError(f"{folder} is not as written: {name} was changed.")
    try:
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    except (OSError, ValueError) as error:
        raise ResultError(f"{folder} is not whole: {reason(error)}.") from error
    return ComparisonResult.make(manifest, **frames)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return `manifest.json` of a result folder, or say why it is no result."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ResultError(_no_result(folder)) from None
    except OSError as error:
        raise ResultError(f"{path} cannot be read: {reason(error)}.") from error
    except ValueError as error:
        where = f" from line {error.lineno} on" if isinstance(error, json.JSONDecodeError) else ""
        text = f"{path} is damaged: it is not JSON{where}. Make the result again"
        raise ResultError(f"{text}, or take the file from a copy.") from error
    if not isinstance(manifest, dict) or "schema_version" not in manifest:
        raise ResultError(f"{path} is not the manifest of a clfz result.")
    if manifest["schema_version"] > SCHEMA_VERSION:
        raise ResultError(f"{folder} was written by a newer clfz; update this one to read it.")
    return manifest


def _no_result(folder: Path) -> str:
    """Say why a place is no result, and where one is."""
    if folder.is_file():
        parent = folder.parent
        inside = (parent / "manifest.json").is_file()
        hint = f"Give its folder: {parent}" if inside else "Give the folder of a result."
        return f"{folder} is a file. {hint}"
    if not folder.is_dir():
        return f"{folder}: there is no such folder."
    text = f"{folder} is not a whole result: there is no manifest.json in it."
    near = sorted(file.parent for file in folder.glob("*/manifest.json"))
    return f"{text} In it there is: {', '.join(map(str, near[:5]))}" if near else text


def _seal(manifest: Mapping[str, Any], place: Path) -> None:
    """Write the manifest of a folder that holds everything else."""
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    files = {
        path.relative_to(place).as_posix(): {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in paths
    }
    whole = {"schema_version": SCHEMA_VERSION, **manifest, "files": files}
    text = json.dumps(whole, indent=2, ensure_ascii=False, default=str)
    with (place / "manifest.json").open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _copy_others(folder: Path, place: Path) -> None:
    """Copy what lies in a result folder and is no part of the result."""
    try:
        ours = {"manifest.json", *read_manifest(folder).get("files", {})}
    except ResultError:  # who cannot tell what is whose keeps all
        ours = {"manifest.json"}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.as_posix() not in ours and not (place / name).exists():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place / name)


def _write_parquet(frame: pd.DataFrame, path: Path, manifest: Mapping[str, Any]) -> None:
    """Write a table with dictionary-coded text, zstd-compressed, naming its run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    note = {b"clfz_run_id": str(manifest.get("run_id", "")).encode()}
    table = table.replace_schema_metadata((table.schema.metadata or {}) | note)
    pq.write_table(table, path, compression="zstd", use_dictionary=sorted(_TEXT & {*frame}))


def _move(place: Path, folder: Path) -> None:
    """Put the finished folder in its place; an older result comes back when that fails."""
    place.chmod(0o755)
    if not folder.exists():
        place.rename(folder)
        return
    old = place.with_name(place.name.replace(".partial-", ".old-"))
    folder.rename(old)
    try:
        place.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def refuse_others(folder: Path) -> None:
    """Refuse a place that is neither free, nor an empty folder, nor an older result.

    Raises:
        ResultError: It holds something else.
    """
    ours = folder.is_dir() and ((folder / "manifest.json").exists() or not any(folder.iterdir()))
    if folder.exists() and not ours:
        raise ResultError(
            f"{folder} holds files that are no result of clfz; give another folder, or empty it."
        )


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn what the operating system says into one sentence."""
    try:
        yield
    except OSError as error:
        text = f"Cannot write {folder}: {reason(error)}. Nothing was changed there."
        raise ResultError(text) from error


def _sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
