"""A laboratory: the same people and random draws under several paths of the levers.

An experiment takes three lines::

    lab = Lab("mali-4", parameters={"farm_task_share": 0.5})
    trial = lab.run(levers(60), levers(60, demand_farm=(-0.4, 13, 24)))
    effect = trial.effect(lambda replication: replication.share(24, WORKING))

The first path is the control. Every other one is compared with it inside each replication (a replication is
one seed), so that an effect and its Monte Carlo error are the mean and the standard error of the
paired differences over replications. Parameters and zone inputs that an experiment does not name have their
central value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from clfz.inputs import load_zone
from clfz.inputs.parameters import central, load_parameters
from clfz.model.layout import COUNTS, SUMS
from clfz.model.population import count_rows
from clfz.model.run import run_zone
from clfz.model.state import State
from clfz.programme.levers import INDEX, neutral
from clfz.programme.names import AGE_BANDS, SEXES, TRADES
from clfz.runs.zone_data import parameter_record, replication_seed, zone_record, zone_values

AT_SCHOOL, WORKING, COMBINING, IDLE = (0, 1), (1, 2), (1,), (3,)
FARM, HOME, TIER3, TIER2, TIER1 = (1,), (2,), (3,), (4,), (5,)
PAID = (3, 4, 5)
ERRORS = 4.0  # standard errors by which a sign must stand clear of 0


class Effect(NamedTuple):
    """A mean over replications and its Monte Carlo standard error."""

    mean: float
    error: float

    def __str__(self) -> str:
        return f"{self.mean:+.4f} (s.e. {self.error:.4f})"

    def above(self, bound: float = 0.0) -> bool:
        """The mean lies above a bound by several standard errors."""
        return self.mean - ERRORS * self.error > bound

    def below(self, bound: float = 0.0) -> bool:
        """The mean lies below a bound by several standard errors."""
        return self.mean + ERRORS * self.error < bound


def mean_of(values: Iterable[float]) -> Effect:
    """Mean and standard error of independent replications."""
    data = np.array(list(values), dtype=float)
    return Effect(float(data.mean()), float(data.std(ddof=1) / np.sqrt(data.size)))


@dataclass(frozen=True, eq=False)
class Replication:
    """One run: who did what in which month.

    Attributes:
        state: After the last month.
        codes: [M + 1, N] uint8: 0 not here, else 128 + 4 * place + activity.
        sums: [M + 1, SUMS].
        zone_data: The zone.
        until: The same run ended after some month: its state.
    """

    state: State
    codes: np.ndarray
    sums: np.ndarray
    zone_data: np.void
    until: Callable[[int], State]

    def here(self, month: int) -> np.ndarray:
        """[N] Present and 5-17."""
        return self.codes[month] > 0

    def does(self, month: int, activities: Iterable[int]) -> np.ndarray:
        """[N] Present, and doing one of these activities."""
        return self.here(month) & np.isin(self.codes[month] & 3, list(activities))

    def works_at(self, month: int, places: Iterable[int]) -> np.ndarray:
        """[N] Present, and working in one of these places."""
        return self.here(month) & np.isin((self.codes[month] >> 2) & 31, list(places))

    def age(self, month: int) -> np.ndarray:
        """[N] Class age (ODD 7.0)."""
        z = self.zone_data
        calendar = (int(z["start_month"]) - 2 + month) % 12 + 1
        reference = month - (calendar - int(z["school_start"])) % 12
        return np.clip((reference - self.state.birth.astype(int) + 6) // 12, 5, 17)

    def aged(self, month: int, low: int, high: int) -> np.ndarray:
        """[N] Present, and of class age low..high."""
        age = self.age(month)
        return self.here(month) & (low <= age) & (age <= high)

    @cached_property
    def rank(self) -> np.ndarray:
        """[N] Poverty rank of the household: 0 the poorest, 1 the richest."""
        return np.asarray((self.state.rank[self.state.household] + 0.5) / 2.0**32)

    def share(
        self, month: int, activities: Iterable[int], among: np.ndarray | None = None
    ) -> float:
        """Share of a group of those present (by default class ages 6-14) with these activities."""
        group = self.aged(month, 6, 14) if among is None else among & self.here(month)
        return float(self.does(month, activities)[group].mean())

    def at(self, month: int, column: str) -> np.ndarray:
        """[N] A column of the children, such as grade or bridge_clock, after some month."""
        past = self.until(month)
        known = dict(zip(past.key.tolist(), getattr(past, column).tolist(), strict=True))
        return np.array([known.get(key, 0) for key in self.state.key.tolist()])

    def total(self, column: str) -> np.ndarray:
        """[M + 1] Sum over the zone."""
        return np.asarray(self.sums[:, SUMS.index(column)])


@dataclass(frozen=True, eq=False)
class Trial:
    """Replications, each with every path; path 0 is the control."""

    replications: tuple[tuple[Replication, ...], ...]

    def level(self, measure: Callable[[Replication], float], path: int = 0) -> Effect:
        """A measure under one path."""
        return mean_of(measure(replication[path]) for replication in self.replications)

    def effect(
        self, measure: Callable[[Replication], float], path: int = 1, control: int = 0
    ) -> Effect:
        """Paired difference of a measure between two paths."""
        return mean_of(
            measure(replication[path]) - measure(replication[control])
            for replication in self.replications
        )

    def across(self, measure: Callable[[tuple[Replication, ...]], float]) -> Effect:
        """A measure that looks at all paths of a replication at once, such as a group chosen in one."""
        return mean_of(measure(replication) for replication in self.replications)

    def same(self, path: int, control: int = 0) -> bool:
        """Whether every child does the same in every month under two paths."""
        return all(np.array_equal(w[path].codes, w[control].codes) for w in self.replications)


@dataclass(frozen=True)
class Lab:
    """A zone and its parameters.

    Attributes:
        zone: Name of a shipped zone.
        parameters: Parameters that differ from their central value.
        zone_data: Zone inputs that differ from the profile, by dotted path.
        activity: Shares of school only, both, work only, neither, of every sex and age, instead of
            the profile's table.
        children: Size of the zone, in so many villages.
    """

    zone: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    zone_data: Mapping[str, float] = field(default_factory=dict)
    activity: tuple[float, float, float, float] | None = None
    children: int = 2000
    villages: int = 8

    @cached_property
    def records(self) -> tuple[np.void, np.void]:
        """Zone data and parameters as the engine reads them."""
        zone, listed = load_zone(self.zone), load_parameters()
        numbers, values = central(listed), zone_values(zone)
        changed = {tuple(path.split(".")): value for path, value in self.zone_data.items()}
        unknown = [*(set(self.parameters) - set(numbers)), *(set(changed) - set(values))]
        if unknown:
            raise KeyError(f"no such parameter or figure: {unknown}")
        size = {
            ("population", "children"): self.children,
            ("population", "villages"): self.villages,
        }
        numbers |= self.parameters
        values |= changed | size
        if self.activity is not None:
            names = ("school_only", "school_and_work", "work_only", "neither")
            row = dict(zip(names, self.activity, strict=True))
            table = {sex: dict.fromkeys(AGE_BANDS, row) for sex in SEXES}
            activity = type(zone.activity).model_validate(table)
            zone = zone.model_copy(update={"activity": activity})
        return zone_record(zone, values, numbers), parameter_record(numbers, listed)

    def run(self, *paths: np.ndarray, replications: int = 16) -> Trial:
        """Run every path of the levers in every replication."""
        seeds = [replication_seed(1, 0, number) for number in range(replications)]
        return Trial(tuple(tuple(self.replication(path, seed) for path in paths) for seed in seeds))

    def replication(self, path: np.ndarray, seed: int) -> Replication:
        """One run."""
        z, p = self.records
        months = len(path)
        codes = np.zeros((months + 1, int(count_rows(z, np.uint64(seed), months)[-1, 1])), np.uint8)
        totals = np.zeros((months + 1, 2, 3, len(COUNTS)), np.int64)
        sums = np.zeros((months + 1, len(SUMS)))
        state = run_zone(z, p, path, np.uint64(seed), totals, sums, codes)
        return Replication(state, codes, sums, z, partial(self._until, path, seed))

    def _until(self, path: np.ndarray, seed: int, month: int) -> State:
        return self.replication(
            path[:month], seed
        ).state  # rows depend on the horizon, people do not


def levers(months: int, **paths: float | tuple[float, int, int]) -> np.ndarray:
    """Levers [months, n]: a number holds always, (number, first, last) holds in those months."""
    table = neutral(months)
    for name, path in paths.items():
        value, first, last = path if isinstance(path, tuple) else (path, 1, months)
        table[first - 1 : last, INDEX[name]] = value
    return table


def raise_of_wages(months: int, rise: float) -> np.ndarray:
    """All adults of all trades earn more, for good."""
    return levers(months, adult_wage_coverage=1.0, **{f"adult_wage_{t}": rise for t in TRADES})


def cash(
    months: int,
    euros: float | tuple[float, int, int],
    condition: float = 0.0,
    coverage: float = 1.0,
    ages: tuple[str, ...] = AGE_BANDS,
    **more: float | tuple[float, int, int],
) -> np.ndarray:
    """A transfer a child and month to the poorest share of families, perfectly targeted.

    With `NEXT_TO_NOTHING` euros it is announced and changes no budget: the control in which the
    same families are asked again as in the programme.
    """
    names = [f"transfer_{sex}_{age.replace('-', '_')}" for sex in SEXES for age in ages]
    return levers(
        months,
        transfer_coverage=coverage,
        transfer_condition=condition,
        **dict.fromkeys(names, euros),
        **more,
    )


NEXT_TO_NOTHING = 1e-9
