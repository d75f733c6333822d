"""What was reported: ten records of three counts, two totals, two starting points, and which place each record may be.

The shipped figures stand in `calibration/data/` with their sources. The totals are sums of the records and tell nothing
beyond them: they are used for checks only.
"""

from __future__ import annotations

import csv
import os
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
    def places(self) -> tuple[str, ...]:
        """Every place that is a reading of some record."""
        return tuple(dict.fromkeys(each.place for each in self.readings))

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Every profile that is needed."""
        return tuple(dict.fromkeys(each.zone for each in self.readings))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Countries, each once."""
        return tuple(dict.fromkeys(self.countries))

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
                text = f"there are more than {MOST_WAYS} ways to give the records of {country} to places"
                text += "; name fewer places for a record in zone_candidates."
                raise InputError([Problem(self.name, 0, 0, text)])
            ways = [
                (*way, own[at][place])
                for way in ways
                for place in places
                if place not in {self.readings[k].place for k in way}
            ]
        if not ways:
            text = f"the records of {country} cannot all be given to different places"
            raise InputError(
                [Problem(self.name, 0, 0, f"{text}; list more places in zone_candidates.")]
            )
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
    counts, problems = _counts(found, rows)
    countries, others = _countries(found, rows)
    readings, more = _readings(found, rows, countries)
    if problems := [*problems, *others, *more]:
        raise InputError(problems)
    starts, warnings = _starts(found, rows, readings)
    totals = _shipped("totals.csv") if records is None else []
    made = Targets(
        records=tuple(rows),
        countries=tuple(countries[name] for name in rows),
        counts=np.array(counts, np.float64),
        readings=readings,
        starts=starts,
        totals={
            row["name"]: (tuple(row["columns"].split(" + ")), float(row["value"])) for row in totals
        },
        warnings=tuple(str(each) for each in (*found.warnings, *warnings, *_not_used(found, rows))),
        name=found.name,
    )
    _possible(found, rows, made)
    return made


Rows = dict[str, list[Row]]  # record -> the rows of its counts


def _problem(found: Field, line: int, column: str, text: str) -> Problem:
    """A problem of a row, at a column by our name."""
    return Problem(found.name, line, found.columns.get(column, 0), f"row {line}: {text}")


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


def _counts(found: Field, rows: Rows) -> tuple[list[list[float]], list[Problem]]:
    """Counts of each record; three counts of one year of the whole place, or it is said what is not so."""
    problems: list[Problem] = []
    counts = []
    for name, own in rows.items():
        first = own[0]
        if long := [row for row in own if row.months != 12]:
            text = f"{name} counts {long[0].months} months; a calibration needs one year, so 12."
            problems.append(_problem(found, first.line, "period_end", text))
        if len(own) > len(COUNTED):
            text = f"{name} has more than one year; keep the year to learn from, use = check for others."
            problems.append(_problem(found, first.line, "period_start", text))
        by = {row.indicator: row.value for row in own}
        if absent := [kind for kind in COUNTED if kind not in by]:
            text = f"{name} has no {absent[0]}; a calibration needs {', '.join(COUNTED)}."
            problems.append(_problem(found, first.line, absent[0], text))
        if first.coverage not in (None, 1.0):
            text = f"coverage is {first.coverage:g}, but a calibration takes counts as those of the whole place; "
            text += "leave it empty and count all of it, or write check under use."
            problems.append(_problem(found, first.line, "coverage", text))
        if first.definition_id != REPORTED:
            text = f"definition_id is {first.definition_id}, but a calibration learns from {REPORTED} only; "
            text += "definitions are never mixed."
            problems.append(_problem(found, first.line, "definition_id", text))
        counts.append([by.get(kind, 0.0) for kind in COUNTED])
    return counts, problems


def _countries(found: Field, rows: Rows) -> tuple[dict[str, str], list[Problem]]:
    """Country of each record: that of the shipped record of its name, else one in which a place lies."""
    shipped = {row["record"]: row["country"] for row in _shipped("records.csv")}
    known = sorted(set(_homes().values()))
    countries, problems = {}, []
    for name, (row, *_) in rows.items():
        home = shipped.get(name)
        if home is None and row.country not in known:
            what = f"is {row.country}, where no place of a calibration lies"
            text = f"country_iso3 {what if row.country else f'is not given for {name}'}; "
            problems.append(
                _problem(
                    found, row.line, "country_iso3", f"{text}write one of: {', '.join(known)}."
                )
            )
        elif home is not None and row.country not in ("", home):
            text = f"country_iso3 is {row.country}, but {name} is a shipped record of {home}; "
            text += f"write {home} or give the record another name."
            problems.append(_problem(found, row.line, "country_iso3", text))
        else:
            countries[name] = home or row.country
    return countries, problems


