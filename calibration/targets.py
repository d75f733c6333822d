"""What was reported: ten records of three counts, two totals, two starting points, and which place each record may be.

The shipped figures stand in `calibration/data/` with their sources. The totals are sums of the records and tell nothing
beyond them: they are used for checks only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.field import Field, read_field
from sim.inputs.problems import InputError, Problem
from sim.observation import COUNTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
STARTS = {"out_of_school_5_14": "Budhpura", "work_only_5_17": "Chipinge"}


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
        counts: [R, 3] in the order of `sim.observation.COUNTED`.
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
        ways = [
            tuple(own[at][place] for at, place in zip(members, order, strict=True))
            for order in permutations(names, len(members))
            if all(place in own[at] for at, place in zip(members, order, strict=True))
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
        records: The file. A record with a shipped name keeps its places; others name theirs in `zone_candidates`.

    Raises:
        InputError: A file that cannot be used, with row and column.
    """
    path = Path(records) if records else DATA / "records.csv"
    found = read_field(path)
    counts, countries, lines = _whole(found)
    names = tuple(counts)
    readings = _readings(found, countries, lines)
    places = {reading.place for reading in readings}
    starts = _shipped("starts.csv")
    totals = _shipped("totals.csv") if records is None else []
    made = Targets(
        records=names,
        countries=tuple(countries[name] for name in names),
        counts=np.array([counts[name] for name in names], np.float64),
        readings=readings,
        starts={
            row["place"]: (row["measure"], float(row["value"]))
            for row in starts
            if row["place"] in places
        },
        totals={
            row["name"]: (tuple(row["columns"].split(" + ")), float(row["value"])) for row in totals
        },
        warnings=tuple(str(each) for each in found.warnings),
        name=found.name,
    )
    for code in made.codes:
        made.matchings(code)  # is there a way at all?
    return made


def _whole(found: Field) -> tuple[dict[str, list[float]], dict[str, str], dict[str, int]]:
    """Counts, country and line of each record; three counts of one year, or it is said what is missing."""
    if found.layout != "records":
        text = "this is a file of single figures; a calibration needs one row a record: record, country, "
        text += f"period_start, period_end, {', '.join(COUNTED)}."
        raise InputError([Problem(found.name, 1, 0, text)])
    rows = [row for row in found.rows if row.indicator in COUNTED and row.use == "fit"]
    lines = {row.area: row.line for row in reversed(rows)}
    problems = []
    counts: dict[str, list[float]] = {}
    for name, line in sorted(lines.items(), key=lambda each: each[1]):
        own = [row for row in rows if row.area == name]
        if long := [row for row in own if row.months != 12]:
            text = f"row {line}: {name} counts {long[0].months} months; a calibration needs one year, so 12."
            problems.append(Problem(found.name, line, 0, text))
        if len(own) > len(COUNTED):
            text = f"row {line}: {name} has more than one year; keep the year to learn from, use = check for others."
            problems.append(Problem(found.name, line, 0, text))
        by = {row.indicator: row.value for row in own}
        if absent := [kind for kind in COUNTED if kind not in by]:
            text = (
                f"row {line}: {name} has no {absent[0]}; a calibration needs {', '.join(COUNTED)}."
            )
            problems.append(Problem(found.name, line, 0, text))
        counts[name] = [by.get(kind, 0.0) for kind in COUNTED]
    if not counts:
        problems.append(Problem(found.name, 1, 0, "no record is there to learn from (use = fit)."))
    if problems:
        raise InputError(problems)
    return counts, {row.area: row.country for row in rows}, lines


def _readings(
    found: Field, countries: dict[str, str], lines: dict[str, int]
) -> tuple[Reading, ...]:
    """Places that each record may be: those of the file, else the shipped ones of a record of that name."""
    shipped = _shipped("readings.csv")
    place_of = {row["place"]: row for row in shipped}
    home = {
        row["place"]: row["record"].split("-")[0] for row in shipped
    }  # records are named by country
    problems: list[Problem] = []
    readings: list[Reading] = []
    for at, name in enumerate(sorted(lines, key=lambda each: lines[each])):
        own = [row for row in shipped if row["record"] == name]
        if not own:
            asked = found.candidates.get(name, ())
            unknown = [p for p in asked if home.get(p) != countries[name]]
            if not asked or unknown:
                known = ", ".join(p for p, code in home.items() if code == countries[name])
                what = f'"{unknown[0]}" is not a place of' if unknown else "no place is given for"
                text = f"row {lines[name]}: zone_candidates: {what} {name} ({countries[name] or 'no country'}); "
                text += f"write one of: {known or 'none is known in this country'}."
                problems.append(Problem(found.name, lines[name], 0, text))
                continue
            own = [{**place_of[p], "weight": 1.0} for p in asked]
        readings += [
            Reading(at, row["place"], row["zone"], float(row["size_factor"]), float(row["weight"]))
            for row in own
        ]
    if problems:
        raise InputError(problems)
    return tuple(readings)


def _shipped(name: str) -> list[dict[str, Any]]:
    import csv

    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
