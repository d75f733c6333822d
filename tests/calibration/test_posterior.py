"""A posterior in place of the prior: draws stay together, what is set stays set, and the result says so."""

import numpy as np
import pandas as pd
import pytest

from calibration.posterior import load, read
from sim.compare import compare
from sim.inputs.problems import InputError
from sim.parameters import draw, load_parameters


@pytest.fixture
def folder(tmp_path):
    """Ten draws in which two parameters always sum to one number."""
    n = np.arange(10)
    frame = pd.DataFrame(
        {
            "chain": n // 5,
            "draw": n % 5,
            "norm_school": 0.7 + 0.1 * n,
            "norm_work": 1.3 - 0.1 * n,
            "report_missed[IND]": 0.01 * n,
        }
    )
    frame.to_parquet(tmp_path / "posterior.parquet", index=False)
    return tmp_path


def test_draws_stay_together(folder):
    parameters = read(folder).stand_in(load_parameters(), "IND")
    drawn = [draw(parameters, 1, index, zone="budhpura", country="IND") for index in range(40)]
    assert {round(each["norm_school"] + each["norm_work"], 9) for each in drawn} == {2.0}
    assert len({each["norm_school"] for each in drawn}) > 5


def test_what_it_does_not_hold_keeps_its_prior(folder):
    parameters = read(folder).stand_in(load_parameters(), "MLI")
    prior = draw(load_parameters(), 1, 3, zone="mali-1", country="MLI")
    found = draw(parameters, 1, 3, zone="mali-1", country="MLI")
    same = [name for name in prior if prior[name] == found[name]]
    assert "report_missed" in same
    assert set(prior) - set(same) == {"norm_school", "norm_work"}


def test_a_comparison_says_where_its_draws_come_from(folder, tmp_path):
    settings = {"draws": 2, "replicates": 1, "months": 6, "jobs": 1}
    plain = compare("quick", **settings)
    drawn = compare("quick", posterior=folder, **settings)
    assert "posterior" not in plain.manifest
    assert drawn.manifest["posterior"]["draws"] == 10
    assert drawn.manifest["run_id"] != plain.manifest["run_id"]
    from sim.report.page import build

    place = tmp_path / "result"
    place.mkdir()
    page = build(drawn, place).read_text(encoding="utf-8")
    assert "posterior of" in page
    assert "What calibration changed" in page
    before = drawn.manifest["posterior"]["before"]
    plain_rows = plain.summary.set_index(["scenario", "measure"])["difference"]
    for scenario, measures in before.items():
        for measure, (middle, low, high) in measures.items():
            assert middle == plain_rows[scenario, measure]
            assert low <= middle <= high


def test_no_posterior_is_one_clear_sentence(tmp_path):
    with pytest.raises(InputError, match="there is no posterior"):
        read(tmp_path)


def test_arviz_reads_it(folder):
    pytest.importorskip("arviz")
    found = load(folder)
    assert found.posterior.sizes == {"chain": 2, "draw": 5}
