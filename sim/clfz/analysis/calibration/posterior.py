"""The posterior as a file: one row a draw, one column an unknown; ArviZ and everything else can read it.

    import clfz.analysis.calibration.posterior
    found = clfz.analysis.calibration.posterior.load("results/calibration")        # arviz.InferenceData

or, without clfz:

    frame = pandas.read_parquet("posterior.parquet").set_index(["chain", "draw"])
    arviz.convert_to_inference_data(xarray.Dataset.from_dataframe(frame))
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.special import ndtr

from clfz.analysis.calibration import CalibrationError
from clfz.analysis.calibration.unknowns import own_parameters
from clfz.inputs.parameters import Parameter, Prior, load_parameters
from clfz.inputs.problems import InputError, Problem, reason, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.fit import Fit
    from clfz.analysis.calibration.unknowns import Unknowns

    Floats = NDArray[np.float64]

FILE = "posterior.parquet"
USED = 500  # draws that stand in for the prior: each is written into the manifest of what was run


LEARNED, STAYS = 0.3, 0.1  # contractions
MOVED = 0.3  # prior standard deviations


def arviz() -> Any:
    """ArviZ, loaded when it is needed and without its daily notice.

    Raises:
        CalibrationError: It is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            import arviz as module
        except ImportError as error:
            raise CalibrationError(CalibrationError.MISSING) from error
    return module


def write(path: Path, fit: Fit, unknowns: Unknowns) -> None:
    """Write the draws of a fit as values."""
    chains, draws, _ = fit.z.shape
    values = unknowns.values(ndtr(fit.flat))
    frame = pd.DataFrame(values, columns=list(unknowns.names))
    frame.insert(0, "draw", np.tile(np.arange(draws), chains))
    frame.insert(0, "chain", np.repeat(np.arange(chains), draws))
    whole(path, lambda scratch: frame.to_parquet(scratch, index=False))


def whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file so that it is there whole or not at all, whenever the process is killed."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    write(scratch)
    with scratch.open("rb") as file:
        os.fsync(file.fileno())
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
    value = None if pd.isna(values.iloc[at]) else values.iloc[at]
    said = f"{value:g}" if value is not None and is_numeric_dtype(values) else shown(value)
    return f"{column} is {said} in row {at + 1}, but it must be a number from {low:g} to {high:g}."


def contraction(z: Floats) -> Floats:
    """1 - posterior variance / prior variance of each unknown, on the scale of its prior's shares [U]."""
    found: Floats = 1.0 - ndtr(z).var(axis=0) * 12.0
    return found


def moved(z: Floats) -> Floats:
    """How far the mean of each unknown moved [U], in standard deviations of its prior's shares."""
    found: Floats = (ndtr(z).mean(axis=0) - 0.5) * 12.0**0.5
    return found


def label(value: float) -> str:
    """In words."""
    if value >= LEARNED:
        return "learned"
    return "stays at the prior" if value < STAYS else "hardly learned"


def directions(
    z: Floats, unknowns: Unknowns, most: int = 4
) -> list[tuple[float, list[tuple[str, float]]]]:
    """The combinations of normal scores that the records see best: (contraction along it, [(name, weight)]).

    Of each only the largest parts are named; weights of opposite sign are traded off for each other. The prior variance
    of every combination is 1.
    """
    value, vector = np.linalg.eigh(np.cov(z.T))
    found = []
    for k in range(most):
        v = vector[:, k] * np.sign(vector[np.argmax(np.abs(vector[:, k])), k])
        parts = [i for i in np.argsort(-np.abs(v))[:5] if abs(v[i]) > 0.25]
        found.append((float(1.0 - value[k]), [(unknowns.names[i], float(v[i])) for i in parts]))
    return found
