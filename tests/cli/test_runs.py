"""`run`, `compare`, `report`: what is asked of the engine, what is written, what is said."""

import json
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from clfz.runs.results import read_manifest

plain = pytest.mark.usefixtures("plain_report")


def test_compare_writes_a_whole_folder_and_says_what_is_in_it(clfz, engine):
    done = clfz("compare")
    assert done.exit_code == 0, done.output
    folder = Path("results/headline")
    assert {path.name for path in folder.iterdir()} == {
        *("manifest.json", "indicators.parquet", "outcomes.parquet", "costs.parquet"),
        *("comparison.csv", "report.html", "figures"),
    }
    assert engine.asked["what"].name == "headline"
    *said, results, report = done.stdout.strip().splitlines()
    assert (results, report) == (f"Results: {folder}", f"Report:  {folder / 'report.html'}")
    assert "Without a programme, of all children" in done.stdout
    assert max(map(len, said)) <= 100
    assert "in 100" in " ".join(done.stdout.split())
    assert "€" in done.stdout
    assert "<" not in done.stdout
    assert "100 %  runs: 4 of 4" in done.stderr


def test_key_sentences_are_those_of_the_report(clfz, engine):
    from markupsafe import Markup

    facts = json.loads(clfz("compare", "quick", "--json").stdout)
    page = Markup(Path(facts["report"]).read_text(encoding="utf-8")).striptags()
    assert len(facts["sentences"]) > 3
    for sentence in facts["sentences"]:
        assert sentence in page


@plain
def test_json_is_one_object_and_quiet_says_only_where_things_are(clfz, engine):
    done = clfz("compare", "quick", "--json", "--quiet")
    assert done.stderr == ""
    facts = json.loads(done.stdout)
    assert facts["name"] == "quick"
    assert facts["complete"] is True
    assert {"child_labour_rate@end", "cost_total"} <= {row["measure"] for row in facts["measures"]}
    done = clfz("compare", "quick", "--quiet")
    assert done.stderr == ""
    folder = Path("results/quick")
    assert done.stdout == f"Results: {folder}\nReport:  {folder / 'report.html'}\n"


@plain
def test_run_asks_for_one_programme_in_one_zone(clfz, engine):
    words = ["run", "budhpura", "area-based", "--replicates", "3", "--seed", "0", "--jobs", "2"]
    done = clfz(*words, "--draws", "2", "--months", "12", "--set", "teachers=50%")
    assert done.exit_code == 0, done.output
    assert engine.asked.pop("what") == ("budhpura", "area-based")
    assert engine.asked.pop("command").startswith("clfz run budhpura area-based --seed 0")
    del engine.asked["progress"], engine.asked["note"]
    assert engine.asked == {
        **{"seed": 0, "replicates": 3, "draws": 2, "months": 12, "jobs": 2},
        "overrides": {"teachers": 0.5},
        **{"out": Path("results/budhpura-area-based"), "shocks": ()},
    }
    assert Path("results/budhpura-area-based/report.html").is_file()


@plain
def test_a_run_meets_the_shocks_that_are_asked_for(clfz, engine):
    words = ["run", "chipinge", "none", "--shock", "drought", "--shock", "wage-slump"]
    done = clfz(*words, "--quiet")
    assert done.exit_code == 0, done.output
    assert engine.asked["shocks"] == ("drought", "wage-slump")
    folder = Path("results/chipinge-none-drought-wage-slump")
    assert engine.asked["out"] == folder
    assert read_manifest(folder)["command"] == f"clfz {' '.join(words)}"


@plain
def test_what_is_not_asked_is_left_to_the_comparison_and_the_manifest_keeps_the_line(clfz, engine):
    clfz("compare", "quick")
    assert set(engine.asked) == {"what", "progress", "command", "out", "note", "posterior"}
    clfz("compare", "quick", "--seed", "7", "--set", "teachers=0.5", "--jobs", "2", "--quiet")
    command = read_manifest(Path("results/quick"))["command"]
    assert command == "clfz compare quick --seed 7 --set teachers=0.5"


@plain
def test_an_earlier_result_is_replaced_and_that_is_said(clfz, engine):
    clfz("compare", "quick")
    Path("results/quick/mark").touch()
    done = clfz("compare", "quick")
    assert done.exit_code == 0
    assert "and is then replaced; files of your own in it stay." in done.stderr
    assert Path("results/quick/mark").exists()


