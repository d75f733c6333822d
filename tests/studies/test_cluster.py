"""A study on a Dask cluster: the same bits, also when a worker is killed in the middle."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import clfz
import pytest
from clfz.runs.study import StudyError

from tests.studies.conftest import contents

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    # distributed leaves sockets for the garbage collector when it closes
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]
distributed = pytest.importorskip("distributed")


def test_a_local_cluster_of_two_processes(study, undisturbed, tmp_path):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        clfz.run_study(study, tmp_path, cluster=cluster.scheduler_address, chunk=2)
    assert contents(tmp_path) == undisturbed


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sim"), str(ROOT)))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_scheduler_and_workers_by_command_line_and_one_is_killed(study, undisturbed, tmp_path):
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    own = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / "dask")]
    # without a nanny the process is the worker, and nothing starts it again
    workers = [start("worker", address, "--no-nanny", *own) for _ in range(2)]
    killed = []

    def moved(done: int, total: int, what: str) -> None:
        if done >= 8 and not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    try:
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        folder = tmp_path / "study"
        done = clfz.run_study(study, folder, cluster=address, chunk=1, progress=moved)
        assert killed
        assert workers[0].wait(10) == -signal.SIGKILL
        assert done.complete
        assert contents(folder) == undisturbed
    finally:
        for process in [*workers, scheduler]:
            process.kill()
        for process in [*workers, scheduler]:
            process.wait(30)


def test_a_cluster_that_is_not_there_is_said_in_one_sentence(study, tmp_path, monkeypatch):
    monkeypatch.setattr("clfz.runs.runner.PATIENCE", 1)
    began = time.monotonic()
    with pytest.raises(StudyError, match=r"No Dask scheduler answers at tcp:") as error:
        clfz.run_study(study, tmp_path, cluster="tcp://127.0.0.1:9")
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < 60
