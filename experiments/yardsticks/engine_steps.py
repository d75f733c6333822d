"""The engine's months once more, as a loop of their own: plain, to hold against C, and with a clock after each step."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.engine.books import books, look_around
from sim.engine.compiling import kernel
from sim.engine.decide import decide
from sim.engine.group import age_checks, first_household, visits
from sim.engine.incomes import incomes
from sim.engine.month import start_month, village_month
from sim.engine.run import close_books
from sim.engine.schools import bridge_classes, teach, year_end
from sim.engine.turnover import turnover

STEPS = ("start_month", "turnover", "incomes", "visits", "age_checks", "decide", "schools", "books", "close_books")


@intrinsic
def ticks(context: Any) -> Any:
    """The processor's own counter: some 10 ns a look."""

    def code(context, builder, signature, args):
        counter = builder.module.declare_intrinsic("llvm.readcyclecounter", (), ir.FunctionType(ir.IntType(64), ()))
        return builder.call(counter, ())

    return types.int64(), code


@kernel
def run_months(s, z, p, levers, counts, cuts, totals, sums, history, scratch):
    """Months 1.. of a zone in month 0, as `sim.engine.run.run_world` does them."""
    for month in range(1, levers.shape[0] + 1):
        m = start_month(s, z, p, levers, month)
        for v in range(z.villages):
            village_month(s, z, p, m, v, counts, cuts, history[month], scratch)
        close_books(s, counts, totals[month], sums[month])


@kernel
def run_months_clocked(s, z, p, levers, counts, cuts, totals, sums, history, scratch, spent):
    """The same with the ticks of each step added up in `spent` [STEPS]."""
    for month in range(1, levers.shape[0] + 1):
        t = ticks()
        m = start_month(s, z, p, levers, month)
        t = clock(spent, 0, t)
        for v in range(z.villages):
            turnover(s, z, m, v)
            t = clock(spent, 1, t)
            incomes(s, p, m, v, scratch)
            t = clock(spent, 2, t)
            first = first_household(s, m, v)
            visits(s, p, m, v, first)
            t = clock(spent, 3, t)
            age_checks(s, z, m, v, first)
            t = clock(spent, 4, t)
            decide(s, z, p, m, v, first, scratch)
            t = clock(spent, 5, t)
            if m.bridging:
                bridge_classes(s, z, p, m, v)
            if m.year_end:
                year_end(s, z, p, m, v)
            teach(s, p, m, v)
            t = clock(spent, 6, t)
            neighbours, school, working = books(s, m, v, counts[v], cuts, history[month])
            look_around(s, p, v, neighbours, school, working)
            t = clock(spent, 7, t)
        close_books(s, counts, totals[month], sums[month])
        clock(spent, 8, t)


@kernel
def clock(spent, step, before):
    """Book the ticks since `before` on a step; the time now."""
    now = ticks()
    spent[step] += now - before
    return now


def copied(state: Any) -> Any:
    """A state that shares nothing with the first."""
    return type(state)(*(value.copy() if isinstance(value, np.ndarray) else value for value in state))
