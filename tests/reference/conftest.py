"""A small made-up zone for the twin, at the middle of the parameters' priors."""

from pathlib import Path

import numpy as np
import pytest
from clfz.programme.levers import INDEX, LEVERS
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]

# school only, school and work, work only, neither at band centres 8, 13, 16
PROFILE = np.array(
    [
        [[0.40, 0.10, 0.20, 0.30], [0.30, 0.15, 0.35, 0.20], [0.12, 0.08, 0.55, 0.25]],
        [[0.45, 0.12, 0.20, 0.23], [0.35, 0.18, 0.35, 0.12], [0.15, 0.10, 0.65, 0.10]],
    ]
)


def made_up_targets() -> np.ndarray:
    ages = np.arange(5, 18)
    targets = np.empty((2, 13, 4))
    for sex in range(2):
        for k in range(4):
            targets[sex, :, k] = np.interp(ages, [8, 13, 16], PROFILE[sex, :, k])
    targets[:, 0, :2] *= 0.15
    targets[:, 0, 3] = 1 - targets[:, 0, :3].sum(axis=1)
    return targets


def made_up_figures() -> dict:
    return {
        "children": 300,
        "villages": 3,
        "household_size": 5.4,
        "adults": 2.3,
        "migrant_share": 0.3,
        "yearly_migration": 0.12,
        "poverty_headcount": 0.4,
        "log_income_sd": 0.5,
        "seasonality": 0.25,
        "harvest_month": 10,
        "livelihood": np.array([0.3, 0.3, 0.15, 0.15, 0.1]),
        "tier_wage_ratio": np.array([0.6, 0.7, 0.75, 1.0, 1.3]),
        "hazard": np.array([0.0, 0.3, 0.8, 0.9, 0.85, 0.75]),
        "adult_pay": 180 * 22 / 1450,
        "hours": np.array([[0, 0, 0], [10, 14, 18], [26, 38, 46], [0, 0, 0]], dtype=float),
        "chores": np.array([18.0, 7.0]),
        "entry_age": 6,
        "school_start": 7,
        "school_end": 4,
        "cost_primary": 90 / 1450,
        "cost_secondary": 380 / 1450,
        "distance_km": 2.0,
        "seat_slack": 0.15,
        "secondary_grade": 9,
        "minimum_age": 14,
        "start_month": 5,
        "eur": 71 / 1450,
        "targets": made_up_targets(),
        "sibling_mean": 0.1,
    }


def middle_parameters() -> dict[str, float]:
    text = (ROOT / "calibration" / "priors.yaml").read_text(encoding="utf-8")
    middle = {}
    for parameter in YAML(typ="safe").load(text)["parameters"]:
        prior = parameter["prior"]
        middle[parameter["name"]] = prior.get("mode", (prior["low"] + prior["high"]) / 2)
    return middle


def lever_table(months: int, **values: float) -> np.ndarray:
    table = np.zeros((months, len(LEVERS)))
    for name, value in values.items():
        table[:, INDEX[name]] = value
    return table


@pytest.fixture(scope="session")
def figures() -> dict:
    return made_up_figures()


@pytest.fixture(scope="session")
def parameters() -> dict[str, float]:
    return middle_parameters()


@pytest.fixture(scope="session")
def levers():
    """levers(months, **values): levers that hold the values in every month."""
    return lever_table
