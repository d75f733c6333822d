"""Whole runs in one compiled call: one zone, one zone on several threads, or a batch of worlds and scenarios."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import float64, int64, prange, uint64

from sim.engine.attribution import attribute
from sim.engine.compiling import (
    address,
    addressed,
    in_place,
    kernel_threads,
    outline,
    part,
)
from sim.engine.elsewhere import compiled_elsewhere
from sim.engine.incomes import wages
from sim.engine.layout import Z_WAGE, State
from sim.engine.maths import exp
from sim.engine.memory import allocate, copied, empty_scratch
from sim.engine.month import start_month, this_month, villages_month
from sim.engine.start import begin, build_zone, make_scratch


@in_place
def add_up(s, totals, sums):
    """Add the villages up: whole numbers and money, always in the order of villages.

    Args:
        s: State.
        totals: [2, 3, COUNTS], written.
        sums: [SUMS], written.
    """
    totals[:] = 0
    sums[:] = 0.0
    by_cell = totals.reshape(-1)
    for v in range(s.counts.shape[0]):
        add(s.counts[v].reshape(-1), by_cell)
        add(s.village_sums[v], sums)
    for k in range(5):
        sums[Z_WAGE + k] = exp(s.log_wage[k])


@part
def add(row, out):
    """Add one row of numbers to another."""
    for k in range(out.size):
        out[k] += row[k]


@in_place
def keep(codes, row):
    """Write down what each child does this month; a loop, since a copy in one word goes byte by byte."""
    for i in range(codes.size):
        row[i] = codes[i]


@outline
def close_books(s, totals, sums):
    """`add_up`, called from Python."""
    add_up(s, totals, sums)


@outline
def live_month(s, z, p, levers, month, scratch, totals, sums):
    """One month of one zone.

    Args:
        s: State at the end of last month, changed in place.
        z: Zone figures (record).
        p: Parameters (record).
        levers: [M, n_levers].
        month: 1..M.
        scratch: From `start.scratch_for`.
        totals: [2, 3, COUNTS] int64, written.
        sums: [SUMS], written.
    """
    m = start_month(s, z, p, levers, month)
    villages_month(s, z, p, m, np.int64(0), s.places.shape[0], scratch)
    add_up(s, totals, sums)


@outline
def run_world(z, p, levers, seed, totals, sums, history):
    """One zone from month 0 to the last, on one thread.

    Args:
        z: Zone figures (record).
        p: Parameters (record).
        levers: [M, n_levers].
        seed: 64-bit seed of the world.
        totals: [M + 1, 2, 3, COUNTS] int64, written.
        sums: [M + 1, SUMS] float64, written.
        history: [M + 1, N] uint8 codes of each child, or shape [0, 0] when nobody wants it.

    Returns:
        State after the last month.
    """
    s = build_zone(z, p, seed, levers.shape[0], np.zeros(levers.shape[1]))
    live_months(s, z, p, levers, make_scratch(s), totals, sums, history)
    return s


@outline
def live_months(s, z, p, levers, scratch, totals, sums, history):
    """All months of a zone that stands in month 0, as `run_world` has them."""
    wanted = history.shape[0] > 0
    add_up(s, totals[0], sums[0])
    if wanted:
        keep(s.codes, history[0])
    for month in range(1, levers.shape[0] + 1):
        live_month(s, z, p, levers, month, scratch, totals[month], sums[month])
        if wanted:
            keep(s.codes, history[month])


@addressed
def live_part(s, z, p, levers, month, first, last):
    """A month of villages first..last-1 of a large zone, when wages have moved. Returns 1."""
    m = this_month(s, z, p, levers, month)
    villages_month(s, z, p, m, first, last, make_scratch(s))
    return 1


@kernel_threads
def live_large_world(part, z, p, levers, seed, blocks, totals, sums):
    """`run_large_world`, with `live_part` as an address."""
    months = levers.shape[0]
    s = build_zone(z[0], p[0], seed, months, np.zeros(levers.shape[1]))
    villages = s.places.shape[0]
    blocks = min(villages, blocks)
    done = np.zeros(blocks, np.int64)
    add_up(s, totals[0], sums[0])
    for month in range(1, months + 1):
        wages(s, p[0])
        state = s[:]  # a parallel loop takes plain tuples, not named ones
        for b in prange(blocks):
            first, last = b * villages // blocks, (b + 1) * villages // blocks
            done[b] += part(State(*state), z[0], p[0], levers, month, first, last)
        add_up(s, totals[month], sums[month])
    return s, done


@kernel_threads
def run_worlds(
    world, start, z, p, levers, plans, seeds, programme_months, totals, sums, classes, done
):
    """`run_batch`, with both halves of the engine as addresses; `done` [W] is 1 for each world that came to its end."""
    for w in prange(seeds.size):
        done[w] = world(
            start,
            z[w],
            p[w],
            levers[plans[w]],
            seeds[w],
            programme_months,
            totals[w],
            sums[w],
            classes[w],
        )


@addressed
def run_scenarios(start, z, p, levers, seed, programme_months, totals, sums, classes):
    """One world: every scenario from the same month 0, and each child of it against scenario 0. Returns 1."""
    scenarios, months = levers.shape[0], levers.shape[1]
    zone, scratch = start(z, p, seed, months, np.zeros(levers.shape[2]))
    without = np.zeros((months + 1, zone.key.size), np.uint8)
    history = np.zeros((months + 1, zone.key.size), np.uint8)
    for k in range(scenarios):
        codes = without if k == 0 else history
        s = copied(zone)
        live_months(s, z, p, levers[k], scratch, totals[k], sums[k], codes)
        attribute(codes, without, s.birth, s.counted, programme_months, classes[k])
    return 1


# What the engine holds, as the compiler sees it.
STATE = numba.typeof(allocate.py_func(np.uint64(0), 0, 0, 0, 0, 0))
SCRATCH = numba.typeof(empty_scratch.py_func(0))


@lru_cache
def scenarios_and_begin(figures: Any, parameters: Any) -> tuple[Any, Any]:
    """Addresses of `run_scenarios` and `begin`, for the dtypes of figures and parameters.

    They are compiled side by side when the cache does not have them.
    """
    z, p = numba.from_dtype(figures), numba.from_dtype(parameters)
    start = numba.types.Tuple((STATE, SCRATCH))(z, p, uint64, int64, float64[::1])
    levers, totals, sums = float64[:, :, ::1], int64[:, :, :, :, ::1], float64[:, :, ::1]
    own = (z, p, levers, uint64, int64, totals, sums, int64[:, ::1])
    with compiled_elsewhere(begin, start):
        scenarios = address(run_scenarios, int64(numba.types.FunctionType(start), *own))
    return scenarios, address(begin, start)


@lru_cache
def part_of_month(figures: Any, parameters: Any) -> Any:
    """Address of `live_part`, for the dtypes of figures and parameters."""
    z, p = numba.from_dtype(figures), numba.from_dtype(parameters)
    return address(live_part, int64(STATE, z, p, float64[:, ::1], int64, int64, int64))


@contextmanager
def unprinted() -> Iterator[None]:
    """Nothing can be raised out of a parallel loop, only printed; what it leaves undone says it as well."""
    shown, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = shown


def run_large_world(
    z: Any, p: Any, levers: Any, seed: Any, blocks: int, totals: Any, sums: Any
) -> State:
    """One large zone on all threads: villages do not touch each other within a month. Same bits as `run_world`.

    Args:
        z: [1] zone figures (record).
        p: [1] parameters (record).
        levers: [M, n_levers].
        seed: 64-bit seed of the world.
        blocks: Parts that the villages are dealt into; a few a thread. The bits do not depend on it.
        totals: [M + 1, 2, 3, COUNTS] int64, written.
        sums: [M + 1, SUMS] float64, written.

    Returns:
        State after the last month.

    Raises:
        MemoryError: There was no room for a part.
    """
    part = part_of_month(z.dtype, p.dtype)
    with unprinted():
        state, done = live_large_world(part, z, p, levers, seed, blocks, totals, sums)
    if (done < len(levers)).any():
        raise MemoryError
    return State(*state)


def run_batch(
    z: Any,
    p: Any,
    levers: Any,
    plans: Any,
    seeds: Any,
    programme_months: int,
    totals: Any,
    sums: Any,
    classes: Any,
) -> None:
    """A batch of worlds in one compiled call; in each, all scenarios meet the same people and the same luck.

    Args:
        z: [W] zone figures (records).
        p: [W] parameters (records).
        levers: [K, S, M, n_levers] lever plans; scenario 0 is the one that the others are compared with.
        plans: [W] int64, the lever plan of each world.
        seeds: [W] uint64.
        programme_months: Last month of the programme.
        totals: [W, S, M + 1, 2, 3, COUNTS] int64, written.
        sums: [W, S, M + 1, SUMS] float64, written.
        classes: [W, S, 8] int64, written.

    Raises:
        MemoryError: There was no room for a world.
    """
    done = np.zeros(seeds.size, np.int64)
    addresses = scenarios_and_begin(z.dtype, p.dtype)
    inputs = (z, p, levers, plans, seeds, programme_months)
    with unprinted():
        run_worlds(*addresses, *inputs, totals, sums, classes, done)
    if not done.all():
        raise MemoryError
