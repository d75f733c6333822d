"""Countries by their codes (ISO 3166-1), so that a wrong code is answered with the right one.

The names are short English ones, as people write them in data (Babel's, such as "Congo - Kinshasa", are not).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from clfz.inputs.problems import nearest


@cache
def countries() -> dict[str, tuple[str, str]]:
    """Three-letter code -> (two-letter code, name)."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["short"], row["name"]) for row in csv.DictReader(file)}


def country_code(text: str) -> str:
    """The code itself when it is one.

    Raises:
        ValueError: with what to write instead.
    """
    known = countries()
    if text in known:
        return text
    if text.upper() in known:
        raise ValueError(f"write the code in capitals, {text.upper()}")
    guess = nearest(text, [name for _, name in known.values()])
    for wanted in (text, guess or ""):
        for code, (short, name) in known.items():
            if wanted.upper() == short or wanted.lower() == name.lower():
                raise ValueError(f"use the three-letter code ({code} for {name})")
    raise ValueError("this is not a three-letter country code. The list: clfz list countries")
