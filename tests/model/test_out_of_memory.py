"""A world for which there is no room: an error that the command line has a sentence for, and nothing printed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clfz.model.run import _raised

pytest.importorskip("resource")

SCRIPT = """
import resource
from clfz.bench import batch
from clfz.model.run import run_large_world

runs = batch(2, 24)


def work():
    {work}


work()
runs.totals[:] = 0
runs.z["children"] = 300_000
with open("/proc/self/status") as lines:
    used = 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])
for room in {room}:
    resource.setrlimit(resource.RLIMIT_AS, (used + room, -1))
    try:
        work()
    except MemoryError:
        print("no room", runs.totals.sum())
"""
ONE = "run_large_world(runs.z, runs.p, runs.levers[0], runs.seeds[0], 4, runs.totals[0, 0], runs.sums[0, 0])"


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
def test_a_world_without_room_is_a_memory_error_and_prints_nothing():
    assert run(work="runs.run(2)", room=[8_000_000]) == ("no room 0\n", "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_large_zone_without_room_is_one_too():
    """At any point: while people are made, or in a part of a month."""
    printed, complaint = run(work=ONE, room=list(range(8_000_000, 80_000_000, 2_000_000)))
    assert complaint == ""
    assert printed.count("no room") > 5


def test_a_loop_that_falls_short_is_a_lack_of_memory():
    with pytest.raises(MemoryError), _raised(np.array([3, 2]), 3):
        pass
    with _raised(np.array([3, 3]), 3):
        pass


@pytest.mark.parametrize(("error", "cause"), [(MemoryError, MemoryError), (ValueError, ValueError)])
def test_what_the_first_thread_raised_is_raised(error, cause):
    with pytest.raises(error), _raised(np.array([0]), 1):
        raise SystemError from cause


def test_another_error_of_the_system_is_itself():
    with pytest.raises(SystemError, match="of another kind"), _raised(np.array([1]), 1):
        raise SystemError("of another kind")
