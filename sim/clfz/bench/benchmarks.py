"""How fast the engine is, beside yardsticks measured on the same machine in the same minute.

`python -m clfz.bench.benchmarks [--json] [--quick] [--zones] [--big]`; `docs/performance.md` says
what the numbers are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

Progress = Callable[[int, int, str], None]
Found = dict[str, Any]

ENGINE_RUNS = 20
REFERENCE_NUMPY_NS, REFERENCE_LIMIT_NS = 50.0, 30.0  # of the machine on which the limit was set
STAGES = (
    "Preparing",
    "Engine and yardsticks",
    "Months in Numba and in C",
    "Month 0",
    "Readable twin",
    "A small job",
    "The headline comparison",
)


def measure(progress: Progress | None = None, quick: bool = False) -> Found:
    """Measure everything on this machine, now.

    Times for one thread are processor time, those for two are wall time. A time is the smallest of
    several interleaved repeats, `*_median` the median; a ratio is the median of the ratios round by
    round. A child-month is a month of a child of 5-17 who is in the zone.

    Args:
        progress: Called with (stages done, stages in all, what is measured now).
        quick: Small sizes and two repeats: says that everything works, not how fast.

    Returns:
        Numbers by name, in the order of `docs/performance.md`. What needs a C compiler is missing
        without one.
    """
    stages = iter(enumerate(STAGES))

    def next_stage() -> None:
        done, text = next(stages)
        if progress:
            progress(done, len(STAGES), text)

    next_stage()
    runs, zero = _engine(quick)
    next_stage()
    found = _engine_and_yardsticks(runs, quick)
    next_stage()
    found |= _months(runs, zero, quick)
    next_stage()
    found |= _month_zero(quick)
    found |= _memory(runs, zero)
    next_stage()
    found |= _twin(quick)
    next_stage()
    found |= _small_job(quick)
    next_stage()
    from clfz.bench.yardsticks.whole_jobs import outside_compiled

    found |= outside_compiled(small=quick)
    if progress:
        progress(len(STAGES), len(STAGES), "Done")
    return found | {"machine": machine()}


def machine() -> str:
    """Processor, processors that this process may use, versions."""
    import numba

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = platform.python_version()
    return (
        f"{_processor()}, {usable} processors, Python {python}, NumPy {np.__version__}, "
        f"Numba {numba.__version__}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _engine(quick: bool) -> tuple[Any, Any]:
    """The timed batch, compiled, and its first world in month 0."""
    from clfz.bench.yardsticks.headline import batch, month_zero

    runs = batch(2, 24) if quick else batch(2)
    for threads in (1, 2):
        runs.run(threads)
    return runs, month_zero(runs)


def _engine_and_yardsticks(runs: Any, quick: bool) -> Found:
    """The batch on one and two threads in turn with `zone-micro` in NumPy, Numba and C."""
    from clfz.bench.yardsticks import zone_micro, zone_micro_numba
    from clfz.bench.yardsticks.stopwatch import interleaved, ratio, smallest
    from clfz.bench.yardsticks.zone_micro_c import MicroC

    zone = zone_micro.make(20_000 if quick else 1_000_000)
    in_c = MicroC.build()

    def micro(live_month: Callable[[Any, int], None]) -> Callable[[], None]:
        def job() -> None:
            live_month(zone, 1)

        job()
        return job

    jobs = {
        "engine": lambda: runs.run(1),
        "numpy": micro(zone_micro.month_numpy),
        "engine_2": lambda: runs.run(2),
        "numba": micro(zone_micro_numba.month_numba),
        "numba_plain": micro(zone_micro_numba.month_numba_plain),
    }
    if in_c:
        pair = zone, zone_micro.make(zone.activity.size)
        jobs |= {"c": micro(in_c.month), "c_plain": micro(in_c.month_plain)}
        # what the machine has to give just now: two threads that share nothing
        jobs["two_threads"] = lambda: in_c.at_once(pair)
    # many short rounds: some of them meet a machine that has both processors free
    times = interleaved(jobs, 2 if quick else 25)
    unit = runs.child_months / 1e9
    micro_unit = zone.activity.size / 1e9
    found = smallest("ns_per_child_month_1_thread", times["engine"].cpu / unit)
    found |= smallest("ns_per_child_month_2_threads", times["engine_2"].wall / unit)
    found["threads_ratio"] = ratio(times["engine"].wall, times["engine_2"].wall)
    found["threads_ratio_best"] = float(times["engine"].wall.min() / times["engine_2"].wall.min())
    found["threads_extra_cpu"] = ratio(times["engine_2"].cpu, times["engine"].cpu) - 1
    if in_c:
        found["threads_ratio_machine"] = 2 * ratio(times["c_plain"].wall, times["two_threads"].wall)
    for name in ("numpy", "numba", "numba_plain", "c", "c_plain"):
        if name in times:
            found |= smallest(f"yardstick_{name}_ns", times[name].cpu / micro_unit)
    ratio_to_numpy = ratio(times["engine"].cpu / unit, times["numpy"].cpu / micro_unit)
    limit = REFERENCE_LIMIT_NS / REFERENCE_NUMPY_NS
    found["ns_ratio_to_numpy"] = ratio_to_numpy
    found["limit_ns"] = limit * found["yardstick_numpy_ns"]
    found["share_of_limit"] = ratio_to_numpy / limit
    return found


def _months(runs: Any, zero: Any, quick: bool) -> Found:
    """The months after month 0: in Numba, in C, and step by step."""
    from clfz.bench.yardsticks.months import months

    return months(runs, zero, 2 if quick else 15, by_step=not quick)


def _month_zero(quick: bool) -> Found:
    """Month 0 and its intercepts against five years."""
    from clfz.bench.yardsticks.headline import ZONE
    from clfz.bench.yardsticks.month_zero_cost import month_zero_cost

    cost = month_zero_cost(ZONE, 2 if quick else 9)
    return {f"{name}_of_5_years": cost[name] for name in ("month_0_share", "intercepts_share")}


def _memory(runs: Any, zero: Any) -> Found:
    """Bytes of all arrays of a zone, for each row and each child who is there in month 0."""
    from clfz.model.layout import C_CHILDREN
    from clfz.model.luck import school_years

    luck = 16 * (school_years(runs.z[0], zero.state.months) + 1)
    rows, present = zero.state.key.size, int(runs.totals[0, 0, 0, ..., C_CHILDREN].sum())
    return {
        "bytes_per_child": zero.state_bytes / rows,
        "bytes_per_present_child": zero.state_bytes / present,
        # a comparison also keeps month 0, each child's months with and without the programme, and its luck
        "bytes_per_child_compared": 2 * (zero.state_bytes + zero.history.nbytes) / rows + luck,
    }


def _twin(quick: bool) -> Found:
    """The readable twin and the engine on the same runs: the headline zone for a year."""
    from clfz.bench.yardsticks.headline import batch
    from clfz.bench.yardsticks.stopwatch import interleaved, ratio
    from clfz.reference import Twin

    months = 3 if quick else 12
    runs = batch(1, months)

    def twin() -> None:
        for levers in runs.levers:
            Twin(runs.z[0], runs.p[0], levers, int(runs.seeds[0]), months).run_model()

    def engine() -> None:
        for _ in range(ENGINE_RUNS):  # one is too short for the clock of the processor
            runs.run(1)

    runs.run(1)
    times = interleaved({"engine": engine, "twin": twin}, 1 if quick else 5)
    return {
        "twin_ratio": ENGINE_RUNS * ratio(times["twin"].cpu, times["engine"].cpu),
        "twin_ns": 1e9 * float(times["twin"].cpu.min()) / runs.child_months,
    }


def _small_job(quick: bool) -> Found:
    """A small job as one types it."""
    from clfz.bench.yardsticks.stopwatch import smallest
    from clfz.bench.yardsticks.whole_jobs import small_job_seconds

    return smallest("warm_small_job_s", small_job_seconds(1 if quick else 3))


def zones_month_zero(repeats: int = 7) -> dict[str, dict[str, float]]:
    """What month 0 costs in every shipped zone, as shares of a five-year run."""
    from clfz.bench.yardsticks.month_zero_cost import month_zero_cost
    from clfz.inputs.find import names

    return {name: month_zero_cost(name, repeats) for name in names("zone")}


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m clfz.bench.benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work")
    parser.add_argument("--zones", action="store_true", help="month 0 of every shipped zone only")
    parser.add_argument("--big", action="store_true", help="a zone of two million children only")
    asked = parser.parse_args(arguments)

    def tell(done: int, stages: int, text: str) -> None:
        print(f"{done}/{stages} {text}", file=sys.stderr)

    found: Found
    if asked.zones:
        found = {f"{z}.{k}": x for z, cost in zones_month_zero().items() for k, x in cost.items()}
    elif asked.big:
        from clfz.bench.yardsticks.big_zone import big_zone

        found = dict(big_zone())
    else:
        found = measure(tell, asked.quick)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{value:>12.4g}  {name}" if isinstance(value, float | int) else f"{name}: {value}")


if __name__ == "__main__":
    main()
