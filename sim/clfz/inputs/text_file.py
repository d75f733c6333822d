"""A file from disk as clean text, or one sentence about why it cannot be read."""

from __future__ import annotations

import difflib
import os
import re
from itertools import islice
from pathlib import Path

from clfz.inputs import find
from clfz.inputs.problems import MANY, InputError, Problem

MAX_BYTES = 250_000
"""Input files are some kilobytes; something this large is another file given by mistake."""

_TOO_LARGE = f"this is too large for an input file (more than {MAX_BYTES // 1000} kB)."
_OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_UNPRINTABLE = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ODD_BLANK = (
    "this line starts with a special blank (often pasted from a web page or a word processor). "
    "Replace it with ordinary spaces."
)
_ODD_INDENT = re.compile(r" *[\xa0\u2000-\u200b\u3000]")


def unprintable(text: str) -> str:
    """What to say about the first character that cannot be shown; nothing when all can."""
    found = _UNPRINTABLE.search(text)
    return (
        f"there is a character here that cannot be shown (U+{ord(found[0]):04X}). Delete it."
        if found
        else ""
    )


def read_text(path: str | os.PathLike[str]) -> str:
    """Text of the file at `path` (UTF-8, with or without byte order mark).

    Raises:
        InputError: the file is missing, a folder, too large or not UTF-8 text.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise _whole(path, "this is a folder. Give one .yaml file inside it.")
        if not file.exists():
            raise _whole(path, "there is no such file." + _neighbour(file))
        if not file.is_file():
            raise _whole(path, "this is not an ordinary file.")
        if file.stat().st_size > MAX_BYTES:
            raise _whole(path, _TOO_LARGE)
        raw = file.read_bytes()
    except PermissionError:
        raise _whole(path, "this file may not be read: permission denied.") from None
    except (OSError, ValueError):
        raise _whole(path, "there is no such file.") from None
    return decode(raw, str(path))


def decode(raw: bytes, name: str) -> str:
    """Text of the bytes of a file called `name` (only for messages)."""
    for mark, encoding in _OTHER_ENCODINGS.items():
        if raw.startswith(mark):
            raise InputError([Problem(name, 0, 0, _save_as_utf8(f"is written in {encoding}"))])
    if b"\x00" in raw:
        problem = "this is not a text file (it holds zero bytes). Give a .yaml file."
        raise InputError([Problem(name, 0, 0, problem)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - before.rfind(b"\n")
        problem = _save_as_utf8("is not UTF-8 text from here on")
        raise InputError([Problem(name, line, column, problem)]) from None
    return clean(text, name)


def clean(text: str, name: str) -> str:
    """The same text, once it is known to hold nothing that cannot be seen."""
    if len(text) > MAX_BYTES:
        raise _whole(name, _TOO_LARGE)
    if found := _UNPRINTABLE.search(text):
        raise InputError([Problem(name, *_place(text, found.start()), unprintable(found[0]))])
    odd = [
        Problem(name, line, found.end(), _ODD_BLANK)
        for line, found in lines_that_start_with(_ODD_INDENT, text)
    ]
    if odd:
        raise InputError(odd)
    return text


def lines_that_start_with(pattern: re.Pattern[str], text: str) -> list[tuple[int, re.Match[str]]]:
    """Line numbers (from 1) with what was found there, the first hundred or so."""
    matches = ((line, pattern.match(row)) for line, row in enumerate(text.split("\n"), start=1))
    return list(islice(((line, found) for line, found in matches if found), MANY))


def _whole(path: str | os.PathLike[str], message: str) -> InputError:
    return InputError([Problem(os.fspath(path), 0, 0, message)])


def _save_as_utf8(what: str) -> str:
    return f'this file {what}. Save it as UTF-8 (in most editors: "Save as", encoding UTF-8).'


def _neighbour(file: Path) -> str:
    """The file of that folder that was probably meant."""
    if not file.parent.is_dir():
        return f" There is no folder {file.parent} either."
    # the stems alone: with their endings any two short names look alike
    here = [other for other in file.parent.iterdir() if other.suffix in (".yaml", ".yml")]
    names = {other.stem: other for other in here}
    close = difflib.get_close_matches(file.stem, names, n=1)
    if close:
        return f" Did you mean {names[close[0]]}?"
    shipped = any(file.stem in find.names(kind) for kind in find.FOLDERS)
    return f' What is shipped goes by its name alone: "{file.stem}".' if shipped else ""


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
