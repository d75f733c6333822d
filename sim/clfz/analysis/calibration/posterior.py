"""The posterior as a file: one row a draw, one column an unknown; ArviZ and everything else can read it.

    import clfz.analysis.calibration.posterior
    found = clfz.analysis.calibration.posterior.load("results/calibration")        # arviz.InferenceData

or, without clfz:

    frame = pandas.read_parquet("posterior.parquet").set_index(["chain", "draw"])
    arviz.convert_to_inference_data(xarray.Dataset.from_dataframe(frame))
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.arvized import arviz
from clfz.analysis.calibration.unknowns import own_parameters
from clfz.inputs.file_errors import reason
from clfz.inputs.parameters import Parameter, Prior, load_parameters
from clfz.inputs.problems import InputError, Problem, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.fit import Fit
    from clfz.analysis.calibration.unknowns import Unknowns

FILE = "posterior.parquet"
USED = 500  # draws that stand in for the prior: each is written into the manifest of what was run


def write(path: Path, fit: Fit, unknowns: Unknowns) -> None:
    """Write the draws of a fit as values."""
    import pandas as pd
    from scipy.stats import norm

    chains, draws, _ = fit.z.shape
    values = unknowns.values(norm.cdf(fit.flat))
    frame = pd.DataFrame(values, columns=list(unknowns.names))
    frame.insert(0, "draw", np.tile(np.arange(draws), chains))
    frame.insert(0, "chain", np.repeat(np.arange(chains), draws))
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    frame.to_parquet(scratch, index=False)
    scratch.replace(path)


def load(folder: str | os.PathLike[str]) -> Any:
    """The posterior as `arviz.InferenceData`."""
    import xarray

    frame, index = table(folder), ["chain", "draw"]
    if not set(index) <= set(frame.columns):
        raise _told(_file(folder), "ArviZ needs the columns chain and draw, which are not there.")
    return arviz().InferenceData(posterior=xarray.Dataset.from_dataframe(frame.set_index(index)))


@dataclass(frozen=True)
class Posterior:
    """Draws that stand in for the prior.

    Attributes:
        name: Of the folder.
        names: Columns.
        values: [draws, columns].
        sha256: Of the file.
    """

    name: str
    names: tuple[str, ...]
    values: NDArray[np.float64]
    sha256: str

    def stand_in(self, parameters: Sequence[Parameter], country: str) -> tuple[Parameter, ...]:
        """The same parameters with draws of the posterior for a prior; what is fixed or not in it stays.

        All stay together: a draw of the model takes one row for all of them. Of a country that the calibration
        did not see, what is counted there keeps its prior.
        """
        columns = dict(zip(self.names, self.values.T, strict=True))
        found = []
        for each in parameters:
            name = f"{each.name}[{country}]" if each.scope == "country" else each.name
            if each.prior.kind != "fixed" and name in columns:
                values = tuple(columns[name].tolist())
                prior = Prior(kind="sample", values=values, low=min(values), high=max(values))
                each = each.model_copy(update={"prior": prior})
            found.append(each)
        return tuple(found)

    def facts(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"name": self.name, "draws": len(self.values), "sha256": self.sha256}


def read(folder: str | os.PathLike[str]) -> Posterior:
    """The draws of a calibration.

    Raises:
        InputError: There is no posterior in the folder, or it cannot be used.
    """
    import hashlib

    frame, path = table(folder), _file(folder)
    names = tuple(_parameters(frame))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = np.linspace(0, len(frame) - 1, min(USED, len(frame))).astype(int)
    values = frame[list(names)].to_numpy(dtype=np.float64)[rows]
    return Posterior(path.resolve().parent.name, names, values, digest)


def table(place: str | os.PathLike[str]) -> Any:
    """The draws as a table: every column that is a parameter holds numbers that its prior allows.

    Columns may have any other name too; what they hold is not looked at.

    Args:
        place: Folder of a calibration, or the file.

    Raises:
        InputError: There is none, it cannot be read, or it holds what no draw can be.
    """
    import pandas as pd

    path = _file(place)
    if not path.is_file():
        text = f"there is no posterior in {place}. Make one: clfz calibrate --out {place}"
        raise InputError([Problem("", 0, 0, text)])
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError, NotImplementedError) as error:
        raise _told(path, f"this is no table of draws ({reason(error)}).") from None
    if not len(frame):
        raise _told(path, "this posterior holds no draws.")
    columns = _parameters(frame)
    if not columns:
        raise _told(path, "no column is a parameter of the model. All: clfz parameters")
    wrong = [_wrong(column, frame[column], parameter) for column, parameter in columns.items()]
    if any(wrong):
        raise _told(path, *filter(None, wrong))
    return frame


def _file(place: str | os.PathLike[str]) -> Path:
    path = Path(place)
    return path if path.is_file() else path / FILE


def _told(path: Path, *texts: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, text) for text in texts])


def _parameters(frame: Any) -> dict[str, Parameter]:
    """Column -> its parameter, for the columns that are one."""
    known = {each.name: each for each in (*load_parameters(), *own_parameters())}
    found = {}
    for column in map(str, frame.columns):
        name = column.partition("[")[0]
        if name in known and (name == column or known[name].scope == "country"):
            found[column] = known[name]
    return found


def _wrong(column: str, values: Any, parameter: Parameter) -> str | None:
    """The first value that no draw can be, in a sentence."""
    from pandas import isna
    from pandas.api.types import is_numeric_dtype

    low, high = parameter.prior.span
    room = 1e-9 * max(1.0, abs(low), abs(high))
    if is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        good = (numbers >= low - room) & (numbers <= high + room)
    else:
        good = np.zeros(len(values), np.bool_)
    if good.all():
        return None
    at = int(np.argmin(good))
    value = None if isna(values.iloc[at]) else values.iloc[at]
    said = f"{value:g}" if value is not None and is_numeric_dtype(values) else shown(value)
    return f"{column} is {said} in row {at + 1}, but it must be a number from {low:g} to {high:g}."
