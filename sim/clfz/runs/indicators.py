"""The catalogue of everything that a result can hold, with the official definition behind each number.

`clfz indicators`, the report, the measures of a study and the conversion of engine counts all read this list. An
*indicator* is a rate or state by month; an *outcome* is one number a run; a *ratio* is cost divided by gain and is made
in `clfz.runs.summary`. The same children give different rates under different definitions, so every number carries a
`definition_id`, and numbers of different definitions are never mixed. Both lists are tables beside this file,
`indicators.csv` and `definitions.csv`; an indicator that is a share or a sum of the engine's counts needs only a line.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Kind = Literal["indicator", "outcome", "ratio"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One way of counting.

    Attributes:
        definition_id: short name that travels with each number.
        title: name for a reader.
        text: who is counted, in plain words.
        source: where the definition comes from.
    """

    definition_id: str
    title: str
    text: str
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    """The lines of a table beside this file."""
    with (Path(__file__).with_name(name)).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DEFINITIONS: tuple[Definition, ...] = tuple(Definition(**row) for row in _rows("definitions.csv"))
_BY_ID = {definition.definition_id: definition for definition in DEFINITIONS}


def definition(definition_id: str) -> Definition:
    """Return the definition of that id; unknown ids describe themselves."""
    found = _BY_ID.get(definition_id)
    if found is not None:
        return found
    return Definition(definition_id, definition_id, "A definition given by the user.", "user")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measured thing.

    Attributes:
        name: name in the `indicator`, `outcome` or `measure` column.
        label: plain words for a reader.
        unit: "share", "children", "child-years", "percentage points", "money", ...
        direction: 1 when more is better, -1 when less is better, 0 when neither.
        definition_id: key into `DEFINITIONS`.
        kind: indicator (monthly), outcome (one a run) or ratio (made in the summary).
        age_band: the age band that the report and the summary quote.
        numerator: names of engine counts that are added up; the first of a ratio for ratios.
        denominator: names of engine counts that divide; empty for plain counts.
        source: who defines it.
    """

    name: str
    label: str
    unit: str
    direction: int
    definition_id: str
    kind: Kind = "indicator"
    age_band: str = "5-17"
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the definition comes from."""
        return definition(self.definition_id).source


CATALOGUE: tuple[Indicator, ...] = tuple(
    Indicator(
        row["name"],
        row["label"],
        row["unit"],
        int(row["direction"]),
        row["definition_id"],
        cast("Kind", row["kind"]),
        row["age_band"],
        tuple(row["numerator"].split()),
        tuple(row["denominator"].split()),
    )
    for row in _rows("indicators.csv")
)
INDICATORS, OUTCOMES, RATIOS = (
    tuple(entry for entry in CATALOGUE if entry.kind == kind)
    for kind in ("indicator", "outcome", "ratio")
)
_BY_NAME = {entry.name: entry for entry in CATALOGUE}


def find(measure: str) -> Indicator:
    """Return the catalogue entry of a measure such as `child_labour_rate@end`.

    What follows `@` (a moment) and a suffix `_year1` (a programme year) do not change the entry.

    Raises:
        KeyError: when the catalogue has no such measure.
    """
    name = measure.split("@", 1)[0]
    head, _, year = name.rpartition("_year")
    return _BY_NAME[head if head and year.isdigit() else name]


def from_counts(
    name: str, counts: Mapping[str, npt.NDArray[np.float64]]
) -> npt.NDArray[np.float64]:
    """Turn engine counts into an indicator; 0 where nobody is there to count.

    Args:
        name: an indicator of the catalogue with a numerator.
        counts: count name -> array of people; all of one shape.

    Returns:
        Array of that shape, in the indicator's unit.
    """
    import numpy as np

    entry = _BY_NAME[name]
    if not entry.numerator:
        raise KeyError(f"{name} is not made from counts")
    top = np.sum([np.asarray(counts[key], dtype=np.float64) for key in entry.numerator], axis=0)
    if not entry.denominator:
        return np.asarray(top, dtype=np.float64)
    bottom = np.sum(
        [np.asarray(counts[key], dtype=np.float64) for key in entry.denominator], axis=0
    )
    shares = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return np.asarray(shares, dtype=np.float64)


def moments(meta: Mapping[str, Any]) -> dict[str, int]:
    """Return the quoted moments: name -> month (0 is the month before the programme)."""
    end = int(meta["programme_months"])
    last = end + int(meta.get("after_months", 0))
    wanted = {"start": 0, "end": end, "1y": end + 12, "2y": end + 24, "5y": end + 60}
    return {name: month for name, month in wanted.items() if month <= last}


@dataclass(frozen=True, slots=True)
class ZoneTest:
    """When a zone counts as free of child labour: both shares low for a whole year.

    Attributes:
        out_of_school: largest share of children 5-14 out of school.
        child_labour: largest share of children 5-14 in child labour.
        months: for how many months in a row both must hold.
    """

    out_of_school: float = 0.05
    child_labour: float = 0.05
    months: int = 12
