"""Cells as values: numbers in two ways of writing them, months, sexes, ages. Each reader says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clfz.inputs.number_text import advice, number_from_text
from clfz.inputs.problems import did_you_mean, shown

Month = tuple[int, int]
EMPTY = frozenset({"", "-", "–", ".", "na", "n/a", "n.a.", "nan", "null", "none", "missing"})

_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|0,\d+)\s*%?")
_POINT = re.compile(r"[-+]?(\d{1,3}(,\d{3})+\.\d+|\d+\.(\d{1,2}|\d{4,})|0\.\d+)\s*%?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?")
_OTHER_DATE = re.compile(r"\d{1,2}[-/.](\d{1,2})[-/.](\d{4})|(\d{1,2})[-/.](\d{4})")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

SEXES = {
    "all": "all _t t total both all_sexes both_sexes",
    "girls": "girls girl f female females",
    "boys": "boys boy m male males",
}
AGES = {
    "5-17": "y5t17 5_17 5_to_17",
    "5-14": "y5t14 5_14 5_to_14",
    "5-11": "y5t11 5_11 5_to_11",
    "12-14": "y12t14 12_14 12_to_14",
    "15-17": "y15t17 15_17 15_to_17",
}


class Bad(ValueError):
    """Why a cell cannot be read: what follows `COLUMN is "CELL", `."""


def is_empty(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return cell.strip().lower() in EMPTY


def decimal_mark(cells: Iterable[str]) -> str | None:
    """The decimal mark of a file: `,` or `.`; None when no number tells; `both` when numbers disagree."""
    marks = set()
    for cell in cells:
        if _COMMA.fullmatch(cell):
            marks.add(",")
        elif _POINT.fullmatch(cell):
            marks.add(".")
    return "both" if len(marks) > 1 else next(iter(marks), None)


def number(cell: str, mark: str | None) -> tuple[float, bool]:
    """The number in a cell, and whether it was written as per cent.

    Args:
        cell: What is written.
        mark: The decimal mark of the file.

    Raises:
        Bad: It is not one number for sure.
    """
    text = cell.strip()
    percent = text.endswith("%")
    bare = text[:-1].rstrip() if percent else text
    if mark == "," and re.fullmatch(r"[-+]?[\d.]*,?\d+", bare):
        if "." in bare and not re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", bare):
            raise Bad("which is not a number; this file writes commas for decimals.")
        bare = bare.replace(".", "").replace(",", ".")
    elif mark == "." and re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif mark == "both" and re.search(r"[,.]", bare):
        raise Bad(
            "but other numbers of this file have another decimal mark. Write all with a point."
        )
    found = number_from_text(bare, share=False)
    if found is None:
        told = advice(text, "it")
        if told:
            raise Bad("which may be read in two ways. " + told.split(". ", 1)[-1])
        raise Bad("which is not a number. Write digits alone, with a point for decimals.")
    return found, percent


def month(cell: str, last: bool) -> Month:
    """The month in a cell: 2015-05, 2015-05-31, or a year (its first month, or its last).

    Raises:
        Bad: It is no month.
    """
    text = cell.strip()
    if re.fullmatch(r"\d{4}", text):
        return _possible(int(text), 12 if last else 1, 1)
    if found := _YEAR_MONTH.fullmatch(text):
        return _possible(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _OTHER_DATE.fullmatch(text):
        middle, year = (found[1], found[2]) if found[2] else (found[3], found[4])
        if int(middle) <= 12:
            raise Bad(
                f"but year and month are needed. Write {year}-{int(middle):02d}, if that is meant."
            )
    raise Bad("which is no month. Write year and month, such as 2015-05.")


def _possible(year: int, month_: int, day: int) -> Month:
    if not 1950 <= year <= 2100:
        raise Bad(f"but the year {year} is not possible here. Write a year from 1950 to 2100.")
    if not 1 <= month_ <= 12:
        raise Bad(f"but there is no month {month_}. Write year and month, such as 2015-05.")
    if not 1 <= day <= _LENGTHS[month_ - 1]:
        raise Bad(f"but that month has no day {day}. Write {year}-{month_:02d}.")
    return year, month_


def code(cell: str, known: dict[str, str], what: str) -> str:
    """The sex or age band that a cell names.

    Raises:
        Bad: It names none that the model counts.
    """
    text = re.sub(r"[\s–-]+", "_", cell.strip().lower()).removesuffix("_years")
    for own, others in known.items():
        if text in {own.replace("-", "_"), *others.split()}:
            return own
    raise Bad(
        f"but the {what} must be one of {', '.join(known)}. {did_you_mean(cell, known)}".rstrip()
    )


def named(column: str, cell: str, why: Bad | str) -> str:
    """A sentence about a cell."""
    return f"{column} is {shown(cell)}, {why}"
