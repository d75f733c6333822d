"""Small words that need no results: places, dates, spans of time, lists of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from clfz.inputs.zone import countries

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def spelled(count: int) -> str:
    """Write a small number as a word."""
    return _WORDS[count] if count < len(_WORDS) else str(count)


def many(count: int, word: str) -> str:
    """Write a count with its word: "1 run", "5 runs"."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def listed(names: Iterable[Markup | str], last: str = "and") -> Markup:
    """Join names as a sentence does: a, b and c."""
    items = [escape(name) for name in names]
    if len(items) < 2:
        return Markup("").join(items)
    return Markup("{} {} {}").format(Markup(", ").join(items[:-1]), last, items[-1])


def years(months: int) -> str:
    """Write a number of months as years: "4 years", "2½ years", "7 months"."""
    if months % 12 == 0:
        return many(months // 12, "year")
    if months % 12 == 6 and months > 12:
        return f"{months // 12}½ years"
    return many(months, "month")


def full_place(manifest: Mapping[str, Any]) -> str:
    """Name the zone as its file does, with its country."""
    zone = manifest.get("zone", {})
    title = str(zone.get("title") or zone.get("name") or "this zone")
    code = str(zone.get("country", ""))
    country = countries().get(code, ("", code))[1]
    return title if country in title else f"{title}, {country}"


def place(manifest: Mapping[str, Any]) -> str:
    """Name the zone in short: "Budhpura" for "Budhpura, Bundi district: cobblestones"."""
    zone = manifest.get("zone", {})
    title = str(zone.get("title") or zone.get("name") or "this zone")
    return title.replace(":", ",").split(",", 1)[0].strip() or title


def day(stamp: str) -> str:
    """Write 2025-11-21T03:00:00Z as 21 November 2025 and 2025-11 as November 2025; other text stays."""
    from babel.dates import format_date

    form = "MMMM yyyy" if len(stamp) == 7 else "d MMMM yyyy"
    try:
        found = date.fromisoformat(stamp + "-01" if len(stamp) == 7 else stamp[:10])
    except ValueError:
        return stamp
    return format_date(found, form, locale="en")
