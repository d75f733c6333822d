"""From points of a study to its numbers: records, levers, seeds, the engine, costs, measures.

A comparison, a study, a calibration table and the Mesa model all come through `Evaluator.replications` and
`Replications.run`. Shapes: W replications, S scenarios, M months.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.factors import FIELD, FIGURE, LEVER, PARAMETER, with_fields
from clfz.inputs.indicators import Horizon
from clfz.inputs.parameters import central, draw
from clfz.inputs.study import SEED
from clfz.model.layout import CLASSES, COUNTS, FIGURES, SUMS
from clfz.programme.costs import discount_factors
from clfz.programme.interventions.base import Usage
from clfz.programme.levers import INDEX, Calendar, lever_path
from clfz.runs.measures import Block
from clfz.runs.study import Study
from clfz.runs.zone_data import (
    expected_households,
    figure_record,
    figure_values,
    parameter_record,
    sibling_receipts,
    world_seed,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Programme
    from clfz.programme.levers import FloatArray

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


@dataclass(frozen=True)
class Replications:
    """All that the engine needs to run some replications.

    Attributes:
        values: Parameters by name, one mapping a replication.
        figures: [W] the zone's inputs (records).
        parameters: [W] parameters (records).
        seeds: [W] uint64.
        pupils_per_teacher: [W] at the start.
        plans: The lever plans that they use.
        plan_of: [W] which of them each uses.
    """

    values: tuple[dict[str, float], ...]
    figures: NDArray[np.void]
    parameters: NDArray[np.void]
    seeds: NDArray[np.uint64]
    pupils_per_teacher: FloatArray
    plans: tuple[LeverPlan, ...]
    plan_of: NDArray[np.int64]

    def run(
        self,
        horizon: Horizon,
        scenarios: Sequence[int],
        *,
        at_once: int | None = None,
        threads: int | None = None,
        told: Callable[[int], object] | None = None,
    ) -> Block:
        """Run the engine.

        Args:
            horizon: Of every run.
            scenarios: Which of the plans' scenarios; the first is the baseline.
            at_once: Replications in one call of the engine; all when None.
            threads: How many replications at a time; as many as there are processors when None.
            told: Called after each call with how many are done.
        """
        from clfz.model.run import run_batch

        levers = np.stack([plan.levers[list(scenarios)] for plan in self.plans])
        worlds, (_, k, months, _) = len(self.seeds), levers.shape
        totals = np.zeros((worlds, k, months + 1, 2, 3, len(COUNTS)), np.int64)
        sums = np.zeros((worlds, k, months + 1, len(SUMS)))
        classes = np.zeros((worlds, k, len(CLASSES)), np.int64)
        for first in range(0, worlds, at_once or worlds):
            part = slice(first, first + (at_once or worlds))
            run_batch(
                self.figures[part],
                self.parameters[part],
                levers,
                self.plan_of[part],
                self.seeds[part],
                horizon.programme_months,
                totals[part],
                sums[part],
                classes[part],
                threads,
            )
            if told:
                told(min(part.stop, worlds))
        return Block(
            horizon=horizon,
            totals=totals,
            sums=sums,
            classes=classes,
            figures=self.figures,
            seeds=self.seeds,
            missed=np.array([values["report_missed"] for values in self.values]),
            double=np.array([values["report_double"] for values in self.values]),
            pupils_per_teacher=self.pupils_per_teacher,
            more_teachers=levers[..., INDEX["teachers"]][self.plan_of],
        )

    def budgets(
        self, block: Block, scenarios: Sequence[int], at: int
    ) -> Iterator[tuple[NDArray[np.int64], tuple[str, ...], FloatArray]]:
        """The budgets of one scenario, those of one lever plan at a time.

        Args:
            block: What was counted.
            scenarios: Those in the block.
            at: Which of them.

        Yields:
            Replications; lines, `kind.line`; EUR of 2015 by replication, month and line, only lines that count in
            the study's perspective.
        """
        counted = usage(block, at)
        for number, plan in enumerate(self.plans):
            programme, worlds = (
                plan.programmes[scenarios[at]],
                np.flatnonzero(self.plan_of == number),
            )
            used = Usage(**{name: values[worlds] for name, values in counted.items()})
            names, columns = [], []
            for intervention in programme.interventions:
                by_line = intervention.cost_lines(used, plan.calendar)
                for line in intervention.all_lines():
                    # a line that no count moves is [M]
                    amount = np.broadcast_to(by_line[line.name], used.children.shape)
                    name = f"{intervention.kind}.{line.name}"
                    if not (amount.min() >= 0.0 and amount.max() < np.inf):  # NaN is neither
                        raise ValueError(f"{name}: a cost must be a number >= 0")
                    reporting = block.horizon.reporting
                    ours = reporting.perspective == "society" or line.payer == "programme"
                    if ours and (reporting.count_transfers or not line.transfer):
                        names.append(name)
                        columns.append(amount)
            empty = np.zeros((*used.children.shape, 0))
            yield worlds, tuple(names), np.stack(columns, axis=-1) if columns else empty

    def with_costs(self, block: Block, scenarios: Sequence[int]) -> Block:
        """The block with its costs: exact sums of every entry, as they are and in values of month 1."""
        spent = np.zeros(block.totals.shape[:2])
        discounted = np.zeros_like(spent)
        rate = block.horizon.reporting.discount_rate_costs
        factors = discount_factors(block.horizon.months, rate)[:, None]
        for at in range(len(scenarios)):
            for worlds, _, amounts in self.budgets(block, scenarios, at):
                for world, lines in zip(worlds.tolist(), amounts, strict=True):
                    present = lines * factors
                    spent[world, at] = math.fsum(lines[lines != 0.0].tolist())
                    discounted[world, at] = math.fsum(present[present != 0.0].tolist())
        return replace(block, spent=spent, discounted=discounted)


def usage(block: Block, scenario: int) -> dict[str, FloatArray]:
    """What budgets are made from: the engine's counts of one scenario [W, M], money in EUR."""
    sums = block.sums[:, scenario, 1:]
    eur = np.asarray(block.figures["eur"])[:, None]
    found: dict[str, FloatArray] = {}
    for k, name in enumerate(SUMS):
        if name in Usage.__dataclass_fields__:
            paid = name.startswith("wage_bill_") or name == "transfers_paid"
            found[name] = sums[:, :, k] / eur if paid else sums[:, :, k]
    pupils = block.sums[:, scenario, 0, SUMS.index("pupils")]
    teachers = (pupils / block.pupils_per_teacher)[:, None]
    found["children"] = block.totals[:, scenario, 1:, :, :, 0].sum(axis=(2, 3)).astype(float)
    villages = np.asarray(block.figures["villages"], np.float64)[:, None]
    found["villages"] = np.broadcast_to(villages, sums.shape[:2])
    found["extra_teachers"] = teachers * block.more_teachers[:, scenario]
    return found


class Evaluator:
    """A study at work in one process: what several replications share is made once."""

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
        figures = np.zeros(len(each), FIGURES)
        parameters: Any = np.zeros(len(each), each[0].values.dtype)
        for w, point in enumerate(each):
            figures[w], parameters[w] = point.record, point.values
        seeds = map(self.seed_of, points, each, replicates)
        return Replications(
            values=tuple(point.parameters for point in each),
            figures=figures,
            parameters=parameters,
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
            draw=drawn,
            seed=seed,
            parameters=parameters,
            record=record,
            values=parameter_record(parameters, study.parameters),
            pupils_per_teacher=float(set_figures.get(PUPILS_PER_TEACHER, ordinary)),
            key=(zone, tuple(sorted(moved.items()))),
        )

    def seed_of(self, number: int, point: Point, replicate: int) -> int:
        """The seed of a replication; with `luck: common` all rows and zones of a draw share it."""
        own = self.study.spec.luck == "own"
        return world_seed(point.seed, number if own else point.draw, replicate)

    def _draw(
        self, zone: int, drawn: int, seed: int
    ) -> tuple[dict[str, float], dict[tuple[str, ...], float]]:
        """Parameters and inputs of a draw; central values when there is one draw."""
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