@plain
def test_report_is_made_again_from_the_numbers(clfz, engine):
    clfz("compare", "quick", "--seed", "7")
    page = Path("results/quick/report.html")
    before = page.read_text(encoding="utf-8")
    done = clfz("report", "results/quick")
    assert done.exit_code == 0, done.output
    assert page.read_text(encoding="utf-8") == before
    assert f"Report:  {page}" in done.stdout


@plain
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("indicators.parquet", None, "indicators.parquet"),
        ("manifest.json", None, "manifest.json"),
        ("manifest.json", "{", "is not JSON"),
    ],
)
def test_report_of_a_broken_folder(clfz, engine, name, text, told):
    clfz("compare", "quick")
    file = Path("results/quick", name)
    file.write_text(text) if text else file.unlink()
    done = clfz("report", "results/quick")
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@plain
def test_out_must_be_a_folder_that_may_be_written(clfz, engine, monkeypatch):
    Path("file").touch()
    Path("mine").mkdir()
    Path("mine/thesis.txt").touch()

    def refused(out: str) -> str:
        done = clfz("compare", "quick", "--out", out)
        assert done.exit_code == 2
        assert not engine.asked
        return done.stderr

    assert refused("file") == "file is a file. Give a folder, for example --out results/quick.\n"
    assert refused("file/inside") == (
        "Nothing can be written to file/inside: a part of that path is a file, not a folder.\n"
    )
    assert refused("mine") == (
        "mine holds files that are no result of clfz, and they stay. "
        "Give another folder, for example --out results/quick.\n"
    )
    assert refused(" ") == "--out is empty. Write a folder, for example --out results/mine.\n"

    def not_allowed(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("clfz.cli.mistakes.tempfile.TemporaryDirectory", not_allowed)
    assert refused("locked/result") == (
        "Nothing can be written to locked/result: you have no permission to use it.\n"
    )


@plain
@pytest.mark.parametrize(
    ("trouble", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "Stopped. Nothing was written."),
        (OSError(28, "No space left on device"), 2, "the disk is full. Make room"),
        (MemoryError(), 2, "The memory ran out. Nothing was written. Use fewer"),
        (BrokenProcessPool("lost"), 2, "A worker process was ended from outside"),
    ],
    ids=["Ctrl-C", "disk full", "memory", "killed worker"],
)
def test_trouble_in_the_middle_leaves_nothing(clfz, engine, trouble, code, told):
    engine.trouble = trouble
    done = clfz("compare", "quick")
    assert done.exit_code == code
    assert told in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""
    assert not any(Path(".").iterdir())


@plain
@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), MemoryError(), ZeroDivisionError()])
def test_what_is_kept_is_said_whatever_ended_it(clfz, engine, trouble):
    trouble.add_note("8 of 800 runs are kept in there.")
    engine.trouble = trouble
    told = clfz("compare", "quick").stderr
    assert told.count("8 of 800 runs are kept in there.") == 1
    assert "Nothing was written" not in told


@plain
def test_trouble_leaves_the_earlier_result(clfz, engine):
    clfz("compare", "quick", "--seed", "7")
    engine.trouble = KeyboardInterrupt()
    assert clfz("compare", "quick").exit_code == 130
    assert os.listdir("results") == ["quick"]
    assert "--seed 7" in read_manifest(Path("results/quick"))["command"]


@plain
def test_a_full_disk_while_writing_leaves_nothing(clfz, engine, monkeypatch):
    def full(self: Path, *args: object, **kwargs: object) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    done = clfz("compare", "quick")
    assert done.exit_code == 2
    assert "the disk is full" in done.stderr
    assert os.listdir("results") == []


@plain
def test_a_defect_is_one_sentence_with_the_details_in_a_file(clfz, engine, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.trouble = ZeroDivisionError("children / 0")
    done = clfz("compare", "quick", "--quiet")
    assert done.exit_code == 1
    (log,) = tmp_path.glob("clfz-error-*.log")
    assert done.stderr == (
        "Something went wrong that is no mistake of yours (ZeroDivisionError: children / 0). "
        f"The details are in {log}; please report it.\n"
    )
    assert "Traceback" in log.read_text(encoding="utf-8")

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clfz.cli.mistakes.tempfile.NamedTemporaryFile", full)
    done = clfz("compare", "quick", "--quiet")
    assert done.exit_code == 1
    assert "The details could not be kept" in done.stderr
    assert done.stderr.count("\n") == 1
