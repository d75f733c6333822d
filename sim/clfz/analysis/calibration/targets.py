"""What was reported: ten records of three counts, two totals, two starting points, and which place each record may be.

The shipped figures stand in `calibration/data/` with their sources. The totals are sums of the records and tell nothing
beyond them: they are used for checks only.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import find
from clfz.inputs.field import Field, Row, read_field
from clfz.inputs.field.rows import REPORTED
from clfz.inputs.indicators import COUNTED
from clfz.inputs.problems import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = find.calibration_folder() / "data"
SAID = {  # problem or warning -> its column of the file, its sentence
    "months": ("period_end", "{row.area} counts {row.months} months; a calibration needs one year, so 12."),
    "years": ("period_start", "{row.area} has more than one year; keep the year to learn from, use = check for "
        "others."),
    "absent": ("{name}", "{row.area} has no {name}; a calibration needs {known}."),
    "coverage": ("coverage", "coverage is {row.coverage:g}, but a calibration takes counts as those of the whole "
        "place; leave it empty and count all of it, or write check under use."),
    "definition": ("definition_id", "definition_id is {row.definition_id}, but a calibration learns from {name} "
        "only; definitions are never mixed."),
    "no country": ("country_iso3", "country_iso3 is not given for {row.area}; write one of: {known}."),
    "unknown country": ("country_iso3", "country_iso3 is {row.country}, where no place of a calibration lies; "
        "write one of: {known}."),
    "other country": ("country_iso3", "country_iso3 is {row.country}, but {row.area} is a shipped record of "
        "{name}; write {name} or give the record another name."),
    "no place": ("zone_candidates", "zone_candidates: no place is given for {row.area} ({row.country}). Write one "
        "of: {known}."),
    "unknown place": ("zone_candidates", 'zone_candidates: "{name}" is not a place of {row.area} ({row.country}). '
        '{hint}Write one of: {known}.'),
    "place twice": ("zone_candidates", 'zone_candidates names "{name}" twice; name each place once.'),
    "start not used": ("period_start", "{row.area} counts {row.period}, and the number at the start of {name} that "
        "is shipped belongs to {known}: it is not used."),
    "stock not used": ("{row.indicator}", "{row.indicator} is not used; a calibration knows the numbers at the "
        "start that are shipped, and no others."),
    "check not used": ("use", "{row.area} says check: a calibration neither learns from this row nor compares it."),
    "places not used": ("zone_candidates", "zone_candidates of {name} is not used: a shipped record keeps its "
        "places; another name would free it."),
}  # fmt: skip
MOST_WAYS = 10_000
"""Ways to give the records of a country to places; each is counted in at every step of a fit."""


@dataclass(frozen=True)
class Reading:
    """A place that a record may belong to.

    Attributes:
        record: Index of the record.
        place: Name of the place.
        zone: Profile that stands for it.
        size_factor: Children of the place against the profile's.
        weight: Odds of this reading against the record's others, before the counts are looked at.
    """

    record: int
    place: str
    zone: str
    size_factor: float
    weight: float


@dataclass(frozen=True)
class Targets:
    """The data of a calibration.

    Attributes:
        records: Names.
        countries: [R] ISO3 of each.
        counts: [R, 3] in the order of `clfz.runs.measures.COUNTED`.
        readings: Places that each record may belong to.
        starts: Place -> (measure, children counted at the start).
        totals: Name -> (columns, value).
        warnings: What in the file can be used and deserves a look.
        name: The file, for messages.
    """

    records: tuple[str, ...]
    countries: tuple[str, ...]
    counts: NDArray[np.float64]
    readings: tuple[Reading, ...]
    starts: dict[str, tuple[str, float]]
    totals: dict[str, tuple[tuple[str, ...], float]]
    warnings: tuple[str, ...] = ()
    name: str = "records.csv"

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Every profile that is needed."""
        return tuple(dict.fromkeys(each.zone for each in self.readings))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Countries, each once."""
        return tuple(dict.fromkeys(self.countries))

    def records_of(self, country: str) -> tuple[str, ...]:
        """Names of the records of a country."""
        both = zip(self.records, self.countries, strict=True)
        return tuple(record for record, own in both if own == country)

    def matchings(self, country: str) -> tuple[list[int], list[tuple[int, ...]], list[float]]:
        """Ways to give the records of a country to places, no place twice.

        Returns:
            (records [k], ways [[k] indices of readings], log prior weight of each way, which add up to one).
        """
        members = [at for at, code in enumerate(self.countries) if code == country]
        own = {
            at: {r.place: k for k, r in enumerate(self.readings) if r.record == at}
            for at in members
        }
        names = list(dict.fromkeys(place for at in members for place in own[at]))
        ways: list[tuple[int, ...]] = [()] if len(members) <= len(names) else []
        for at in members:
            places = sorted(own[at], key=names.index)
            if len(ways) * len(places) > MOST_WAYS:
                text = f"there are more than {MOST_WAYS} ways to give the records of {country} to places; "
                text += "name fewer places for a record in zone_candidates."
                raise InputError([Problem(self.name, 0, 0, text)])
            ways = [
                (*way, own[at][place])
                for way in ways
                for place in places
                if place not in {self.readings[k].place for k in way}
            ]
        if not ways:
            text = f"the records of {country} cannot all be given to different places; "
            text += "list more places in zone_candidates."
            raise InputError([Problem(self.name, 0, 0, text)])
        weight = np.array([np.prod([self.readings[k].weight for k in way]) for way in ways])
        return members, ways, np.log(weight / weight.sum()).tolist()

    def with_counts(self, counts: NDArray[np.float64], starts: NDArray[np.float64]) -> Targets:
        """The same records with other counts [R, 3] and starting points."""
        found = {
            place: (kind, float(value))
            for (place, (kind, _)), value in zip(self.starts.items(), starts, strict=True)
        }
        return replace(self, counts=np.asarray(counts, float), starts=found)


def load_targets(records: str | os.PathLike[str] | None = None) -> Targets:
    """The shipped targets, or those of another file: one row a record, read like field data (`docs/evaluation.md`).

    Args:
        records: The file. A record with a shipped name keeps its country and places; others name theirs in `country`
            and `zone_candidates`.

    Raises:
        InputError: A file that cannot be used, with row and column.
    """
    found = read_field(Path(records) if records else DATA / "records.csv")
    rows = _by_record(found)
    if problems := [each for own in rows.values() for each in _mistakes(found, own)]:
        raise InputError(problems)
    shipped = {row["record"]: row for row in _shipped("records.csv")}
    starts, warnings = _starts(found, rows)
    totals = _shipped("totals.csv") if records is None else []
    made = Targets(
        records=tuple(rows),
        countries=tuple(
            shipped[name]["country"] if name in shipped else own[0].country
            for name, own in rows.items()
        ),
        counts=np.array(
            [
                [row.value for kind in COUNTED for row in own if row.indicator == kind]
                for own in rows.values()
            ],
            np.float64,
        ),
        readings=tuple(
            Reading(at, row["place"], row["zone"], float(row["size_factor"]), float(row["weight"]))
            for at, name in enumerate(rows)
            for row in _places(found, name)
        ),
        starts=starts,
        totals={
            row["name"]: (tuple(row["columns"].split(" + ")), float(row["value"])) for row in totals
        },
        warnings=tuple(map(str, (*found.warnings, *warnings, *_not_used(found, rows)))),
        name=found.name,
    )
    for code in made.codes:
        try:
            made.matchings(code)
        except InputError as error:
            lines = [rows[name][0].line for name in made.records_of(code)]
            text = f"rows {', '.join(map(str, lines))}: {error.problems[0].message}"
            problems.append(
                Problem(found.name, lines[0], found.columns.get("zone_candidates", 0), text)
            )
    if problems:
        raise InputError(problems)
    return made


Rows = dict[str, list[Row]]  # record -> the rows of its counts


def _problem(
    found: Field, what: str, row: Row, name: str = "", known: str = "", hint: str = ""
) -> Problem:
    """A sentence of `SAID` about a row, at its column of the file."""
    column, text = (each.format(row=row, name=name, known=known, hint=hint) for each in SAID[what])
    return Problem(found.name, row.line, found.columns.get(column, 0), f"row {row.line}: {text}")


def _by_record(found: Field) -> Rows:
    """The counts to learn from, in the order of the file."""
    if found.layout != "records":
        text = "this is a file of single figures; a calibration needs one row a record: record, country, "
        text += f"period_start, period_end, {', '.join(COUNTED)}."
        raise InputError([Problem(found.name, 1, 0, text)])
    rows: Rows = {}
    for row in found.rows:
        if row.indicator in COUNTED and row.use == "fit":
            rows.setdefault(row.area, []).append(row)
    if not rows:
        text = "no record is there to learn from (use = fit)."
        raise InputError([Problem(found.name, 1, found.columns.get("use", 0), text)])
    return rows


def _mistakes(found: Field, own: list[Row]) -> Iterator[Problem]:
    """What is wrong with a record: its three counts of one year of the whole place, its country, its places."""
    row = own[0]
    kinds = {each.indicator for each in own}
    if long := [each for each in own if each.months != 12]:
        yield _problem(found, "months", long[0])
    if len(own) > len(COUNTED):
        yield _problem(found, "years", row)
    if absent := [kind for kind in COUNTED if kind not in kinds]:
        yield _problem(found, "absent", row, absent[0], ", ".join(COUNTED))
    if row.coverage not in (None, 1.0):
        yield _problem(found, "coverage", row)
    if row.definition_id != REPORTED:
        yield _problem(found, "definition", row, REPORTED)
    shipped = {each["record"]: each["country"] for each in _shipped("records.csv")}
    homes = {each["place"]: shipped[each["record"]] for each in _shipped("readings.csv")}
    if row.area in shipped:  # its places are shipped, too
        if row.country not in ("", shipped[row.area]):
            yield _problem(found, "other country", row, shipped[row.area])
        return
    if row.country not in homes.values():
        what = "unknown country" if row.country else "no country"
        yield _problem(found, what, row, known=", ".join(sorted(set(homes.values()))))
        return
    asked = found.candidates.get(row.area, ())
    known = [place for place, code in homes.items() if code == row.country]
    if not asked:
        yield _problem(found, "no place", row, known=", ".join(known))
    elif unknown := [place for place in asked if place not in known]:
        hint = did_you_mean(unknown[0], known)
        yield _problem(found, "unknown place", row, unknown[0], ", ".join(known), hint)
    elif twice := [place for place in asked if asked.count(place) > 1]:
        yield _problem(found, "place twice", row, twice[0])


def _places(found: Field, record: str) -> list[dict[str, Any]]:
    """Rows of `readings.csv` that a record may be: the shipped ones of its name, else those that the file names."""
    shipped = _shipped("readings.csv")
    place_of = {row["place"]: {**row, "weight": 1.0} for row in shipped}
    own = [row for row in shipped if row["record"] == record]
    return own or [place_of[place] for place in found.candidates[record]]


def _starts(found: Field, rows: Rows) -> tuple[dict[str, tuple[str, float]], list[Problem]]:
    """Shipped starting points of places of the shipped records, in their year: another year starts from elsewhere."""
    year_of = {
        row["record"]: f"{row['period_start']} to {row['period_end']}"
        for row in _shipped("records.csv")
    }
    starts, warnings = {}, []
    for start in _shipped("starts.csv"):
        place = start["place"]
        own = [
            name for name in rows
            if name in year_of and any(row["place"] == place for row in _places(found, name))
        ]  # fmt: skip
        if any(rows[name][0].period == year_of[name] for name in own):
            starts[place] = (start["measure"], float(start["value"]))
        elif own:
            row = rows[own[0]][0]
            warnings.append(_problem(found, "start not used", row, place, year_of[own[0]]))
    return starts, warnings


def _not_used(found: Field, rows: Rows) -> Iterator[Problem]:
    """What a file says beyond what a calibration reads, each kind once."""
    stocks = {row.indicator: row for row in reversed(found.rows) if row.kind == "stock"}
    checks = {row.area: row for row in reversed(found.rows) if row.use == "check"}
    for what, each in (("stock not used", stocks), ("check not used", checks)):
        for row in each.values():
            yield _problem(found, what, row)
    shipped: dict[str, set[str]] = {}
    for reading in _shipped("readings.csv"):
        shipped.setdefault(reading["record"], set()).add(reading["place"])
    if other := [
        name
        for name in rows
        if name in shipped and set(found.candidates.get(name, ())) not in (set(), shipped[name])
    ]:
        yield _problem(found, "places not used", rows[other[0]][0], ", ".join(other))


@cache
def _shipped(name: str) -> list[dict[str, Any]]:
    """The rows of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
