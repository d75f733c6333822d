"""Whatever happens to a study, what is done is kept, what is missing is known, and the numbers come out the same."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import clfz
import pytest
from clfz.runs import runner, store
from clfz.runs.study import StudyError
from clfz.runs.study_inputs import StudyInputs

from tests.studies.conftest import contents, tiny

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
# One replication a chunk, so that there are many moments to be killed at.
CHILD = """
import sys
import clfz
from tests.studies.conftest import tiny
if __name__ == "__main__":
    out, jobs, backend = sys.argv[1:]
    def moved(done, total, what):
        print(done, what, flush=True)
    clfz.run_study(tiny(), out, jobs=int(jobs), backend=backend, progress=moved, chunk=1)
"""


def start(folder: Path, script: Path, backend: str = "threads") -> subprocess.Popen[str]:
    script.write_text(CHILD, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), "1" if backend == "threads" else "2", backend],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sim"), str(ROOT)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_at(running: subprocess.Popen[str], runs: int, wait: float = 0.0) -> None:
    """Kill -9 once so many runs are done and a moment has passed."""
    assert running.stdout is not None
    for line in running.stdout:
        if int(line.split()[0]) >= runs:
            break
    time.sleep(wait)
    running.kill()
    running.wait()
    running.stdout.close()
    running.stderr.close()


def runs_on_disk(folder: Path) -> list[int]:
    tables = [store.read_table(path) for path in store.listed(folder / "runs").values()]
    return [run_id for table in tables for run_id in table["run_id"].to_pylist()]


SEEDS = [*range(2), *(pytest.param(100 + seed, marks=pytest.mark.slow) for seed in range(20))]


@POSIX
@pytest.mark.parametrize("seed", SEEDS)
def test_kill_minus_9_at_random_moments(study, undisturbed, tmp_path, seed):
    """Killed twice; no run is there twice, and then the study ends as if nothing had been."""
    folder, luck = tmp_path / "killed", random.Random(seed)
    for _ in range(2):
        running = start(folder, tmp_path / "child.py")
        kill_at(running, luck.randrange(33), luck.random() * 0.03)
        kept = runs_on_disk(folder) if (folder / "runs").is_dir() else []
        assert len(set(kept)) == len(kept)
    clfz.run_study(study, folder)
    assert contents(folder) == undisturbed


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid), "-a"], capture_output=True, text=True)
    return [int(line.split()[0]) for line in found.stdout.splitlines() if "popen_loky" in line]


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_kill_minus_9_of_workers_at_twenty_random_moments(undisturbed, tmp_path, seed):
    """A lost worker is replaced: the study ends by itself."""
    luck = random.Random(seed)
    folder = tmp_path / "killed"
    running = start(folder, tmp_path / "child.py", "loky")
    assert running.stdout is not None
    at = luck.randrange(1, 24)
    for line in running.stdout:
        if int(line.split()[0]) >= at:
            break
    time.sleep(luck.random() * 0.05)
    workers = children(running.pid)
    assert workers
    os.kill(luck.choice(workers), signal.SIGKILL)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert contents(folder) == undisturbed


READ_AND_END = """
import sys
from pathlib import Path
import numpy, pyarrow
from clfz.runs.store import read_table, write_table
table = pyarrow.table({f"c{at}": numpy.arange(2000) % 7 for at in range(60)})
table = read_table(write_table(table, Path(sys.argv[1]), "wide"))
"""


@pytest.mark.parametrize("again", range(4))
def test_a_process_that_read_tables_ends_in_peace(tmp_path, again):
    """Threads of the reader that outlive the interpreter abort it (more than half the time, when it reads last)."""
    subprocess.run([sys.executable, "-c", READ_AND_END, str(tmp_path)], check=True, cwd=ROOT)


@POSIX
def test_ctrl_c_keeps_what_is_done(study, undisturbed, tmp_path):
    folder = tmp_path / "stopped"
    running = start(folder, tmp_path / "child.py")
    assert running.stdout is not None
    for line in running.stdout:
        if int(line.split()[0]) >= 6:
            break
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert running.returncode != 0
    kept = clfz.load(folder)
    assert not kept.complete
    assert 6 <= len(kept.runs) < 32
    clfz.run_study(study, folder)
    assert contents(folder) == undisturbed


@pytest.mark.parametrize("number", [0, 2, 3, 17])
def test_a_full_disk(study, undisturbed, tmp_path, monkeypatch, number):
    """The disk is full at the n-th write, in the middle of the file; later there is room again."""
    left = [number]
    real = os.fsync

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.ftruncate(handle, 10)
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr("clfz.runs.store.os.fsync", full)
        # forcing a folder is no write
        patched.setattr("clfz.runs.store._force", lambda folder: None)
        with pytest.raises(StudyError, match="the disk is full") as error:
            clfz.run_study(study, tmp_path, chunk=1)
    assert str(error.value).count("\n") == 0
    assert not list(tmp_path.rglob(f"{store.ASIDE}*"))
    clfz.run_study(study, tmp_path, chunk=2)
    assert contents(tmp_path) == undisturbed


@pytest.mark.parametrize("how", ["flip", "cut", "empty", "gone"])
def test_a_damaged_table_is_noticed_named_and_redone(study, undisturbed, tmp_path, how):
    clfz.run_study(study, tmp_path, chunk=64)
    (path,) = store.listed(tmp_path / "runs").values()
    data = path.read_bytes()
    middle = len(data) // 2
    changed = {
        "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "cut": data[:middle],
        "empty": b"",
    }
    if how == "gone":
        path.unlink()
        assert not clfz.load(tmp_path).complete
    else:
        path.write_bytes(changed[how])
        with pytest.raises(StudyError, match="is damaged") as error:
            clfz.load(tmp_path).runs  # noqa: B018
        assert path.name in str(error.value)
    told: list[str] = []
    clfz.run_study(study, tmp_path, note=told.append)
    assert [path.name in text for text in told] == ([] if how == "gone" else [True])
    assert contents(tmp_path) == undisturbed


def test_a_damaged_chunk_is_redone_and_the_others_are_not(
    study, undisturbed, tmp_path, monkeypatch
):
    stop_after(8, study, tmp_path, monkeypatch)
    parts = [*store.listed(tmp_path / "runs").values()]
    assert len(parts) == 8
    parts[3].write_bytes(parts[3].read_bytes()[:-1])
    done, told = [], []
    clfz.run_study(
        study,
        tmp_path,
        chunk=1,
        note=told.append,
        progress=lambda runs, total, what: done.append(runs),
    )
    assert done == [14, *range(16, 34, 2)]
    assert len(told) == 1
    assert parts[3].name in told[0]
    assert contents(tmp_path) == undisturbed


def test_a_month_table_that_is_gone_is_redone(tmp_path):
    study = tiny(design=None, keep="monthly")
    clfz.run_study(study, tmp_path)
    before = contents(tmp_path)
    path = next(iter(store.listed(tmp_path / "monthly").values()))
    path.unlink()
    clfz.run_study(study, tmp_path)
    assert contents(tmp_path) == before


def test_a_damaged_table_of_points_is_mended_from_the_study(study, undisturbed, tmp_path):
    clfz.run_study(study, tmp_path)
    path = store.listed(tmp_path)["points"]
    path.write_bytes(b"x")
    with pytest.raises(StudyError, match=r"table of points in .* is damaged"):
        clfz.load(tmp_path)
    clfz.run_study(study, tmp_path)
    assert contents(tmp_path) == undisturbed


class Stop(Exception):
    """Ends a study in the middle."""


def stop_after(chunks: int, study, folder: Path, monkeypatch) -> None:
    left = [chunks]

    def moved(done: int, total: int, what: str) -> None:
        left[0] -= what == "Running"
        if not left[0]:
            raise Stop

    with pytest.raises(Stop):
        clfz.run_study(study, folder, chunk=1, jobs=1, progress=moved)


def test_nothing_is_done_twice(study, tmp_path, monkeypatch):
    """Every replication is run once, over two stops and a resume."""
    ran: list[int] = []
    real = runner.work

    def counted(study, chunks, *rest):
        def noted():
            for chunk in chunks:
                ran.extend((chunk.points * 100 + chunk.replicates).tolist())
                yield chunk

        return real(study, noted(), *rest)

    monkeypatch.setattr("clfz.runs.runner.work", counted)
    for chunks in (3, 5):
        stop_after(chunks, study, tmp_path, monkeypatch)
    clfz.run_study(study, tmp_path)
    assert sorted(ran) == sorted(set(ran))
    assert len(ran) == 16


def test_two_writers_are_refused_and_a_dead_one_is_no_hindrance(study, tmp_path):
    (tmp_path / "lock").write_text(json.dumps({"pid": 1, "machine": "gone"}), encoding="utf-8")
    with (
        store.only_writer(tmp_path),
        pytest.raises(StudyError, match="is being written by process"),
    ):
        clfz.run_study(study, tmp_path)
    assert clfz.run_study(study, tmp_path).complete


@POSIX
def test_a_killed_writer_leaves_no_lock(study, tmp_path):
    folder = tmp_path / "killed"
    kill_at(start(folder, tmp_path / "child.py"), 2)
    with store.only_writer(folder):
        pass


def test_a_changed_model_is_not_mixed(study, tmp_path, monkeypatch):
    clfz.run_study(study, tmp_path)
    monkeypatch.setattr("clfz.runs.runner.fingerprint", lambda: "another")
    with pytest.raises(StudyError, match="The model was changed since"):
        clfz.run_study(study, tmp_path)
    assert clfz.load(tmp_path).complete


def test_a_run_that_fails_is_a_row_with_its_reason(undisturbed, study, tmp_path, monkeypatch):
    """Its neighbours in the chunk are run all the same, to the same bits."""
    real = StudyInputs.point

    def point(self, number, row):
        if number == 5:
            raise ValueError("this point cannot be")
        return real(self, number, row)

    monkeypatch.setattr(StudyInputs, "point", point)
    done = clfz.run_study(study, tmp_path)
    assert done.complete
    assert done.failures["point"].tolist() == [5, 5, 5, 5]
    assert set(done.failures["reason"]) == {"ValueError: this point cannot be"}
    assert sorted(set(done.runs["point"])) == [0, 1, 2, 3, 4, 6, 7]
    assert not done.runs.isna().any().any()


def test_a_measure_that_is_no_number_is_a_failure(study, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "clfz.runs.measures.zone_test_holds", lambda totals: totals[..., 0, 0, 0, 0] * float("nan")
    )
    done = clfz.run_study(study, tmp_path)
    assert len(done.runs) == 0
    assert set(done.failures["reason"]) == {"tipped is not a finite number"}


def test_the_machine_s_trouble_is_no_failed_run(study, tmp_path, monkeypatch):
    def point(self, number, row):
        raise MemoryError

    monkeypatch.setattr(StudyInputs, "point", point)
    with pytest.raises(MemoryError):
        clfz.run_study(study, tmp_path)


def test_a_folder_with_other_files_is_left_alone(study, tmp_path):
    (tmp_path / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError, match="holds files that are no study"):
        clfz.run_study(study, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_it_can_be_run_from_a_thread(study, undisturbed, tmp_path):
    """As a notebook or a web page does."""
    thread = threading.Thread(target=clfz.run_study, args=(study, tmp_path))
    thread.start()
    thread.join()
    assert contents(tmp_path) == undisturbed
