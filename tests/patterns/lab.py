"""A laboratory: the same people and the same luck under several paths of the levers.

An experiment takes three lines::

    lab = Lab("mali-4", parameters={"farm_task_share": 0.5})
    trial = lab.run(lab.levers(60), lab.levers(60, demand_farm=(-0.4, 13, 24)))
    effect = trial.effect(lambda world: world.share(24, WORKING))

The first path is the control. Every other one is compared with it inside each world (a world is one
seed), so that an effect and its Monte Carlo error are the mean and the standard error of the paired
differences over worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from sim.engine.figures import figure_record, figure_values, parameter_record, world_seed
from sim.engine.layout import COUNTS, SUMS, State
from sim.engine.run import run_world
from sim.inputs import load_zone
from sim.levers import INDEX, neutral
from sim.parameters import central, load_parameters

WORKING, AT_SCHOOL, IDLE = (1, 2), (0, 1), (3,)
SCHOOL_ONLY, COMBINES, WORK_ONLY = (0,), (1,), (2,)
FARM, HOME, TIER3, TIER2, TIER1 = 1, 2, 3, 4, 5
PAID = (TIER3, TIER2, TIER1)

Months = float | tuple[float, int, int]


class Effect(NamedTuple):
    """A mean over worlds, with its Monte Carlo standard error."""

    mean: float
    error: float

    def __str__(self) -> str:
        return f"{self.mean:+.4f} (s.e. {self.error:.4f})"

    def above(self, bound: float = 0.0, errors: float = 4.0) -> bool:
        """Whether the mean lies above a bound by several standard errors."""
        return self.mean - errors * self.error > bound

    def below(self, bound: float = 0.0, errors: float = 4.0) -> bool:
        """Whether the mean lies below a bound by several standard errors."""
        return self.mean + errors * self.error < bound


def mean_of(values: Iterable[float]) -> Effect:
    """Mean of independent worlds and its standard error."""
    data = np.array(list(values), dtype=float)
    return Effect(float(data.mean()), float(data.std(ddof=1) / np.sqrt(data.size)))


@dataclass(frozen=True, eq=False)
class World:
    """One run: who did what in which month.

    Attributes:
        state: After the last month.
        codes: [M + 1, N] uint8: 0 not here, else 128 + 4 * place + activity.
        totals: [M + 1, 2, 3, COUNTS] counts by sex and band.
        sums: [M + 1, SUMS].
        figures: Record of the zone.
    """

    state: State
    codes: np.ndarray
    totals: np.ndarray
    sums: np.ndarray
    figures: np.void
    rerun: Callable[[int], State]

    def at(self, month: int, column: str) -> np.ndarray:
        """[N] A column of the children (grade, bridge_clock, place ...) at the end of a month."""
        past = self.rerun(month)
        found = dict(zip(past.key.tolist(), getattr(past, column).tolist(), strict=True))
        return np.array([found.get(key, -1) for key in self.state.key.tolist()])

    def here(self, month: int) -> np.ndarray:
        """[N] Present and of age."""
        return self.codes[month] > 0

    def does(self, month: int, activities: Iterable[int]) -> np.ndarray:
        """[N] Present, and what the child does is one of these activities."""
        return self.here(month) & np.isin(self.codes[month] & 3, list(activities))

    def works_at(self, month: int, places: Iterable[int]) -> np.ndarray:
        """[N] Present, and works in one of these places."""
        return self.here(month) & np.isin((self.codes[month] >> 2) & 31, list(places))

    def age(self, month: int) -> np.ndarray:
        """[N] Class age."""
        z = self.figures
        calendar = (int(z["start_month"]) - 2 + month) % 12 + 1
        reference = month - (calendar - int(z["school_start"])) % 12
        return np.clip((reference - self.state.birth.astype(int) + 6) // 12, 5, 17)

    @cached_property
    def rank(self) -> np.ndarray:
        """[N] Poverty rank of the child's household, 0 the poorest to 1."""
        return (self.state.rank[self.state.household] + 0.5) / 2.0**32

    def aged(self, month: int, low: int, high: int) -> np.ndarray:
        """[N] Present, and of class age low..high."""
        age = self.age(month)
        return self.here(month) & (low <= age) & (age <= high)

    def share(
        self, month: int, activities: Iterable[int], among: np.ndarray | None = None
    ) -> float:
        """Share of children (6 to 14 unless `among` says who) that do one of these activities."""
        group = self.aged(month, 6, 14) if among is None else among & self.here(month)
        return float(self.does(month, activities)[group].mean())

    def total(self, column: str) -> np.ndarray:
        """[M + 1] Sum over the zone by month."""
        return np.asarray(self.sums[:, SUMS.index(column)])


