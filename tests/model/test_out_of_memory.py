"""A replication for which there is no room: an error that the command line has a sentence for, and nothing printed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")

SCRIPT = """
import resource
from clfz.bench import batch
import numpy as np
from clfz.model.layout import COUNTS, SUMS
from clfz.model.run import run_zone

runs, run = batch(2, 24)
totals, sums = np.zeros((25, 2, 3, len(COUNTS)), np.int64), np.zeros((25, len(SUMS)))


def work():
    {work}


work()
runs.zone_data["children"] = 300_000
with open("/proc/self/status") as lines:
    used = 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])
for room in {room}:
    resource.setrlimit(resource.RLIMIT_AS, (used + room, -1))
    try:
        work()
    except MemoryError:
        print("no room")
"""


ONE = (
    "run_zone(runs.zone_data[0], runs.parameters[0], runs.plans[0].levers[0], runs.seeds[0], totals, sums,"
    " np.zeros((0, 0), np.uint8))"
)


def run(**words):
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(**words)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_replication_without_room_is_a_memory_error_and_prints_nothing():
    assert run(work="run(threads=2)", room=[8_000_000]) == ("no room\n", "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_large_zone_without_room_is_one_too():
    """At any point: while people are made, or in a part of a month."""
    printed, complaint = run(work=ONE, room=list(range(8_000_000, 80_000_000, 2_000_000)))
    assert complaint == ""
    assert printed.count("no room") > 5
