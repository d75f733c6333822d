"""The catalogue of everything that a result can hold: one row a number's kind.

`clfz indicators`, the report and the conversion of engine counts all read this list. An
*indicator* is a rate or state by month; an *outcome* is one number a run; a *ratio* is cost divided
by gain and is made in `clfz.runs.summary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Kind = Literal["indicator", "outcome", "ratio"]
LOWER, HIGHER, NEITHER = -1, 1, 0


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measured thing.

    Attributes:
        name: name in the `indicator`, `outcome` or `measure` column.
        label: plain words for a reader.
        unit: "share", "children", "child-years", "percentage points", "money", ...
        direction: 1 when more is better, -1 when less is better, 0 when neither.
        definition_id: key into `clfz.runs.definitions`.
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
        from clfz.runs.definitions import definition

        return definition(self.definition_id).source

    @property
    def aggregatable(self) -> bool:
        """Whether numbers of several zones may be added (false for rates)."""
        return self.unit in {"children", "child-years", "money"}

    @property
    def iati_measure(self) -> str:
        """The IATI 2.03 word for the unit."""
        return "percentage" if self.unit == "share" else "unit"


def _rate(
    name: str, label: str, direction: int, counts: tuple[str, ...], definition: str, band: str
) -> Indicator:
    return Indicator(
        name, label, "share", direction, definition, "indicator", band, counts, ("children",)
    )


def _place(place: str, label: str) -> Indicator:
    name, text = f"working_{place}", f"Children who work {label}"
    return Indicator(name, text, "children", NEITHER, "model-state", numerator=(name,))


def _outcome(name: str, label: str, unit: str, direction: int, definition: str) -> Indicator:
    return Indicator(name, label, unit, direction, definition, "outcome")


_SDG, _CHORES, _MVF = "sdg871-ea", "sdg871-ea-hc", "mvf-out-of-school"
_OUT, _STATE, _PAIR = "sdg414-2020", "model-state", "paired-children"
_REPORTED, _COST = "programme:reported-counts", "cost-programme"
_SCHOOL = ("school_only", "school_and_work")
_NO_SCHOOL = ("work_only", "neither")
_WORK = ("school_and_work", "work_only")

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "children", "Children in the zone", "children", NEITHER, _STATE, numerator=("children",)
    ),
    _rate("school_only_rate", "In school, not working", HIGHER, ("school_only",), _STATE, "5-17"),
    _rate(
        "works_and_school_rate",
        "In school and working",
        LOWER,
        ("school_and_work",),
        _STATE,
        "5-17",
    ),
    _rate("work_only_rate", "Working, not in school", LOWER, ("work_only",), _STATE, "5-17"),
    _rate("neither_rate", "Neither in school nor working", LOWER, ("neither",), _STATE, "5-17"),
    _rate("school_attendance_rate", "In school", HIGHER, _SCHOOL, _STATE, "5-17"),
    _rate("out_of_school_rate", "Out of school", LOWER, _NO_SCHOOL, _OUT, "5-14"),
    _rate("working_rate", "Working, any hours", LOWER, _WORK, _STATE, "5-17"),
    _rate("child_labour_rate", "In child labour", LOWER, ("child_labour",), _SDG, "5-17"),
    _rate(
        "child_labour_with_chores_rate",
        "In child labour, housework counted",
        LOWER,
        ("child_labour_with_chores",),
        _CHORES,
        "5-17",
    ),
    _rate(
        "hazardous_work_rate",
        "In hazardous work",
        LOWER,
        ("hazardous_work",),
        "hazardous-work",
        "5-17",
    ),
    _rate(
        "full_time_school_rate",
        "In full-time school, with no work at all",
        HIGHER,
        ("school_only",),
        _MVF,
        "5-14",
    ),
    _place("farm", "on the family farm"),
    _place("home", "at home for the family’s trade"),
    _place("tier3", "in a small workshop or for a small employer"),
    _place("tier2", "for a subcontractor or in a trader’s yard"),
    _place("tier1", "in an export factory, on an estate or at a large buyer’s site"),
    Indicator("adult_wage_index", "Adult day wage (1 = at the start)", "index", HIGHER, _STATE),
    Indicator(
        "pupils_per_teacher",
        "Pupils for each teacher",
        "pupils",
        LOWER,
        _STATE,
        numerator=("pupils",),
        denominator=("teachers",),
    ),
    Indicator(
        "norm_support_rate",
        "Adults who say that no child should work",
        "share",
        HIGHER,
        _STATE,
        numerator=("norm_support",),
        denominator=("adults",),
    ),
)

OUTCOMES: tuple[Indicator, ...] = (
    _outcome("withdrawn_to_school", "Withdrawn from work, in school", "children", 1, _REPORTED),
    _outcome("protected_from_dropout", "Kept from dropping out", "children", 1, _REPORTED),
    _outcome("in_bridge_school", "Placed in a bridge school", "children", 1, _REPORTED),
    _outcome("attribution_counted", "Children on the programme’s list", "children", 0, _PAIR),
    _outcome("attribution_changed", "Changed by the programme", "children", 1, _PAIR),
    _outcome("attribution_deadweight", "Would have happened anyway", "children", -1, _PAIR),
    _outcome("attribution_displaced", "Moved to other work", "children", -1, _PAIR),
    _outcome("attribution_relapsed", "Went back within a year", "children", -1, _PAIR),
    _outcome("attribution_spill_over", "Helped without being listed", "children", 1, _PAIR),
    _outcome("attribution_work_moved_in", "Drawn into work by the change", "children", -1, _PAIR),
    _outcome(
        "attribution_lost_school", "Out of school because of the change", "children", -1, _PAIR
    ),
    _outcome("attribution_unaffected", "Neither listed nor changed", "children", 0, _PAIR),
    _outcome(
        "child_years_out_of_labour_gained",
        "Child-years out of child labour, gained",
        "child-years",
        1,
        _SDG,
    ),
    _outcome(
        "child_years_in_school_gained", "Child-years in school, gained", "child-years", 1, _OUT
    ),
    _outcome("tipped", "Zone changed so far that it stays so by itself", "share", 1, _STATE),
    *(
        _outcome(
            f"stays_{years}y_{what}_points",
            f"{label}, {years} year{'s' if years > 1 else ''} after the end, against no programme",
            "percentage points",
            direction,
            definition,
        )
        for what, label, direction, definition in (
            ("child_labour", "Child labour", -1, _SDG),
            ("school", "In school", 1, _STATE),
        )
        for years in (1, 2, 5)
    ),
    _outcome("cost_total", "Cost of the programme", "money", -1, _COST),
    _outcome("cost_spent", "Money spent, year by year added up", "money", -1, _COST),
    _outcome("cost_per_child", "Cost for each child living in the zone", "money", -1, _COST),
)

RATIOS: tuple[Indicator, ...] = tuple(
    Indicator(name, label, "money", LOWER, _COST, "ratio", numerator=("cost_total",), denominator=d)
    for name, label, d in (
        (
            "cost_per_child_year_out_of_labour",
            "Cost of one child-year out of child labour",
            ("child_years_out_of_labour_gained",),
        ),
        (
            "cost_per_child_year_school",
            "Cost of one child-year in school",
            ("child_years_in_school_gained",),
        ),
        (
            "cost_per_child_reported",
            "Cost for each child that the programme reports",
            ("withdrawn_to_school", "protected_from_dropout"),
        ),
        (
            "cost_per_child_changed",
            "Cost for each child whose life the programme changed",
            ("attribution_changed",),
        ),
    )
)

CATALOGUE: tuple[Indicator, ...] = INDICATORS + OUTCOMES + RATIOS
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
