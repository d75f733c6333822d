"""Sets of assumptions: from the priors, or from a posterior that `clfz calibrate` wrote.

A posterior is a table with one row a draw; its columns are named as in `priors.yaml` and `unknowns.yaml`, those of
scope country as `report_missed[IND]`. What it does not hold comes from the priors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.file_errors import reason
from sim.inputs import InputError, Zone
from sim.inputs.problems import Problem
from sim.parameters import Parameter, draw, load_parameters

COUNTING = ("report_noise", "protected_level", "start_found")
"""How programmes count, beyond what is missed or doubled (`unknowns.yaml`)."""
_TABLE = "posterior.parquet"
_UNKNOWNS = Path(__file__).parents[1] / "unknowns.yaml"


@dataclass(frozen=True)
class Draws:
    """Sets of assumptions.

    Attributes:
        values: Parameters by name, one mapping a set.
        model: The parameters that the engine reads.
        learned: Names that came from a posterior.
        told: Where they come from, for the report.
    """

    values: tuple[dict[str, float], ...]
    model: tuple[Parameter, ...]
    learned: tuple[str, ...]
    told: str

    def __len__(self) -> int:
        return len(self.values)


def counting() -> tuple[Parameter, ...]:
    """The parameters of counting that act after a run."""
    return tuple(each for each in load_parameters(_UNKNOWNS) if each.name in COUNTING)


def draws(zone: Zone, count: int, seed: int, posterior: Path | None = None) -> Draws:
    """That many sets of assumptions for a zone.

    Args:
        zone: Parameters of scope country and zone are drawn for it.
        count: How many.
        seed: Seed of the study.
        posterior: Folder or file of a posterior.

    Raises:
        InputError: The posterior cannot be used.
    """
    model = load_parameters()
    parameters = (*model, *counting())
    values = [
        draw(parameters, seed, index, zone=zone.name, country=zone.country)
        for index in range(count)
    ]
    if posterior is None:
        return Draws(
            tuple(values),
            model,
            (),
            "the priors: what was believed before any of these zones was looked at",
        )
    table = read_posterior(posterior)
    columns = _columns(parameters, table, zone.country, posterior)
    rows = _rows(len(table), count, seed)
    for name, column in columns.items():
        for each, value in zip(values, table[column].to_numpy(dtype=np.float64)[rows], strict=True):
            each[name] = float(value)
    told = f"the posterior of {posterior}: {len(table)} draws, {len(columns)} parameters; the rest from the priors"
    return Draws(tuple(values), model, tuple(columns), told)


def read_posterior(path: Path) -> Any:
    """The table of a posterior.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    import pandas as pd

    file = path / _TABLE if path.is_dir() else path
    if not file.is_file():
        text = f"there is no {_TABLE} here. It is made by: clfz calibrate"
        raise InputError([Problem(str(path), 0, 0, text)])
    try:
        table = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        text = f"this is no table of draws ({reason(error)})."
        raise InputError([Problem(str(file), 0, 0, text)]) from None
    if not len(table):
        raise InputError([Problem(str(file), 0, 0, "this posterior holds no draws.")])
    return table


def _columns(
    parameters: Sequence[Parameter], table: Any, country: str, path: Path
) -> Mapping[str, str]:
    """Parameter -> its column, each checked to hold finite numbers within the prior's bounds."""
    found, problems = {}, []
    for parameter in parameters:
        names = [f"{parameter.name}[{country}]"] if parameter.scope == "country" else []
        column = next((name for name in (*names, parameter.name) if name in table), None)
        if column is None:
            continue
        numbers = table[column].to_numpy(dtype=np.float64)
        low, high = parameter.prior.span
        room = 1e-9 * max(1.0, abs(low), abs(high))
        if not (
            np.isfinite(numbers).all()
            and (numbers >= low - room).all()
            and (numbers <= high + room).all()
        ):
            text = f"{column} must lie between {low:g} and {high:g} in every draw."
            problems.append(Problem(str(path), 0, 0, text))
        found[parameter.name] = column
    if not found:
        problems.append(
            Problem(str(path), 0, 0, "no column is a parameter of the model. All: clfz parameters")
        )
    if problems:
        raise InputError(problems)
    return found


def _rows(there: int, wanted: int, seed: int) -> Any:
    """Which draws to take: different ones as long as there are enough."""
    order = np.random.Generator(np.random.Philox(key=np.array([seed, 0x706F7374], np.uint64)))
    return np.resize(order.permutation(there), wanted)
