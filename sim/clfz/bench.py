"""How fast the engine is, beside a yardstick in NumPy measured on the same machine in the same minute.

`clfz bench` shows it, `python -m clfz.bench [--quick]` prints the same as JSON; `docs/performance.md` explains it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from clfz.inputs import load_comparison
from clfz.model import run as engine
from clfz.model.layout import COUNT
from clfz.reference import ReferenceModel
from clfz.runs.plan import resolve
from clfz.runs.replications import Block, Replications

Progress = Callable[[int, int, str], None]
Found = dict[str, Any]

PROGRAMMES, MONTHS, PROGRAMME_MONTHS = ("none", "area-based"), 108, 48
ENGINE_RUNS = 20  # beside one of the reference implementation: one is too short for the clock
LIMIT = 0.6  # of what NumPy needs for a child-month of the yardstick
SMALL_JOB = ("run", "budhpura", "none", "--months", "12", "--replicates", "2")


def measure(progress: Progress | None = None, quick: bool = False) -> Found:
    """Measure everything on this machine, now.

    Times for one thread are processor time, those for two are wall time. A time is the smallest of
    several interleaved repeats, `*_median` the median; a ratio is the median of the ratios round by
    round. A child-month is a month of a child of 5-17 who is in the zone.

    Args:
        progress: Called with (stages done, stages in all, what is measured now).
        quick: Small sizes and few repeats: says that everything works, not how fast.

    Returns:
        Numbers by name, in the order of `docs/performance.md`, and `machine`, in words.
    """
    stages = {
        "Engine and yardstick": engine_and_yardstick,
        "Reference implementation": reference_implementation,
        "A small job": small_job,
        "The headline comparison": headline,
    }
    told = progress or (lambda done, total, what: None)
    found: Found = {}
    for done, (what, measured) in enumerate(stages.items()):
        told(done, len(stages), what)
        found |= measured(quick)
    told(len(stages), len(stages), "Done")
    return found | {"machine": machine()}


def machine() -> str:
    """Processor, processors that this process may use, versions."""
    import numba

    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    processor = next(iter(named), platform.processor() or platform.machine())
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return f"{processor}, {usable} processors, {versions}, Numba {numba.__version__}"


# --- the stopwatch ---


@dataclass(frozen=True)
class Times:
    """Seconds that the repeats of one job took: on the wall, and of processor time (all threads)."""

    wall: Any
    cpu: Any


def interleaved(jobs: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Times]:
    """Time jobs in turn, A B A B: what slows the machine for a while then slows all of them alike.

    Args:
        jobs: By name; each has been called before, so that nothing is compiled here.
        repeats: Rounds.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            wall, cpu = time.perf_counter(), time.process_time()
            job()
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: Times(*np.array(pairs).T) for name, pairs in taken.items()}


def _smallest(name: str, values: Any) -> Found:
    return {name: float(np.min(values)), f"{name}_median": float(np.median(values))}


def _ratio(above: Any, below: Any) -> float:
    return float(np.median(above / below))


# --- the runs that are timed: the headline zone, nine years, without and with `area-based` ---


def batch(
    replicates: int = 2, months: int = MONTHS, programmes: tuple[str, ...] = PROGRAMMES
) -> tuple[Replications, Callable[..., Block]]:
    """Replications of the headline zone with central parameters, and what runs them, `run(threads=1)`."""
    programme_months = min(PROGRAMME_MONTHS, months)
    changes = {
        "programmes": programmes,
        "programme_months": programme_months,
        "after_months": months - programme_months,
        "draws": 1,
        "replicates": replicates,
    }
    plan = resolve(load_comparison("headline").model_copy(update=changes))
    runs = plan.replications()
    return runs, partial(runs.run, range(len(programmes)))


def child_months(block: Block) -> int:
    """Months lived in the zone by children of 5-17, over all replications and scenarios."""
    return int(block.totals[:, :, 1:, ..., COUNT.children].sum())


