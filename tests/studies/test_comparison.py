"""A comparison that is kept as it comes: the same numbers, and whatever happens the same command goes on."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz.comparisons import compare, simulate
from clfz.inputs import load_comparison
from clfz.runs import runner, store
from clfz.runs.compare import kept_runs
from clfz.runs.plan import resolve, run_replications
from clfz.runs.results import ResultError, read
from clfz.runs.study import StudyError
from clfz.runs.study_inputs import StudyInputs

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
TABLES = ("indicators", "outcomes", "costs")
SMALL = load_comparison("quick").model_copy(
    update={
        **{"name": "small", "programmes": ("none", "area-based"), "shocks": ("drought",)},
        **{"programme_months": 6, "after_months": 2, "draws": 3, "replicates": 3},
    }
)
# One replication a chunk, so that there are many moments to be stopped at.
CHILD = """
import sys
from clfz.runs import runner
from clfz.comparisons import compare
from tests.studies.test_comparison import SMALL
runner.CHUNK_SECONDS = 0.0
runner.FIRST_REPLICATIONS = 1
def moved(done, total, what):
    print(done, what, flush=True)
compare(SMALL, out=sys.argv[1], jobs=1, progress=moved)
"""


def same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


@pytest.fixture(scope="module")
def in_memory():
    return compare(SMALL)


@pytest.fixture(autouse=True)
def no_report(monkeypatch):
    """Reports take most of the time."""
    monkeypatch.setattr("clfz.report.build", lambda result, folder: None)


@pytest.fixture
def one_a_chunk(monkeypatch):
    monkeypatch.setattr("clfz.runs.runner.CHUNK_SECONDS", 0.0)
    monkeypatch.setattr("clfz.runs.runner.FIRST_REPLICATIONS", 1)


@pytest.mark.parametrize(
    ("jobs", "changes"),
    [
        (2, {}),
        (1, {"draws": 1, "replicates": 10, "set": {"subsistence": 0.4}}),
        (2, {"draws": 9, "replicates": 1, "set": {"teachers": 0.5}}),
        (1, {"programmes": ("none",), "set": {"teachers": 1.0}}),
    ],
    ids=["as it is", "central", "lever", "by hand"],
)
def test_what_is_counted_is_the_same_on_disk_and_in_memory(tmp_path, jobs, changes):
    plan = resolve(SMALL.model_copy(update=changes))
    wanted = run_replications(plan)
    with kept_runs(plan, tmp_path / "x", jobs=jobs) as found:
        assert len(list(tmp_path.iterdir())) == 1
        for name in ("totals", "sums", "classes"):
            left, right = getattr(found, name), getattr(wanted, name)
            assert left.dtype == right.dtype
            assert np.array_equal(left, right), name
    assert not any(tmp_path.iterdir())


def test_with_a_folder_there_is_a_whole_result_and_nothing_else(tmp_path, in_memory, monkeypatch):
    from clfz.report import page

    monkeypatch.setattr("clfz.report.build", page.build)
    found = compare(SMALL, out=tmp_path / "small")
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    assert (tmp_path / "small" / "report.html").is_file()
    for result in (found, read(tmp_path / "small", verify=True)):
        same(result, in_memory)
    assert found.manifest["run_id"] == in_memory.manifest["run_id"]


def test_without_a_folder_no_file_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert clfz.compare(SMALL, draws=1, replicates=1).complete
    assert simulate("budhpura", "wages", months=2, replicates=1).complete
    assert not any(tmp_path.iterdir())
    with pytest.raises(ValueError, match="cluster needs out"):
        compare(SMALL, cluster="tcp://127.0.0.1:8786")


def test_a_folder_with_other_files_is_refused_before_anything_runs(tmp_path, monkeypatch):
    (tmp_path / "thesis.doc").write_text("x", encoding="utf-8")
    monkeypatch.setattr("clfz.runs.runner.work", None)
    with pytest.raises(ResultError, match="holds files that are no result"):
        compare(SMALL, out=tmp_path)


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sim"), str(ROOT)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@POSIX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_comparison_that_was_stopped_goes_on(tmp_path, in_memory, how):
    out = tmp_path / "small"
    running = start(out)
    assert running.stdout is not None
    for line in running.stdout:
        if int(line.split()[0]) >= 6:
            break
    running.send_signal(how)
    _, err = running.communicate(timeout=60)
    assert running.returncode != 0
    assert not out.exists()
    (folder,) = tmp_path.iterdir()
    if how == signal.SIGINT:
        assert f"of 18 runs are kept in {folder}. The same command goes on; to throw" in err
    seen, told = [], []
    result = compare(SMALL, out=out, progress=lambda done, *_: seen.append(done), note=told.append)
    assert 6 <= seen[0] < 18
    assert told == [f"Going on with the runs in {folder}."]
    same(result, in_memory)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


@pytest.mark.parametrize("number", [0, 3, 4, 20])
def test_a_full_disk(tmp_path, monkeypatch, in_memory, one_a_chunk, number):
    """The disk is full at the n-th write; later there is room again, and no run is done twice."""
    left, ran = [number], []
    real, run_chunk = os.fsync, runner.work

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    def counted(study, chunks, *rest):
        for done, threads in run_chunk(study, chunks, *rest):
            ran.extend(done.run_ids.tolist())
            yield done, threads

    monkeypatch.setattr("clfz.runs.runner.work", counted)
    with monkeypatch.context() as patched:
        patched.setattr("clfz.runs.store.os.fsync", full)
        patched.setattr("clfz.runs.store._force", lambda folder: None)
        with pytest.raises(StudyError, match="the disk is full"):
            compare(SMALL, out=tmp_path / "small", jobs=1)
    assert not (tmp_path / "small").exists()
    lost = 2 if ran else 0  # the replication that could not be written
    same(compare(SMALL, out=tmp_path / "small", jobs=1), in_memory)
    assert len(ran) == 18 + lost
    assert len(set(ran)) == 18


def test_a_full_disk_at_the_end_loses_no_run(tmp_path, monkeypatch, in_memory):
    out = tmp_path / "small"

    def full(result, folder):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    with monkeypatch.context() as patched:
        patched.setattr("clfz.report.build", full)
        with pytest.raises(ResultError, match="the disk is full") as error:
            compare(SMALL, out=out)
    (folder,) = tmp_path.iterdir()
    assert error.value.__notes__[0].startswith(f"18 of 18 runs are kept in {folder}.")
    seen = []
    same(compare(SMALL, out=out, progress=lambda done, *_: seen.append(done)), in_memory)
    assert set(seen) == {18}


def stopped_at(monkeypatch, runs: int, out: Path, **settings):
    def moved(done: int, total: int, what: str) -> None:
        if what == "Running" and done >= runs:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        compare(SMALL, out=out, jobs=1, progress=moved, **settings)
    return stopped.value


def test_other_settings_find_their_own_runs(tmp_path, monkeypatch, one_a_chunk):
    """What was stopped with one seed stays until it is asked for again, or deleted."""
    out, told = tmp_path / "small", []
    stopped_at(monkeypatch, 4, out)
    (first,) = tmp_path.iterdir()
    other = compare(SMALL, out=out, seed=99, note=told.append)
    same(other, compare(SMALL, seed=99))
    assert told == [
        f"An unfinished run with other settings lies in {first}; delete it if unwanted."
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [first.name, "small"]
    seen = []
    compare(SMALL, out=out, progress=lambda done, *_: seen.append(done))
    assert seen[0] == 4
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_stopped_before_the_first_run_leaves_nothing(tmp_path):
    def moved(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        compare(SMALL, out=tmp_path / "small", progress=moved)
    assert stopped.value.__notes__ == ["No run was done yet."]
    assert not any(tmp_path.iterdir())


def test_the_same_command_twice_at_a_time_is_refused(tmp_path):
    """Also when the first has not done a run yet; its folder stays."""
    folder = tmp_path / f".small.unfinished-{resolve(SMALL).study.digest}"
    folder.mkdir()
    with store.only_writer(folder), pytest.raises(StudyError, match="is being written by process"):
        compare(SMALL, out=tmp_path / "small")
    assert folder.exists()


def test_a_run_that_fails_ends_the_comparison_in_one_sentence(tmp_path, monkeypatch):
    real = StudyInputs.point

    def point(self, number, row):
        if number == 1:
            raise ValueError("this point cannot be")
        return real(self, number, row)

    monkeypatch.setattr(StudyInputs, "point", point)
    with pytest.raises(StudyError) as error:
        compare(SMALL, out=tmp_path / "small")
    assert str(error.value) == (
        "6 runs failed; the first (draw 1, replicate 0, none): ValueError: this point cannot be."
    )
    assert not (tmp_path / "small").exists()


def test_another_model_begins_anew(tmp_path, monkeypatch, one_a_chunk):
    out, seen = tmp_path / "small", []
    stopped_at(monkeypatch, 4, out)
    monkeypatch.setattr("clfz.runs.study.fingerprint", lambda: "0" * 16)
    monkeypatch.setattr("clfz.runs.chunk.fingerprint", lambda: "0" * 16)
    compare(SMALL, out=out, progress=lambda done, *_: seen.append(done))
    assert seen[0] == 0


def test_a_study_may_keep_the_counts_too(tmp_path, in_memory):
    """The same bits however it was cut up."""
    from tests.studies.conftest import contents, tiny

    study = tiny(design=None, draws=3, replicates=9, keep="counts")
    whole = clfz.run_study(study, tmp_path / "one")
    clfz.run_study(study, tmp_path / "many", chunk=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "many")
    monthly = whole.monthly
    assert len(monthly) == study.runs * 9
    assert json.loads((tmp_path / "one/study.json").read_text())["spec"]["keep"] == "counts"
    labour = monthly.filter(regex="^child_labour_(girls|boys)_").sum(axis=1)
    children = monthly.filter(regex="^children_").sum(axis=1)
    start = (labour / children)[monthly["month"] == 0].to_numpy()
    assert start == pytest.approx(whole.runs["child_labour_rate@start"].to_numpy())
