"""Field data of an evaluator, and targets of the calibrator: a table with one row an input, or one row a record.

    sheet (cells of text) -> columns (which is which) -> rows (values) -> what only several rows together show

Everything wrong is told at once, in the order of the file, and ends as `clfz.inputs.problems.Problem`.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

from clfz.inputs.field import columns, values
from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.rows import BY_GROUP, STOCKS, TOTAL, Row, field_row, record_rows
from clfz.inputs.field.sheet import ENDINGS, Sheet, read_sheet
from clfz.inputs.field.values import Cells
from clfz.inputs.find import shown_path
from clfz.inputs.problems import MANY, InputError, Problem

__all__ = [
    "COUNTS",
    "STOCKS",
    "TOTAL",
    "Field",
    "Row",
    "check_field",
    "is_field_file",
    "read_field",
    "template",
]

TOTALLED = ("withdrawn_to_school", "protected_from_dropout")
"""What `reported_total` adds up; children in bridge schools are counted beside it."""
_PARTS = "it is the total of other rows"
"""Why a count of a long period is left out beside those of its parts."""
_NUMERIC = ("value", "numerator", "denominator", "n_sample", "ci_low", "ci_high", "coverage")
_Said = list[tuple[Row, str]]


@dataclass(frozen=True)
class Field:
    """What a file says.

    Attributes:
        name: The file.
        layout: "field" (one row an input) or "records" (one row a record).
        rows: Its inputs, in the order of the file.
        warnings: What can be used and deserves a look.
        notes: What was noticed about the form of the file.
        candidates: Record -> places that it may be, from the column `zone_candidates`.
        columns: Our name of a column -> its number in the file, from 1.
    """

    name: str
    layout: str
    rows: tuple[Row, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[str, ...]
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)

    @property
    def areas(self) -> tuple[str, ...]:
        """Places or records, in the order of the file."""
        return tuple(dict.fromkeys(row.area for row in self.rows))

    def told(self) -> str:
        """What is in it, in one line; what is left out is in the warnings."""
        kinds = [row.kind for row in self.rows if not row.not_compared]
        names = {"count": "count", "stock": "census", "rate": "rate", "total": "total"}
        parts = [_many(kinds.count(kind), word) for kind, word in names.items() if kind in kinds]
        return (
            f"{_many(len(kinds), 'figure')} of {_many(len(self.areas), 'area')}: {', '.join(parts)}"
        )


def is_field_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path looks like a field file, and not like YAML."""
    return os.fspath(path).lower().endswith(ENDINGS)


def read_field(path: str | os.PathLike[str], mapping: Mapping[str, str] | None = None) -> Field:
    """Read a field file, or a file of targets.

    Args:
        path: The file.
        mapping: Our column -> what stands in the header of the file, as `columns.read_map` gives it.

    Raises:
        InputError: Everything that is wrong with it.
    """
    found, problems, _ = check_field(path, mapping)
    if found is None or problems:
        raise InputError(problems)
    return found