@dataclass(frozen=True, eq=False)
class Trial:
    """Worlds [world][path]; path 0 is the control."""

    worlds: tuple[tuple[World, ...], ...]

    def level(self, measure: Callable[[World], float], path: int = 0) -> Effect:
        """What a measure is under one path."""
        return mean_of(measure(world[path]) for world in self.worlds)

    def effect(
        self, measure: Callable[[World], float], path: int = 1, control: int = 0
    ) -> Effect:
        """Paired difference of a measure between two paths."""
        return mean_of(measure(world[path]) - measure(world[control]) for world in self.worlds)

    def pairs(self, measure: Callable[[World, World], float], path: int = 1) -> Effect:
        """A measure of two paths at once: of (world, its control)."""
        return mean_of(measure(world[path], world[0]) for world in self.worlds)


@dataclass(frozen=True)
class Lab:
    """A zone with its parameters.

    Attributes:
        zone: Name of a shipped zone.
        figures: Zone figures that differ from the profile, by dotted path.
        parameters: Parameters that differ from their central value.
        activity: Shares of school only, both, work only, neither for every sex and age instead of
            the zone's table.
        children: Size of the zone.
        villages: Number of villages.
    """

    zone: str = "budhpura"
    figures: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    activity: tuple[float, float, float, float] | None = None
    children: int = 2000
    villages: int = 8

    @cached_property
    def records(self) -> tuple[np.void, np.void]:
        """Zone figures and parameters as the engine reads them."""
        zone, listed = load_zone(self.zone), load_parameters()
        numbers = central(listed)
        unknown = set(self.parameters) - set(numbers)
        values = figure_values(zone)
        changed = {tuple(path.split(".")): value for path, value in self.figures.items()}
        unknown |= {".".join(path) for path in set(changed) - set(values)}
        if unknown:
            raise KeyError(f"no such parameter or figure: {sorted(unknown)}")
        numbers.update(self.parameters)
        values.update(changed)
        values["population", "children"] = self.children
        values["population", "villages"] = self.villages
        if self.activity is not None:
            row = dict(zip(("school_only", "school_and_work", "work_only", "neither"), self.activity))
            table = {sex: {b: row for b in ("5-11", "12-14", "15-17")} for sex in ("girls", "boys")}
            activity = type(zone.activity).model_validate(table)
            zone = zone.model_copy(update={"activity": activity})
        return figure_record(zone, values, numbers), parameter_record(numbers, listed)

    @staticmethod
    def levers(months: int, **paths: Months) -> np.ndarray:
        """Lever table [months, levers]: a number holds always, (number, first, last) in those months."""
        table = neutral(months)
        for name, path in paths.items():
            value, first, last = path if isinstance(path, tuple) else (path, 1, months)
            table[first - 1 : last, INDEX[name]] = value
        return table

    def run(self, *paths: np.ndarray, worlds: int = 8, seed: int = 1) -> Trial:
        """Run every path of the levers in every world."""
        return Trial(
            tuple(
                tuple(self.one(path, world_seed(seed, 0, number)) for path in paths)
                for number in range(worlds)
            )
        )

    def one(self, levers: np.ndarray, seed: int) -> World:
        """One run."""
        z, p = self.records
        months = len(levers)
        rows = self.rows(seed, months)
        totals = np.zeros((months + 1, 2, 3, len(COUNTS)), np.int64)
        sums = np.zeros((months + 1, len(SUMS)))
        codes = np.zeros((months + 1, rows), np.uint8)
        state = run_world(z, p, levers, np.uint64(seed), totals, sums, codes)
        return World(State(*state), codes, totals, sums, z, partial(self.until, levers, seed))

    def until(self, levers: np.ndarray, seed: int, month: int) -> State:
        """The same run, ended earlier: what people do does not depend on the horizon."""
        return self.one(levers[:month], seed).state

    def rows(self, seed: int, months: int) -> int:
        """Child rows of a run."""
        from sim.engine.population import count_rows

        return int(count_rows(self.records[0], np.uint64(seed), months))


def ratio(effect: Effect, base: Effect) -> float:
    """One mean over another."""
    return effect.mean / base.mean


def show(**numbers: Any) -> str:
    """Numbers for the message of a failed assertion."""
    return ", ".join(f"{name} {value}" for name, value in numbers.items())
