"""YAML text as plain data, with the line and column of each key and each value.

YAML 1.2 as a careful human reads it: `NO`, `yes`, `12:30` and `2014-05-01` are text, `010` is ten.
The data are built straight from the parser's events, so nothing in a file can construct an object,
and a file cannot grow: depth, number of entries and repeated parts (aliases) are bounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from clfz.inputs.problems import MANY, DataPath, InputError, Problem
from clfz.inputs.text_file import clean, unprintable
from clfz.inputs.yaml_words import syntax_problems

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]
except ImportError:  # not on every kind of Python
    CParser = None

MAX_DEPTH = 20
MAX_ENTRIES = 20_000
MAX_ALIASES = 20

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_ODD = re.compile(
    "[&\t\x85\u2028\u2029\ufeff]|^\\.\\.\\.", re.MULTILINE
)  # here the two parsers differ
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class LongNumber(float):
    """A whole number of more than fifteen digits: a float that is shown as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Place:
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
        named = at_name or isinstance(self.value(path), dict | list | None)
        line, column = place.key if named else place.value
        return Problem(self.file, line, column, message)

    def value(self, path: DataPath) -> Any:
        """What stands at `path`; None when there is no such thing."""
        here = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here


def parse_yaml(text: str, name: str, top: tuple[type, ...] = (dict,)) -> Document:
    """Read YAML text; `top` is what it may hold: a mapping, a list or both.

    Problems that leave the rest readable (a key given twice, a NaN) are kept in the document, to be
    told together with those that the schema finds. `name` stands for the file in messages.

    Raises:
        InputError: nothing can be made of the text.
    """
    cleaned = clean(text, name)
    quick = None
    if CParser is not None and not _ODD.search(cleaned):
        with suppress(InputError):
            quick = _parse(cleaned, name, top, _quick_events)
            if not quick.problems:
                return quick
    try:
        return _parse(cleaned, name, top, _careful_events)
    except InputError:
        if quick is None:
            raise
        return quick  # right YAML that the careful parser does not know


def _careful_events(text: str) -> Iterator[Event]:
    """The parser in Python, whose complaints are put in our words."""
    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


def _quick_events(text: str) -> Iterator[Event]:
    """The same from the parser in C, many times as fast: for files that are right."""
    parser = CParser(text)
    while parser.check_event():
        yield parser.get_event()


def _parse(
    text: str, name: str, top: tuple[type, ...], events: Callable[[str], Iterator[Event]]
) -> Document:
    builder = _Builder(name)
    try:
        data = builder.build(events(text))
    except YAMLError as error:
        raise InputError(builder.problems + syntax_problems(text, name, error)) from None
    except (ValueError, AttributeError, IndexError, TypeError, KeyError, AssertionError):
        # The YAML library trips over some texts that no one would write by intention.
        unreadable = Problem(name, 0, 0, "this is not valid YAML.")
        raise InputError([*builder.problems, unreadable]) from None
    if not isinstance(data, top):
        builder.stop((1, 1), _wrong_top(data))
    return Document(name, data, builder.places, builder.problems)


def _wrong_top(data: Any) -> str:
    if data is None:
        return "the file is empty."
    if isinstance(data, str) and re.match(r"\w+:\S", data):
        return f'"{data.split(":")[0]}:" needs a blank after the colon.'
    held = "a list" if isinstance(data, list) else "one single value"
    return f'the file holds {held}, but lines like "name: value" are needed.'


class _Builder:
    """Turns events into data, noting places and what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[DataPath, Place] = {}
        self.problems: list[Problem] = []
        self.entries = 0
        self.aliases = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}

    def build(self, events: Iterator[Event]) -> Any:
        self.events = events
        data = None
        seen = False
        for event in events:
            if isinstance(event, DocumentStartEvent) and seen:
                self.stop(_start(event), "a second document starts here; one file holds only one.")
            if isinstance(event, NodeEvent):
                seen = True
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
        value = self.content(event, path)
        if anchor:
            self.anchors[anchor] = (value, self.entries - before)
        return value

    def content(self, event: Event, path: DataPath) -> Any:
        if isinstance(event, ScalarEvent):
            if said := unprintable(event.value):
                self.add(_start(event), said)  # it was written as "\\a", say
            return self.scalar(event) if event.implicit[0] else event.value
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        assert isinstance(event, MappingStartEvent)
        return self.mapping(path)

    def sequence(self, path: DataPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: DataPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            start = _start(event)
            key = event.value if isinstance(event, ScalarEvent) else None
            if key is None:
                self.stop(start, "a setting's name must be one word followed by a colon.")
            first = self.places.get((*path, key)) if key in items else None
            if first:
                lines = f"lines {first.key[0]} and {start[0]}"
                self.add(start, f"{key} is given twice ({lines}); keep one.")
            value_event = next(self.events)
            here = (*path, key) if first is None else (*path, f"{key}\x00again")
            self.places.setdefault(here, Place(start, _start(value_event)))
            value = self.node(value_event, here)
            items.setdefault(key, value)
        return items

    def scalar(self, event: ScalarEvent) -> Any:
        text = event.value
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text) and len(text) <= 15:
            return int(text)
        if _FLOAT.fullmatch(text) and len(text) <= 40 and math.isfinite(float(text)):
            return LongNumber(text) if _INTEGER.fullmatch(text) else float(text)
        if _NOT_FINITE.fullmatch(text) or _FLOAT.fullmatch(text):
            self.add(_start(event), f"{text[:40]} is not a number that can be used here.")
            return 0
        return text

    def repeated(self, anchor: str, start: tuple[int, int]) -> Any:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            self.stop(start, f"more than {MAX_ALIASES} repeated parts (*name). Write them out.")
        if anchor not in self.anchors:
            self.stop(
                start, f'"*{anchor}" repeats a part that has not been named with "&{anchor}".'
            )
        known = self.anchors[anchor]
        if known is None:
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