def check_field(
    path: str | os.PathLike[str], mapping: Mapping[str, str] | None = None
) -> tuple[Field | None, list[Problem], list[Problem]]:
    """The same without raising: the data (None when there are problems), problems, warnings."""
    name = shown_path(path)
    headers = {columns.plain(header) for header in (mapping or {}).values()}
    try:
        sheet = read_sheet(
            Path(path), name, lambda cell: columns.known(cell) or columns.plain(cell) in headers
        )
        layout, places, warnings = columns.locate(sheet, mapping)
    except InputError as error:
        return None, error.problems, []
    numeric = _NUMERIC if layout == "field" else (*COUNTS, TOTAL, *STOCKS, "coverage")
    at = [places[column] for column in numeric if column in places]
    mark = values.decimal_mark(cells[column] for _, cells in sheet.rows for column in at)
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, written in sheet.rows:
        cells = Cells(line, {column: written[at] for column, at in places.items()}, mark)
        if cells.text("use").lower() == "ignore":
            continue
        rows += field_row(cells) if layout == "field" else record_rows(cells)
        for told, said in ((problems, cells.problems), (warnings, cells.warnings)):
            told += [sheet.problem(line, places.get(c), f"row {line}: {text}") for c, text in said]
        if len(problems) >= MANY:
            break
    if not problems:
        rows, problems, others = _together(sheet, rows, places)
        warnings += others
    if not problems and not rows:
        text = "every row says ignore; nothing is left to compare."
        problems = [sheet.problem(sheet.header_line, None, text)]
    warnings = sorted(set(warnings))
    if len(warnings) > MANY:
        more = f"{len(warnings) - MANY} more warnings about this file are not shown."
        warnings = [*warnings[:MANY], sheet.problem(warnings[MANY].line, None, more)]
    if problems:
        return None, sorted(problems)[:MANY], warnings
    candidates = {}
    if {"record", "zone_candidates"} <= places.keys():
        for _, written in sheet.rows:
            named = (place.strip() for place in written[places["zone_candidates"]].split("|"))
            candidates[written[places["record"]]] = tuple(filter(None, named))
    found = Field(
        name,
        layout,
        tuple(rows),
        tuple(warnings),
        notes=(*sheet.notes, *(["commas stand for decimals"] if mark == "," else [])),
        candidates=candidates,
        columns={column: at + 1 for column, at in places.items()},
    )
    return found, [], warnings


def template() -> str:
    """A file to fill in, with every column and indicator explained (`template.csv`)."""
    return Path(__file__).with_name("template.csv").read_text(encoding="utf-8")


def _together(
    sheet: Sheet, rows: list[Row], places: Mapping[str, int]
) -> tuple[list[Row], list[Problem], list[Problem]]:
    """Compare rows with each other: the rows, with totals marked as such; problems; warnings."""

    def told(said: _Said, column: str) -> list[Problem]:
        return [
            sheet.problem(row.line, places.get(column, places.get(row.indicator)), text)
            for row, text in said
        ]

    twice = _twice(rows)
    rows, overlaps, sums = _longer([*rows, *_both(rows)])
    warnings = told([*sums, *_sums(rows), *_mixed(rows)], "value")
    same = attrgetter(*_SAME)
    whole = {same(row) for row in rows if row.sex == "all"}
    unused = [
        (row, f"row {row.line} is not compared: {row.not_compared}.")
        for row in rows
        if row.not_compared not in ("", _PARTS) and row.kind != "total"
        # girls and boys beside a row of all children are used to check it
        and not (row.not_compared == BY_GROUP and row.age_band == "5-17" and same(row) in whole)
    ]  # fmt: skip
    warnings += told(unused, "definition_id")
    return rows, told([*twice, *overlaps], "period_start"), warnings


def _grouped(rows: Iterable[Row], *names: str) -> list[list[Row]]:
    """Rows that agree in these attributes."""
    key, groups = attrgetter(*names), defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())


# What girls, boys and all of one count share; what two rows of one input share beside their period.
_SAME = ("area", "indicator", "definition_id", "age_band", "start", "end")
_KEY = ("area", "indicator", "definition_id", "sex", "age_band")


def _both(rows: Sequence[Row]) -> list[Row]:
    """Girls plus boys, where a file counts them and has no row of all."""
    counts = (row for row in rows if row.kind == "count" and row.age_band == "5-17")
    found = []
    for group in _grouped(counts, *_SAME):
        by_sex = {row.sex: row for row in group}
        if by_sex.keys() == {"girls", "boys"} and by_sex["girls"].not_compared == BY_GROUP:
            use = "check" if any(row.use == "check" for row in by_sex.values()) else "fit"
            both = sum(row.value for row in by_sex.values())
            found.append(replace(group[0], sex="all", value=both, use=use, not_compared=""))
    return found