def _readings(
    found: Field, rows: Rows, countries: dict[str, str]
) -> tuple[tuple[Reading, ...], list[Problem]]:
    """Places that each record may be: those of the file, else the shipped ones of a record of that name."""
    shipped = _shipped("readings.csv")
    place_of = {row["place"]: row for row in shipped}
    problems: list[Problem] = []
    readings: list[Reading] = []
    for at, name in enumerate(rows):
        own = [row for row in shipped if row["record"] == name]
        if not own and name in countries:
            asked = found.candidates.get(name, ())
            if wrong := _wrong_places(name, asked, countries[name]):
                problems.append(_problem(found, rows[name][0].line, "zone_candidates", wrong))
                continue
            own = [{**place_of[place], "weight": 1.0} for place in asked]
        readings += [
            Reading(at, row["place"], row["zone"], float(row["size_factor"]), float(row["weight"]))
            for row in own
        ]
    return tuple(readings), problems


def _wrong_places(name: str, asked: tuple[str, ...], country: str) -> str:
    """What is wrong with the places that a record is said to be; "" when nothing is."""
    known = [place for place, code in _homes().items() if code == country]
    unknown = [place for place in asked if place not in known]
    if asked and not unknown:
        twice = [place for place in asked if asked.count(place) > 1]
        return f'zone_candidates names "{twice[0]}" twice; name each place once.' if twice else ""
    what = f'"{unknown[0]}" is not a place of' if unknown else "no place is given for"
    hint = did_you_mean(unknown[0], known) if unknown else ""
    return f"zone_candidates: {what} {name} ({country}). {hint}Write one of: {', '.join(known)}."


def _starts(
    found: Field, rows: Rows, readings: tuple[Reading, ...]
) -> tuple[dict[str, tuple[str, float]], list[Problem]]:
    """Shipped starting points of places of the shipped records, in their year: another year starts from elsewhere."""
    shipped = {row["record"]: row for row in _shipped("records.csv")}
    year_of = {
        name: f"{row['period_start']} to {row['period_end']}" for name, row in shipped.items()
    }
    names = list(rows)
    starts, warnings = {}, []
    for start in _shipped("starts.csv"):
        at = [names[each.record] for each in readings if each.place == start["place"]]
        own = [name for name in at if name in shipped]
        if any(rows[name][0].period == year_of[name] for name in own):
            starts[start["place"]] = (start["measure"], float(start["value"]))
        elif own:
            row = rows[own[0]][0]
            text = f"{own[0]} counts {row.period}, and the number at the start of {start['place']} that is shipped "
            text += f"belongs to {year_of[own[0]]}: it is not used."
            warnings.append(_problem(found, row.line, "period_start", text))
    return starts, warnings


def _not_used(found: Field, rows: Rows) -> list[Problem]:
    """What a file says beyond what a calibration reads, each kind once."""
    warnings = []
    stocks = {row.indicator: row for row in reversed(found.rows) if row.kind == "stock"}
    for name, row in stocks.items():
        text = f"{name} is not used; a calibration knows the numbers at the start that are shipped, and no others."
        warnings.append(_problem(found, row.line, name, text))
    checks = {row.area: row for row in reversed(found.rows) if row.use == "check"}
    for name, row in checks.items():
        text = f"{name} says check: a calibration neither learns from this row nor compares it."
        warnings.append(_problem(found, row.line, "use", text))
    shipped: dict[str, set[str]] = {}
    for reading in _shipped("readings.csv"):
        shipped.setdefault(reading["record"], set()).add(reading["place"])
    other = [
        name
        for name in rows
        if name in shipped and set(found.candidates.get(name, ())) not in (set(), shipped[name])
    ]
    if other:
        text = f"zone_candidates of {', '.join(other)} is not used: a shipped record keeps its places; "
        text += "another name would free it."
        warnings.append(_problem(found, rows[other[0]][0].line, "zone_candidates", text))
    return warnings


def _possible(found: Field, rows: Rows, made: Targets) -> None:
    """Is there a way to give the records of each country to places, and not too many ways?"""
    problems = []
    for code in made.codes:
        try:
            made.matchings(code)
        except InputError as error:
            lines = [
                own[0].line
                for own, country in zip(rows.values(), made.countries, strict=True)
                if country == code
            ]
            text = f"rows {', '.join(map(str, lines))}: {error.problems[0].message}"
            column = found.columns.get("zone_candidates", 0)
            problems.append(Problem(found.name, lines[0], column, text))
    if problems:
        raise InputError(problems)


def _homes() -> dict[str, str]:
    """Place -> its country."""
    country = {row["record"]: row["country"] for row in _shipped("records.csv")}
    return {row["place"]: country[row["record"]] for row in _shipped("readings.csv")}


@cache
def _shipped(name: str) -> list[dict[str, Any]]:
    """The rows of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
