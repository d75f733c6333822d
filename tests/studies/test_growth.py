"""A run costs the same to keep, show and read back in a large study as in a small one: rows touched are counted."""

import time

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz.runs import store
from clfz.runs.study import make_study

REPLICATES, SCENARIOS = 10, 2


def dummy(runs: int):
    points = runs // REPLICATES // SCENARIOS
    x = np.random.default_rng(1).random((points, 3))
    return make_study(
        "dummy",
        zones="budhpura",
        programmes=["none", "area-based"],
        points=pd.DataFrame(x, columns=["x1", "x2", "x3"]),
        replicates=REPLICATES,
        measures=["y"],
        function="tests.studies.known:ishigami",
    )


@pytest.fixture
def touched(monkeypatch):
    """Rows that were written to the disk and read from it."""
    count = {"written": 0, "read": 0}
    real_write, real_read = store.write_table, store.read_table

    def write(table, *rest):
        count["written"] += table.num_rows
        return real_write(table, *rest)

    def read(path):
        table = real_read(path)
        count["read"] += table.num_rows
        return table

    monkeypatch.setattr(store, "write_table", write)
    monkeypatch.setattr(store, "read_table", read)
    return count


def test_a_hundred_thousand_runs_are_written_once_and_read_once(tmp_path, touched):
    runs, chunk = 100_000, 1000
    study = dummy(runs)
    steps = []
    done = clfz.run_study(
        study,
        tmp_path,
        jobs=1,
        chunk=chunk,
        progress=lambda n, *_: steps.append((n, *touched.values())),
    )
    size, points = chunk * SCENARIOS, runs // REPLICATES // SCENARIOS
    assert [step[0] for step in steps] == list(range(0, runs + 1, size))
    assert [step[1] for step in steps] == list(range(points, points + runs + 1, size))
    read = touched["read"]
    assert read <= 2 * points  # the rows of the design
    assert len(done.runs) == runs
    assert done.complete
    assert touched["read"] - read == runs
    touched["read"] = 0
    clfz.run_study(study, tmp_path, jobs=1)
    assert touched["read"] <= runs + 4 * points


@pytest.mark.slow
def test_ten_times_the_runs_take_about_ten_times_the_processor(tmp_path):
    """Thirty times would be half way to a cost that grows with the square."""
    taken = []
    for runs in (2_000, 20_000, 200_000):
        study = dummy(runs)
        began = time.process_time()
        done = clfz.run_study(study, tmp_path / str(runs), jobs=1, chunk=500)
        assert len(done.joined()) == runs
        taken.append(time.process_time() - began)
    assert taken[2] < 30 * taken[1]
