"""`clfz calibrate`: mistakes in one sentence, and no setting is changed in silence."""

from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

import pytest
from clfz.cli.app import app
from typer.testing import CliRunner

pytest.importorskip("jax")
pytest.importorskip("numpyro")

from clfz.analysis.calibration import run
from clfz.analysis.calibration.run import Settings
from clfz.analysis.calibration.targets import DATA

COUNTS = "withdrawn_to_school,protected_from_dropout,in_bridge_school"
PLAIN = f"""record,country,zone_candidates,period_start,period_end,{COUNTS}
X-1,,Budhpura,2015-05,2016-04,600,300,200
"""


@pytest.fixture
def calibrate(tmp_path, monkeypatch):
    """The command without its work: the result, and the settings that the work would have had."""
    asked = []

    def work(*_, settings, **__):
        asked.append(settings)
        return SimpleNamespace(rows=[])

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("clfz.analysis.calibration.run.calibrate", work)
    words = ["calibrate", "--out", str(tmp_path / "out")]

    def command(*more):
        return CliRunner().invoke(app, [*words, *more], prog_name="clfz"), asked

    return command


def test_a_bad_file_is_told_and_nothing_is_run(calibrate, tmp_path):
    (tmp_path / "mine.csv").write_text(PLAIN)
    result, asked = calibrate("mine.csv")
    assert result.exit_code == 2
    assert not asked
    assert "mine.csv:2:2: row 2: country_iso3 is not given for X-1" in result.stderr
    assert "Traceback" not in result.output


def test_more_sets_than_known_truths_are_refused_with_what_can_be_had(calibrate):
    result, asked = calibrate("--rows", "400", "--sets", "200")
    assert result.exit_code == 2
    assert not asked
    said = " ".join(result.stderr.split())
    assert "--sets 200" in said
    assert "400 rows keep 66 known truths apart" in said
    assert "--sets 66 or fewer, or --rows 1021 or more" in said


def test_more_sets_than_any_table_has_are_refused(calibrate):
    result, _ = calibrate("--sets", "500")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "2000 rows keep 220 known truths apart. Write --sets 220 or fewer." in said


@pytest.mark.parametrize("sets", [66, 1, 0])
def test_as_many_sets_as_were_asked(calibrate, sets):
    result, asked = calibrate("--rows", "400", "--sets", str(sets))
    assert result.exit_code == 0
    assert asked == [Settings(rows=400, truths=66, judges=33, sets=sets)]
    assert "synthetic" not in result.stderr


def test_rows_that_the_refusal_names_are_enough(calibrate):
    assert calibrate("--rows", "1021", "--sets", "200")[1][0].sets == 200
    assert calibrate("--rows", "720", "--sets", "120")[1][-1].sets == 120


def test_fewer_sets_than_usual_are_said(calibrate):
    result, asked = calibrate("--rows", "400")
    assert asked[0].sets == 66
    assert "66 synthetic data sets instead of 200" in " ".join(result.stderr.split())


def test_the_usual_size_says_nothing(calibrate):
    result, asked = calibrate()
    assert asked == [Settings()]
    assert result.stderr == ""


def test_a_file_that_was_edited_is_read_again(tmp_path, monkeypatch, known_table):
    """The counts of a fit are those that the file holds now, and the density need not be learned again."""
    file = tmp_path / "mine.csv"
    text = (DATA / "records.csv").read_text(encoding="utf-8")
    monkeypatch.setattr(run.table, "make", lambda *_, **__: None)
    monkeypatch.setattr(run.table, "load_table", lambda *_: known_table)
    settings = Settings(rows=400, truths=40, judges=40, epochs=1)
    schemes = []
    for count in (593, 600):
        file.write_text(text.replace(",593,", f",{count},"), encoding="utf-8")
        schemes.append(run.prepare(tmp_path, str(file), settings).scheme)
        monkeypatch.setattr(run, "learn", None)
    first, second = schemes
    assert second.targets.counts.sum() == first.targets.counts.sum() + 7
    assert second != first


def test_a_table_too_small_to_learn_from_is_refused_before_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.csv").write_text(
        PLAIN.replace("X-1,,", "X-1,IND,").replace("record,country,", "record,country_iso3,")
    )
    words = ["calibrate", "one.csv", "--rows", "40", "--sets", "0", "--out", "out"]
    result = CliRunner().invoke(app, words, prog_name="clfz")
    said = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert "40 rows are too few: with 1 place they give 62 cases to learn from" in said
    assert "Write --rows 346 or more." in said
    assert not (tmp_path / "out").exists()
    enough = [n for n in range(40, 400) if (n - n // 6 - n // 12) * 2 >= run.BATCH]
    assert enough[0] <= 346


@pytest.mark.parametrize(
    ("trouble", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "Stopped."),
        (OSError(28, "No space left on device"), 2, "the disk is full. Make room"),
        (MemoryError(), 2, "The memory ran out."),
        (BrokenProcessPool("lost"), 2, "A worker process was ended from outside"),
    ],
    ids=["Ctrl-C", "disk full", "memory", "killed worker"],
)
def test_whatever_ends_it_what_is_done_is_kept_and_said(
    calibrate, monkeypatch, tmp_path, trouble, code, told
):
    def ended(folder, *_, **__):
        folder.mkdir()
        trouble.add_note("No run was done yet.")
        raise trouble

    monkeypatch.setattr("clfz.analysis.calibration.run.calibrate", ended)
    result, _ = calibrate()
    said = " ".join(result.stderr.split())
    assert result.exit_code == code
    assert told in said
    assert f"What is done is kept in {tmp_path / 'out'}; the same command continues." in said
    assert "Nothing was written" not in said
    assert "No run was done yet" not in said
    assert "--draws" not in said
    assert "Traceback" not in result.output
