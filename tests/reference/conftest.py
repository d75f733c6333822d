"""A small zone for the reference implementation, at the central parameters: 300 children of Budhpura."""

import numpy as np
import pytest
from clfz.inputs import load_zone
from clfz.inputs.parameters import central, load_parameters
from clfz.programme.levers import INDEX, LEVERS
from clfz.runs.zone_data import zone_record, zone_values


@pytest.fixture(scope="session")
def parameters() -> dict[str, float]:
    return central(load_parameters())


@pytest.fixture(scope="session")
def zone(parameters) -> dict:
    shipped = load_zone("budhpura")
    values = zone_values(shipped, None, 0)
    values["population", "children"] = 300
    values["population", "villages"] = 3
    values["population", "migrant_share"] = 0.3
    values["population", "yearly_migration"] = 0.12
    record = zone_record(shipped, values, parameters)
    dates = {"start_month": 5, "school_start": 7, "school_end": 4}
    livelihood = np.array([0.3, 0.3, 0.15, 0.15, 0.1])
    return {name: record[name] for name in record.dtype.names} | dates | {"livelihood": livelihood}


@pytest.fixture(scope="session")
def levers():
    """levers(months, **values): levers that hold the values in every month."""

    def table(months: int, **values: float) -> np.ndarray:
        levers = np.zeros((months, len(LEVERS)))
        for name, value in values.items():
            levers[:, INDEX[name]] = value
        return levers

    return table
