"""What only several rows together show: the same figure twice, periods that overlap, totals against their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.rows import BY_GROUP, PARTS, TOTAL, Row
from clfz.inputs.field.sheet import Sheet
from clfz.inputs.problems import Problem

TOTALLED = ("withdrawn_to_school", "protected_from_dropout")
"""What `reported_total` adds up; children in bridge schools are counted beside it."""


def check(
    sheet: Sheet, rows: Sequence[Row], places: dict[str, int]
) -> tuple[list[Row], list[Problem], list[Problem]]:
    """Compare rows with each other.

    Returns:
        The rows, with totals marked as such; problems; warnings.
    """

    def at(row: Row, column: str, text: str) -> Problem:
        return sheet.problem(row.line, places.get(column, places.get(row.indicator)), text)

    problems = [at(row, "period_start", text) for row, text in _twice(rows)]
    rows, overlaps, sums = _longer([*rows, *_both(rows)])
    problems += [at(row, "period_start", text) for row, text in overlaps]
    found = [*sums, *_totals(rows), *_by_sex(rows), *_mixed(rows)]
    warnings = [at(row, "value", text) for row, text in found]
    warnings += [
        at(row, "definition_id", f"row {row.line} is not compared: {row.not_compared}.")
        for row in _dropped(rows)
    ]
    return rows, problems, warnings


def _same(row: Row) -> tuple[object, ...]:
    """What girls, boys and all of one count share."""
    return row.area, row.indicator, row.definition_id, row.age_band, row.start, row.end


def _both(rows: Sequence[Row]) -> list[Row]:
    """Girls plus boys, where a file counts them and has no row of all."""
    groups: dict[tuple[object, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row.kind == "count" and row.age_band == "5-17":
            groups[_same(row)][row.sex] = row
    found = []
    for group in groups.values():
        if group.keys() == {"girls", "boys"} and group["girls"].not_compared == BY_GROUP:
            parts = list(group.values())
            use = "check" if any(row.use == "check" for row in parts) else "fit"
            both = sum(row.value for row in parts)
            found.append(replace(parts[0], sex="all", value=both, use=use, not_compared=""))
    return found


def _dropped(rows: Sequence[Row]) -> list[Row]:
    """Rows that are not compared, and of which nothing else says so or uses them."""
    whole = {_same(row) for row in rows if row.sex == "all"}
    return [
        row for row in rows
        if row.not_compared not in ("", PARTS) and row.kind != "total"
        and not (row.not_compared == BY_GROUP and row.age_band == "5-17" and _same(row) in whole)
    ]  # fmt: skip


def _key(row: Row) -> tuple[str, ...]:
    return row.area, row.indicator, row.definition_id, row.sex, row.age_band


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, ...], list[Row]]:
    groups = defaultdict(list)
    for row in rows:
        groups[_key(row)].append(row)
    return groups


def _twice(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    seen: dict[tuple[object, ...], Row] = {}
    again: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        key = (*_key(row), row.start, row.end)
        if key in seen:
            again[row.line, seen[key].line].append(row)
        seen.setdefault(key, row)
    found = []
    for (line, before), group in again.items():
        what = group[0].indicator if len(group) == 1 else "the record"
        text = f"row {line} gives {what} of {group[0].area}, {group[0].period}, once more; "
        found.append((group[0], text + f"row {before} has it already. Keep one."))
    return found


def _longer(
    rows: Sequence[Row],
) -> tuple[list[Row], list[tuple[Row, str]], list[tuple[Row, str]]]:
    """Counts of a long period beside those of its parts: compared, and then left out; other overlaps are wrong."""
    problems, sums, left_out = [], [], {}
    for group in _grouped(row for row in rows if row.kind in ("count", "total")).values():
        ordered = sorted(group, key=lambda row: (row.start, row.end))
        for row in sorted(group, key=lambda row: -row.months):
            parts = [
                each for each in ordered
                if each is not row and row.start <= each.start and each.end <= row.end
                and each.months < row.months
            ]  # fmt: skip
            if parts and sum(each.months for each in parts) == row.months:
                left_out[id(row)] = PARTS
                total = sum(each.value for each in parts)
                if total != row.value:
                    lines = ", ".join(str(each.line) for each in parts)
                    text = f"{row.indicator} of {row.period} is {row.value:g}, but rows {lines} add up to {total:g}; "
                    sums.append((row, text + "the parts are used."))
        kept = [row for row in ordered if id(row) not in left_out]
        for one, other in pairwise(kept):
            if other.start <= one.end and (one.start, one.end) != (other.start, other.end):
                text = f"row {other.line} ({other.period}) overlaps row {one.line} ({one.period}) of the same count; "
                problems.append((other, text + "children would be counted twice."))
    marked = [
        replace(row, not_compared=left_out[id(row)]) if id(row) in left_out else row for row in rows
    ]
    return marked, problems, sums


def _totals(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """`reported_total` against withdrawn plus protected of the same place and period."""
    counts = {
        (row.area, row.start, row.end, row.indicator): row.value
        for row in rows
        if row.kind == "count" and row.sex == "all"
    }
    found = []
    for row in rows:
        if row.indicator != TOTAL or row.sex != "all":
            continue
        parts = [counts.get((row.area, row.start, row.end, name)) for name in TOTALLED]
        if None in parts:
            continue
        total = sum(part for part in parts if part is not None)
        if total != row.value:
            text = f"reported_total of {row.area}, {row.period}, is {row.value:g}, but withdrawn and protected "
            found.append((row, text + f"add up to {total:g}; the parts are used."))
    return found


def _by_sex(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """Counts of all against girls plus boys."""
    by_sex: dict[tuple[object, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row.indicator in (*COUNTS, TOTAL) or row.kind == "stock":
            by_sex[(row.area, row.indicator, row.age_band, row.start, row.end)][row.sex] = row
    found = []
    for group in by_sex.values():
        if {"all", "girls", "boys"} <= group.keys():
            both = group["girls"].value + group["boys"].value
            if both != group["all"].value:
                row = group["all"]
                text = f"{row.indicator} of {row.period} is {row.value:g} for all, but girls and boys add up to "
                found.append((row, f"{text}{both:g}; the total is used."))
    return found


def _mixed(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """The same rate of one place by two definitions."""
    first: dict[tuple[str, ...], Row] = {}
    found = []
    for row in rows:
        if row.kind != "rate":
            continue
        family = "child_labour" if row.indicator.startswith("child_labour") else row.indicator
        key = (row.area, family, row.sex, row.age_band)
        other = first.setdefault(key, row)
        if other.definition_id != row.definition_id:
            text = f"row {other.line}: {_said(other)} uses {other.definition_id}, row {row.line}: {_said(row)} uses "
            found.append(
                (row, f"{text}{row.definition_id}; they are not comparable and are kept apart.")
            )
    return found


def _said(row: Row) -> str:
    return f"{100 * row.value:.3g} in 100 in {row.start[0]}"
