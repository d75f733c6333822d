"""What the YAML parser complains about, in words for someone who never read its manual."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from clfz.inputs.problems import Problem
from clfz.inputs.text_file import lines_that_start_with

_TAB = re.compile(r" *\t")
_TAB_WORDS = "this line starts with a TAB. YAML needs spaces. Replace it with 2 spaces."
_ANYTHING = "this line is not valid YAML. Look at the blanks before it, its colon and its quotes."

# Piece of the parser's complaint -> what to tell. The first that fits is used.
_WORDS = {
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
    tabs = [Problem(file, line, 0, _TAB_WORDS) for line, _ in lines_that_start_with(_TAB, text)]
    if tabs:
        return tabs
    mark = opened = None
    said = str(getattr(error, "problem", "") or "")
    if isinstance(error, MarkedYAMLError):
        mark, opened = error.problem_mark, error.context_mark
        if opened and ("end of stream" in said or "expected ':'" in said):
            mark = opened  # where the quote or the line starts, not where its end was expected
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    words = _in_words(said)
    if "{opened}" in words:
        words = words.format(opened=opened.line + 1 if opened else line)
    return [Problem(file, line, column, words)]


def _in_words(said: str) -> str:
    if found := _START.search(said):
        sign = "a TAB" if found[1] == "\t" else f'"{found[1]}"'
        return f"a value cannot start with {sign}. Put quotes around it."
    return next((words for piece, words in _WORDS.items() if piece in said), _ANYTHING)
