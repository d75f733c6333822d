"""A CSV file as rows of text: encoding told, separator found, every cell known by row and column.

Spreadsheets and survey tools write CSV in many ways: with `;`, `,` or a tab between cells, with a byte order mark, in
UTF-8, UTF-16 or the old code page of a country, with `sep=;` in the first line. All that can be told apart for sure
is read; the rest is refused in one sentence. Lines that begin with `#` are comments.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clfz.inputs.problems import MANY, InputError, Problem

MAX_BYTES = 5_000_000
"""Totals by area and period are some kilobytes; more than this is one row a child or another file."""

LONGEST = 32_767
"""Letters of a cell: what a spreadsheet holds. The reader of Python stops at another number, with an error."""

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE = 'Save it as "CSV UTF-8".'
_UNPRINTABLE = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEP_LINE = re.compile(r'"?sep=(.*)', re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """The cells of a file.

    Attributes:
        name: The file, for messages.
        header: What stands above the columns, as written.
        header_line: Line of the header.
        rows: (line, cells) of every row that holds something, as many cells as the header.
        separator: What stands between cells.
        notes: What was found out about the form of the file.
    """

    name: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    separator: str
    notes: tuple[str, ...] = field(default=())

    def problem(self, line: int, column: int | None, message: str) -> Problem:
        """A problem at a cell; columns count from 0 here, None is the row as a whole."""
        return Problem(self.name, line, 0 if column is None else column + 1, message)


def read_sheet(path: Path, name: str, known: Callable[[str], bool]) -> Sheet:
    """The cells of a CSV file.

    Args:
        path: The file.
        name: How messages call it.
        known: Whether a header is one that we know; the separator that gives most of these is taken.

    Raises:
        InputError: It cannot be read as a table.
    """
    return parse(*_text(_bytes(path, name), name), name, known)


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise _whole(name, "this is a folder. Give one .csv file inside it.")
        if not path.is_file():
            raise _whole(name, "there is no such file." + _neighbour(path))
        if path.stat().st_size > MAX_BYTES:
            raise _whole(
                name,
                f"this is too large (more than {MAX_BYTES // 1_000_000} MB). A field file holds totals "
                "for areas and periods, not one row a child.",
            )
        return path.read_bytes()
    except PermissionError:
        raise _whole(name, "this file may not be read: permission denied.") from None
    except (OSError, ValueError):
        raise _whole(name, "there is no such file.") from None


def _text(raw: bytes, name: str) -> tuple[str, list[str]]:
    """Text of the bytes, and what was noticed."""
    if raw.startswith(_WORKBOOKS):
        raise _whole(name, f"this is a workbook of a spreadsheet program, not a CSV file. {_SAVE}")
    for mark, encoding, called in _MARKS:
        if raw.startswith(mark):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                break
            return _clean(text, name), [f"a byte order mark ({called}) was found"]
    if b"\x00" in raw:
        raise _whole(
            name, f"this is not UTF-8 text: it holds zero bytes (UTF-16 without a mark?). {_SAVE}"
        )
    try:
        return _clean(raw.decode("utf-8-sig"), name), []
    except UnicodeDecodeError as error:
        raise InputError([_not_utf8(raw, error.start, name)]) from None


def _not_utf8(raw: bytes, at: int, name: str) -> Problem:
    """Where the first letter of another encoding stands, by row and column."""
    before = raw[:at].decode("latin-1")
    lines = before.splitlines(keepends=True) or [""]
    inside = "" if lines[-1].endswith("\n") else lines[-1]
    line = before.count("\n") + 1
    header = raw.decode("latin-1").splitlines()[0]
    separator = max(SEPARATORS, key=header.count)
    column = inside.count(separator)
    heads = header.split(separator)
    where = f' under "{heads[column].strip()}"' if line > 1 and column < len(heads) else ""
    guess = "Windows-1252, as older spreadsheets write it"
    if raw[at : at + 1] in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"):
        guess = "an older code page"
    text = (
        f"row {line} holds a letter{where} that is not UTF-8 (the file looks like {guess}). {_SAVE}"
    )
    return Problem(name, line, column + 1, text)


def _clean(text: str, name: str) -> str:
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        code = f"U+{ord(found[0]):04X}"
        problem = f"row {line} holds a character that cannot be shown ({code}). Delete it."
        raise InputError([Problem(name, line, 0, problem)])
    return text


def parse(text: str, notes: list[str], name: str, known: Callable[[str], bool]) -> Sheet:
    """The cells of a text.

    Raises:
        InputError: No header, no separator, rows of other lengths, or a quotation mark left open.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    forced = _forced(lines[0], name)
    # Blank lines in their place keep the line numbers.
    kept = ["" if line.lstrip('" \t').startswith("#") else line for line in lines]
    if forced:
        kept[0] = ""
    first = next((at for at, line in enumerate(kept) if line.strip(" \t,;")), None)
    if first is None:
        raise _whole(name, "this file holds no rows. A template: clfz evaluate --template")
    with _long_cells_read():
        separator = forced or _separator(kept[first], known)
        found = _rows(kept, separator, name) if separator else []
    if separator is None:
        raise InputError(
            [
                Problem(
                    name,
                    first + 1,
                    0,
                    "the first row names only one column; between names there must be a comma, a "
                    "semicolon or a tab. A template: clfz evaluate --template",
                )
            ]
        )
    if separator != ",":
        notes.append(f"{SEPARATORS.get(separator, repr(separator))} stands between cells")
    if not found:
        raise _whole(name, "this file holds no rows. A template: clfz evaluate --template")
    header_line, header = found[0]
    names = tuple(cell.strip().lstrip("\ufeff") for cell in header)
    if long := [each for line, cells in found for each in _long(line, cells, names, name)]:
        raise InputError(long[:MANY])
    rows, problems = _same_length(found[1:], names, name)
    if problems:
        raise InputError(problems)
    if not rows:
        raise InputError([Problem(name, header_line, 0, "there is a header, but no row under it.")])
    return Sheet(name, names, header_line, tuple(rows), separator, tuple(notes))


