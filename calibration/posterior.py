"""The posterior as a file: one row a draw, one column an unknown; ArviZ and everything else can read it.

    import calibration.posterior
    found = calibration.posterior.load("results/calibration")        # arviz.InferenceData

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

from calibration.arvized import arviz
from sim.file_errors import reason
from sim.inputs.problems import InputError, Problem
from sim.parameters import Parameter, Prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from calibration.fit import Fit
    from calibration.unknowns import Unknowns

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

    frame = _frame(folder).set_index(["chain", "draw"])
    return arviz().InferenceData(posterior=xarray.Dataset.from_dataframe(frame))


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
        InputError: There is no posterior in the folder.
    """
    import hashlib

    frame = _frame(folder).drop(columns=["chain", "draw"])
    digest = hashlib.sha256((Path(folder) / FILE).read_bytes()).hexdigest()
    rows = np.linspace(0, len(frame) - 1, min(USED, len(frame))).astype(int)
    values = frame.to_numpy(dtype=np.float64)[rows]
    return Posterior(Path(folder).resolve().name, tuple(map(str, frame.columns)), values, digest)


def _frame(folder: str | os.PathLike[str]) -> Any:
    import pandas as pd

    path = Path(folder) / FILE
    text = f"there is no posterior in {folder}. Make one: clfz calibrate --out {folder}"
    try:
        frame = pd.read_parquet(path)
    except FileNotFoundError:
        raise InputError([Problem("", 0, 0, text)]) from None
    except (OSError, ValueError) as error:
        told = f"it cannot be read ({reason(error)})."
        raise InputError([Problem(str(path), 0, 0, told)]) from None
    if not {"chain", "draw"} <= set(frame.columns) or not len(frame):
        raise InputError([Problem(str(path), 0, 0, "this is not a posterior of clfz calibrate.")])
    return frame
