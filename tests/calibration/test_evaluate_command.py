"""`clfz evaluate` from a file to a folder, and every mistake on the way in one sentence."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from clfz.cli.app import app
from clfz.inputs import load_programme
from clfz.inputs.programme import Programme
from typer.testing import CliRunner

from tests.calibration.planted import DATA

EXAMPLE = Path(__file__).parents[2] / "calibration" / "examples" / "budhpura.csv"


QUICK = ("--draws", "12", "--replicates", "1", "--json", "--quiet")


def run(*words):
    return CliRunner().invoke(app, list(words), prog_name="clfz")


@pytest.fixture
def clfz(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return run


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One evaluation of the shipped example, as JSON."""
    folder = tmp_path_factory.mktemp("done") / "out"
    result = run("evaluate", "budhpura", *QUICK, "--out", str(folder))
    assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout)


def test_the_folder_holds_report_tables_pictures_and_manifest(done):
    folder, facts = done
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert names == {*manifest["files"], "manifest.json"}
    assert manifest["kind"] == "evaluation"
    for entry in manifest["scenarios"]:  # with every price, as in a comparison
        kept = {key: value for key, value in entry.items() if key != "sentences"}
        assert Programme.model_validate(kept) == load_programme(entry["name"])
    assert manifest["scenarios"][1]["sentences"]
    assert {"report.html", "figures.csv", "surveys.csv", "predicted.parquet"} <= names
    assert {f"figures/{name}.svg" for name in ("agreement", "fates", "falls", "surveys")} <= names
    assert facts["report"] == str(folder / "report.html")
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_report_tables_and_json_say_the_same(done):
    folder, facts = done
    page = (folder / "report.html").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", page).replace("&#39;", "'")
    for sentence in facts["sentences"]:
        assert sentence in plain
    figures = pd.read_csv(folder / "figures.csv")
    assert list(figures["reported"]) == [593, 361, 219, 1019]
    assert facts["figures_agreeing"] == figures["agrees"].sum()
    predicted = pd.read_parquet(folder / "predicted.parquet")
    assert predicted.shape == (12, 4)
    below = (predicted.to_numpy() < figures["reported"].to_numpy()).mean(axis=0)
    assert list(below) == pytest.approx(list(figures["share_of_runs_below"]))
    assert pd.read_csv(folder / "reported_children.csv")["share"].sum() == pytest.approx(1.0)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "Only 12 runs" in plain
    assert "learned from these" not in plain


def test_with_one_replicate_no_like_area_is_surveyed(done):
    _, facts = done
    assert not [each for each in facts["surveys"] if each["survey"].endswith("-both")]
    assert any("with one replicate (--replicates 1)" in text for text in facts["sentences"])


def test_it_is_said_whose_list_the_children_are_on(done):
    folder, facts = done
    page = (folder / "report.html").read_text(encoding="utf-8")
    share = facts["share_withdrawn"]
    assert share["reported"] == pytest.approx(593 / 954)
    assert abs(share["model"] - share["reported"]) > 0.1
    said = next(text for text in facts["sentences"] if text.startswith("The two lists"))
    assert f"{100 * share['model']:.0f} were withdrawn in the model and 62 in the report" in said
    assert page.count(said) == 2
    assert "withdrawn, kept from dropping out, or in a bridge school" in page
    assert "The reported list may be made up otherwise." in page
    assert "If you know that part, write it under “coverage”." in page


def test_a_posterior_that_learned_from_these_figures_is_the_first_warning(clfz, tmp_path):
    table = {"norm_school": [0.7, 0.8], "reach_level": [0.1, 0.2], "seats_level": 3.0}
    pd.DataFrame(table).to_parquet(tmp_path / "posterior.parquet")
    told = {"records": ["MLI-1", "IND-2"], "counts": [[685, 95, 57], [593, 361, 219]]}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    done = clfz("evaluate", "budhpura", *QUICK, "--posterior", str(tmp_path))
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert facts["warnings"][0].startswith("This posterior learned from these very figures (IND-2)")
    assert "Leave --posterior out, or calibrate without them" in facts["warnings"][0]
    manifest = json.loads(Path("results/evaluate-budhpura/manifest.json").read_text())
    assert manifest["posterior_learned_from"] == ["IND-2"]
    assert manifest["learned_parameters"] == ["norm_school", "reach_level"]
    page = Path("results/evaluate-budhpura/report.html").read_text(encoding="utf-8")
    assert page.index("learned from these very figures") < page.index("Only 12 runs")
    assert "seats_level) is not used, because the programme file says" in page