# --- the yardstick ---


class MicroZone:
    """`zone-micro`: a model so small that it can be written in any language, here on whole NumPy arrays.

    Each child each month draws one of four activities from a logit of household income, age, sex,
    school quality, child wage, norm and the present activity; the uniform number is a function of
    (seed, child, month) (splitmix64); sums over the zone move next month's wage and norm.
    """

    # Rows: utility of school only, both, work only, against neither. Columns: constant, income, age,
    # boy, school quality, child wage, norm, was at school, worked.
    coefficients = np.array(
        [
            [1.2, 0.6, -0.08, 0.1, 0.8, 0.0, 0.6, 1.5, -0.4],
            [-0.6, 0.1, 0.02, 0.2, 0.5, 0.5, 0.2, 0.9, 0.9],
            [-1.4, -0.5, 0.12, 0.3, 0.0, 0.9, -0.6, -0.5, 1.5],
        ],
        np.float32,
    )
    seed = 20_150_401

    def __init__(self, children: int) -> None:
        """`children` children of 5-17, two a household."""
        rng = np.random.default_rng(self.seed)
        self.income = rng.normal(0.0, 0.5, (children + 1) // 2).astype(np.float32)
        self.household = (np.arange(children) // 2).astype(np.int32)
        self.birth = (-rng.integers(60, 216, children)).astype(np.int16)
        self.sex = rng.integers(0, 2, children).astype(np.int8)
        self.activity = rng.integers(0, 4, children).astype(np.int8)
        self.wage, self.norm = 1.0, 0.5

    def live(self, month: int) -> None:
        """One month."""
        real, c = np.float32, self.coefficients
        x = np.arange(self.activity.size, dtype=np.uint64)
        x += np.uint64(month << 32)
        x *= np.uint64(0x9E3779B97F4A7C15)
        x += np.uint64(self.seed)
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
        u = ((x >> np.uint64(40)).astype(real) + real(0.5)) * real(2.0**-24)
        features = (
            self.income[self.household],
            (np.int16(month) - self.birth).astype(real) * real(1 / 12),
            self.sex.astype(real),
            (self.activity <= 1).astype(real),
            ((self.activity == 1) | (self.activity == 2)).astype(real),
        )
        same = c[:, 0] + c[:, 4] + c[:, 5] * real(self.wage) + c[:, 6] * real(self.norm)
        first, both, work = (
            np.exp(sum((w * x for w, x in zip(row, features, strict=True)), start=constant))
            for row, constant in zip(c[:, [1, 2, 3, 7, 8]], same, strict=True)
        )
        second = first + both
        third = second + work
        u *= third + real(1.0)
        self.activity = (u >= first).astype(np.int8) + (u >= second) + (u >= third)
        at_school = np.count_nonzero(self.activity <= 1) / u.size
        at_work = np.count_nonzero((self.activity == 1) | (self.activity == 2)) / u.size
        self.wage += 0.2 * (1.5 - at_work - self.wage)
        self.norm += 0.1 * (at_school - self.norm)


# --- what is measured ---


def engine_and_yardstick(quick: bool) -> Found:
    """The headline runs on one and two threads in turn with the yardstick in NumPy, and their memory."""
    runs, run = batch(2, 24 if quick else MONTHS)
    micro = MicroZone(20_000 if quick else 1_000_000)
    jobs: dict[str, Callable[[], object]] = {
        "engine": lambda: run(threads=1),
        "numpy": lambda: micro.live(1),
        "engine_2": lambda: run(threads=2),
    }
    for job in jobs.values():  # compiles
        job()
    counted = run(threads=1)
    times = interleaved(jobs, 2 if quick else 25)  # some rounds find both processors free
    unit = child_months(counted) / 1e9
    numpy_ns = times["numpy"].cpu / micro.activity.size * 1e9
    ratio_to_numpy = _ratio(times["engine"].cpu / unit, numpy_ns)
    found = _smallest("ns_per_child_month_1_thread", times["engine"].cpu / unit)
    found |= _smallest("ns_per_child_month_2_threads", times["engine_2"].wall / unit)
    found["threads_ratio"] = _ratio(times["engine"].wall, times["engine_2"].wall)
    found |= _smallest("yardstick_numpy_ns", numpy_ns)
    found["ns_ratio_to_numpy"] = ratio_to_numpy
    found["limit_ns"] = LIMIT * found["yardstick_numpy_ns"]
    found["share_of_limit"] = ratio_to_numpy / LIMIT

    own = runs.zone_data[0], runs.parameters[0], runs.seeds[0]
    state, _ = engine.begin_zone(*own, *runs.plans[0].levers.shape[1:])
    size = sum(value.nbytes for value in state if isinstance(value, np.ndarray))
    present = int(counted.totals[0, 0, 0, ..., COUNT.children].sum())
    found["bytes_per_child"] = size / state.key.size  # a row
    found["bytes_per_present_child"] = size / present  # in month 0
    return found


def reference_implementation(quick: bool) -> Found:
    """The reference implementation and the engine on the same runs: the headline zone for a year."""
    months = 3 if quick else 12
    runs, run = batch(1, months)
    zone, parameters, seed = runs.zone_data[0], runs.parameters[0], int(runs.seeds[0])

    def reference() -> None:
        for levers in runs.plans[0].levers:
            ReferenceModel(zone, parameters, levers, seed, months).run_model()

    def compiled() -> None:
        for _ in range(ENGINE_RUNS):
            run(threads=1)

    counted = run(threads=1)
    times = interleaved({"compiled": compiled, "reference": reference}, 1 if quick else 5)
    return {
        "twin_ratio": ENGINE_RUNS * _ratio(times["reference"].cpu, times["compiled"].cpu),
        "twin_ns": 1e9 * float(times["reference"].cpu.min()) / child_months(counted),
    }


def small_job(quick: bool) -> Found:
    """Wall seconds of a small job as one types it, after one more run that warms the cache."""
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "clfz", *SMALL_JOB, "--quiet", "--out", f"{folder}/small"]

        def job() -> None:
            subprocess.run(line, check=True, capture_output=True)

        job()
        times = interleaved({"job": job}, 1 if quick else 3)
        return _smallest("warm_small_job_s", times["job"].wall)


def headline(quick: bool) -> Found:
    """The headline comparison: shares of wall time outside the compiled call, seconds of processor time."""
    from clfz.comparisons import compare
    from clfz.report import keep

    inside: list[Times] = []
    compiled = engine.run_batch

    def clocked(*arguments: Any) -> None:
        inside.append(interleaved({"": lambda: compiled(*arguments)}, 1)[""])

    size: Any = {"draws": 1, "replicates": 2, "months": 24} if quick else {}
    compare("headline", draws=1, replicates=1, months=12)  # nothing is compiled or loaded below
    results: list[Any] = []
    with tempfile.TemporaryDirectory() as folder, patch.object(engine, "run_batch", clocked):
        jobs = {
            "compare": lambda: results.append(compare("headline", **size)),
            "keep": lambda: keep(results[0], Path(folder) / "headline"),
        }
        times = interleaved(jobs, 1)
    wall, kept_wall = (float(times[name].wall[0]) for name in jobs)
    cpu, kept_cpu = (float(times[name].cpu[0]) for name in jobs)
    inside_wall = float(sum(call.wall[0] for call in inside))
    inside_cpu = float(sum(call.cpu[0] for call in inside))
    return {
        "outside_compiled_share": 1 - inside_wall / wall,
        "outside_compiled_share_with_report": 1 - inside_wall / (wall + kept_wall),
        "headline_inside_cpu_s": inside_cpu,
        "headline_outside_cpu_s": cpu - inside_cpu,
        "headline_report_cpu_s": kept_cpu,
    }


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv), indent=2))
