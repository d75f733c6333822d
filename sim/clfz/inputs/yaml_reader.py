"""Files as clean text, and YAML text as plain data with the line and column of each key and value.

YAML 1.2 as a careful human reads it: `NO`, `yes`, `12:30` and `2014-05-01` are text, `010` is ten.
The data are built from the parser's events, so nothing in a file can construct an object, and a file cannot grow:
size, depth, number of entries and repeated parts (aliases) are bounded while it is read.
"""

from __future__ import annotations

import codecs
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from clfz.inputs import find
from clfz.inputs.problems import MANY, DataPath, InputError, Problem, nearest

MAX_BYTES = 250_000
"""Input files are some kilobytes; something this large is another file given by mistake."""
_TOO_LARGE = f"this is too large for an input file (more than {MAX_BYTES // 1000} kB)."
MAX_DEPTH = 20
MAX_ENTRIES = 20_000
MAX_ALIASES = 20

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, of which it is a longer form
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""First bytes of a file -> its encoding."""
UNPRINTABLE = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB = re.compile(r" *\t")
_ODD_BLANK = re.compile(r" *[\xa0\u2000-\u200b\u3000]")

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_SECOND = "a second document starts here; one file holds only one."
_INDENT = (
    "the blanks before this line do not fit the lines above. Settings of one group start in the "
    "same column."
)
# Piece of the parser's complaint -> what to tell someone who never read its manual. The first that fits is used.
# They fit libyaml, in C, and its equal in Python, which takes its place where there is none.
_COMPLAINTS = {
    "found unexpected end of stream": "the quote that opens here is never closed.",
    "could not find expected ':'": "this line has no colon. A setting is written name: value (with "
    "a blank after the colon).",
    "mapping values are not allowed": "this colon comes unexpected: the blanks before the line do "
    "not fit the lines above, or a text that holds a colon needs quotes around it.",
    "sequence entries are not allowed": 'a list starts here in the wrong place: write each "- item"'
    " on a line of its own below the name.",
    "expected ',' or ']'": "the list that opens with [ in line {opened} is not closed, or a "
    "comma is missing before here.",
    "expected ',' or '}'": "the group that opens with {{ in line {opened} is not closed, or a "
    "comma is missing before here.",
    "that cannot start any token": "a value cannot start with {sign}. Put quotes around it.",
    "found unknown escape character": "a backslash inside double quotes has a special meaning. "
    "Write single quotes instead.",
    "incompatible YAML document": "this YAML version is unknown. Delete the line that starts with "
    "%YAML.",
    "expected <block end>": _INDENT,
    "expected key": _INDENT,
    "expected '-' indicator": _INDENT,
    "<document start>": _INDENT,
    "": "this line is not valid YAML. Look at the blanks before it, its colon and its quotes.",
}


def read_text(path: str | os.PathLike[str], name: str | None = None) -> str:
    """Text of the file at `path` (UTF-8, with or without byte order mark), called `name` in messages.

    Raises:
        InputError: the file is missing, a folder, too large or not UTF-8 text.
    """
    file, name = Path(path), name or os.fspath(path)
    return decode(read_bytes(file, name, (".yaml", ".yml"), MAX_BYTES, _TOO_LARGE), name)


def read_bytes(file: Path, name: str, endings: tuple[str, ...], most: int, too_large: str) -> bytes:
    """Bytes of a file called `name` in messages, which should have one of the `endings`.

    Raises:
        InputError: it is missing, a folder, has more than `most` bytes (told as `too_large`) or may not be read.
    """
    try:
        if file.is_dir():
            _refuse(name, f"this is a folder. Give one {endings[0]} file inside it.")
        if not file.exists():
            _refuse(name, "there is no such file." + _neighbour(file, endings))
        if not file.is_file():
            _refuse(name, "this is not an ordinary file.")
        if file.stat().st_size > most:
            _refuse(name, too_large)
        return file.read_bytes()
    except PermissionError:
        _refuse(name, "this file may not be read: permission denied.")
    except (OSError, ValueError):
        _refuse(name, "there is no such file.")


def decode(raw: bytes, name: str) -> str:
    """Text of the bytes of a file called `name` (only for messages).

    Raises:
        InputError: they are no UTF-8 text.
    """
    save = 'Save it as UTF-8 (in most editors: "Save as", encoding UTF-8).'
    encoding = next((each for mark, each in BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "")
    if encoding not in ("", "utf-8-sig"):
        _refuse(name, f"this file is written in {encoding.upper()}. {save}")
    if b"\x00" in raw:
        _refuse(name, "this is not a text file (it holds zero bytes). Give a .yaml file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place(raw[: error.start].decode("latin-1"))
        _refuse(name, f"this file is not UTF-8 text from here on. {save}", *place)


def _refuse(name: str, message: str, line: int = 0, column: int = 0) -> NoReturn:
    raise InputError([Problem(name, line, column, message)]) from None


def _place(before: str) -> tuple[int, int]:
    """Line and column of what stands after some text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _cannot_be_shown(found: re.Match[str]) -> str:
    return f"there is a character here that cannot be shown (U+{ord(found[0]):04X}). Delete it."


