"""What Python calls: whole runs in one compiled call (a zone, a large zone, a batch of worlds), or month by month.

The parts of a world are compiled once; what stands here hands their addresses on.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import float64, int64, prange, uint8, uint64

from clfz.model.address import AddressType, address, call
from clfz.model.compiling import kernel, kernel_threads
from clfz.model.elsewhere import compiled_elsewhere
from clfz.model.incomes import wages
from clfz.model.layout import Scratch, State
from clfz.model.memory import allocate, empty_scratch
from clfz.model.start import begin
from clfz.model.world import add_up, live_months, live_part, run_scenarios


def signatures(figures: Any, parameters: Any) -> dict[Any, Any]:
    """Types of the parts of a world, for the dtypes of figures and parameters."""
    state = numba.typeof(allocate.py_func(np.uint64(0), 0, 0, 0, 0, 0))
    scratch = numba.typeof(empty_scratch.py_func(0))
    z, p = numba.from_dtype(figures), numba.from_dtype(parameters)
    levers, books = float64[:, ::1], (int64[:, :, :, ::1], float64[:, ::1])
    start = numba.types.Tuple((state, scratch))(z, p, uint64, int64, float64[::1], numba.boolean)
    months = int64(state, z, p, levers, int64, int64, scratch, *books, uint8[:, ::1])
    ends = (AddressType(start), AddressType(months))
    batch = (float64[:, :, ::1], uint64, int64, int64[:, :, :, :, ::1], float64[:, :, ::1])
    return {
        begin: start,
        live_months: months,
        live_part: int64(state, z, p, levers, int64, int64, int64),
        run_scenarios: int64(*ends, z, p, *batch, int64[:, ::1]),
    }


@lru_cache
def addresses(figures: Any, parameters: Any, *parts: Any) -> tuple[Any, ...]:
    """Addresses of parts of a world; `begin` is compiled beside the others if the cache does not have it."""
    types = signatures(figures, parameters)
    elsewhere = compiled_elsewhere(begin, types[begin]) if begin in parts else nullcontext()
    with elsewhere:
        others = {part: address(part, types[part]) for part in parts if part is not begin}
    return tuple(others.get(part) or address(begin, types[begin]) for part in parts)


@kernel
def enter_begin(start, z, p, seed, months, no_levers):
    """`begin_zone`, compiled."""
    return call(start, (z, p, seed, months, no_levers, False))


@kernel
def enter_months(live, s, z, p, levers, first, last, scratch, totals, sums, history):
    """`live`, compiled."""
    call(live, (s, z, p, levers, first, last, scratch, totals, sums, history))


@kernel
def enter_world(start, live, z, p, levers, seed, totals, sums, history):
    """`run_world`, compiled."""
    months, no_levers = levers.shape[0], np.zeros(levers.shape[1])
    s, scratch = call(start, (z, p, seed, months, no_levers, False))
    call(live, (s, z, p, levers, 0, months, scratch, totals, sums, history))
    return s


@kernel_threads
def enter_large_world(part, s, z, p, levers, totals, sums, done):
    """`run_large_world` from month 0, with `live_part` as an address; `done` [blocks] counts the months of each block.

    It returns nothing: what comes out of a parallel loop that raised must not be made into a tuple.
    """
    villages, blocks = s.places.shape[0], done.size
    add_up(s, totals[0], sums[0])
    for month in range(1, levers.shape[0] + 1):
        wages(s, p[0])
        state = s[:]  # a parallel loop takes plain tuples, not named ones
        for b in prange(blocks):
            first, last = b * villages // blocks, (b + 1) * villages // blocks
            done[b] += call(part, (State(*state), z[0], p[0], levers, month, first, last))
        add_up(s, totals[month], sums[month])


@kernel_threads
def enter_batch(
    world, start, live, z, p, levers, plans, seeds, programme_months, totals, sums, classes, done
):
    """`run_batch`, with the parts of a world as addresses; `done` [W] is 1 for each world that came to its end."""
    for w in prange(seeds.size):
        own = (z[w], p[w], levers[plans[w]], seeds[w], programme_months)
        done[w] = call(world, (start, live, *own, totals[w], sums[w], classes[w]))


def begin_zone(z: Any, p: Any, seed: Any, months: int, levers: int) -> tuple[State, Scratch]:
    """A zone in month 0, and the room in which it lives its months.

    Args:
        z: Zone figures (record).
        p: Parameters (record).
        seed: 64-bit seed of the world.
        months: Months of the run.
        levers: How many there are.
    """
    start, _ = addresses(z.dtype, p.dtype, begin, live_months)  # it will live
    return _begin(start, z, p, seed, months, levers)


def _begin(start: Any, z: Any, p: Any, seed: Any, months: int, levers: int) -> Any:
    state, scratch = enter_begin(start, z, p, np.uint64(seed), months, np.zeros(levers))
    # A 64-bit seed comes back as an int, which the compiler would take for another type.
    return state._replace(seed=np.uint64(seed)), scratch


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
) -> None:
    """Some months of one zone; arguments as in `world.live_months`."""
    (months,) = addresses(z.dtype, p.dtype, live_months)
    nobody = np.zeros((0, 0), np.uint8)
    enter_months(months, s, z, p, levers, first, last, scratch, totals, sums, nobody)


def run_world(
    z: Any, p: Any, levers: Any, seed: Any, totals: Any, sums: Any, history: Any
) -> State:
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
    ends = addresses(z.dtype, p.dtype, begin, live_months)
    state: State = enter_world(*ends, z, p, levers, seed, totals, sums, history)
    return state


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
    start, part = addresses(z.dtype, p.dtype, begin, live_part)
    state: State = _begin(start, z[0], p[0], seed, *levers.shape)[0]
    done = np.zeros(min(len(state.places), blocks), np.int64)
    with _raised(done, len(levers)):
        enter_large_world(part, state, z, p, levers, totals, sums, done)
    return state


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
    parts = addresses(z.dtype, p.dtype, run_scenarios, begin, live_months)
    inputs = (z, p, levers, plans, seeds, programme_months)
    with _raised(done, 1):
        enter_batch(*parts, *inputs, totals, sums, classes, done)


@contextmanager
def _raised(done: Any, whole: int) -> Iterator[None]:
    """Raise what a parallel loop could not: it loses what its threads raise, but then `done` falls short of `whole`.

    Only what the first thread raises can be known. The others have nothing to raise but that there is no memory.
    """
    try:
        yield
    except SystemError as error:
        if not isinstance(error.__cause__, MemoryError):
            raise error.__cause__ or error from None
    if (done < whole).any():
        raise MemoryError
