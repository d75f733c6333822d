"""The engine's months once more, with a clock after each step: where the time goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from clfz.model.books import books, look_around
from clfz.model.compiling import kernel
from clfz.model.decide import decide
from clfz.model.group import age_checks, visits
from clfz.model.incomes import incomes
from clfz.model.month import group_end, start_month
from clfz.model.schools import bridge_classes, teach, year_end
from clfz.model.turnover import turnover
from clfz.model.world import add_up, keep, live_month

STEPS = (
    "start_month",
    "turnover",
    "incomes",
    "visits",
    "age_checks",
    "decide",
    "schools",
    "books",
    "close_books",
)


@intrinsic
def _ticks(context):
    """The processor's own counter: some 10 ns a look."""

    def code(context, builder, signature, args):
        kind = ir.FunctionType(ir.IntType(64), ())
        counter = builder.module.declare_intrinsic("llvm.readcyclecounter", (), kind)
        return builder.call(counter, ())

    return types.int64(), code


ticks: Any = _ticks


@kernel
def run_months(s, z, p, levers, scratch, totals, sums, history):
    """Months 1.. of a zone in month 0, as `clfz.model.world.live_months` does them."""
    for month in range(1, levers.shape[0] + 1):
        live_month(s, z, p, levers, month, scratch)
        add_up(s, totals[month], sums[month])
        keep(s.codes, history[month])


@kernel
def run_months_clocked(s, z, p, levers, scratch, totals, sums, history, spent):
    """The same with the ticks of each step added up in `spent` [STEPS]."""
    for month in range(1, levers.shape[0] + 1):
        t = ticks()
        m = start_month(s, z, p, levers, month)
        t = clock(spent, 0, t)
        first, villages = 0, s.places.shape[0]
        while first < villages:
            end = group_end(s, first, villages)
            turnover(s, z, m, first, end)
            t = clock(spent, 1, t)
            incomes(s, p, m, first, end, scratch)
            t = clock(spent, 2, t)
            visits(s, p, m, first, end)
            t = clock(spent, 3, t)
            age_checks(s, z, m, first, end)
            t = clock(spent, 4, t)
            decide(s, z, p, m, first, end, scratch)
            t = clock(spent, 5, t)
            if m.bridging:
                bridge_classes(s, z, p, m, first, end)
            if m.year_end:
                year_end(s, z, p, m, first, end, scratch)
            teach(s, p, m, first, end)
            t = clock(spent, 6, t)
            look_around(s, p, first, end)
            books(s, m, first, end)
            t = clock(spent, 7, t)
            first = end
        add_up(s, totals[month], sums[month])
        keep(s.codes, history[month])
        clock(spent, 8, t)


@kernel
def clock(spent, step, before):
    """Book the ticks since `before` on a step; the time now."""
    now = ticks()
    spent[step] += now - before
    return now


def copied(state: Any) -> Any:
    """A state that shares nothing with the first."""
    return type(state)(
        *(value.copy() if isinstance(value, np.ndarray) else value for value in state)
    )
