"""The benchmarks measure what they say. Nothing here depends on how fast the machine is."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from clfz import bench

NAMES = {
    "ns_per_child_month_1_thread",
    "ns_per_child_month_2_threads",
    "threads_ratio",
    "twin_ratio",
    "bytes_per_child",
    "bytes_per_present_child",
    "outside_compiled_share",
    "warm_small_job_s",
    "yardstick_numpy_ns",
    "ns_ratio_to_numpy",
    "limit_ns",
    "headline_inside_cpu_s",
}


def test_measure():
    """Everything is there and is a number that can be; how large it is, is not for a test."""
    stages = []
    found = bench.measure(lambda *stage: stages.append(stage), quick=True)
    assert found.keys() >= NAMES
    numbers = {name: value for name, value in found.items() if name != "machine"}
    assert all(math.isfinite(value) for value in numbers.values())
    assert all(numbers[name] > 0 for name in NAMES)
    assert 0 < found["outside_compiled_share"] < found["outside_compiled_share_with_report"] < 1
    assert found["limit_ns"] == pytest.approx(0.6 * found["yardstick_numpy_ns"])
    assert found["bytes_per_child"] < 80  # a new array of 8 bytes a child is noticed
    assert [done for done, _, _ in stages] == list(range(len(stages)))
    assert json.loads(json.dumps(found)) == found


def test_child_months_count_children_who_are_there():
    _, run = bench.batch(1, 60)
    block = run(threads=1)
    assert bench.child_months(block) == block.totals[:, :, 1:, ..., 0].sum() > 0


def test_the_yardstick_lives():
    zone = bench.MicroZone(20_000)
    for month in range(1, 25):
        zone.live(month)
    assert zone.norm == pytest.approx(0.730, abs=1e-3)
    assert np.bincount(zone.activity, minlength=4).min() > 0


def test_jobs_take_turns():
    called = []
    times = bench.interleaved({name: lambda name=name: called.append(name) for name in "ab"}, 3)
    assert called == ["a", "b"] * 3
    assert times["a"].wall.shape == times["b"].cpu.shape == (3,)


@pytest.mark.slow
def test_two_million_children_fit_in_a_gigabyte():
    pytest.importorskip("resource")
    code = """
import resource, sys
import numpy as np
from clfz.bench import batch
from clfz.model.layout import COUNTS, SUMS
from clfz.model.run import run_zone

runs, _ = batch(1, 108, programmes=("none",))
totals, sums = np.zeros((109, 2, 3, len(COUNTS)), np.int64), np.zeros((109, len(SUMS)))
for children in (1000, 2_000_000):  # the first fills the cache of compiled parts
    runs.zone_data["children"], runs.zone_data["villages"] = children, max(1, children // 250)
    own = (runs.zone_data[0], runs.parameters[0], runs.plans[0].levers[0], runs.seeds[0])
    run_zone(*own, totals, sums, None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(totals[0, ..., 0].sum(), peak if sys.platform == "darwin" else 1024 * peak)
"""
    for _ in range(2):  # the compiler's own memory is not the zone's
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
    children, peak = map(int, done.stdout.split())
    assert children > 1_700_000  # some families are away in month 0
    assert peak < 1e9
