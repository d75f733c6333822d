"""The catalogue of everything that a result can hold, with the official definition behind each number.

`clfz indicators`, the report, the measures of a study and the conversion of engine counts all read this list. An
*indicator* is a rate or state by month; an *outcome* is one number a run; a *ratio* is cost divided by gain and is made
in `clfz.runs.summary`. The same children give different rates under different definitions, so every number carries a
`definition_id`, and numbers of different definitions are never mixed. Both lists are tables beside this file,
`indicators.csv` and `definitions.csv`; an indicator that is a share or a sum of the engine's counts needs only a line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clfz.inputs.problems import did_you_mean
from clfz.model.layout import CLASSES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from clfz.inputs.study import Reporting

Kind = Literal["indicator", "outcome", "ratio"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One way of counting: who is counted, in plain words, and where that definition comes from."""

    definition_id: str
    title: str
    text: str
    source: str


def _rows(name: str) -> list[dict[str, Any]]:
    """The lines of a table beside this file."""
    with (Path(__file__).with_name(name)).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DEFINITIONS: tuple[Definition, ...] = tuple(Definition(**row) for row in _rows("definitions.csv"))
_BY_ID = {definition.definition_id: definition for definition in DEFINITIONS}


def definition(definition_id: str) -> Definition:
    """Return the definition of that id; unknown ids describe themselves."""
    given = Definition(definition_id, definition_id, "A definition given by the user.", "user")
    return _BY_ID.get(definition_id, given)


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
        **row
        | {name: tuple(row[name].split()) for name in ("numerator", "denominator")}
        | {"direction": int(row["direction"])}
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
        counts: count name -> array of people; all of one shape, which the result has too.
    """
    import numpy as np

    entry = _BY_NAME[name]
    if not entry.numerator:
        raise KeyError(f"{name} is not made from counts")

    def added(names: tuple[str, ...]) -> npt.NDArray[np.float64]:
        return np.asarray(np.sum([counts[each] for each in names], axis=0), np.float64)

    top = added(entry.numerator)
    if not entry.denominator:
        return top
    bottom = added(entry.denominator)
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


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


# --- names of the measures of a run ---

COUNTED = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")
YEARS_AFTER = (1, 2, 5)


@dataclass(frozen=True)
class Horizon:
    """How long a run is, until the programmes leave and as a whole, and how money and later years count."""

    programme_months: int
    months: int
    reporting: Reporting

    def moments(self) -> dict[str, int]:
        """Moment -> month."""
        after = self.months - self.programme_months
        meta = {"programme_months": self.programme_months, "after_months": after}
        return moments(meta) | {"last": self.months}

    @property
    def programme_years(self) -> int:
        """Programme years, the last one perhaps short."""
        return -(-self.programme_months // 12)


def outcome_names(horizon: Horizon) -> tuple[str, ...]:
    """Every outcome that a run of that length has, in the order of its table."""
    years = range(1, horizon.programme_years + 1)
    stays = [
        f"stays_{after}y_{what}_points"
        for after in YEARS_AFTER
        if horizon.programme_months + 12 * after <= horizon.months
        for what in ("child_labour", "school")
    ]
    return (
        *COUNTED,
        *(f"{name}_year{year}" for year in years for name in COUNTED),
        *(f"attribution_{name}" for name in CLASSES),
        "attribution_counted",
        "child_years_out_of_labour_gained",
        "child_years_in_school_gained",
        "tipped",
        *stays,
        "cost_spent",
        "cost_total",
        "cost_per_child",
    )


def indicator_names() -> tuple[str, ...]:
    """Every indicator that can stand before the `@`."""
    return tuple(entry.name for entry in INDICATORS)


def unknown_measure(name: str, horizon: Horizon) -> str | None:
    """Why a measure does not exist, in one sentence; None when it does."""
    before, at, moment = name.partition("@")
    if not at:
        known = outcome_names(horizon)
        if name in known:
            return None
        if name in indicator_names():
            return f'"{name}" is counted every month: say when, for example {name}@end.'
        hint = did_you_mean(name, known)
        late = name in {entry.name for entry in OUTCOMES} or re.search(r"_year\d+$", name)
        if late and not hint.endswith(f'"{name}"? '):
            return (
                f'"{name}" is not known of a run of {horizon.months} months. All: clfz indicators'
            )
        return f'"{name}" is no measure. {hint}All: clfz indicators'
    if before not in indicator_names():
        hint = did_you_mean(before, indicator_names())
        return f'"{before}" is no indicator. {hint}All: clfz indicators'
    known = tuple(horizon.moments())
    if moment in (*known, "mean"):
        return None
    if re.fullmatch(r"m\d{1,4}", moment):
        if int(moment[1:]) <= horizon.months:
            return None
        return f'"{name}": the run ends after {horizon.months} months.'
    return f'"{name}": "{moment}" is no moment of it. Known: {", ".join(known)}, mean, or m18 for month 18.'