def test_threads_change_no_number(done, clfz):
    _, facts = done
    again = json.loads(clfz("evaluate", "budhpura", *QUICK, "--jobs", "1").stdout)
    for name in ("figures", "reported_children", "surveys", "child_years_gained", "run_id"):
        assert again[name] == facts[name], name


def test_text_for_a_terminal(clfz):
    Path("columns.yaml").write_text("area: Place\n")
    Path("my.csv").write_text(EXAMPLE.read_text().replace("area,", "Place,"))
    words = ["evaluate", "my.csv", "--map", "columns.yaml", "--draws", "8", "--replicates", "1"]
    done = clfz(*words)
    assert done.exit_code == 0, done.output
    assert "Report:  results/evaluate-my/report.html" in done.stdout
    assert "Withdrawn from work, in" in done.stdout
    assert done.stdout.index("Only 8 runs") < done.stdout.index(
        "Of 100 children whom the model lists"
    )
    manifest = json.loads(Path("results/evaluate-my/manifest.json").read_text())
    assert manifest["command"] == "clfz evaluate my.csv --map columns.yaml --replicates 1 --draws 8"
    told = clfz("report", "results/evaluate-my")
    assert told.exit_code == 2
    assert "holds an evaluation" in told.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "FIELD is missing"),
        (("budhpur",), 'Did you mean "budhpura"?'),
        (("nothing.csv",), "nothing.csv: there is no such file"),
        (("small.csv",), '"small" is not the name of a shipped zone'),
        (("small.csv", "--zone", "budhpra"), 'Did you mean "budhpura"?'),
        (("small.csv", "--programme", "area-bsed"), 'Did you mean "area-based"?'),
        (("small.csv", "--zone", "budhpura", "--programme", "none"), "reported by a programme"),
        (("small.csv", "--zone", "budhpura", "--area", "smal"), 'Did you mean "small"?'),
        (("two.csv", "--zone", "budhpura"), "holds 2 areas: small, other. Say which"),
        (
            ("early.csv", "--zone", "budhpura"),
            "row 2: withdrawn_to_school is of 2005-05 to 2006-04",
        ),
        (("later.csv", "--zone", "budhpura"), "20 years later"),
        (("other.csv", "--zone", "budhpura"), 'no figure of "small" can be compared'),
        (("small.csv", "--zone", "budhpura", "--posterior", "."), "there is no posterior in ."),
        (("small.csv", "--map", "none.yaml"), "none.yaml"),
        (("small.csv", "--draws", "0"), "--draws"),
    ],
)
def test_a_mistake_ends_with_a_sentence_and_writes_nothing(clfz, words, said):
    Path("small.csv").write_text(DATA)
    Path("two.csv").write_text(DATA + "other,2015-05,2016-04,withdrawn_to_school,,50,persons,\n")
    Path("early.csv").write_text(DATA.replace("2015-05,2016-04", "2005-05,2006-04"))
    Path("later.csv").write_text(DATA.replace("2015-05,2016-04", "2045-05,2046-04"))
    head = DATA.splitlines()[0]
    Path("other.csv").write_text(
        f"{head}\nsmall,2015,2015,child_labour_rate,national:ind,20,percent,50\n"
    )
    before = sorted(Path(".").iterdir())
    done = clfz("evaluate", *words)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert sorted(Path(".").iterdir()) == before


def test_without_scikit_learn_it_says_what_to_install(clfz, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = clfz("evaluate", "budhpura")
    assert done.exit_code == 2
    assert 'pip install "clfz[evaluate]"' in done.stderr


def test_check_tells_what_is_in_a_field_file(clfz):
    Path("my.csv").write_text(DATA)
    done = clfz("check", "my.csv")
    assert done.exit_code == 0
    assert done.stdout == "OK. 6 figures of 1 area: 2 counts, 1 census, 3 rates.\n"
    Path("bad.csv").write_text(DATA.replace("50,persons", "-50,persons"))
    done = clfz("check", "my.csv", "bad.csv", "--json")
    assert done.exit_code == 2
    first, second = json.loads(done.stdout)["files"]
    assert first["ok"]
    assert second["kind"] == "field"
    assert (second["problems"][0]["line"], second["problems"][0]["column"]) == (2, 6)
