"""From points of a study to replications: the zone's inputs, parameters, levers, seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from clfz.inputs.factors import FIELD, LEVER, PARAMETER, ZONE_INPUT, with_fields
from clfz.inputs.parameters import central, draw
from clfz.inputs.study import SEED
from clfz.programme.levers import INDEX, Calendar, lever_path
from clfz.runs.replications import LeverPlan, Replications
from clfz.runs.study import Study
from clfz.runs.zone_data import (
    expected_households,
    parameter_record,
    replication_seed,
    sibling_receipts,
    zone_record,
    zone_values,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = tuple[int, tuple[tuple[str, float], ...]]
"""A zone, and the factors that change what programmes do there."""
SIZES = (
    "population.children",
    "population.villages",
    "population.household_size",
    "population.adults",
)
"""Inputs of a zone by which interventions reckon their levers."""
PUPILS_PER_TEACHER = "school.pupils_per_teacher"


@dataclass(frozen=True)
class Point:
    """One point, as numbers.

    Attributes:
        draw: The draw.
        seed: Seed of the study, or the one that the row sets.
        parameters: Values by name.
        record: The zone's inputs as the engine reads them.
        values: Parameters as the engine reads them.
        pupils_per_teacher: At the start.
        key: Its lever plan.
    """

    draw: int
    seed: int
    parameters: dict[str, float]
    record: np.void
    values: np.void
    pupils_per_teacher: float
    key: Key


class StudyInputs:
    """A study at work in one process: what several replications share is made once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plan = lru_cache(maxsize=64)(self._plan)  # tens of kilobytes each
        self.calendar = lru_cache(maxsize=64)(self._calendar)
        self.drawn = lru_cache(maxsize=64)(self._draw)
        self._whole = lru_cache(maxsize=64)(self._record)

    def __reduce__(self) -> tuple[type[StudyInputs], tuple[Study]]:
        """A copy makes its own: what is made once cannot be pickled."""
        return StudyInputs, (self.study,)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What each factor is."""
        return tuple(self.study.space.kinds[name] for name in self.study.factors)

    def replications(
        self, points: Sequence[int], replicates: Sequence[int], rows: NDArray[np.float64]
    ) -> Replications:
        """What the engine needs to run some replications.

        Args:
            points: [W] numbers of the points.
            replicates: [W].
            rows: [W, factors] their rows of the design.
        """
        known: dict[int, Point] = {}
        for number, row in zip(points, rows, strict=True):
            if number not in known:
                known[number] = self.point(number, row)
        each = [known[number] for number in points]
        keys = {key: at for at, key in enumerate(dict.fromkeys(point.key for point in each))}
        seeds = map(self.seed_of, points, each, replicates)
        return Replications(
            horizon=self.study.horizon,
            draws=np.array([point.draw for point in each], np.int64),
            replicates=np.array(replicates, np.int64),
            values=tuple(point.parameters for point in each),
            zone_data=np.array([point.record for point in each]),
            parameters=np.array([point.values for point in each]),
            seeds=np.fromiter(seeds, np.uint64, len(each)),
            pupils_per_teacher=np.array([point.pupils_per_teacher for point in each]),
            plans=tuple(self.plan(key) for key in keys),
            plan_of=np.array([keys[point.key] for point in each], np.int64),
        )

    def point(self, point: int, row: NDArray[np.float64]) -> Point:
        """Resolve a point.

        Args:
            point: Its number.
            row: [factors] the values of its row.
        """
        study = self.study
        drawn, _, zone = (int(part) for part in study.split(point))
        by_kind: dict[str, dict[str, float]] = {}
        for name, kind, value in zip(study.factors, self.kinds, row.tolist(), strict=True):
            by_kind.setdefault(kind, {})[name] = value
        seed = int(by_kind.get(SEED, {}).get(SEED, study.spec.seed))
        parameters, inputs = self.drawn(zone, drawn, seed)
        if PARAMETER in by_kind:
            parameters = parameters | by_kind[PARAMETER]
        given_inputs = by_kind.get(ZONE_INPUT, {})
        if given_inputs:
            changed = {tuple(name.split(".")): value for name, value in given_inputs.items()}
            record = zone_record(study.zones[zone], inputs | changed, parameters)
        else:
            record = self._whole(zone, drawn, seed)
            if PARAMETER in by_kind:  # all that the parameters change in it
                record = record.copy()
                record["sibling_mean"] = sibling_receipts(record, parameters)
        moved = by_kind.get(LEVER, {}) | by_kind.get(FIELD, {})
        moved |= {name: value for name, value in given_inputs.items() if name in SIZES}
        ordinary = study.zones[zone].school.pupils_per_teacher.value
        return Point(
            draw=drawn,
            seed=seed,
            parameters=parameters,
            record=record,
            values=parameter_record(parameters, study.parameters),
            pupils_per_teacher=float(given_inputs.get(PUPILS_PER_TEACHER, ordinary)),
            key=(zone, tuple(sorted(moved.items()))),
        )

    def seed_of(self, number: int, point: Point, replicate: int) -> int:
        """The seed of a replication; with `luck: common` all rows and zones of a draw share it."""
        own = self.study.spec.luck == "own"
        return replication_seed(point.seed, number if own else point.draw, replicate)

    def _draw(
        self, zone: int, drawn: int, seed: int
    ) -> tuple[dict[str, float], dict[tuple[str, ...], float]]:
        """Parameters and inputs of a draw; central values when there is one draw."""
        study, place = self.study, self.study.zones[zone]
        if study.spec.draws == 1:
            return central(study.parameters), zone_values(place)
        values = draw(study.parameters, seed, drawn, zone=place.name, country=place.country)
        return values, zone_values(place, seed, drawn)

    def _record(self, zone: int, drawn: int, seed: int) -> np.void:
        parameters, inputs = self.drawn(zone, drawn, seed)
        return zone_record(self.study.zones[zone], inputs, parameters)

    def _calendar(self, zone: int, sizes: tuple[tuple[str, float], ...]) -> Calendar:
        study, place = self.study, self.study.zones[zone]
        inputs = zone_values(place) | {tuple(name.split(".")): value for name, value in sizes}
        record = zone_record(place, inputs, central(study.parameters))
        return Calendar(
            months=study.spec.months,
            programme_months=study.spec.programme_months,
            children=float(record["children"]),
            households=expected_households(record),
            villages=int(record["villages"]),
            start=place.start_year_month,
        )

    def _plan(self, key: Key) -> LeverPlan:
        """Levers by month of every scenario; those set by hand act in all but the first, while the programme lasts."""
        zone, moved = key
        study = self.study
        calendar = self.calendar(zone, tuple(each for each in moved if each[0] in SIZES))
        fields = {name: value for name, value in moved if "." in name and name not in SIZES}
        first, *rest = study.programmes
        programmes = (first, *(with_fields(each, fields) if fields else each for each in rest))
        paths = [lever_path(each.interventions, study.shocks, calendar) for each in programmes]
        for name, value in {**study.spec.set, **dict(moved)}.items():
            for path in paths[1:] if name in INDEX else []:
                path[: calendar.programme_months, INDEX[name]] = value
        return LeverPlan(programmes, calendar, np.stack(paths))
