"""From the cells of one row to a figure: every cell is looked at, and everything wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clfz.inputs.countries import country_code
from clfz.inputs.field import values
from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.rates import rate, sureness
from clfz.inputs.field.rows import (
    BY_GROUP,
    NAMES,
    RATES,
    REPORTED,
    STOCKS,
    TOTAL,
    USES,
    Cells,
    Kind,
    Row,
)
from clfz.inputs.field.values import Bad, Month
from clfz.inputs.problems import did_you_mean, shown
from clfz.runs.indicators import DEFINITIONS

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
_PEOPLE = frozenset({"", "persons", "person", "children", "child", "count", "number", "people"})
_NEVER = (1900, 1)
MOST = 10_000_000
"""Children that a count may have: more than any place holds."""


def field_row(cells: Cells) -> Row | None:
    """One row of a field file; None when it is to be ignored or cannot be read."""
    use = cells.text("use").lower() or "fit"
    if use == "ignore":
        return None
    if use not in USES:
        cells.wrong(
            "use", f"use is {shown(use)}, but it must be {', '.join(USES[:-1])} or {USES[-1]}."
        )
    indicator = _indicator(cells)
    area = cells.text("area")
    if not area:
        cells.wrong("area", "area is empty; name the place, or the record.")
    country = cells.read("country_iso3", _country, "")
    start, end = _period(cells)
    coverage = _share(cells, "coverage")
    if indicator is None:
        return None
    kind = kind_of(indicator)
    band = RATES[STOCKS.get(indicator, indicator)].age_band if kind in ("stock", "rate") else "5-17"
    definition, why = _definition(cells, indicator, kind)
    sex = cells.read("sex", lambda cell: values.code(cell, values.SEXES, "sex"), "all")
    age = cells.read("age", lambda cell: values.code(cell, values.AGES, "age"), band)
    if kind in ("count", "total") and (
        sex != "all" or cells.text("age") not in ("", "Y5T17", "5-17")
    ):
        why = why or BY_GROUP
    value = _count(cells) if kind != "rate" else rate(cells)
    n, low, high = sureness(cells, value) if kind == "rate" else (None, None, None)
    if cells.problems or value is None:
        return None
    return Row(
        cells.line, area, country, start, end, indicator, kind, definition, sex, age, value, n, low, high,
        coverage, use, cells.text("method"), cells.text("source"), cells.text("notes"), why,
    )  # fmt: skip


def record_rows(cells: Cells) -> list[Row]:
    """The counts of one record: a row for each column of counts that is not empty."""
    record = cells.text("record")
    if not record:
        cells.wrong("record", "record is empty; give each record a short name, such as IND-2.")
    use = cells.text("use").lower() or "fit"
    if use == "ignore":
        return []
    if use not in USES:
        cells.wrong(
            "use", f"use is {shown(use)}, but it must be {', '.join(USES[:-1])} or {USES[-1]}."
        )
    country = cells.read("country_iso3", _country, "")
    start, end = _period(cells)
    coverage = _share(cells, "coverage")
    definition, why = _definition(cells, COUNTS[0], "count")
    found = []
    for indicator in (*COUNTS, TOTAL, *STOCKS):
        if indicator in COUNTS and indicator in cells.cells and not cells.text(indicator):
            cells.wrong(indicator, f"{indicator} is empty; write 0 if nobody was counted.")
        value = _count(cells, indicator)
        if value is None:
            continue
        kind = kind_of(indicator)
        stock = kind == "stock"
        state = RATES[STOCKS[indicator]] if stock else None
        found.append(
            Row(
                cells.line,
                record,
                country,
                start,
                start if stock else end,
                indicator,
                kind,
                state.definition_id if state else definition,
                "all",
                state.age_band if state else "5-17",
                value,
                coverage=coverage,
                use=use,
                source=cells.text("source"),
                notes=cells.text("notes"),
                not_compared="" if stock else why,
            )
        )
    return [] if cells.problems else found


def kind_of(indicator: str) -> Kind:
    """What sort of figure an indicator is."""
    if indicator == TOTAL:
        return "total"
    if indicator in COUNTS:
        return "count"
    return "stock" if indicator in STOCKS else "rate"


def _indicator(cells: Cells) -> str | None:
    written = cells.text("indicator")
    if not written:
        cells.wrong(
            "indicator", "indicator is empty; say what was counted. All: clfz evaluate --template"
        )
        return None
    name = re.sub(r"[\s-]+", "_", written.lower())
    name = _OTHERS.get(name, name)
    if name in NAMES:
        return name
    hint = did_you_mean(name, NAMES)
    text = f"indicator is {shown(written)}, which is not known. {hint}All: clfz evaluate --template"
    cells.wrong("indicator", text)
    return None


def _country(cell: str) -> str:
    from clfz.inputs.countries import countries

    text = cell.strip()
    if text.isupper() or len(text) == 3:
        try:
            return country_code(text.upper())
        except ValueError as error:
            raise Bad(f"but {error}.") from None
    by_name = {name.lower(): code for code, (_, name) in countries().items()}
    if text.lower() in by_name:
        return by_name[text.lower()]
    raise Bad(
        f"which is no country. {did_you_mean(text, by_name)}Write its three letters, such as IND."
    )


def _period(cells: Cells) -> tuple[Month, Month]:
    """First and last month; one month when the end is empty."""
    one = cells.text("period")
    if one and not cells.text("period_start"):
        first = cells.read("period", lambda cell: values.month(cell, False), None)
        return first or _NEVER, (values.month(one, True) if first else _NEVER)
    written = cells.text("period_start")
    start = cells.read("period_start", lambda cell: values.month(cell, False), None)
    if not written:
        cells.wrong("period_start", "period_start is empty; write year and month, such as 2015-05.")
    end = cells.read("period_end", lambda cell: values.month(cell, True), None)
    if start and end and end < start:
        text = f"period_end {shown(cells.text('period_end'))} lies before period_start {shown(written)}; "
        cells.wrong("period_end", text + "were they exchanged?")
    whole_year = re.fullmatch(r"\d{4}", written) and not cells.text("period_end")
    return start or _NEVER, end or ((start[0], 12) if start and whole_year else start or _NEVER)


def _share(cells: Cells, column: str) -> float | None:
    found = cells.number(column)
    if found is None:
        return None
    value = found[0] / 100 if found[1] else found[0]
    if not 0 < value <= 1:
        text = f"{column} is {shown(cells.text(column))}, but it must be above 0 and at most 1 (or 100%)."
        cells.wrong(column, text)
        return None
    return value


def _count(cells: Cells, column: str = "value") -> float | None:
    """A whole number of children."""
    unit = cells.text("unit").lower()
    if column == "value" and unit not in _PEOPLE:
        text = f"unit is {shown(cells.text('unit'))}, but {cells.text('indicator')} counts children. Write persons."
        cells.wrong("unit", text)
    found = cells.number(column)
    if found is None:
        if column == "value" and not cells.text("value"):
            cells.wrong(
                "value", "value is empty; write 0 if nobody was counted, or delete the row."
            )
        return None
    value, percent = found
    if percent or value < 0 or not float(value).is_integer():
        why = "it must be a whole number of children, 0 or more"
        cells.wrong(column, f"{column} is {shown(cells.text(column))}, but {why}.")
        return None
    if value > MOST:
        why = "more than ten million children are not counted in one place"
        cells.wrong(column, f"{column} is {shown(cells.text(column))}, but {why}.")
        return None
    return float(value)


def _definition(cells: Cells, indicator: str, kind: Kind) -> tuple[str, str]:
    """The definition of a figure, and why the model has no number by it."""
    known: Mapping[str, str] = {each.definition_id: each.title for each in DEFINITIONS}
    own = (
        REPORTED
        if kind in ("count", "total")
        else RATES[STOCKS.get(indicator, indicator)].definition_id
    )
    written = cells.text("definition_id")
    if not written:
        if indicator in ("child_labour_rate", "children_in_child_labour"):
            text = (
                "definition_id is empty. The same children give different rates under sdg871-ea and sdg871-ea-hc. "
                "Choose one: clfz list definitions"
            )
            cells.wrong("definition_id", text)
        return own, ""
    given = written.lower()
    if given == own:
        return own, ""
    if indicator == "child_labour_rate" and given == "sdg871-ea-hc":
        text = f'definition_id is "{given}", but child_labour_rate leaves housework out. '
        text += f"Write {_CHORES} under indicator."
        cells.wrong("definition_id", text)
    elif indicator == _CHORES and given == "sdg871-ea":
        text = f'definition_id is "{given}", but {_CHORES} counts housework. Write child_labour_rate under indicator.'
        cells.wrong("definition_id", text)
    elif given not in known and not _FREE.fullmatch(given):
        hint = did_you_mean(given, known)
        text = f"definition_id is {shown(written)}, which is not known. {hint}All: clfz list definitions"
        cells.wrong("definition_id", text)
    return (
        given,
        f"it is counted by {given}, the model counts by {own}; definitions are never mixed",
    )
