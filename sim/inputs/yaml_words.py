"""What the YAML parser complains about, in words for someone who never read its manual."""

from __future__ import annotations

import re

from ruamel.yaml import YAMLError
from ruamel.yaml.error import MarkedYAMLError

from sim.inputs.problems import Problem

_TAB = re.compile(r"^ *\t", re.MULTILINE)
_ANYTHING = "this line is not valid YAML. Look at the blanks before it, its colon and its quotes."

# Piece of the parser's complaint -> what to tell. The first that fits is used.
_WORDS = {
    "found unexpected end of stream": "the quote that opens here is never closed.",
    "could not find expected ':'": "a line near here has no colon. A setting is written name: value"
    " (with a blank after the colon).",
    "mapping values are not allowed": "this colon comes unexpected: the blanks before the line do "
    "not fit the lines above, or a text that holds a colon needs quotes around it.",
    "sequence entries are not allowed": 'a list starts here in the wrong place: write each "- item"'
    " on a line of its own below the name.",
    "expected ',' or ']'": "a list that was opened with [ is not closed, or a comma is missing.",
    "expected ',' or '}'": "a group that was opened with { is not closed, or a comma is missing.",
    "found unknown escape character": "a backslash inside double quotes has a special meaning. "
    "Write single quotes instead.",
    "incompatible YAML document": "this YAML version is unknown. Delete the line that starts with "
    "%YAML.",
    "expected <block end>": "the blanks before this line do not fit the lines above. Settings of "
    "one group start in the same column.",
    "expected '<document start>'": "the blanks before this line do not fit the lines above. "
    "Settings of one group start in the same column.",
}
_START = re.compile(r"found character '(.)' that cannot start")


def syntax_problems(text: str, file: str, error: YAMLError) -> list[Problem]:
    """The problems behind the parser's first complaint; every line with a TAB in its indent."""
    tabs = [
        Problem(
            file,
            text.count("\n", 0, match.start()) + 1,
            0,
            "this line starts with a TAB. YAML needs spaces. Replace it with 2 spaces.",
        )
        for match in _TAB.finditer(text)
    ]
    if tabs:
        return tabs
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    said = str(getattr(error, "problem", "") or "")
    if "unexpected end of stream" in said and isinstance(error, MarkedYAMLError):
        mark = error.context_mark or mark  # where the quote opens, not where the file ends
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return [Problem(file, line, column, _in_words(said))]


def _in_words(said: str) -> str:
    if found := _START.search(said):
        sign = "a TAB" if found[1] == "\t" else f'"{found[1]}"'
        return f"a value cannot start with {sign}. Put quotes around it."
    return next((words for piece, words in _WORDS.items() if piece in said), _ANYTHING)
