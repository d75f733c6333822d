"""Field data of an evaluator, and targets of the calibrator: CSV files with one row a figure, or one row a record.

    sheet -> columns -> make (values) -> whole

Everything wrong is told at once, in the order of the file, and ends as `clfz.inputs.problems.Problem`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clfz.inputs.field import columns, make, values, whole
from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.rows import STOCKS, TOTAL, Cells, Row
from clfz.inputs.field.sheet import Sheet, read_sheet
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
]

_ENDINGS = (".csv", ".tsv")
_NUMERIC = ("value", "numerator", "denominator", "n_sample", "ci_low", "ci_high", "coverage")


@dataclass(frozen=True)
class Field:
    """What a file says.

    Attributes:
        name: The file.
        layout: "field" (one row a figure) or "records" (one row a record).
        rows: Its figures, in the order of the file.
        warnings: What can be used and deserves a look.
        notes: What was noticed about the form of the file.
        ignored: Rows that say `ignore`.
        candidates: Record -> places that it may be, from the column `zone_candidates`.
        columns: Our name of a column -> its number in the file, from 1.
    """

    name: str
    layout: str
    rows: tuple[Row, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[str, ...]
    ignored: int = 0
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)

    @property
    def areas(self) -> tuple[str, ...]:
        """Places or records, in the order of the file."""
        return tuple(dict.fromkeys(row.area for row in self.rows))

    def records(self) -> dict[str, dict[str, float]]:
        """Area or record -> indicator -> value, of counts and stocks for all children.

        A count of several periods is added up.
        """
        found: dict[str, dict[str, float]] = {area: {} for area in self.areas}
        for row in self.rows:
            if row.kind != "rate" and row.sex == "all" and not row.not_compared:
                own = found[row.area]
                own[row.indicator] = own.get(row.indicator, 0.0) + row.value
        return found

    def told(self) -> str:
        """What is in it, in one line; what is left out is in the warnings."""
        rows = [row for row in self.rows if not row.not_compared]
        names = {"count": "count", "stock": "census", "rate": "rate", "total": "total"}
        kinds = [(sum(row.kind == kind for row in rows), word) for kind, word in names.items()]
        parts = ", ".join(_many(count, word) for count, word in kinds if count)
        return f"{_many(len(rows), 'figure')} of {_many(len(self.areas), 'area')}: {parts}"


def is_field_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path looks like a field file, and not like YAML."""
    return os.fspath(path).lower().endswith(_ENDINGS)


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
    try:
        headers = {columns.plain(header) for header in (mapping or {}).values()}
        sheet = read_sheet(
            Path(path), name, lambda cell: columns.known(cell) or columns.plain(cell) in headers
        )
        layout, places, warnings = columns.locate(sheet, mapping)
    except InputError as error:
        return None, error.problems, []
    rows, problems, more, ignored = _rows(sheet, layout, places)
    if not problems:
        kept, problems, others = whole.check(sheet, rows, places)
        rows, more = kept, [*more, *others]
    if not problems and not rows:
        problems = [
            sheet.problem(
                sheet.header_line, None, "every row says ignore; nothing is left to compare."
            )
        ]
    warnings = sorted({*warnings, *more})
    if problems:
        return None, sorted(problems)[:MANY], warnings
    notes = list(sheet.notes)
    if values.decimal_mark(_numbers(sheet, layout, places)) == ",":
        notes.append("commas stand for decimals")
    found = _candidates(sheet, places)
    numbers = {column: at + 1 for column, at in places.items()}
    whole_file = Field(
        name, layout, tuple(rows), tuple(warnings), tuple(notes), ignored, found, numbers
    )
    return whole_file, [], warnings


def _numbers(sheet: Sheet, layout: str, places: Mapping[str, int]) -> list[str]:
    names = _NUMERIC if layout == "field" else (*COUNTS, TOTAL, *STOCKS, "coverage")
    at = [places[name] for name in names if name in places]
    return [cells[column] for _, cells in sheet.rows for column in at]


def _rows(
    sheet: Sheet, layout: str, places: Mapping[str, int]
) -> tuple[list[Row], list[Problem], list[Problem], int]:
    mark = values.decimal_mark(_numbers(sheet, layout, places))
    rows: list[Row] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    ignored = 0
    for line, written in sheet.rows:
        cells = Cells(line, {name: written[at] for name, at in places.items()}, mark)
        if cells.text("use").lower() == "ignore":
            ignored += 1
            continue
        if layout == "field":
            row = make.field_row(cells)
            rows += [row] if row else []
        else:
            rows += make.record_rows(cells)
        for column, text in cells.problems:
            problems.append(sheet.problem(line, places.get(column), f"row {line}: {text}"))
        for column, text in cells.warnings:
            warnings.append(sheet.problem(line, places.get(column), f"row {line}: {text}"))
    return rows, problems, warnings, ignored


def _candidates(sheet: Sheet, places: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """The places that each record may be, written `one | other`."""
    if not {"record", "zone_candidates"} <= places.keys():
        return {}
    named = {cells[places["record"]]: cells[places["zone_candidates"]] for _, cells in sheet.rows}
    return {
        record: tuple(place.strip() for place in text.split("|") if place.strip())
        for record, text in named.items()
    }


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"
