"""Cells as values: numbers in two ways of writing them, months, sexes, ages, countries.

Each reader takes what is written, and raises `Bad` with the rest of a sentence when it is nothing of the kind;
`Cells.read` keeps the sentence with its row and column.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from clfz.inputs.number_text import advice, number_from_text
from clfz.inputs.problems import did_you_mean, shown
from clfz.inputs.zone import countries, country_code

Month = tuple[int, int]
T = TypeVar("T")
MOST = 10_000_000
"""Children that a count may have: more than any place holds."""
EMPTY = frozenset({"", "-", "–", ".", "na", "n/a", "n.a.", "nan", "null", "none", "missing"})

# Decimal mark -> numbers in which it can be nothing else.
_MARKS = {
    ",": re.compile(r"[-+]?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,})|0,\d+)\s*%?"),
    ".": re.compile(r"[-+]?(\d{1,3}(,\d{3})+\.\d+|\d+\.(\d{1,2}|\d{4,})|0\.\d+)\s*%?"),
}
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?")
_OTHER_DATE = re.compile(r"(?:\d{1,2}[-/.])?(\d{1,2})[-/.](\d{4})")

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
    written = list(cells)
    marks = [mark for mark, form in _MARKS.items() if any(map(form.fullmatch, written))]
    return "both" if marks[1:] else next(iter(marks), None)


def number(cell: str, mark: str | None) -> tuple[float, bool]:
    """The number in a cell, and whether it was written as per cent; `mark` is the decimal mark of the file."""
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
        if told := advice(text, "it"):
            raise Bad("which may be read in two ways. " + told.split(". ", 1)[-1])
        raise Bad("which is not a number. Write digits alone, with a point for decimals.")
    return found, percent


def month(cell: str, last: bool) -> Month:
    """The month in a cell: 2015-05, 2015-05-31, or a year (its first month, or its last)."""
    text = cell.strip()
    if found := _YEAR_MONTH.fullmatch(text):
        year, month_, day = int(found[1]), int(found[2] or (12 if last else 1)), int(found[3] or 1)
        if not 1950 <= year <= 2100:
            raise Bad(f"but the year {year} is not possible here. Write a year from 1950 to 2100.")
        if not 1 <= month_ <= 12:
            raise Bad(f"but there is no month {month_}. Write year and month, such as 2015-05.")
        if not 1 <= day <= monthrange(2000, month_)[1]:  # of a leap year
            raise Bad(f"but that month has no day {day}. Write {year}-{month_:02d}.")
        return year, month_
    found = _OTHER_DATE.fullmatch(text)
    if found and int(found[1]) <= 12:
        meant = f"{found[2]}-{int(found[1]):02d}"
        raise Bad(f"but year and month are needed. Write {meant}, if that is meant.")
    raise Bad("which is no month. Write year and month, such as 2015-05.")


def code(cell: str, known: dict[str, str], what: str) -> str:
    """The sex or age band that a cell names."""
    text = re.sub(r"[\s–-]+", "_", cell.strip().lower()).removesuffix("_years")
    for own, others in known.items():
        if text in {own.replace("-", "_"), *others.split()}:
            return own
    hint = nearest_name(cell, tuple(known))
    raise Bad(f"but the {what} must be one of {', '.join(known)}. {hint}".rstrip())


def country(cell: str) -> str:
    """The three letters of a country, from these letters or its name."""
    text = cell.strip()
    for letters, (_, name) in countries().items():
        if text.lower() == name.lower():
            return letters
    try:
        return country_code(text.upper() if len(text) == 3 else text)
    except ValueError as error:
        raise Bad(f"but {error}.") from None


def whole(cell: str, mark: str | None, least: int, what: str) -> float:
    """A whole number of children or interviews."""
    value, percent = number(cell, mark)
    if percent or value < least or not float(value).is_integer():
        raise Bad(f"but it must be a whole number of {what}, {least} or more.")
    if value > MOST:
        raise Bad(f"but more than ten million {what} are not counted in one place.")
    return float(value)


def part(cell: str, mark: str | None) -> float:
    """A share above 0 and at most 1, or as per cent."""
    value, percent = number(cell, mark)
    value = value / 100 if percent else value
    if not 0 < value <= 1:
        raise Bad("but it must be above 0 and at most 1 (or 100%).")
    return value


@lru_cache(maxsize=2000)
def nearest_name(written: str, known: tuple[str, ...]) -> str:
    """A question about the nearest known name, or nothing; looked up once for each thing that is written."""
    return did_you_mean(written[:60], known)


@dataclass
class Cells:
    """The cells of one row of the file by column, and what is wrong or odd with them, as (column, sentence)."""

    line: int
    cells: Mapping[str, str]
    mark: str | None
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def text(self, column: str) -> str:
        """A cell as written; "" when empty."""
        cell = self.cells.get(column, "")
        return "" if is_empty(cell) else cell

    def wrong(self, column: str, sentence: str) -> None:
        """Keep a problem."""
        self.problems.append((column, sentence))

    def read(self, column: str, reader: Callable[[str], T], empty: str = "") -> T | None:
        """A cell through a reader; None when it is wrong, which is kept, or empty.

        A column that must not be empty says in `empty` what to write.
        """
        cell = self.text(column)
        if not cell:
            if empty:
                self.wrong(column, f"{column} is empty; {empty}")
            return None
        try:
            return reader(cell)
        except Bad as why:
            self.wrong(column, f"{column} is {shown(cell)}, {why}")
            return None

    def number(self, column: str) -> tuple[float, bool] | None:
        """A number and whether it was per cent; None when empty or wrong."""
        return self.read(column, lambda cell: number(cell, self.mark))
