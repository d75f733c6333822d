"""A table of points from a file or a data frame: one column a factor, numbers only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.inputs.designs import MOST_ROWS
from clfz.inputs.file_errors import reason
from clfz.inputs.problems import shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ_BY = {".csv": "read_csv", ".parquet": "read_parquet", ".pq": "read_parquet"}


class TableProblem(ValueError):
    """Why a table cannot be used: one sentence."""


def read_table(path: Path) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names of the columns, and the rows [R, columns].

    Raises:
        TableProblem: The file is missing or no table of numbers.
    """
    import pandas as pd

    if path.suffix.lower() not in READ_BY:
        raise TableProblem("a table of points is a .csv or a .parquet file.")
    if not path.is_file():
        raise TableProblem("there is no such file.")
    try:
        frame = getattr(pd, READ_BY[path.suffix.lower()])(path)
    except (OSError, ValueError) as error:
        raise TableProblem(f"it cannot be read ({reason(error)[:120].rstrip('.')}).") from None
    return frame_rows(frame)


def frame_rows(frame: Any) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The same for a data frame.

    Raises:
        TableProblem: It is no table of numbers.
    """
    import numpy as np
    import pandas as pd

    names = tuple(str(name).strip() for name in frame.columns)
    if not names or not len(frame):
        raise TableProblem("it holds no rows.")
    if len(frame) > MOST_ROWS:
        raise TableProblem(f"it holds more than {MOST_ROWS} rows.")
    # pandas calls the second of two equal columns x.1
    twice = [
        name
        for at, name in enumerate(names)
        if name in names[:at] or name.removesuffix(".1") in names[:at]
    ]
    if twice:
        raise TableProblem(f'column "{twice[0].removesuffix(".1")}" stands twice; keep one.')
    columns = []
    for name, (_, column) in zip(names, frame.items(), strict=True):
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        bad = np.flatnonzero(~np.isfinite(numbers))
        if bad.size:
            value = column.iloc[int(bad[0])]
            told = "empty" if pd.isna(value) else shown(value)
            raise TableProblem(
                f'row {bad[0] + 1}, column "{name}" is {told}, but a number is needed.'
            )
        columns.append(numbers)
    return names, np.ascontiguousarray(np.column_stack(columns))
