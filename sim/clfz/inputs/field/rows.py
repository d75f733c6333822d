"""One input of a field file: what was counted, where, when, among whom, by which definition.

Every cell of a row is looked at, and everything wrong is told at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from clfz.inputs.field import values
from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.values import Bad, Cells, Month, nearest_name
from clfz.inputs.indicators import DEFINITIONS, INDICATORS
from clfz.inputs.problems import shown

Kind = Literal["count", "stock", "rate", "total"]

# Children in a state at one time, as a list or census finds them: indicator -> the rate of that state.
STOCKS = {
    "out_of_school_children": "out_of_school_rate",
    "working_children": "working_rate",
    "children_in_child_labour": "child_labour_rate",
}
TOTAL = "reported_total"
RATES = {entry.name: entry for entry in INDICATORS if entry.unit == "share"}
KINDS: dict[str, Kind] = {
    **dict.fromkeys(COUNTS, "count"),
    TOTAL: "total",
    **dict.fromkeys(STOCKS, "stock"),
    **dict.fromkeys(RATES, "rate"),
}
NAMES = tuple(KINDS)
REPORTED = "programme:reported-counts"
BY_GROUP = "the model counts girls and boys of all ages on the list together"
"""Why a count of one sex or age has no number of the model."""
ROUGH = 30
"""Interviews that a rate is taken to stand on when nobody says (assumed: wide)."""

_OTHERS = {
    "withdrawn": "withdrawn_to_school",
    "protected": "protected_from_dropout",
    "bridged": "in_bridge_school",
    "bridge_school": "in_bridge_school",
    "bridge_school_starts": "in_bridge_school",
    "out_of_school_identified": "out_of_school_children",
    "out_of_school_identified_at_start": "out_of_school_children",
}
_FREE = re.compile(r"national:[a-z]{3}|programme:\S.*", re.IGNORECASE)
_CHORES = "child_labour_with_chores_rate"
_PEOPLE = frozenset({"persons", "person", "children", "child", "count", "number", "people"})
_SHARES = frozenset({"share", "proportion", "fraction"})
_PERCENT = frozenset({"percent", "per cent", "%", "pct", "percentage", "per 100", "in 100"})
_UNKNOWN = (1900, 1)  # stands for a month that could not be read, in a row that is not kept
_Z95 = 1.959964  # half a 95 % interval, in standard errors


@dataclass(frozen=True)
class Row:
    """One input.

    Attributes:
        line: Row of the file.
        area: Place, or the name of a record.
        country: Three-letter code, or "".
        start: First month.
        end: Last month.
        indicator: A count (`withdrawn_to_school`), a stock (`out_of_school_children`), a rate, or `reported_total`.
        kind: Which of these.
        definition_id: Who is counted.
        sex: all, girls or boys.
        age_band: 5-17 and so on.
        value: Children, or a share from 0 to 1.
        n: Interviews that a rate is worth; None for counts.
        low: Lower end of the interval that was given.
        high: Upper end.
        coverage: Share of the children of the area (of a rate: of those asked) with whom the programme worked, 0-1;
            None: the file does not say.
        use: fit, or check (compared, never learned from).
        not_compared: Why the model has no number for it; "" when it has.
    """

    line: int
    area: str
    country: str
    start: Month
    end: Month
    indicator: str
    kind: Kind
    definition_id: str
    sex: str
    age_band: str
    value: float
    n: float | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    use: str = "fit"
    not_compared: str = ""

    @property
    def months(self) -> int:
        """Months in the period."""
        return 12 * (self.end[0] - self.start[0]) + self.end[1] - self.start[1] + 1

    @property
    def period(self) -> str:
        """The period as text."""
        first, last = (f"{year}-{month:02d}" for year, month in (self.start, self.end))
        return first if first == last else f"{first} to {last}"


def field_row(cells: Cells) -> list[Row]:
    """The input of one row of a field file; none when it cannot be read."""
    told = "say what was counted. All: clfz evaluate --template"
    indicator = cells.read("indicator", _indicator, told)
    area = cells.read("area", str, "name the place, or the record.") or ""
    common = _common(cells)
    if indicator is None:
        return []
    kind, (definition, why) = KINDS[indicator], _definition(cells, indicator)
    sex = cells.read("sex", lambda cell: values.code(cell, values.SEXES, "sex")) or "all"
    age = cells.read("age", lambda cell: values.code(cell, values.AGES, "age"))
    all_ages = cells.text("age") in ("", "Y5T17", "5-17")
    if kind in ("count", "total") and not (sex == "all" and all_ages):
        why = why or BY_GROUP
    n = low = high = None
    if kind == "rate":
        value = _rate(cells)
        n, low, high = _precision(cells, value)
    else:
        cells.read(
            "unit", lambda unit: _unit(unit, _PEOPLE, cells, "counts children. Write persons")
        )
        told = "write 0 if nobody was counted, or delete the row."
        value = cells.read(
            "value", lambda cell: values.whole(cell, cells.mark, 0, "children"), told
        )
    if cells.problems or value is None:
        return []
    return [
        Row(
            cells.line, area, indicator=indicator, kind=kind, definition_id=definition, sex=sex,
            age_band=age or _band(indicator), value=value, n=n, low=low, high=high, not_compared=why, **common,
        )
    ]  # fmt: skip


def record_rows(cells: Cells) -> list[Row]:
    """The counts of one record: a row for each column of counts that is not empty."""
    record = cells.read("record", str, "give each record a short name, such as IND-2.") or ""
    common = _common(cells)
    definition, why = _definition(cells, COUNTS[0])
    found = []
    for indicator in (*COUNTS, TOTAL, *STOCKS):
        needed = indicator in COUNTS and indicator in cells.cells
        told = "write 0 if nobody was counted." if needed else ""
        value = cells.read(
            indicator, lambda cell: values.whole(cell, cells.mark, 0, "children"), told
        )
        if value is None:
            continue
        own = {"definition_id": definition, "not_compared": why}
        if indicator in STOCKS:
            state = RATES[STOCKS[indicator]]
            own = {"definition_id": state.definition_id, "end": common["start"]}
        found.append(
            Row(
                cells.line, record, indicator=indicator, kind=KINDS[indicator], sex="all", value=value,
                age_band=_band(indicator), **(common | own),
            )
        )  # fmt: skip
    return [] if cells.problems else found


def _common(cells: Cells) -> dict[str, Any]:
    """What every row says: use, country, period and coverage."""
    use = cells.read("use", _use) or "fit"
    country = cells.read("country_iso3", values.country) or ""
    start, end = _period(cells)
    coverage = cells.read("coverage", lambda cell: values.part(cell, cells.mark))
    return {"country": country, "start": start, "end": end, "coverage": coverage, "use": use}


def _use(cell: str) -> str:
    if cell.lower() not in ("fit", "check"):
        raise Bad("but it must be fit, check or ignore.")
    return cell.lower()


def _indicator(cell: str) -> str:
    name = re.sub(r"[\s-]+", "_", cell.lower())
    name = _OTHERS.get(name, name)
    if name not in NAMES:
        hint = nearest_name(name, NAMES)
        raise Bad(f"which is not known. {hint}All: clfz evaluate --template")
    return name


def _unit(unit: str, known: frozenset[str], cells: Cells, what: str) -> None:
    if unit.lower() not in known:
        raise Bad(f"but {cells.text('indicator')} {what}.")


def _period(cells: Cells) -> tuple[Month, Month]:
    """First and last month; one month when the end is empty."""
    one, written = cells.text("period"), cells.text("period_start")
    if one and not written:
        first = cells.read("period", lambda cell: values.month(cell, last=False))
        return first or _UNKNOWN, values.month(one, last=True) if first else _UNKNOWN
    told = "write year and month, such as 2015-05."
    start = cells.read("period_start", lambda cell: values.month(cell, last=False), told)
    end = cells.read("period_end", lambda cell: values.month(cell, last=True))
    if start and end and end < start:
        text = f"period_end {shown(cells.text('period_end'))} lies before period_start {shown(written)}; "
        cells.wrong("period_end", text + "were they exchanged?")
    if start and not cells.text("period_end") and re.fullmatch(r"\d{4}", written):
        end = start[0], 12
    return start or _UNKNOWN, end or start or _UNKNOWN


def _band(indicator: str) -> str:
    state = RATES.get(STOCKS.get(indicator, indicator))
    return state.age_band if state else "5-17"


def _definition(cells: Cells, indicator: str) -> tuple[str, str]:
    """The definition of an input, and why the model has no number by it."""
    known = tuple(each.definition_id for each in DEFINITIONS)
    state = RATES.get(STOCKS.get(indicator, indicator))
    own = state.definition_id if state else REPORTED
    written = cells.text("definition_id")
    given = written.lower()
    text = ""
    if not written:
        if indicator in ("child_labour_rate", "children_in_child_labour"):
            text = "definition_id is empty. The same children give different rates under sdg871-ea and sdg871-ea-hc. "
            cells.wrong("definition_id", text + "Choose one: clfz list definitions")
        return own, ""
    if given == own:
        return own, ""
    if indicator == "child_labour_rate" and given == "sdg871-ea-hc":
        text = f'definition_id is "{given}", but child_labour_rate leaves housework out. '
        text += f"Write {_CHORES} under indicator."
    elif indicator == _CHORES and given == "sdg871-ea":
        text = f'definition_id is "{given}", but {_CHORES} counts housework. Write child_labour_rate under indicator.'
    elif given not in known and not _FREE.fullmatch(given):
        hint = nearest_name(given, known)
        text = f"definition_id is {shown(written)}, which is not known. {hint}All: clfz list definitions"
    if text:
        cells.wrong("definition_id", text)
    why = f"it is counted by {given}, the model counts by {own}; definitions are never mixed"
    return given, why


def _rate(cells: Cells) -> float | None:
    """A share from 0 to 1, from the value, or from its numerator and denominator."""
    known = _SHARES | _PERCENT
    cells.read("unit", lambda unit: _unit(unit, known, cells, "is a rate. Write percent or share"))
    parts = None
    top, bottom = cells.number("numerator"), cells.number("denominator")
    if top is not None and bottom is not None:
        if bottom[0] <= 0:
            cells.wrong("denominator", f"denominator is {bottom[0]:g}, but it must be above 0.")
        elif not 0 <= top[0] <= bottom[0]:
            text = f"numerator is {top[0]:g} and denominator {bottom[0]:g}; the part must lie between 0 and the whole."
            cells.wrong("numerator", text)
        else:
            parts = top[0] / bottom[0]
    if not cells.text("value"):
        if parts is None and not cells.problems:
            text = "value is empty, and there is no numerator and denominator to make it from."
            cells.wrong("value", text)
        return parts
    value = _share(cells, "value")
    if value is not None and parts is not None and abs(value - parts) > 0.006:
        text = f"value says {100 * value:.1f} in 100, numerator and denominator give {100 * parts:.1f} in 100; "
        cells.warnings.append(("value", text + "the value is used."))
    return value


def _share(cells: Cells, column: str) -> float | None:
    """A rate in any unit as a share; a number above 1 without a unit is refused."""
    found = cells.number(column)
    if found is None:
        return None
    unit, written = cells.text("unit").lower(), shown(cells.text(column))
    value, percent = found[0], found[1] or unit in _PERCENT
    share = value / 100 if percent else value
    if column == "value" and value == 1 and not percent and not unit:
        text = f"value is {written}: 1 in 100, or all? Write percent or share under unit."
        cells.wrong(column, text)
    if column == "value" and percent and 0 < value < 1:
        text = f"value is {written} percent, that is {value:g} in 100; was {100 * value:g} meant?"
        cells.warnings.append((column, text))
    if 0 <= share <= 1:
        return share
    if percent or value < 0 or value > 100:
        cells.wrong(column, f"{column} is {written}, but a rate lies between 0 and 100 in 100.")
    else:
        text = f'{column} is {written}, but a share lies between 0 and 1. Write percent under unit, or "{value:g}%".'
        cells.wrong(column, text)
    return None


def _precision(
    cells: Cells, value: float | None
) -> tuple[float | None, float | None, float | None]:
    """Interviews that a rate is worth, and its interval; the interval counts when both are given."""
    size = cells.read("n_sample", lambda cell: values.whole(cell, cells.mark, 1, "interviews"))
    low, high = _share(cells, "ci_low"), _share(cells, "ci_high")
    if value is None or (size is None and cells.text("n_sample")):
        return None, None, None
    if (low is None) != (high is None) and not cells.problems:
        empty = "ci_low" if low is None else "ci_high"
        cells.wrong(empty, f"{empty} is empty; an interval needs both ends (95 in 100).")
    if low is not None and high is not None:
        if low > high:
            cells.wrong("ci_low", f"ci_low {low:g} is above ci_high {high:g}; were they exchanged?")
        elif not low <= value <= high:
            text = f"value {value:g} does not lie between ci_low {low:g} and ci_high {high:g}."
            cells.wrong("value", text)
        elif high > low:
            middle = min(max(value, 0.005), 0.995)
            error = (high - low) / (2 * _Z95)
            return max(1.0, middle * (1 - middle) / error**2), low, high
    if size is None and not cells.problems:
        text = f"there is neither n_sample nor an interval: treated as a rough figure, as of {ROUGH} interviews."
        cells.warnings.append(("n_sample", text))
    return size or float(ROUGH), low, high
