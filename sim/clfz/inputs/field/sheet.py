"""A CSV file or workbook as rows of text: encoding told, separator found, every cell known by row and column.

Spreadsheets and survey tools write CSV in many ways: with `;`, `,` or a tab between cells, with a byte order mark, in
UTF-8, UTF-16 or the old code page of a country, with `sep=;` in the first line. All that can be told apart for sure
is read; the rest is refused in one sentence. Lines that begin with `#` are comments. The csv module is used and not
pandas, because it keeps the line of each row and does not fill up rows that are too short.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from clfz.inputs.problems import MANY, InputError, Problem
from clfz.inputs.yaml_reader import BYTE_ORDER_MARKS, UNPRINTABLE, read_bytes

MAX_BYTES = 5_000_000
"""Totals by area and period are some kilobytes; more than this is one row a child or another file."""
MAX_ROWS = 50_000
LONGEST = 32_767
"""Letters of a cell: what a spreadsheet holds."""
ENDINGS = (".csv", ".tsv", ".xlsx")

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE = 'Save it as "CSV UTF-8".'
_TOO_LARGE = (
    f"this is too large (more than {MAX_BYTES // 1_000_000} MB). A field file holds totals "
    "for areas and periods, not one row a child."
)
_TEMPLATE = "A template: clfz evaluate --template"
_SEP_LINE = re.compile(r'"?sep=(.*)', re.IGNORECASE)

Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Sheet:
    """The cells of a file, as written.

    Attributes:
        rows: (line, cells) of every row that holds something, as many cells as the header.
        notes: What was found out about the form of the file.
    """

    name: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def problem(self, line: int, column: int | None, message: str) -> Problem:
        """A problem at a cell; columns count from 0 here, None is the row as a whole."""
        return Problem(self.name, line, 0 if column is None else column + 1, message)


def read_sheet(path: Path, name: str, known: Callable[[str], bool]) -> Sheet:
    """The cells of a CSV file, or of the first sheet of a workbook (`.xlsx`).

    Args:
        path: The file.
        name: How messages call it.
        known: Whether a header is one that we know; the separator that gives most of these is taken.

    Raises:
        InputError: It cannot be read as a table.
    """
    raw = read_bytes(path, name, ENDINGS, MAX_BYTES, _TOO_LARGE)
    if path.suffix.lower() == ".xlsx" and raw.startswith(_WORKBOOKS[0]):
        notes: list[str] = []
        lines = _workbook(raw, name)
    else:
        text, notes = _text(raw, name)
        lines = _csv(text, notes, name, known)
    if not lines:
        raise _error(name, f"this file holds no rows. {_TEMPLATE}")
    header_line, header = lines[0]
    header = tuple(cell.lstrip("\ufeff") for cell in header)
    rows = []
    problems: list[Problem] = []
    for line, cells in lines:
        while len(cells) > len(header) and not cells[-1]:
            cells = cells[:-1]
        for at, cell in enumerate(cells):
            if len(cell) > LONGEST:
                named = at < len(header) and len(header[at]) <= 60
                under = f' under "{header[at]}"' if named else ""
                text = f"row {line} holds a cell{under} of {len(cell)} letters; at most {LONGEST} are read. "
                problems.append(Problem(name, line, at + 1, text + "Shorten it."))
        if len(cells) != len(header):
            text = f"row {line} has {len(cells)} cells, but the header names {len(header)} columns."
            mend = "Leave empty cells in their place."
            if len(cells) > len(header):
                mend = "Put a text or a number that holds the separator in quotation marks."
            problems.append(Problem(name, line, 0, f"{text} {mend}"))
        rows.append((line, cells))
    if problems:
        raise InputError(problems[:MANY])
    if len(rows) == 1:
        raise _error(name, "there is a header, but no row under it.", header_line)
    return Sheet(name, header, header_line, tuple(rows[1:]), tuple(notes))


def _error(name: str, message: str, line: int = 0, column: int = 0) -> InputError:
    return InputError([Problem(name, line, column, message)])


def _workbook(raw: bytes, name: str) -> list[Line]:
    """The rows of the first sheet, with numbers, dates and per cent written as in a CSV file."""
    import openpyxl

    def written(cell: object) -> str:
        value = getattr(cell, "value", None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            percent = "%" in str(getattr(cell, "number_format", ""))
            return f"{100 * value:.12g}%" if percent else f"{value:.15g}"
        if hasattr(value, "strftime"):
            return value.strftime("%Y-%m-%d")  # type: ignore[no-any-return, union-attr]
        return "" if value is None else str(value).strip()

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [tuple(map(written, row)) for row in islice(sheet.iter_rows(), MAX_ROWS)]
    except Exception:  # whatever openpyxl stumbles over in a broken file
        raise _error(name, f"this workbook cannot be read. {_SAVE}") from None
    if len(rows) == MAX_ROWS:
        raise _error(name, f"this workbook is too large ({MAX_ROWS} rows or more).")
    width = max(map(len, rows), default=0)
    return [
        (line, cells + ("",) * (width - len(cells)))
        for line, cells in enumerate(rows, 1)
        if any(cells) and not next(filter(None, cells)).startswith("#")
    ]


def _text(raw: bytes, name: str) -> tuple[str, list[str]]:
    """Text of the bytes, and what was noticed."""
    if raw.startswith(_WORKBOOKS):
        raise _error(name, f"this is a workbook of a spreadsheet program, not a CSV file. {_SAVE}")
    encoding = next((each for mark, each in BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "")
    called = encoding.removesuffix("-sig").upper()
    notes = [f"a byte order mark ({called}) was found"] if encoding else []
    try:
        text = raw.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if b"\x00" not in raw:
            raise _not_utf8(raw, error.start, name) from None
        text = "\x00"
    if "\x00" in text:
        text = "this is not UTF-8 text: it holds zero bytes (UTF-16 without a mark?)."
        raise _error(name, f"{text} {_SAVE}")
    if found := UNPRINTABLE.search(text):
        line, sign = text.count("\n", 0, found.start()) + 1, f"U+{ord(found[0]):04X}"
        what = f"row {line} holds a character that cannot be shown ({sign}). Delete it."
        raise _error(name, what, line)
    return text, notes


def _not_utf8(raw: bytes, at: int, name: str) -> InputError:
    """Where the first letter of another encoding stands, by row and column."""
    before = raw[:at].decode("latin-1")
    line = before.count("\n") + 1
    header = raw.decode("latin-1").splitlines()[0]
    separator = max(SEPARATORS, key=header.count)
    column = before.rpartition("\n")[2].count(separator)
    heads = header.split(separator)
    where = f' under "{heads[column].strip()}"' if line > 1 and column < len(heads) else ""
    guess = "Windows-1252, as older spreadsheets write it"
    if raw[at : at + 1] in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"):
        guess = "an older code page"
    text = f"row {line} holds a letter{where} that is not UTF-8 (the file looks like {guess})."
    return _error(name, f"{text} {_SAVE}", line, column + 1)


def _csv(text: str, notes: list[str], name: str, known: Callable[[str], bool]) -> list[Line]:
    """The rows of a CSV text that hold something; what was noticed is added to the notes."""
    # Comments become blank lines, which keep the line numbers.
    lines = [
        "" if line.lstrip('" \t').startswith("#") else line
        for line in re.split(r"\r\n|\r|\n", text)
    ]
    separator = None
    if found := _SEP_LINE.fullmatch(lines[0]):
        separator, rest = found[1][:1], found[1][1:]
        if separator not in (*SEPARATORS, "|") or rest.strip(' "'):
            what = "row 1 says sep=, but not a comma, a semicolon or a tab alone after it. "
            raise _error(name, what + "Write sep=; or delete the row.", 1)
        lines[0] = ""
    first = next((at for at, line in enumerate(lines) if line.strip(" \t,;")), None)
    if first is None:
        return []
    rows: list[Line] = []
    start = 1
    before = csv.field_size_limit(MAX_BYTES)  # long cells are told by their place, not by Python
    try:
        if separator is None:  # the one that makes most known names of the header

            def score(mark: str) -> tuple[int, int]:
                cells = next(csv.reader([lines[first]], delimiter=mark))
                return sum(known(cell) for cell in cells), len(cells)

            separator = max(SEPARATORS, key=score)
            if score(separator)[1] == 1:
                what = (
                    "the first row names only one column; between names there must be a comma, a "
                )
                raise _error(name, f"{what}semicolon or a tab. {_TEMPLATE}", first + 1)
        whole = io.StringIO("\n".join(lines), newline="")
        reader = csv.reader(whole, delimiter=separator, strict=True)
        for written in reader:
            cells = tuple(cell.strip() for cell in written)
            if any(cells):
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error:
        text = f"row {start} opens a quotation mark that is not closed as it should be. Mend or delete it."
        raise _error(name, text, start) from None
    finally:
        csv.field_size_limit(before)
    if separator != ",":
        notes.append(f"{SEPARATORS.get(separator, repr(separator))} stands between cells")
    return rows
