"""Sets of assumptions: from the priors, or from a posterior that `clfz calibrate` wrote.

A posterior is a table with one row a draw; its columns are named as in `priors.yaml` and `unknowns.yaml`, those of
scope country as `report_missed[IND]`. What it does not hold comes from the priors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clfz.analysis.calibration import posterior as drawn
from clfz.analysis.calibration.unknowns import own_parameters
from clfz.inputs import InputError, Zone
from clfz.inputs.parameters import Parameter, draw, load_parameters
from clfz.inputs.problems import Problem
from clfz.runs.measures import COUNTED

COUNTING = {
    "reach_level": "with how many children programmes work",
    "reach_spread": "how far their reach differs",
    "protected_level": "whom programmes call protected",
    "protected_spread": "how far that word differs",
    "start_found": "children found at the start",
    "report_noise": "errors of counting",
}
"""How programmes reach and count, beyond what is missed or doubled (`unknowns.yaml`).

`protected_share` is not among them: it is the chance that a programme counts nobody as protected, and one that reported
a figure did count.
"""
OTHERS = ("visits_level", "visits_spread", "seats_level", "seats_spread", "bridge_share")
"""What the programmes behind a posterior did: of the programme that is evaluated, its own file says that."""


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
    """The parameters of reach and counting, which act after a run."""
    return tuple(each for each in own_parameters() if each.name in COUNTING)


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
    table = drawn.table(posterior)
    columns = _columns(parameters, table.columns, zone.country)
    if not columns:
        text = "no column is a parameter that an evaluation uses. All: clfz parameters"
        raise InputError([Problem(str(posterior), 0, 0, text)])
    rows = _rows(len(table), count, seed)
    for name, column in columns.items():
        for each, value in zip(values, table[column].to_numpy(dtype=np.float64)[rows], strict=True):
            each[name] = float(value)
    told = _told(posterior, table, columns)
    return Draws(tuple(values), model, tuple(columns), told)


def _columns(parameters: Sequence[Parameter], there: Iterable[str], country: str) -> dict[str, str]:
    """Parameter -> its column; that of the country goes before one for all."""
    known, found = set(there), {}
    for parameter in parameters:
        names = [f"{parameter.name}[{country}]"] if parameter.scope == "country" else []
        column = next((name for name in (*names, parameter.name) if name in known), None)
        if column is not None:
            found[parameter.name] = column
    return found


def _told(posterior: Path, table: Any, learned: Iterable[str]) -> str:
    """What was taken from a posterior, in words."""
    counted = [name for name in COUNTING if name in learned]
    others = [name for name in OTHERS if name in table]
    model = len(set(learned) - set(COUNTING))
    taken = [f"{model} parameter{'' if model == 1 else 's'} of the model"] if model else []
    taken += [f"{COUNTING[name]} ({name})" for name in counted]
    text = f"the posterior of {posterior} ({len(table):,} draws): {'; '.join(taken)}. The rest comes from the priors"
    if others:
        text += (
            ". What the posterior says of the visits, places and bridge schools of other programmes "
            f"({', '.join(others)}) is not used, because the programme file says what this programme does"
        )
    return text


def already_seen(
    posterior: Path, names: Iterable[str], counts: Iterable[tuple[str, float]]
) -> list[str]:
    """Records that a posterior learned from and that are these: one of the names, or the same counts.

    Two counts above zero are the same by chance too seldom to let them pass; a zero says nothing.

    Args:
        posterior: Folder or file; beside it lies what `clfz calibrate` wrote of it, or nothing.
        names: Of the record and the area that are evaluated.
        counts: Indicator and value of each reported count.
    """
    mine, reported = {name for name in names if name}, set(counts)
    return [
        record
        for record, values in _learned_from(posterior)
        if record in mine
        or sum(value > 0 and (kind, value) in reported for kind, value in values) >= 2
    ]


def _learned_from(posterior: Path) -> list[tuple[str, list[tuple[str, float]]]]:
    """Records and counts that a calibration learned from; nothing where it is not known."""
    folder = posterior if posterior.is_dir() else posterior.parent
    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return [
            (str(record), [(kind, float(v)) for kind, v in zip(COUNTED, values, strict=True)])
            for record, values in zip(told["records"], told["counts"], strict=True)
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _rows(there: int, wanted: int, seed: int) -> Any:
    """Which draws to take: different ones as long as there are enough."""
    order = np.random.Generator(np.random.Philox(key=np.array([seed, 0x706F7374], np.uint64)))
    return np.resize(order.permutation(there), wanted)
