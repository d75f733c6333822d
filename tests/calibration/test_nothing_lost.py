"""A calibration that is killed, or made by other processes, ends in the same posterior to the last byte."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("jax")
pytest.importorskip("numpyro")

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals of POSIX"),
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]

# The runs, the density, two fits side by side and the file: what `clfz calibrate` does, but smaller.
SMALL = """
import sys
from dataclasses import replace
from pathlib import Path

from clfz.analysis.calibration import posterior, run

def main(out, jobs, cluster):
    settings = replace(run.Settings(), rows=60, truths=20, judges=10, sets=0, shuffled=0, epochs=4)
    fitter = run.prepare(out, None, settings, jobs, cluster)
    wanted = run.tasks(fitter.scheme.targets, settings)[:2]
    run.fit_all(out, None, settings, wanted, jobs, None)
    fit = run.read_fit(fitter, wanted[0])
    posterior.write(out / posterior.FILE, fit, fitter.scheme.unknowns)

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None)
"""


def start(folder: Path, jobs: int = 2, cluster: str = "") -> subprocess.Popen[bytes]:
    script = folder.parent / "small.py"
    script.write_text(SMALL, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), str(jobs), cluster],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sim"), str(ROOT)))},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    error = process.communicate()[1].decode()
    assert process.returncode == 0, error


def contents(folder: Path) -> dict[str, bytes]:
    """The posterior, the density and the fits."""
    files = [folder / "posterior.parquet", folder / "density.npz", *(folder / "fits").iterdir()]
    assert len(files) == 4
    return {file.name: file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "calibration"
    begun = time.monotonic()
    finish(start(folder))
    return contents(folder), time.monotonic() - begun


@pytest.mark.parametrize("luck", range(2))
def test_killed_at_random_moments_it_resumes_to_the_same_posterior(undisturbed, tmp_path, luck):
    wanted, seconds = undisturbed
    moment, folder = random.Random(luck), tmp_path / "calibration"
    for _ in range(4):
        process = start(folder)
        time.sleep(seconds * moment.uniform(0.1, 0.7))
        os.killpg(process.pid, signal.SIGKILL)  # the workers too
        process.communicate()
    finish(start(folder))
    assert contents(folder) == wanted


def test_one_job(undisturbed, tmp_path):
    folder = tmp_path / "calibration"
    finish(start(folder, jobs=1))
    assert contents(folder) == undisturbed[0]


def test_a_table_made_on_a_dask_cluster(undisturbed, tmp_path):
    distributed = pytest.importorskip("distributed")
    folder = tmp_path / "calibration"
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        finish(start(folder, cluster=cluster.scheduler_address))
    assert contents(folder) == undisturbed[0]
