"""A world for which there is no room: an error that the command line has a sentence for, and nothing printed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")

SCRIPT = """
import resource
from experiments.yardsticks.headline import batch

runs = batch(2, 24)
runs.run(2)
runs.totals[:] = 0
runs.z["children"] = 300_000
with open("/proc/self/status") as lines:
    used = 1024 * int(next(line for line in lines if line.startswith("VmSize")).split()[1])
resource.setrlimit(resource.RLIMIT_AS, (used + 8_000_000, used + 8_000_000))
try:
    runs.run(2)
except MemoryError:
    print("no room", runs.totals.sum())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_world_without_room_is_a_memory_error_and_prints_nothing():
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("no room 0\n", "")
