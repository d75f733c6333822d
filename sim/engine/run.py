"""Whole runs in one compiled call: one zone, one zone on several threads, or a batch of worlds and scenarios."""

import sys
from typing import Any

import numpy as np
from numba import prange

from sim.engine.attribution import attribute
from sim.engine.compiling import (
    address,
    addressed,
    in_place,
    kernel_threads,
    outline,
    part,
)
from sim.engine.layout import Z_WAGE, State
from sim.engine.luck import with_luck
from sim.engine.maths import exp
from sim.engine.memory import copied
from sim.engine.month import start_month, villages_month
from sim.engine.start import build_zone, make_scratch
from sim.engine.thismonth import Month


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


@kernel_threads
def run_large_world(z, p, levers, seed, blocks, totals, sums):
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
    """
    months = levers.shape[0]
    s = build_zone(z[0], p[0], seed, months, np.zeros(levers.shape[1]))
    villages = s.places.shape[0]
    blocks = min(villages, blocks)
    add_up(s, totals[0], sums[0])
    for month in range(1, months + 1):
        m = start_month(s, z[0], p[0], levers, month)
        # a parallel loop takes plain tuples, not named ones
        state, today = s[:], m[:]
        for b in prange(blocks):
            own = make_scratch(State(*state))
            first, last = b * villages // blocks, (b + 1) * villages // blocks
            villages_month(State(*state), z[0], p[0], Month(*today), first, last, own)
        add_up(s, totals[month], sums[month])
    return s


@kernel_threads
def run_worlds(world, z, p, levers, plans, seeds, programme_months, totals, sums, classes, done):
    """`run_batch`, with `run_scenarios` as an address and `done` [W] written 1 for each world that came to its end."""
    for w in prange(seeds.size):
        done[w] = world(
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
def run_scenarios(z, p, levers, seed, programme_months, totals, sums, classes):
    """One world: every scenario from the same month 0, and each child of it against scenario 0. Returns 1."""
    scenarios, months = levers.shape[0], levers.shape[1]
    start = build_zone(z, p, seed, months, np.zeros(levers.shape[2]))
    scratch = with_luck(make_scratch(start), start, z)
    without = np.zeros((months + 1, start.key.size), np.uint8)
    history = np.zeros((months + 1, start.key.size), np.uint8)
    for k in range(scenarios):
        codes = without if k == 0 else history
        s = copied(start)
        live_months(s, z, p, levers[k], scratch, totals[k], sums[k], codes)
        attribute(codes, without, s.birth, s.counted, programme_months, classes[k])
    return 1


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
    # an element of `plans` is a whole number, as the months of the programme are
    world = address(run_scenarios, z, p, levers, seeds, plans, totals, sums, classes)
    # nothing can be raised through an address, only printed; `done` says it
    shown, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        run_worlds(world, z, p, levers, plans, seeds, programme_months, totals, sums, classes, done)
    finally:
        sys.unraisablehook = shown
    if not done.all():
        raise MemoryError
