"""A month, in order. This page is the model at a glance; `docs/odd.md`, section 3, says the same in words."""

import numpy as np

from clfz.model.books import books, look_around
from clfz.model.compiling import in_place, outline, part
from clfz.model.decide import decide
from clfz.model.group import age_checks, visits
from clfz.model.incomes import incomes, wages
from clfz.model.layout import GROUP_ROWS, Z_WAGE
from clfz.model.maths import exp
from clfz.model.schools import bridge_classes, teach, year_end
from clfz.model.thismonth import begin_month
from clfz.model.turnover import turnover


@in_place
def villages_month(s, z, p, m, first, last, scratch):
    """A month of villages first..last-1. Villages do not touch each other within a month."""
    while first < last:
        end = group_end(s, first, last)
        turnover(s, z, m, first, end)  # 8 of last month: who is here
        incomes(s, p, m, first, end, scratch)  # 2
        visits(s, p, m, first, end)  # 4
        age_checks(s, z, m, first, end)
        decide(s, z, p, m, first, end, scratch)  # 5
        if m.bridging:
            bridge_classes(s, z, p, m, first, end)  # 6
        if m.year_end:
            year_end(s, z, p, m, first, end, scratch)
        teach(s, p, m, first, end)
        look_around(s, p, first, end)  # 7
        books(s, m, first, end)  # 9
        first = end


@outline
def live_month(s, z, p, levers, month, scratch):
    """One month of one zone, but for the sums over its villages."""
    wages(s, p)  # 3
    before = levers[month - 2] if month > 1 else np.zeros_like(levers[0])
    m = begin_month(s.log_wage, z, p, levers[month - 1], before, month)  # 1
    villages_month(s, z, p, m, np.int64(0), s.places.shape[0], scratch)


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


@part
def group_end(s, first, last):
    """Villages live a month in groups that fit a core's cache: the village after the group that begins at `first`."""
    rows = first_row(s, first) + GROUP_ROWS
    end = first + 1
    while end < last and first_row(s, end + 1) <= rows:
        end += 1
    return end


@part
def first_row(s, village):
    """The first child row of a village."""
    return np.int64(s.household_child[s.village_household[village]])
