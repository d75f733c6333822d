"""`clfz sweep` as a person uses it."""

import json
from pathlib import Path

import pytest
from clfz.runs.store import load

from tests.studies.conftest import contents

STUDY = """
name: mine
title: T
question: Q
zones: [budhpura]
programmes: [none, cash-transfer]
programme_months: 6
after_months: 0
replicates: {replicates}
luck: own
design:
  kind: table
  file: points.csv
"""


@pytest.fixture
def clfz(clfz, tmp_path):
    """Run a command line in an empty folder with a study in it."""
    (tmp_path / "points.csv").write_text("cash_transfer.amount_eur\n2\n4\n8\n", encoding="utf-8")
    write(tmp_path, 2)
    return clfz


def write(folder: Path, replicates: int) -> None:
    (folder / "mine.yaml").write_text(STUDY.format(replicates=replicates), encoding="utf-8")


def test_a_sweep_ends_in_a_folder_that_python_reads(clfz):
    done = clfz("sweep", "mine.yaml")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Results: results")
    assert "3 rows x 2 replicates x 2 programmes = 12 runs of 6 months" in done.stderr
    found = load("results/mine")
    assert found.complete
    whole = found.joined()
    assert whole["cash_transfer.amount_eur"].tolist() == [2.0] * 4 + [4.0] * 4 + [8.0] * 4
    with_cash = whole[whole["scenario"] == "cash-transfer"]
    costs = with_cash.groupby("cash_transfer.amount_eur")["cost_total"].mean()
    assert costs.is_monotonic_increasing
    assert (whole[whole["scenario"] == "none"]["cost_total"] == 0).all()
    # own luck: each point is another zone of children
    start = with_cash["child_labour_rate@start"]
    assert start.nunique() == len(start)


def test_the_same_command_resumes_and_a_larger_one_grows(clfz, tmp_path):
    assert clfz("sweep", "mine.yaml", "--quiet").exit_code == 0
    before = contents(tmp_path / "results/mine")
    assert clfz("sweep", "mine.yaml", "--quiet").exit_code == 0
    assert contents(tmp_path / "results/mine") == before
    # larger by an option, by the file, and then asked for less than there is
    assert clfz("sweep", "mine.yaml", "--quiet", "--replicates", "3").exit_code == 0
    write(tmp_path, 4)
    assert clfz("sweep", "mine.yaml", "--quiet", "--out", "results/mine").exit_code == 0
    facts = json.loads(clfz("sweep", "mine.yaml", "--quiet", "--json", "--replicates", "1").stdout)
    assert facts["runs"] == 24
    assert facts["complete"]
    assert clfz("sweep", "mine.yaml", "--quiet", "--out", "whole").exit_code == 0
    assert contents(tmp_path / "whole") == contents(tmp_path / "results/mine")


ABUSES = {
    "sweep": "STUDY is missing. Write: clfz sweep STUDY. More: clfz sweep --help",
    "sweep smal": 'there is no study "smal". Did you mean "small"? All: clfz list studies',
    "sweep mine": 'there is no study "mine". For the file in this folder write mine.yaml.',
    "sweep nowhere.yaml": "nowhere.yaml: there is no such file.",
    "sweep mine.yaml --out mine.yaml": "mine.yaml is a file. Give a folder, for example --out results/mine.",
    "sweep mine.yaml --out full": "full holds files that are no study; give another folder, or empty it.",
    "sweep mine.yaml --out newer": "newer was written by a newer clfz; update this one to read it.",
    "sweep mine.yaml --out cut": "cut/study.json cannot be read (JSONDecodeError); it was changed or cut.",
    "sweep mine.yaml --cluster nowhere": '"nowhere" is no address of a Dask scheduler. Write tcp://HOST:PORT.',
}


@pytest.mark.parametrize("line", ABUSES)
def test_an_abuse_gets_one_sentence(clfz, tmp_path, line):
    for folder, name, text in (
        ("full", "thesis.doc", "x"),
        ("newer", "study.json", '{"schema_version": 99}'),
        ("cut", "study.json", '{"schema_ver'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
    if "--cluster" in line:
        pytest.importorskip("distributed")
    done = clfz(*line.split(), *(["--quiet"] if " " in line else []))
    assert done.exit_code == 2
    assert done.stderr.strip().startswith(ABUSES[line])
    assert done.stderr.strip().count("\n") == 0
    assert "Traceback" not in done.stderr
