"""The catalogue of everything that a result can hold, with the official definition behind each number.

`clfz indicators`, the report, the measures of a study and the conversion of engine counts all read this list. An
*indicator* is a rate or state by month; an *outcome* is one number a run; a *ratio* is cost divided by gain and is made
in `clfz.runs.summary`. The same children give different rates under different definitions, so every number carries a
`definition_id`, and numbers of different definitions are never mixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Kind = Literal["indicator", "outcome", "ratio"]
LOWER, HIGHER, NEITHER = -1, 1, 0


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


_ILO = "ILO and UNICEF, SDG indicator 8.7.1 metadata; 18th and 20th ICLS resolutions"
_MVF = "M. Venkatarangaiya Foundation; Stop Child Labour, child-labour-free zones handbook"
_COUNTS = "Stop Child Labour, Out of Work project: yearly counts by zone"

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "sdg871-ea",
        "Child labour (work for income or for the family’s production)",
        "A child of 5 to 11 who works at least 1 hour a week, of 12 to 14 who works at least 14 "
        "hours, or of 15 to 17 who works at least 43 hours or does hazardous work. Housework in "
        "the own home is not counted.",
        _ILO,
    ),
    Definition(
        "sdg871-ea-hc",
        "Child labour, with housework",
        "As above, and also a child of 5 to 14 who does more than 21 hours of housework a week in "
        "the own home.",
        _ILO,
    ),
    Definition(
        "mics3-28h",
        "Child labour, with housework of 28 hours (older surveys)",
        "As the count without housework, and also a child of 5 to 14 who does at least 28 hours "
        "of housework a week. Used in surveys of about 2005 to 2010; never mixed with the others.",
        "UNICEF, Multiple Indicator Cluster Surveys, third round",
    ),
    Definition(
        "ucw-2008",
        "Child labour, by age group",
        "Every child of 5 to 11 who works, of 12 to 14 who does more than light work, of 15 to 17 "
        "who does hazardous work.",
        "Understanding Children’s Work, indicator metadata",
    ),
    Definition(
        "mvf-out-of-school",
        "The movement’s own measure: every child in full-time school",
        "A child is in full-time school when it attends a formal school and does no work at all. "
        "Every child who is not in school counts as a working child, whatever it does.",
        _MVF,
    ),
    Definition(
        "sdg414-2020",
        "Out of school",
        "A child of school age who attends no formal school in the month. A child in a bridge "
        "school is still out of formal school.",
        "UNESCO Institute for Statistics, SDG 4.1.4 (2020 list)",
    ),
    Definition(
        "hazardous-work",
        "Hazardous work",
        "A child of 5 to 17 who works where the work is hazardous, or 43 hours a week or more. "
        "Other worst forms of child labour are not seen.",
        _ILO,
    ),
    Definition(
        "programme:reported-counts",
        "What a programme would report",
        "Children on the programme’s own list: withdrawn from work and put in school, kept from "
        "dropping out, or placed in a bridge school. One child can be in more than one count.",
        _COUNTS,
    ),
    Definition(
        "paired-children",
        "What became of the children on the list, against no programme",
        "Each child is compared with the same child, with the same luck, in a world without the "
        "programme.",
        "clfz model documentation",
    ),
    Definition(
        "model-state",
        "A state of the modelled zone",
        "A plain count or average of the model, for which no official definition exists.",
        "clfz model documentation",
    ),
    Definition(
        "cost-programme",
        "Cost to the programme",
        "All money that the programme spends, transfers to families included. What families, "
        "schools or employers pay themselves is not counted.",
        "clfz model documentation; the J-PAL costing guidelines on whose money is counted",
    ),
)

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

    @property
    def aggregatable(self) -> bool:
        """Whether numbers of several zones may be added (false for rates)."""
        return self.unit in {"children", "child-years", "money"}

    @property
    def iati_measure(self) -> str:
        """The IATI 2.03 word for the unit."""
        return "percentage" if self.unit == "share" else "unit"


def _rate(
    name: str, label: str, direction: int, definition: str, *counts: str, band: str = "5-17"
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

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "children", "Children in the zone", "children", NEITHER, _STATE, numerator=("children",)
    ),
    _rate("school_only_rate", "In school, not working", HIGHER, _STATE, "school_only"),
    _rate("works_and_school_rate", "In school and working", LOWER, _STATE, "school_and_work"),
    _rate("work_only_rate", "Working, not in school", LOWER, _STATE, "work_only"),
    _rate("neither_rate", "Neither in school nor working", LOWER, _STATE, "neither"),
    _rate("school_attendance_rate", "In school", HIGHER, _STATE, "school_only", "school_and_work"),
    _rate("out_of_school_rate", "Out of school", LOWER, _OUT, "work_only", "neither", band="5-14"),
    _rate("working_rate", "Working, any hours", LOWER, _STATE, "school_and_work", "work_only"),
    _rate("child_labour_rate", "In child labour", LOWER, _SDG, "child_labour"),
    _rate(
        "child_labour_with_chores_rate",
        "In child labour, housework counted",
        LOWER,
        _CHORES,
        "child_labour_with_chores",
    ),
    _rate("hazardous_work_rate", "In hazardous work", LOWER, "hazardous-work", "hazardous_work"),
    _rate(
        "full_time_school_rate",
        "In full-time school, with no work at all",
        HIGHER,
        _MVF,
        "school_only",
        band="5-14",
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