def _lines_that_start_with(pattern: re.Pattern[str], text: str) -> list[tuple[int, re.Match[str]]]:
    """Line numbers (from 1) with what was found there, the first hundred or so."""
    matches = ((line, pattern.match(row)) for line, row in enumerate(text.split("\n"), start=1))
    return list(islice(((line, found) for line, found in matches if found), MANY))


def _neighbour(file: Path, endings: tuple[str, ...]) -> str:
    """The file of that folder that was probably meant."""
    if not file.parent.is_dir():
        return f" There is no folder {file.parent} either."
    # the stems alone: with their endings any two short names look alike
    here = [other for other in file.parent.iterdir() if other.suffix.lower() in endings]
    names = {other.stem: other for other in here}
    if close := nearest(file.stem, names):
        return f" Did you mean {names[close]}?"
    yaml = ".yaml" in endings
    shipped = yaml and any(file.stem in find.names(kind) for kind in find.FOLDERS)
    return f' What is shipped goes by its name alone: "{file.stem}".' if shipped else ""


class Place(NamedTuple):
    """Where a key and its value start: (line, column), from 1. List items have no key of theirs."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True)
class Document:
    """One file: its data, the place of everything in it, and what is wrong with it so far."""

    file: str
    data: Any
    places: dict[DataPath, Place]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: DataPath, message: str, at_name: bool = False) -> Problem:
        """A problem about what stands at `path`, or at the nearest thing around it that exists."""
        while path not in self.places and path:
            path, at_name = path[:-1], False
        place = self.places.get(path, Place((1, 1), (1, 1)))
        # A group starts on the line after its name, and nothing starts nowhere: point at the name.
        named = at_name or isinstance(value_at(self.data, path), dict | list | None)
        return Problem(self.file, *(place.key if named else place.value), message)


def value_at(data: Any, path: DataPath) -> Any:
    """What stands at a path in some data; None when there is no such thing."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def parse_yaml(text: str, name: str) -> Document:
    """Read YAML text that holds a mapping.

    Problems that leave the rest readable (a key given twice, a NaN) are kept in the document, to be
    told together with those that the schema finds. `name` stands for the file in messages.

    Raises:
        InputError: nothing can be made of the text.
    """
    if len(text) > MAX_BYTES:
        _refuse(name, _TOO_LARGE)
    if found := UNPRINTABLE.search(text):
        _refuse(name, _cannot_be_shown(found), *_place(text[: found.start()]))
    odd = (
        "this line starts with a special blank (often pasted from a web page or a word processor). "
        "Replace it with ordinary spaces."
    )
    if found_in := _lines_that_start_with(_ODD_BLANK, text):
        raise InputError(Problem(name, line, found.end(), odd) for line, found in found_in)
    builder = _Builder(name)
    try:
        data = builder.build(YAML(typ="safe").parse(text))
    except YAMLError as error:
        raise InputError(builder.problems + _in_words(text, name, error)) from None
    except (ValueError, AttributeError, IndexError, TypeError, KeyError, AssertionError):
        # The YAML library trips over some texts that no one would write by intention.
        unreadable = Problem(name, 0, 0, "this is not valid YAML.")
        raise InputError([*builder.problems, unreadable]) from None
    if isinstance(data, dict):
        return Document(name, data, builder.places, builder.problems)
    if data is None:
        builder.stop((1, 1), "the file is empty.")
    if isinstance(data, str) and re.match(r"\w+:\S", data):
        builder.stop((1, 1), f'"{data.split(":")[0]}:" needs a blank after the colon.')
    held = "a list" if isinstance(data, list) else "one single value"
    builder.stop((1, 1), f'the file holds {held}, but lines like "name: value" are needed.')


