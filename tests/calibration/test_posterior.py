"""A posterior in place of the prior: draws stay together, what is set stays set, and the result says so."""

import numpy as np
import pandas as pd
import pytest
from clfz.analysis.calibration.posterior import load, read, table
from clfz.comparisons import compare
from clfz.inputs.parameters import draw, load_parameters
from clfz.inputs.problems import InputError


@pytest.fixture
def folder(tmp_path):
    """Ten draws in which two parameters always sum to one number."""
    n = np.arange(10)
    frame = pd.DataFrame(
        {
            "chain": n // 5,
            "draw": n % 5,
            "norm_school": 0.7 + 0.1 * n,
            "norm_work": 1.4 - 0.1 * n,
            "report_missed[IND]": 0.01 * n,
        }
    )
    frame.to_parquet(tmp_path / "posterior.parquet", index=False)
    return tmp_path


def test_draws_stay_together(folder):
    parameters = read(folder).stand_in(load_parameters(), "IND")
    drawn = [draw(parameters, 1, index, zone="budhpura", country="IND") for index in range(40)]
    assert {round(each["norm_school"] + each["norm_work"], 9) for each in drawn} == {2.1}
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
    from clfz.report.page import build

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


def test_a_column_that_is_no_parameter_is_not_read(folder):
    frame = pd.read_parquet(folder / "posterior.parquet").assign(note="made by hand")
    frame.to_parquet(folder / "posterior.parquet", index=False)
    assert read(folder).names == ("norm_school", "norm_work", "report_missed[IND]")


def test_a_file_is_read_like_its_folder(folder):
    found = read(folder / "posterior.parquet")
    assert (found.values == read(folder).values).all()
    assert found.sha256 == read(folder).sha256
    assert found.name == read(folder).name


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("norm_school", ["high", "0.7"], 'norm_school is "high" in row 1, but it must be a number'),
        ("norm_school", [0.7, np.nan], "norm_school is empty in row 2, but it must be a number"),
        ("norm_school", [0.7, None], "norm_school is empty in row 2, but it must be a number"),
        ("norm_school", pd.array([1, None], "Int64"), "norm_school is empty in row 2"),
        ("norm_school", [9.0, 0.7], "norm_school is 9 in row 1, but .* from 0.6 to 2.$"),
        ("norm_school", [0.7, np.inf], "norm_school is inf in row 2, but"),
        ("report_missed[IND]", [0.1, -0.2], r"report_missed\[IND\] is -0.2 in row 2, but"),
        ("reach_level", [0.1, 7.0], "reach_level is 7 in row 2, but .* from -1.2 to 0.6.$"),
        ("norm_school", [], "holds no draws"),
        ("x", [1.0, 2.0], "no column is a parameter of the model"),
    ],
)
@pytest.mark.parametrize("reader", [table, read])
def test_what_is_wrong_in_a_posterior_is_one_sentence(tmp_path, reader, column, values, said):
    frame = pd.DataFrame({"chain": 0, "draw": range(len(values)), column: values})
    frame.to_parquet(tmp_path / "posterior.parquet", index=False)
    with pytest.raises(InputError, match=said) as told:
        reader(tmp_path)
    assert len(told.value.problems) == 1
    assert "posterior.parquet: " in str(told.value)


@pytest.mark.parametrize("reader", [table, read])
def test_a_file_that_is_no_table_is_one_sentence(tmp_path, reader):
    (tmp_path / "posterior.parquet").write_bytes(b"not parquet")
    with pytest.raises(InputError, match="this is no table of draws"):
        reader(tmp_path)


def test_arviz_needs_to_know_the_chains(tmp_path):
    pytest.importorskip("xarray")
    pd.DataFrame({"norm_school": [0.7]}).to_parquet(tmp_path / "posterior.parquet")
    with pytest.raises(InputError, match="ArviZ needs the columns chain and draw"):
        load(tmp_path)


def test_arviz_reads_it(folder):
    pytest.importorskip("arviz")
    found = load(folder)
    assert found.posterior.sizes == {"chain": 2, "draw": 5}