def _twice(rows: Sequence[Row]) -> _Said:
    """The same input in two rows; a record is told once for all of its counts."""
    again: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for first, *others in _grouped(rows, *_KEY, "start", "end"):
        for row in others:
            again[row.line, first.line].append(row)
    found = []
    for (line, before), group in again.items():
        what = "the record" if group[1:] else group[0].indicator
        text = f"row {line} gives {what} of {group[0].area}, {group[0].period}, once more; "
        found.append((group[0], text + f"row {before} has it already. Keep one."))
    return found


def _longer(rows: Sequence[Row]) -> tuple[list[Row], _Said, _Said]:
    """Counts of a long period beside those of its parts: compared, and then left out; other overlaps are wrong."""
    overlaps, sums, left_out = [], [], set()
    for group in _grouped((row for row in rows if row.kind in ("count", "total")), *_KEY):
        # the same twice is told above
        once = {(row.start, row.end): row for row in reversed(group)}
        ordered = [once[period] for period in sorted(once)]
        starts = [row.start for row in ordered]
        for row in ordered:
            within = ordered[bisect_left(starts, row.start) : bisect_right(starts, row.end)]
            parts = [part for part in within if part.end <= row.end and part.months < row.months]
            if parts and sum(part.months for part in parts) == row.months:
                left_out.add(id(row))
                total = sum(part.value for part in parts)
                if total != row.value:
                    lines = ", ".join(str(part.line) for part in parts)
                    text = f"{row.indicator} of {row.period} is {row.value:g}, but rows {lines} add up to {total:g}; "
                    sums.append((row, text + "the parts are used."))
        for one, other in pairwise(row for row in ordered if id(row) not in left_out):
            if other.start <= one.end:
                text = f"row {other.line} ({other.period}) overlaps row {one.line} ({one.period}) of the same count; "
                overlaps.append((other, text + "children would be counted twice."))
    marked = [replace(row, not_compared=_PARTS) if id(row) in left_out else row for row in rows]
    return marked, overlaps, sums


def _sums(rows: Sequence[Row]) -> _Said:
    """`reported_total` against withdrawn plus protected of the same place and period; all against girls plus boys."""
    found = []
    for group in _grouped((row for row in rows if row.sex == "all"), "area", "start", "end"):
        counts = {row.indicator: row.value for row in group if row.kind == "count"}
        for row in group:
            if row.indicator == TOTAL and counts.keys() >= {*TOTALLED}:
                total = sum(counts[name] for name in TOTALLED)
                if total != row.value:
                    text = f"reported_total of {row.area}, {row.period}, is {row.value:g}, but withdrawn and protected "
                    found.append((row, text + f"add up to {total:g}; the parts are used."))
    counted = (row for row in rows if row.kind != "rate")
    for group in _grouped(counted, "area", "indicator", "age_band", "start", "end"):
        by_sex = {row.sex: row for row in group}
        if by_sex.keys() >= {"all", "girls", "boys"}:
            row, both = by_sex["all"], by_sex["girls"].value + by_sex["boys"].value
            if both != row.value:
                text = f"{row.indicator} of {row.period} is {row.value:g} for all, but girls and boys add up to "
                found.append((row, f"{text}{both:g}; the total is used."))
    return found


def _mixed(rows: Sequence[Row]) -> _Said:
    """The same rate of one place by two definitions; child labour is one rate, with housework and without."""
    rates = [
        replace(row, indicator=row.indicator.replace("child_labour_with_chores", "child_labour"))
        for row in rows
        if row.kind == "rate"
    ]

    def said(row: Row) -> str:
        rate = f"{100 * row.value:.3g} in 100 in {row.start[0]}"
        return f"row {row.line}: {rate} uses {row.definition_id}"

    return [
        (row, f"{said(first)}, {said(row)}; they are not comparable and are kept apart.")
        for first, *others in _grouped(rates, "area", "indicator", "sex", "age_band")
        for row in others
        if row.definition_id != first.definition_id
    ]


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"
