"""A zone in plain text: what it is, its children, every figure with its range and source."""

from typing import TYPE_CHECKING, Any

from clfz.cli import tables

if TYPE_CHECKING:
    from clfz.inputs import Zone

_ACTIVITIES = ("school only", "school and work", "work only", "neither")
_BANDS = ("5-11", "12-14", "15-17")


def row(zone: "Zone") -> tuple[str, ...]:
    """The line of a zone in the list."""
    children = tables.number(round(zone.population.children.value))
    return zone.name, zone.country, children, zone.record or "-", zone.title


def facts(zone: "Zone") -> dict[str, Any]:
    """The same for JSON."""
    return {
        "name": zone.name,
        "title": zone.title,
        "country": zone.country,
        "record": zone.record,
        "place_certainty": zone.place_certainty,
        "children": zone.population.children.value,
    }


def explained(zone: "Zone") -> str:
    """Everything about a zone, as text."""
    record = f"record {zone.record} ({zone.place_certainty})" if zone.record else "no record"
    money = f"money in {zone.currency} of {zone.price_year}"
    parts = [
        zone.title,
        tables.paragraph(zone.summary),
        f"{zone.name}: {zone.country}, {record}; {money}; runs start in {zone.start}",
        "What children do at the start, in 100:",
        _activities(zone),
        tables.paragraph(f"Source: {zone.activity_source}"),
        "Every figure, with its likely range and where it comes from:",
        tables.table(("figure", "value", "low", "high", "source"), _figures(zone)),
        tables.paragraph(f"Law: legal from {zone.law.minimum_age} years. {zone.law.source}"),
    ]
    return "\n\n".join(parts)


def _activities(zone: "Zone") -> str:
    rows = []
    for sex, bands in zip(("girls", "boys"), zone.activity.shares(), strict=True):
        for band, shares in zip(_BANDS, bands, strict=True):
            rows.append((f"{sex} {band}", *(f"{100 * share:.0f}" for share in shares)))
    return tables.table(("", *_ACTIVITIES), rows)


def _figures(zone: "Zone") -> list[tuple[str, ...]]:
    return [
        (
            ".".join(map(str, path)),
            *(tables.number(value) for value in (figure.value, figure.low, figure.high)),
            " ".join(figure.source.split()),
        )
        for path, figure in zone.figures()
    ]
