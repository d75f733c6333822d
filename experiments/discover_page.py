"""Pages and tables of discovery and optimisation, in the house style, each written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.shards import write_bytes

if TYPE_CHECKING:
    import pandas as pd

_HERE = Path(__file__).parent
_STYLE = _HERE.parent / "sim" / "report" / "style.css"


def page(template: str, **given: Any) -> str:
    """A page as text; it opens offline and needs nothing else."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    style = Markup(_STYLE.read_text(encoding="utf-8"))
    return environment.get_template(template).render(style=style, **given)


def own_folder(folder: Path, mine: str = "study") -> None:
    """Refuse a folder that holds something else, before hours of runs.

    Raises:
        StudyError: It is a file, or holds files but not the folder that these results begin with.
    """
    from experiments.errors import StudyError

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
