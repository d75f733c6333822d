"""Which months of a run a figure of a field file speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clfz.inputs import InputError, Zone
from clfz.inputs.field import Field, Row
from clfz.inputs.problems import Problem

LONGEST = 240
"""Months of a run at most."""
FOLLOW_UP = 12


@dataclass(frozen=True)
class Placed:
    """A figure with its months of the run; month 0 is the month before the programme."""

    row: Row
    first: int
    last: int

    @property
    def key(self) -> str:
        """A name that no other figure of the place has."""
        row = self.row
        group = "" if (row.sex, row.age_band) == ("all", "5-17") else f"|{row.sex}|{row.age_band}"
        return f"{row.indicator}{group}|{row.period}"


def place(field: Field, area: str, zone: Zone) -> list[Placed]:
    """The figures of one area that the model has numbers for, by months of the zone's run.

    Raises:
        InputError: A figure from before the run begins, or long after it.
    """
    found, problems = [], []
    for row in field.rows:
        if row.area != area or row.kind == "total" or row.not_compared:
            continue
        first, last = (_month(zone, month) for month in (row.start, row.end))
        earliest = 1 if row.kind == "count" else 0
        if first < earliest or last > LONGEST:
            text = f"row {row.line}: {row.indicator} is of {row.period}, but runs of {zone.name} begin in {zone.start} "
            text += (
                f"and end {LONGEST // 12} years later. "
                if last > LONGEST
                else "with the programme. "
            )
            text += 'Give a zone file with another "start", or "ignore" under use.'
            problems.append(Problem(field.name, row.line, 0, text))
        found.append(Placed(row, first, last))
    if problems:
        raise InputError(problems)
    return found


def period(placed: Sequence[Placed]) -> tuple[int, int]:
    """First and last month in which the reported children were counted; of all figures when none were."""
    counts = [each for each in placed if each.row.kind == "count"]
    if counts:
        return min(each.first for each in counts), max(each.last for each in counts)
    return 1, max(12, *(each.last for each in placed))


def length(placed: Sequence[Placed]) -> int:
    """Months to run: to the last figure, and a year after the last report to see who stayed."""
    return max(period(placed)[1] + FOLLOW_UP, *(each.last for each in placed))


def _month(zone: Zone, month: tuple[int, int]) -> int:
    year, first = zone.start_year_month
    return 12 * (month[0] - year) + month[1] - first + 1
