"""The page of a sweep says what its numbers say, and needs nothing else."""

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz.analysis.folder import listed, write_folder
from clfz.analysis.sweep import build, effect, effects, html, main_measure
from clfz.runs.results import ResultError

from tests.studies.conftest import tiny


def rows(points: int, replicates: int, slope: float, luck: float) -> pd.DataFrame:
    """Made-up runs: a line and luck that all replicates of a point share in part."""
    rng = np.random.default_rng(3)
    x = np.linspace(0, 1, points)
    y = slope * x[:, None] + luck * rng.standard_normal((points, replicates))
    point = np.repeat(np.arange(points), replicates)
    return pd.DataFrame({"point": point, "x": x[point], "y": y.ravel()})


def test_a_line_takes_the_whole_spread_and_chance_takes_none():
    assert effect(rows(64, 3, 1.0, 0.0), "x", "s", "y")["share_of_spread"].iloc[0] > 0.95
    assert effect(rows(640, 3, 0.0, 1.0), "x", "s", "y")["share_of_spread"].iloc[0] == 0


def test_few_values_are_shown_as_they_are():
    found = effect(rows(4, 20, 1.0, 0.1), "x", "s", "y")
    np.testing.assert_allclose(found["value"], np.linspace(0, 1, 4))
    assert (found["low"] < found["mean"]).all()
    assert (found["mean"] < found["high"]).all()
    assert (found["share_of_spread"] > 0.9).all()


def test_a_measure_that_never_moves_is_no_division_by_zero():
    assert effect(rows(20, 2, 0.0, 0.0), "x", "s", "y")["share_of_spread"].iloc[0] == 0.0


def test_the_page_of_a_real_sweep(study, tmp_path):
    done = clfz.run_study(study, tmp_path)
    assert main_measure(done) == "child_years_in_school_gained"
    page = build(done)
    assert page is not None
    text = page.read_text(encoding="utf-8")
    assert text == html(done)
    assert "http" not in text.replace("http://www.w3.org", "")
    for factor in study.factors:
        assert f'<th scope="row">{factor}</th>' in text
    for share in effects(done, main_measure(done))["share_of_spread"]:
        assert (f"{100 * share:.0f} %" if share >= 0.01 else "not told from chance") in text


@pytest.mark.parametrize("settings", [{"design": None}, {"programmes": ["none"]}])
def test_odd_studies_have_a_page_or_none(tmp_path, settings):
    if settings.get("programmes"):
        settings = {**settings, "design": None, "points": {"norm_school": [0.4, 0.6]}}
    done = clfz.run_study(tiny(**settings), tmp_path)
    assert (build(done) is not None) == bool(done.study.factors)


def test_a_folder_is_written_whole_or_not_at_all(tmp_path):
    files = {"tables": {"a.parquet": pd.DataFrame({"x": [1]})}, "texts": {"more/b.txt": "b"}}
    page = write_folder(tmp_path / "new", **files, data={"c.json": {"x": "×"}}, page="<p>")
    names = {each.name for each in (tmp_path / "new").rglob("*") if each.is_file()}
    assert names == {"a.parquet", "b.txt", "c.json", "report.html"}
    assert page.read_text() == "<p>"
    with pytest.raises(TypeError):
        write_folder(tmp_path / "new", **files, data={"c.json": {"x": object()}}, page="<q>")
    with pytest.raises(AttributeError):
        write_folder(tmp_path / "new", texts={"d.txt": "d"}, plots=[None], page="<q>")
    assert {each.name for each in (tmp_path / "new").rglob("*") if each.is_file()} == names
    assert page.read_text() == "<p>"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResultError, match="Nothing was changed there"):
        write_folder(tmp_path / "file", page="<p>")


@pytest.mark.parametrize(
    ("parts", "told"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_listed_as_one_reads_them(parts, told):
    assert listed(parts) == told
