"""Numbers that were written as text: per cents, and the commas of other countries."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_GROUP_MARKS = re.compile(r"(?<=\d)[ '’_\u00a0\u2009\u202f](?=\d{3})")
_MONEY_SIGNS = re.compile(r"^[^\d\s.,+-]{1,4}\s*(?=[\d.+-])|(?<=\d)\s*[^\d\s.,%]{1,4}$")


def number_from_text(text: str, share: bool) -> float | None:
    """The number that a text stands for, or None when it is not written as we write numbers.

    A share may be written as per cent: "23%" is 0.23.
    """
    text = text.strip()
    if len(text) > 40:
        return None
    if _NUMBER.fullmatch(text):
        return _tidy(Decimal(text))
    if share and text.endswith("%") and _NUMBER.fullmatch(text[:-1].rstrip()):
        return _tidy(Decimal(text[:-1].rstrip()) / 100)
    return None


def advice(text: str, label: str) -> str | None:
    """What to write instead of a text that was nearly a number; None when it was not."""
    text = text.strip()
    if len(text) > 40 or not re.search(r"\d", text):
        return None
    if text.endswith("%"):
        value = number_from_text(text, share=True)
        if value is not None:
            return f'"{text}" is per cent, but {label} takes a plain number. Write {value:g}.'
    quoted = '"{}%"' if text.endswith("%") else "{}"
    bare = _MONEY_SIGNS.sub("", text.rstrip("% "))
    grouped = _GROUP_MARKS.sub("", bare)
    commas, points = grouped.count(","), grouped.count(".")
    if re.fullmatch(r"[-+]?\d{1,3},\d{3}", grouped):  # 1,250 may be either
        whole, broken = (quoted.format(grouped.replace(",", mark)) for mark in ("", "."))
        write = f"Write {whole} (or {broken} if the comma is for decimals)."
        return f'"{text}" is not a number here. {write}'
    if commas and points:
        decimal_mark = "," if grouped.rfind(",") > grouped.rfind(".") else "."
        grouped = grouped.replace("." if decimal_mark == "," else ",", "").replace(",", ".")
    elif commas == 1:
        grouped = grouped.replace(",", ".")
    elif re.fullmatch(r"[-+]?\d{1,3}([.,]\d{3}){2,}", grouped):
        grouped = grouped.replace(",", "").replace(".", "")
    if not _NUMBER.fullmatch(grouped):
        return None
    why = "a point for decimals, nothing for thousands"
    if bare != text.rstrip("% "):
        why = "the number alone, without its unit"
    return f'"{text}" is not a number here. Write {quoted.format(grouped)} ({why}).'


def _tidy(value: Decimal) -> float | None:
    """An integer where it is one, so that "12" can be a number of months; None when too large."""
    if value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None
