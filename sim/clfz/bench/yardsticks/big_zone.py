"""One zone of two million children in one compiled call: time and memory, in a process of its own.

python -m clfz.bench.yardsticks.big_zone [children] [months]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

CHILDREN, MONTHS, VILLAGE = 2_000_000, 108, 250


def big_zone(children: int = CHILDREN, months: int = MONTHS) -> dict[str, float]:
    """Measure in a new process.

    Returns:
        `big_zone_peak_mb`, of the whole process (10^6 bytes); `big_zone_before_mb`, of it what
        Python and the compiled code take; `big_zone_ns`, processor time a child-month on one
        thread; `big_zone_all_threads_ns`, wall time on all;
        `big_zone_bytes_per_child`, what the run added at its peak a child present in month 0.
    """
    line = [sys.executable, "-m", "clfz.bench.yardsticks.big_zone"]
    root = Path(__file__).parents[3]
    # the compiler's own memory is not the zone's: the first, small process fills the cache
    for size in (1000, 2), (children, months):
        asked = [*line, *map(str, size)]
        done = subprocess.run(asked, cwd=root, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def peak_bytes() -> int:
    """Largest resident size of this process so far."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure_here(children: int, months: int) -> dict[str, float]:
    """Measure in this process, which should be new."""
    from clfz.bench.yardsticks.headline import batch
    from clfz.model.layout import C_CHILDREN
    from clfz.model.run import run_large_world, run_world

    runs = batch(1, months, programmes=("none",))
    z, p, levers = runs.z[0], runs.p[0], runs.levers[0]
    totals, sums, nobody = runs.totals[0, 0], runs.sums[0, 0], np.zeros((0, 0), np.uint8)
    run_world(z, p, levers, runs.seeds[0], totals, sums, nobody)
    run_large_world(runs.z[:1], runs.p[:1], levers, runs.seeds[0], 8, totals, sums)
    z["children"], z["villages"] = children, max(1, children // VILLAGE)
    before = peak_bytes()
    started = time.process_time()
    run_world(z, p, levers, runs.seeds[0], totals, sums, nobody)
    taken = time.process_time() - started
    started_wall = time.perf_counter()
    run_large_world(runs.z[:1], runs.p[:1], levers, runs.seeds[0], 8, totals, sums)
    wall = time.perf_counter() - started_wall
    lived = int(totals[1:, ..., C_CHILDREN].sum())
    return {
        "big_zone_children": int(totals[0, ..., C_CHILDREN].sum()),
        "big_zone_peak_mb": peak_bytes() / 1e6,
        "big_zone_before_mb": before / 1e6,
        "big_zone_ns": 1e9 * taken / lived,
        "big_zone_all_threads_ns": 1e9 * wall / lived,
        "big_zone_bytes_per_child": (peak_bytes() - before) / int(totals[0, ..., C_CHILDREN].sum()),
    }


if __name__ == "__main__":
    asked = [int(text) for text in sys.argv[1:]] + [CHILDREN, MONTHS][len(sys.argv) - 1 :]
    print(json.dumps(measure_here(*asked)))
