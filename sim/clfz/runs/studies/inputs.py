"""What the engine needs to run some worlds of a study: zone records, parameter records, lever plans, seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.factors import FIELD, FIGURE, LEVER, PARAMETER, with_fields
from clfz.inputs.parameters import central, draw
from clfz.inputs.study import SEED
from clfz.model.figures import (
    expected_households,
    figure_record,
    figure_values,
    parameter_record,
    sibling_receipts,
    world_seed,
)
from clfz.model.layout import FIGURES
from clfz.programme.levers import INDEX, Calendar, lever_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Programme
    from clfz.programme.levers import FloatArray
    from clfz.runs.studies.study import Study

Key = tuple[int, tuple[tuple[str, float], ...]]
"""A zone, and the factors that change what programmes do there."""
SIZES = (
    "population.children",
    "population.villages",
    "population.household_size",
    "population.adults",
)
"""Figures by which interventions reckon their levers."""
PUPILS = ("school", "pupils_per_teacher")


@dataclass(frozen=True)
class LeverPlan:
    """What the programmes do in one zone, with some of their fields set.

    Attributes:
        programmes: One a scenario.
        calendar: Horizon and size of the zone.
        levers: [S, M, n_levers].
    """

    programmes: tuple[Programme, ...]
    calendar: Calendar
    levers: FloatArray


@dataclass(frozen=True)
class Point:
    """One point, as numbers.

    Attributes:
        zone: Index of the zone.
        draw: The draw.
        seed: Seed of the study, or the one that the row sets.
        parameters: Values by name.
        record: Zone figures as the engine reads them.
        values: Parameters as the engine reads them.
        pupils_per_teacher: At the start.
        key: Its lever plan.
    """

    zone: int
    draw: int
    seed: int
    parameters: Mapping[str, float]
    record: np.void
    values: np.void
    pupils_per_teacher: float
    key: Key


class Bench:
    """A study at work in one process: what several worlds share is made once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plan = lru_cache(maxsize=64)(self._plan)  # tens of kilobytes each
        self.calendar = lru_cache(maxsize=64)(self._calendar)
        self.drawn = lru_cache(maxsize=64)(self._draw)
        self._whole = lru_cache(maxsize=64)(self._record)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What each factor is."""
        return tuple(self.study.space.kinds[name] for name in self.study.factors)

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
        parameters, figures = self.drawn(zone, drawn, seed)
        if PARAMETER in by_kind:
            parameters = parameters | by_kind[PARAMETER]
        set_figures = by_kind.get(FIGURE, {})
        if set_figures:
            changed = {tuple(name.split(".")): value for name, value in set_figures.items()}
            record = figure_record(study.zones[zone], figures | changed, parameters)
        else:
            record = self._whole(zone, drawn, seed)
            if PARAMETER in by_kind:  # all that the parameters change in it
                record = record.copy()
                record["sibling_mean"] = sibling_receipts(record, parameters)
        moved = by_kind.get(LEVER, {}) | by_kind.get(FIELD, {})
        moved |= {name: value for name, value in set_figures.items() if name in SIZES}
        ordinary = study.zones[zone].school.pupils_per_teacher.value
        return Point(
            zone=zone,
            draw=drawn,
            seed=seed,
            parameters=parameters,
            record=record,
            values=parameter_record(parameters, study.parameters),
            pupils_per_teacher=float(set_figures.get(".".join(PUPILS), ordinary)),
            key=(zone, tuple(sorted(moved.items()))),
        )

    def seed_of(self, number: int, point: Point, replicate: int) -> int:
        """The seed of a world; with common luck all rows and zones of a draw share it."""
        own = self.study.spec.luck == "own"
        return world_seed(point.seed, number if own else point.draw, replicate)

    def _draw(
        self, zone: int, drawn: int, seed: int
    ) -> tuple[dict[str, float], dict[tuple[str, ...], float]]:
        """Parameters and figures of a draw; central values when there is one draw."""
        study, place = self.study, self.study.zones[zone]
        if study.spec.draws == 1:
            return central(study.parameters), figure_values(place)
        values = draw(study.parameters, seed, drawn, zone=place.name, country=place.country)
        return values, figure_values(place, seed, drawn)

    def _record(self, zone: int, drawn: int, seed: int) -> np.void:
        parameters, figures = self.drawn(zone, drawn, seed)
        return figure_record(self.study.zones[zone], figures, parameters)

    def _calendar(self, zone: int, sizes: tuple[tuple[str, float], ...]) -> Calendar:
        study, place = self.study, self.study.zones[zone]
        figures = figure_values(place) | {tuple(name.split(".")): value for name, value in sizes}
        record = figure_record(place, figures, central(study.parameters))
        return Calendar(
            months=study.spec.months,
            programme_months=study.spec.programme_months,
            children=float(record["children"]),
            households=expected_households(record),
            villages=int(record["villages"]),
            start=place.start_year_month,
        )

    def _plan(self, key: Key) -> LeverPlan:
        zone, moved = key
        study, values = self.study, dict(moved)
        calendar = self.calendar(zone, tuple(each for each in moved if each[0] in SIZES))
        fields = {name: value for name, value in moved if "." in name and name not in SIZES}
        first, *rest = study.programmes
        programmes = (first, *(with_fields(each, fields) if fields else each for each in rest))
        paths = [lever_path(each.interventions, study.shocks, calendar) for each in programmes]
        set_levers = {name: value for name, value in study.spec.set.items() if name in INDEX}
        set_levers |= {name: value for name, value in values.items() if name in INDEX}
        for path in paths[1:]:
            for name, value in set_levers.items():
                path[: calendar.programme_months, INDEX[name]] = value
        return LeverPlan(programmes, calendar, np.stack(paths))


def records(points: list[Point]) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Zone figures and parameters of some worlds, as the engine reads them."""
    figures = np.zeros(len(points), FIGURES)
    parameters: Any = np.zeros(len(points), points[0].values.dtype)
    for w, point in enumerate(points):
        figures[w] = point.record
        parameters[w] = point.values
    return figures, parameters
