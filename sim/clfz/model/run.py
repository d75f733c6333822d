"""What Python calls: whole runs (one zone, or a batch of replications on several threads), or month by month.

A run, that is all months of one scenario, is one compiled call. Replications share nothing, so each is a task of a
pool of threads; compiled code lets other threads run beside it.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from clfz.model.attribution import attribute
from clfz.model.compiling import keep_sums, kernel
from clfz.model.layout import GROUP_ROWS
from clfz.model.month import add_up, live_month
from clfz.model.population import count_rows, slot_count
from clfz.model.start import build_zone
from clfz.model.state import Scratch, State, allocate, copied, empty_scratch
from clfz.model.taste_shocks import NONE_KEPT, taste_shocks


@kernel
def live_months(s, z, p, levers, first, last, scratch, totals, sums, history):
    """Months first..last of one zone, and its tallies; in month 0 only these.

    Args:
        s: State at the end of the month before, changed in place.
        z: Zone data (record).
        p: Parameters (record).
        levers: [M, n_levers].
        first: 0..M.
        last: 0..M.
        scratch: From `begin_zone`.
        totals: [M + 1, 2, 3, COUNTS] int64, written.
        sums: [M + 1, SUMS] float64, written.
        history: [M + 1, N] uint8 codes of each child, or shape [0, 0] when nobody wants it.
    """
    for month in range(first, last + 1):
        if month > 0:
            live_month(s, z, p, levers, month, scratch)
        add_up(s, totals[month], sums[month])
        if history.shape[0] > 0:
            row = history[month]
            for i in range(s.codes.size):
                row[i] = s.codes[i]


def begin_zone(
    z: Any, p: Any, seed: Any, months: int, levers: int, *, keep_shocks: bool = False
) -> tuple[State, Scratch]:
    """A zone in month 0, and the room in which it lives its months.

    Args:
        z: Zone data (record).
        p: Parameters (record).
        seed: 64-bit seed of the replication.
        months: Months of the run.
        levers: How many there are.
        keep_shocks: Draw the taste shocks now, once for all scenarios, if there is room for them.

    Raises:
        MemoryError: There is no room for it.
    """
    rows = count_rows(z, np.uint64(seed), months)
    s = allocate(int(seed), months, slot_count(z), len(rows) - 1, *map(int, rows[-1]))
    build_zone(s, z, p, rows, np.zeros(levers))
    shocks = taste_shocks(s, z) if keep_shocks else np.empty(NONE_KEPT, np.float32)
    scratch = empty_scratch(_largest_group(s), shocks)
    keep_sums()
    return s, scratch


def _largest_group(s: State) -> int:
    """Children of the largest group of villages that live a month together (`month.group_end`)."""
    first_row = s.household_child[s.village_household]
    most, first, villages = 1, 0, len(s.places)
    while first < villages:
        end = int(np.searchsorted(first_row, first_row[first] + GROUP_ROWS, side="right")) - 1
        end = min(max(end, first + 1), villages)
        most = max(most, int(first_row[end] - first_row[first]))
        first = end
    return most


def live(
    s: State,
    z: Any,
    p: Any,
    levers: Any,
    first: int,
    last: int,
    scratch: Scratch,
    totals: Any,
    sums: Any,
    history: Any = None,
) -> None:
    """Some months of one zone; arguments as in `live_months`, `history` None when nobody wants it."""
    codes = np.zeros((0, 0), np.uint8) if history is None else history
    live_months(s, z, p, levers, first, last, scratch, totals, sums, codes)
    keep_sums()


def run_world(
    z: Any, p: Any, levers: Any, seed: Any, totals: Any, sums: Any, history: Any
) -> State:
    """One zone from month 0 to the last.

    Args:
        z: Zone data (record).
        p: Parameters (record).
        levers: [M, n_levers].
        seed: 64-bit seed of the replication.
        totals: [M + 1, 2, 3, COUNTS] int64, written.
        sums: [M + 1, SUMS] float64, written.
        history: [M + 1, N] uint8 codes of each child, or shape [0, 0] when nobody wants it.

    Returns:
        State after the last month.
    """
    s, scratch = begin_zone(z, p, seed, *levers.shape)
    live(s, z, p, levers, 0, len(levers), scratch, totals, sums, history)
    return s


def run_replication(
    z: Any,
    p: Any,
    levers: Any,
    seed: Any,
    programme_months: int,
    totals: Any,
    sums: Any,
    classes: Any,
) -> None:
    """Every scenario of a replication from the same month 0, and each child of it against scenario 0.

    Arguments as in `run_batch`, without the first axis.
    """
    scenarios, months, no_of_levers = levers.shape
    zone, scratch = begin_zone(z, p, seed, months, no_of_levers, keep_shocks=True)
    without = np.zeros((months + 1, zone.key.size), np.uint8)
    history = np.zeros_like(without)
    for k in range(scenarios):
        codes = history if k else without
        s = copied(zone)
        live(s, z, p, levers[k], 0, months, scratch, totals[k], sums[k], codes)
        attribute(codes, without, s.birth, s.counted, programme_months, classes[k])


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
    threads: int | None = None,
) -> None:
    """A batch of replications; in each, all scenarios meet the same people and the same random draws.

    Args:
        z: [W] zone data (records).
        p: [W] parameters (records).
        levers: [K, S, M, n_levers] lever plans; scenario 0 is the one that the others are compared with.
        plans: [W] int64, the lever plan of each replication.
        seeds: [W] uint64.
        programme_months: Last month of the programme.
        totals: [W, S, M + 1, 2, 3, COUNTS] int64, written.
        sums: [W, S, M + 1, SUMS] float64, written.
        classes: [W, S, 8] int64, written.
        threads: How many replications at a time; as many as there are processors when None. Never changes a bit.

    Raises:
        MemoryError: There was no room for a replication.
    """

    def one(w: int) -> None:
        own = (z[w], p[w], levers[plans[w]], seeds[w], programme_months)
        run_replication(*own, totals[w], sums[w], classes[w])

    _in_threads(one, len(seeds), threads or os.cpu_count() or 1)


def _in_threads(task: Callable[[int], None], count: int, threads: int) -> None:
    """Do `task(0)` to `task(count - 1)`; the first that raises ends the rest, and so does Ctrl-C."""
    if min(threads, count) <= 1:
        for k in range(count):
            task(k)
        return
    pool = ThreadPoolExecutor(min(threads, count))
    try:
        for done in [pool.submit(task, k) for k in range(count)]:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)
