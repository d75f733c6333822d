"""Small zones, parameters, levers and runs for the tests of the engine."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from clfz.inputs import load_programme, load_zone
from clfz.inputs.parameters import central, draw, load_parameters
from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.model.population import count_rows
from clfz.model.run import run_batch, run_zone
from clfz.programme.levers import LEVERS, Calendar, lever_path, neutral
from clfz.runs.zone_data import (
    expected_households,
    parameter_record,
    replication_seed,
    zone_record,
    zone_values,
)

ZONES = ("budhpura", "india-1", "india-3", "uganda-1", "uganda-2")
ZONES += ("chipinge", "mali-1", "mali-2", "mali-3", "mali-4")
PROGRAMMES = ("bridge-schools", "cash-transfer", "cash-unconditional", "cash-labelled", "wages")
PROGRAMMES += ("awareness", "school-strengthening", "supply-chain", "area-based")
PROGRAMMES += ("community-group",)

count = {name: k for k, name in enumerate(COUNTS)}.__getitem__
column = {name: k for k, name in enumerate(SUMS)}.__getitem__


@dataclass(frozen=True)
class Run:
    """What one run left behind."""

    totals: np.ndarray  # [M + 1, 2, 3, COUNTS]
    sums: np.ndarray  # [M + 1, SUMS]
    codes: np.ndarray  # [M + 1, N]
    state: Any

    @property
    def digest(self) -> str:
        return digest(self.totals, self.sums, self.codes)


def digest(*arrays: np.ndarray) -> str:
    """A name for the exact bits of some arrays."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


@lru_cache
def zone(name: str) -> Any:
    return load_zone(name)


@lru_cache
def parameter_list() -> Any:
    return load_parameters()


def parameter_values(number: int | None = None, place: str = "budhpura") -> dict[str, float]:
    """Central values, or a draw from the priors."""
    if number is None:
        return central(parameter_list())
    return draw(parameter_list(), 11, number, zone=place, country=zone(place).country)


def parameters(number: int | None = None, place: str = "budhpura", **changes: float) -> np.void:
    values = parameter_values(number, place) | changes
    return parameter_record(values, parameter_list())


def zone_data(
    place: Any = "budhpura",
    children: int | None = None,
    villages: int | None = None,
    number: int | None = None,
    **changes: float,
) -> np.void:
    """A zone as the engine reads it: shipped (by name) or made up, of any size, perhaps drawn."""
    place = zone(place) if isinstance(place, str) else place
    values = zone_values(place, None if number is None else 11, number or 0)
    size = values["population", "children"]
    if children is not None:
        values["population", "children"] = children
        if villages is None:
            villages = max(1, round(values["population", "villages"] * children / size))
    if villages is not None:
        values["population", "villages"] = villages
    record = zone_record(place, values, parameter_values(number, place.name))
    for name, value in changes.items():
        record[name] = value
    return record


def run(z: np.void, p: np.void, levers: np.ndarray, seed: int, history: bool = True) -> Run:
    """One replication with one scenario."""
    months = len(levers)
    totals = np.zeros((months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((months + 1, len(SUMS)))
    shape = (months + 1, count_rows(z, np.uint64(seed), months)[-1, 1]) if history else (0, 0)
    codes = np.zeros(shape, np.uint8)
    state = run_zone(z, p, levers, np.uint64(seed), totals, sums, codes)
    return Run(totals, sums, codes, state)


def batch(
    z: np.void,
    p: np.void,
    levers: np.ndarray,
    seeds: list[int],
    programme_months: int = 24,
    threads: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Many replications with several scenarios: totals, sums, classes."""
    replications, (scenarios, months, _) = len(seeds), levers.shape
    totals = np.zeros((replications, scenarios, months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((replications, scenarios, months + 1, len(SUMS)))
    classes = np.zeros((replications, scenarios, len(CLASSES)), np.int64)
    zs, ps = np.array([z] * replications, z.dtype), np.array([p] * replications, p.dtype)
    which = np.array(seeds, np.uint64)
    plans = np.zeros(replications, np.int64)
    counted = (totals, sums, classes)
    run_batch(zs, ps, levers[np.newaxis], plans, which, programme_months, *counted, threads)
    return totals, sums, classes


def digest_of_run(place: str, programme: str, seed: int) -> str:
    """A run in a process of its own: everything is made there."""
    z = zone_data(place, 400, 4)
    levers = programme_levers(programme, z, months=36, programme_months=24)
    return run(z, parameters(), levers, seed).digest


def seeds(number: int, study: int = 1) -> list[int]:
    return [replication_seed(study, 0, replicate) for replicate in range(number)]


def calendar(z: np.void, months: int, programme_months: int) -> Calendar:
    return Calendar(
        months=months,
        programme_months=programme_months,
        children=float(z["children"]),
        households=expected_households(z),
        villages=int(z["villages"]),
        start=(2014, int(z["start_month"])),
    )


def programme_levers(
    name: str,
    z: np.void,
    months: int,
    programme_months: int | None = None,
    strength: float = 1.0,
    **changes: Any,
) -> np.ndarray:
    """Levers of a shipped programme, perhaps weaker or with other months."""
    steps = [
        step.model_copy(update={"intensity": step.intensity * strength, **changes})
        for step in load_programme(name).interventions
    ]
    return lever_path(steps, [], calendar(z, months, programme_months or months))


def any_levers(number: int, months: int) -> np.ndarray:
    """Levers that no programme would move together, changed every few months, often neutral."""
    luck = np.random.default_rng(number)
    table = neutral(months)
    largest = {"bridge_seats": 80.0, "bridge_months": 14.0, "group_visits": 80.0}
    for lane, lever in enumerate(LEVERS):
        low = max(lever.low, -0.9)
        high = largest.get(lever.name, 25.0 if "EUR" in lever.unit else min(lever.high, 1.5))
        turns = np.sort(luck.integers(0, months + 1, 6))
        for start, end in pairwise(turns):
            if luck.random() < 0.6:
                table[start:end, lane] = luck.uniform(low, high)
    return table