def _in_words(text: str, file: str, error: YAMLError) -> list[Problem]:
    """The problems behind the parser's first complaint; every line with a TAB in its indent."""
    if tabs := _lines_that_start_with(_TAB, text):
        told = "this line starts with a TAB. YAML needs spaces. Replace it with 2 spaces."
        return [Problem(file, line, 0, told) for line, _ in tabs]
    said = str(getattr(error, "problem", "") or "")
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    opened = error.context_mark if isinstance(error, MarkedYAMLError) else None
    if opened and ("end of stream" in said or "expected ':'" in said):
        mark = opened  # where the quote or the line starts, not where its end was expected
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if "<document start>" in said and re.search(r"^\.\.\.", text, re.MULTILINE):
        return [Problem(file, line, column, _SECOND)]
    words = next(words for piece, words in _COMPLAINTS.items() if piece in said)
    sign = "".join(text.splitlines()[line - 1 : line])[column - 1 : column]
    sign = "a TAB" if sign == "\t" else f'"{sign}"'
    words = words.format(opened=opened.line + 1 if opened else line, sign=sign)
    return [Problem(file, line, column, words)]


class _Builder:
    """Turns events into data, noting places and what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[DataPath, Place] = {}
        self.problems: list[Problem] = []
        self.entries = 0
        self.aliases = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        """Name of a part that is repeated -> the part and its number of entries; None while it is read."""

    def build(self, events: Iterator[Event]) -> Any:
        self.events = events
        data = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and self.entries:
                self.stop(_start(event), _SECOND)
            if isinstance(event, NodeEvent):
                data = self.node(event, ())
        return data

    def node(self, event: Event, path: DataPath) -> Any:
        start = _start(event)
        self.places.setdefault(path, Place(start, start))
        self.count(1, start)
        if len(path) > MAX_DEPTH:
            self.stop(start, f"there are more than {MAX_DEPTH} levels inside each other here.")
        if isinstance(event, AliasEvent):
            return self.repeated(event.anchor, start)
        if (tag := getattr(event, "tag", None)) is not None:
            short = str(tag).replace("tag:yaml.org,2002:", "!!")[:40]
            self.add(start, f'"{short}" is not used in these files. Write the value alone.')
        anchor, before = getattr(event, "anchor", None), self.entries
        if anchor:
            self.anchors[anchor] = None
        value: Any
        if isinstance(event, ScalarEvent):
            value = self.scalar(event)
        elif isinstance(event, SequenceStartEvent):
            value = []
            while not isinstance(item := next(self.events), SequenceEndEvent):
                value.append(self.node(item, (*path, len(value))))
        else:
            value = self.mapping(path)
        if anchor:
            self.anchors[anchor] = (value, self.entries - before)
        return value

    def mapping(self, path: DataPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            start = _start(event)
            key = event.value if isinstance(event, ScalarEvent) else None
            if key is None:
                self.stop(start, "a setting's name must be one word followed by a colon.")
            here = (*path, key)
            if key in items:
                lines = f"lines {self.places[here].key[0]} and {start[0]}"
                self.add(start, f"{key} is given twice ({lines}); keep one.")
                here = (*path, f"{key}\x00again")
            value_event = next(self.events)
            self.places.setdefault(here, Place(start, _start(value_event)))
            items.setdefault(key, self.node(value_event, here))
        return items

    def scalar(self, event: ScalarEvent) -> Any:
        text, start = event.value, _start(event)
        if found := UNPRINTABLE.search(text):
            self.add(start, _cannot_be_shown(found))  # it was written as "\\a", say
        if not event.implicit[0]:  # in quotes
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _FLOAT.fullmatch(text) and len(text) <= 40 and math.isfinite(float(text)):
            return int(text) if _INTEGER.fullmatch(text) else float(text)
        if _NOT_FINITE.fullmatch(text) or _FLOAT.fullmatch(text):
            self.add(start, f"{text[:40]} is not a number that can be used here.")
            return 0
        return text

    def repeated(self, anchor: str, start: tuple[int, int]) -> Any:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            self.stop(start, f"more than {MAX_ALIASES} repeated parts (*name). Write them out.")
        if anchor not in self.anchors:
            text = f'"*{anchor}" repeats a part that has not been named with "&{anchor}".'
            self.stop(start, text)
        if (known := self.anchors[anchor]) is None:
            self.stop(start, f'"*{anchor}" stands inside the part that it repeats.')
        self.count(known[1], start)
        return known[0]

    def count(self, entries: int, start: tuple[int, int]) -> None:
        self.entries += entries
        if self.entries > MAX_ENTRIES:
            self.stop(start, f"more than {MAX_ENTRIES} entries: this is not a file of settings.")

    def add(self, place: tuple[int, int], message: str) -> None:
        self.problems.append(Problem(self.file, *place, message))
        if len(self.problems) >= MANY:
            raise InputError(self.problems)

    def stop(self, place: tuple[int, int], message: str) -> NoReturn:
        raise InputError([*self.problems, Problem(self.file, *place, message)])


def _start(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