def _forced(line: str, name: str) -> str | None:
    """The separator that a first line such as `sep=;` names."""
    found = _SEP_LINE.fullmatch(line)
    if found is None:
        return None
    mark, rest = found[1][:1], found[1][1:]
    if mark in (*SEPARATORS, "|") and not rest.strip(' "'):
        return mark
    text = "row 1 says sep=, but not a comma, a semicolon or a tab alone after it. Write sep=; or delete the row."
    raise InputError([Problem(name, 1, 0, text)])


def _separator(header: str, known: Callable[[str], bool]) -> str | None:
    """The separator that makes most known names of a header; None when there is none in it."""

    def score(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=separator))
        return sum(known(cell) for cell in cells), len(cells)

    best = max(SEPARATORS, key=score)
    return best if score(best)[1] > 1 else None


def _rows(lines: list[str], separator: str, name: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=separator, strict=True)
    found = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, tuple(cell.strip() for cell in cells)))
            start = reader.line_num + 1
    except csv.Error:
        text = f"row {start} opens a quotation mark that is not closed as it should be. Mend or delete it."
        raise InputError([Problem(name, start, 0, text)]) from None
    return found


@contextmanager
def _long_cells_read() -> Iterator[None]:
    """Python stops at a long cell with an error that does not say where; here it is read, and told by its place."""
    before = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _long(line: int, cells: tuple[str, ...], header: tuple[str, ...], name: str) -> list[Problem]:
    """Cells that nobody can have meant."""
    found = []
    for at, cell in enumerate(cells):
        if len(cell) > LONGEST:
            named = at < len(header) and cells != header and len(header[at]) <= 60
            under = f' under "{header[at]}"' if named else ""
            text = f"row {line} holds a cell{under} of {len(cell)} letters; at most {LONGEST} are read. Shorten it."
            found.append(Problem(name, line, at + 1, text))
    return found


def _same_length(
    rows: list[tuple[int, tuple[str, ...]]], header: tuple[str, ...], name: str
) -> tuple[list[tuple[int, tuple[str, ...]]], list[Problem]]:
    """Rows with as many cells as the header; empty cells beyond it do not count."""
    kept, problems = [], []
    for line, cells in rows:
        while len(cells) > len(header) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != len(header):
            text = (
                f"row {line} has {len(cells)} cells, but the header names {len(header)} columns. "
            )
            text += (
                "Put a text or a number that holds the separator in quotation marks."
                if len(cells) > len(header)
                else "Leave empty cells in their place."
            )
            problems.append(Problem(name, line, 0, text))
        kept.append((line, cells))
    return kept, problems[:MANY]


def _whole(name: str, message: str) -> InputError:
    return InputError([Problem(name, 0, 0, message)])


def _neighbour(path: Path) -> str:
    import difflib

    if not path.parent.is_dir():
        return f" There is no folder {path.parent} either."
    names = [
        other.name for other in path.parent.iterdir() if other.suffix.lower() in (".csv", ".tsv")
    ]
    close = difflib.get_close_matches(path.name, names, n=1)
    return f" Did you mean {path.parent / close[0]}?" if close else ""
