"""What month 0 costs (people, their past, the intercepts) against the five years after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from clfz.bench.yardsticks.headline import Batch, batch
from clfz.bench.yardsticks.stopwatch import Job, interleaved, ratio
from clfz.model.compiling import kernel
from clfz.model.past import relive

FIVE_YEARS = 60


@kernel
def intercepts(s, z, p):
    """The past of the children of a zone, and its intercepts."""
    relive(s, z, p)


def jobs_of(runs: Batch) -> dict[str, Job]:
    """Month 0, its intercepts alone, and whole runs, as jobs for the stopwatch."""
    from clfz.model.population import populate
    from clfz.model.run import begin_zone, run_world

    z, p, seed, levers = runs.z[0], runs.p[0], runs.seeds[0], runs.levers
    months = levers.shape[1]
    nobody = np.zeros((0, 0), np.uint8)
    people = populate(z, p, seed, months)
    totals, sums = runs.totals[0, 0], runs.sums[0, 0]
    return {
        "month 0": lambda: begin_zone(z, p, seed, months, levers.shape[2]),
        "people": lambda: populate(z, p, seed, months),
        "intercepts": lambda: intercepts(people, z, p),
        "none": lambda: run_world(z, p, levers[0], seed, totals, sums, nobody),
        "area-based": lambda: run_world(z, p, levers[1], seed, totals, sums, nobody),
    }


def month_zero_cost(zone: str, repeats: int = 5, months: int = FIVE_YEARS) -> dict[str, Any]:
    """Shares of a five-year run of one zone, processor time.

    Returns:
        `month_0_share` and `intercepts_share` of a whole run without a programme (the shorter
        one), `month_0_share_area_based`, and `month_0_ns`, nanoseconds a child row.
    """
    jobs = jobs_of(batch(1, months, zone))
    for job in jobs.values():
        job()
    times = interleaved(jobs, repeats)
    whole = times["none"].cpu
    return {
        "month_0_share": ratio(times["month 0"].cpu, whole),
        "intercepts_share": ratio(times["intercepts"].cpu, whole),
        "people_share": ratio(times["people"].cpu, whole),
        "month_0_share_area_based": ratio(times["month 0"].cpu, times["area-based"].cpu),
        "run_ms": 1e3 * float(whole.min()),
    }
