"""The compiled engine and the reference implementation live the same months, child by child.

Both are written from `docs/odd.md`. They share the random words, the scalar functions and their
inputs, and nothing else, so that a slip in either shows here.
"""

import ast
from pathlib import Path

import clfz.reference
import numpy as np
import pytest
from clfz.inputs import load_programme, load_shock, load_zone
from clfz.inputs.parameters import draw, load_parameters
from clfz.programme.levers import INDEX, lever_path
from clfz.runs.zone_data import parameter_record, zone_record, zone_values

from tests.model.zones import any_levers, calendar
from tests.reference.side_by_side import live_together

MONTHS, PROGRAMME_MONTHS = 42, 28
ZONES = ("budhpura", "india-3", "uganda-1", "chipinge", "mali-1")
SCENARIOS = {
    "drought": ("none", ["drought"]),
    "area-based": ("area-based", []),
    "cash-transfer": ("cash-transfer", ["drought"]),
    "bridge-schools": ("bridge-schools", []),
    "supply-chain": ("supply-chain", []),
}
QUICK = [("budhpura", scenario, 0) for scenario in ("drought", "area-based", "supply-chain")]
QUICK += [("mali-1", scenario, 0) for scenario in ("area-based", "cash-transfer", "bridge-schools")]
ALL = [(zone, scenario, seed) for zone in ZONES for scenario in SCENARIOS for seed in range(3)]
GROUPS = [f"{sex}_{band}" for sex in ("girls", "boys") for band in ("5_11", "12_14", "15_17")]
EXTREME_PARAMETERS = {
    "bridge_catch_up": (0, 6),
    "bridge_quality": (0, 3),
    "credit_access": (0, 1),
    "promotion": (0.3, 1.2),
    "review_rate": (0, 0.3),
    "sibling_return": (0.3, 1.2),
    "vacancy_share": (0, 1),
    "wage_adjustment": (0, 1),
}


def small_zone(zone_name, number):
    """A zone of 500-700 children in 3-6 villages, its data and parameters drawn."""
    number += 3 * ZONES.index(zone_name)
    random = np.random.default_rng(number)
    zone, parameters = load_zone(zone_name), load_parameters()
    drawn = draw(parameters, 7, number, zone=zone_name)
    values = zone_values(zone, 7, number)
    values["population", "children"] = random.integers(500, 701)
    values["population", "villages"] = random.integers(3, 7)
    z = zone_record(zone, values, drawn)
    seed = int(random.integers(0, 2**64, dtype=np.uint64))
    return z, parameter_record(drawn, parameters), seed


def scenario_levers(scenario, z):
    programme, shocks = SCENARIOS[scenario]
    movers = load_programme(programme).interventions
    size = calendar(z, MONTHS, PROGRAMME_MONTHS)
    return lever_path(movers, [load_shock(name) for name in shocks], size)


def odd_zone(number):
    """A place nobody would study: hamlets, nomads, any calendar, extreme parameters."""
    random = np.random.default_rng(1000 + number)
    zone, parameters = load_zone(ZONES[number % len(ZONES)]), load_parameters()
    values = zone_values(zone, 9, number)
    values["population", "children"] = random.choice([8, 30, 80, 200, 500])
    values["population", "villages"] = random.choice([1, 2, 5, 11])
    values["population", "migrant_share"] = random.uniform(0, 1)
    values["population", "yearly_migration"] = random.uniform(0, 0.6)
    drawn = {q.name: random.uniform(q.prior.low, q.prior.high) for q in parameters}
    drawn |= {name: random.uniform(*range_) for name, range_ in EXTREME_PARAMETERS.items()}
    drawn["check_leak"] = random.choice([0.0, 0.5, 1.0])
    drawn["bridge_min_gap"] = random.choice([0.0, 1.0, 2.0, 3.0])
    z = zone_record(zone, values, drawn)
    for name in ("start_month", "school_start", "school_end", "harvest_month"):
        z[name] = random.integers(1, 13)
    z["minimum_age"] = random.integers(10, 18)
    z["secondary_grade"] = random.integers(1, 12)
    z["entry_age"] = random.integers(4, 8)
    seed = int(random.integers(0, 2**64, dtype=np.uint64))
    levers = any_levers(number, MONTHS)
    if number % 4 == 1:  # a list, an endorsement, but no cash
        levers[:, [INDEX[f"transfer_{group}"] for group in GROUPS]] = 0.0
    return z, parameter_record(drawn, parameters), levers, seed


@pytest.mark.parametrize(
    ("zone", "scenario", "number"),
    [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in ALL if case not in QUICK)],
)
def test_they_are_equal(zone, scenario, number):
    z, p, seed = small_zone(zone, number)
    live_together(z, p, scenario_levers(scenario, z), seed)


@pytest.mark.parametrize(
    "number", [*range(8), *(pytest.param(n, marks=pytest.mark.slow) for n in range(8, 150))]
)
def test_they_are_equal_in_odd_places_whatever_moves(number):
    live_together(*odd_zone(number))


def test_only_random_words_and_scalar_functions_are_taken_from_the_engine():
    taken = set()
    for file in Path(clfz.reference.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                taken |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                taken |= {alias.name for alias in node.names}
    ours = {name for name in taken if name.startswith("clfz.")}
    ours = {name for name in ours if not name.startswith("clfz.reference")}
    assert ours == {"clfz.model.maths", "clfz.model.random", "clfz.programme.levers.INDEX"}
