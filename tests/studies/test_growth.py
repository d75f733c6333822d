"""A run costs the same to keep, show and read back in a large study as in a small one: rows touched are counted."""

import time

import clfz.runs.studies as experiments
import numpy as np
import pandas as pd
import pytest
from clfz.runs.studies import results, shards, store
from clfz.runs.studies.study import make_study

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


class Rows:
    """Rows that were written to the disk and read from it."""

    def __init__(self, monkeypatch) -> None:
        self.written, self.read, self.listed = 0, 0, 0

        def write(table, *rest, **settings):
            self.written += table.num_rows
            return shards.write_table(table, *rest, **settings)

        def read(path):
            table = shards.read_table(path)
            self.read += table.num_rows
            return table

        def listed(folder):
            found = shards.listed(folder)
            self.listed += len(found)
            return found

        for module in (store, results):
            monkeypatch.setattr(module, "read_table", read)
            monkeypatch.setattr(module, "listed", listed)
        monkeypatch.setattr(store, "write_table", write)

    def taken(self) -> tuple[int, int]:
        """Rows written and read since this was asked last."""
        found = self.written, self.read
        self.written, self.read = 0, 0
        return found


def test_a_hundred_thousand_runs_are_written_twice_and_read_once(tmp_path, monkeypatch):
    """As a chunk and in its block; a chunk that lies in two blocks is read for each."""
    runs, chunk = 100_000, 1000
    rows = Rows(monkeypatch)
    study = dummy(runs)
    by_chunk = []

    def moved(done: int, total: int, what: str) -> None:
        by_chunk.append((done, *rows.taken()))

    done = experiments.run(study, tmp_path, jobs=1, chunk=chunk, progress=moved)
    steps = by_chunk[1:]
    size = chunk * SCENARIOS
    assert [step[0] for step in steps] == list(range(size, runs + 1, size))
    assert sum(step[1] for step in steps) == 2 * runs
    assert runs <= sum(step[2] for step in steps) <= runs * 1.5
    # no step is dearer than its own chunk and the block that it completes
    block = 256 * REPLICATES * SCENARIOS
    assert max(step[1] for step in steps) <= size + block
    assert max(step[2] for step in steps) <= block + 2 * size
    rows.taken()
    assert len(done.runs) == runs
    assert done.complete
    assert rows.taken() == (0, runs)
    # names of files that were looked through, for 50 chunks and 20 blocks
    assert rows.listed < 1000


def test_a_finished_study_is_asked_again_for_one_reading(tmp_path, monkeypatch):
    study = dummy(20_000)
    experiments.run(study, tmp_path, jobs=1)
    rows = Rows(monkeypatch)
    experiments.run(study, tmp_path, jobs=1)
    assert rows.taken() == (1000, 20_000)  # points are registered again


@pytest.mark.slow
def test_ten_times_the_runs_take_about_ten_times_the_processor(tmp_path):
    """Thirty times would be half way to a cost that grows with the square."""
    taken = []
    for runs in (2_000, 20_000, 200_000):
        study = dummy(runs)
        began = time.process_time()
        done = experiments.run(study, tmp_path / str(runs), jobs=1, chunk=500)
        assert len(done.joined()) == runs
        taken.append(time.process_time() - began)
    assert taken[2] < 30 * taken[1]
