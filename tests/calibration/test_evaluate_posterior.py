"""Assumptions of an evaluation: from the priors, or from the draws of a posterior."""

import numpy as np
import pandas as pd
import pytest

from calibration.evaluate.draws import draws
from sim.inputs import InputError, load_zone
from sim.parameters import draw, load_parameters
from tests.calibration.planted import needs_counting

pytestmark = needs_counting


@pytest.fixture
def zone():
    return load_zone("budhpura")


def test_without_a_posterior_they_are_those_of_a_comparison(zone):
    found = draws(zone, 3, seed=9)
    for index in range(3):
        own = draw(load_parameters(), 9, index, zone=zone.name, country=zone.country)
        assert own.items() <= found.values[index].items()
    assert found.learned == ()


def test_a_posterior_takes_the_place_of_the_priors(zone, tmp_path):
    table = pd.DataFrame(
        {
            "norm_school": np.linspace(0.7, 0.8, 50),
            "report_missed[IND]": np.linspace(0.1, 0.2, 50),
            "report_missed[MLI]": 0.0,
            "report_noise": 0.1,
            "reach_level": 0.3,
            "chain": 0,
        }
    )
    table.to_parquet(tmp_path / "posterior.parquet")
    prior = draws(zone, 20, seed=9)
    found = draws(zone, 20, seed=9, posterior=tmp_path)
    assert set(found.learned) == {"norm_school", "report_missed", "report_noise"}
    school = [each["norm_school"] for each in found.values]
    assert set(school) <= set(table["norm_school"])
    assert len(set(school)) == 20  # no draw twice while there are enough
    # what belongs to one draw stays together
    rows = table.set_index("norm_school")
    for each in found.values:
        assert each["report_missed"] == rows.loc[each["norm_school"], "report_missed[IND]"]
    untouched = {"inertia_school", "report_double"}
    for name in untouched:
        assert [each[name] for each in found.values] == [each[name] for each in prior.values]
    assert draws(zone, 20, seed=9, posterior=tmp_path / "posterior.parquet").values == found.values


def test_more_draws_than_the_posterior_has(zone, tmp_path):
    pd.DataFrame({"norm_school": [0.7, 0.8, 0.9]}).to_parquet(tmp_path / "posterior.parquet")
    values = [each["norm_school"] for each in draws(zone, 7, 1, tmp_path).values]
    assert sorted(set(values)) == [0.7, 0.8, 0.9]


def wrong(folder, table):
    table.to_parquet(folder / "posterior.parquet")
    return folder


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder, "no posterior.parquet here. It is made by: clfz calibrate"),
        (lambda folder: folder / "nowhere", "no posterior.parquet here"),
        (lambda folder: wrong(folder, pd.DataFrame({"x": [1.0]})), "no column is a parameter"),
        (lambda folder: wrong(folder, pd.DataFrame({"norm_school": []})), "holds no draws"),
        (
            lambda folder: wrong(folder, pd.DataFrame({"norm_school": [9.0]})),
            "norm_school must lie between 0.6 and 2 in every draw",
        ),
        (
            lambda folder: wrong(folder, pd.DataFrame({"norm_school": [float("nan")]})),
            "norm_school must lie between",
        ),
    ],
)
def test_a_posterior_that_cannot_be_used_is_told(zone, tmp_path, make, said):
    with pytest.raises(InputError, match=said):
        draws(zone, 2, 1, make(tmp_path))


def test_a_file_that_is_no_table(zone, tmp_path):
    (tmp_path / "posterior.parquet").write_bytes(b"not parquet")
    with pytest.raises(InputError, match="no table of draws"):
        draws(zone, 2, 1, tmp_path)
