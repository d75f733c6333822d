"""The folder of a discovery or an optimisation, and its files, each written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clfz.runs.store import write_bytes

if TYPE_CHECKING:
    import pandas as pd


def own_folder(folder: Path, mine: str = "study") -> None:
    """Refuse a folder that holds something else, before hours of runs.

    Raises:
        StudyError: It is a file, or holds files but not the folder that these results begin with.
    """
    from clfz.runs.study import StudyError

    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file. Give a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mine).is_dir():
        raise StudyError(f"{folder} holds other files; give another folder, or empty it.")


def write_text(text: str, path: Path) -> None:
    """Write a text file."""
    write_bytes(path, text.encode())


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, sink, compression="zstd", version="2.6")
    write_bytes(path, sink.getvalue().to_pybytes())
