"""Tables on disk that are whole or not there: written aside, forced to the disk, named by their checksum, moved.

A file is called `NAME.CHECKSUM.parquet`. Its bytes depend on its rows alone, so equal results are equal files, and a
file that does not fit its name was changed or cut after it was written.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"
ASIDE = ".partial-"
"""What a file is called until it is whole."""
_DIGITS = 16


def write_table(
    table: pa.Table, folder: Path, name: str, *, last: bool = True, pack: str = "zstd"
) -> Path:
    """Write a table as `NAME.CHECKSUM.parquet`, forced to the disk before it gets that name.

    Args:
        table: The rows.
        folder: Where.
        name: Without checksum and suffix.
        last: Force the name to the disk too: after a power cut it is there, not only after a kill.
        pack: zstd for what stays, lz4 (larger, four times as fast) for what is read soon.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression=pack, version="2.6")
    data = sink.getvalue().to_pybytes()
    target = folder / f"{name}.{hashlib.sha256(data).hexdigest()[:_DIGITS]}{SUFFIX}"
    write_bytes(target, data, last=last)
    return target


def write_bytes(target: Path, data: bytes, *, last: bool = True) -> None:
    """Write a file whole or not at all."""
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
    if last:
        _force(target.parent)


def read_table(path: Path) -> pa.Table | None:
    """The table, or None when the file is not as it was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow's own memory: a thread of the reader that outlives the interpreter may not touch bytes of Python
    with pa.OSFile(str(path)) as file:
        data = file.read_buffer()
    if hashlib.sha256(data).hexdigest()[:_DIGITS] != checksum_of(path):
        return None
    # not `read_table`, which loads Arrow's data sets first
    table: Any = pq.ParquetFile(pa.BufferReader(data)).read()
    return table


def name_of(path: Path) -> str:
    """The name without checksum and suffix."""
    return path.name.removesuffix(SUFFIX).rpartition(".")[0]


def checksum_of(path: Path) -> str:
    """The checksum in the name of a file."""
    return path.name.removesuffix(SUFFIX).rpartition(".")[2]


def listed(folder: Path) -> list[Path]:
    """The tables in a folder, in the order of their names."""
    found = (path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))
    return sorted(found, key=lambda path: path.name)


def sweep_up(folder: Path) -> None:
    """Remove what a process that was ended left half written."""
    for path in folder.glob(f"{ASIDE}*"):
        path.unlink(missing_ok=True)


def _force(folder: Path) -> None:
    """Force the name of a new file to the disk, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
