"""Small words of the report that need no numbers: places, dates, spans, limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COUNTRIES = {"IND": "India", "MLI": "Mali", "UGA": "Uganda", "ZWE": "Zimbabwe"}
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def spelled(count: int) -> str:
    """Write a small number as a word."""
    return _WORDS[count] if count < len(_WORDS) else str(count)


def years(months: int) -> str:
    """Write a number of months as years: "4 years", "2½ years", "7 months"."""
    if months % 12 == 0:
        return f"{months // 12} year{'' if months == 12 else 's'}"
    if months % 12 == 6 and months > 12:
        return f"{months // 12}½ years"
    return f"{months} month{'' if months == 1 else 's'}"


def full_place(manifest: Mapping[str, Any]) -> str:
    """Name the zone as its file does, with its country."""
    zone = manifest.get("zone", {})
    title = str(zone.get("title") or zone.get("name") or "this zone")
    country = COUNTRIES.get(str(zone.get("country", "")), str(zone.get("country", "")))
    return title if country in title else f"{title}, {country}"


def place(manifest: Mapping[str, Any]) -> str:
    """Name the zone in short: "Budhpura" for "Budhpura, Bundi district: cobblestones"."""
    zone = manifest.get("zone", {})
    title = str(zone.get("title") or zone.get("name") or "this zone")
    return title.replace(":", ",").split(",", 1)[0].strip() or title


def day(stamp: str) -> str:
    """Write 2025-11-21T03:00:00Z as 21 November 2025; other text stays."""
    parts = stamp[:10].split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return stamp
    return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def where_and_when(manifest: Mapping[str, Any]) -> str:
    """Return place, horizon and date in a line."""
    zone = manifest.get("zone", {})
    start = str(zone.get("start", "")).split("-")
    begins = f" from {_MONTHS[int(start[1]) - 1]} {start[0]}" if len(start) == 2 else ""
    after = int(manifest.get("after_months", 0))
    horizon = f"{years(int(manifest['programme_months']))} of programme{begins}"
    horizon += f", {years(after)} after it" if after else ""
    made = day(str(manifest.get("created_utc", "")))
    happens = " and ".join(_titles(manifest))
    which = "these shocks" if len(_titles(manifest)) > 1 else "this shock"
    parts = [full_place(manifest), horizon, happens and f"with {which}: {happens}"]
    parts.append(made and f"made {made}")
    return " · ".join(filter(None, parts))


def _titles(manifest: Mapping[str, Any]) -> list[str]:
    """Name the shocks of a run."""
    return [str(shock.get("title", shock.get("name"))) for shock in manifest.get("shocks", ())]


def limits(manifest: Mapping[str, Any]) -> list[str]:
    """Return what the report does not tell, the largest first."""
    zone = manifest.get("zone", {})
    money = "Only the programme’s money is counted, not what families, schools or employers spend."
    if manifest.get("reporting", {}).get("perspective") == "society":
        money = "The money of the programme and of employers is counted, not that of families."
    shocks = _titles(manifest)
    happens = f" other than {' and '.join(shocks)}" if shocks else ""
    lines = [
        "Work that is hidden, or that moves out of the zone, is not seen. Families who leave are "
        "not followed.",
        f"This is no forecast. It says what would follow if families, schools and employers "
        f"behave as assumed and nothing else happens{happens}.",
        "Hours of work stand in for hazard. Slavery, trafficking and other worst forms are outside "
        "these numbers.",
        money,
        "A programme that looks better will find more cases: the number on its list can rise while "
        "child labour falls.",
    ]
    if zone.get("place_certainty") not in {None, "matched"}:
        lines.append(
            f"Which place the record {zone.get('record', '')} describes is not certain "
            f"({zone['place_certainty']})."
        )
    fit = manifest.get("fit")
    lines.append(
        str(fit)
        if fit
        else "How well the model matches field data of this zone is not part of this report."
    )
    return lines
