"""The parts that a world is made of, each compiled once for all who run one (`run.py`).

Everything of a world but its beginning (`start.begin`).
"""

import numpy as np

from clfz.model.address import call
from clfz.model.attribution import attribute
from clfz.model.compiling import addressed, in_place, outline, part
from clfz.model.layout import Z_WAGE
from clfz.model.maths import exp
from clfz.model.memory import copied
from clfz.model.month import start_month, this_month, villages_month
from clfz.model.start import make_scratch


@outline
def live_month(s, z, p, levers, month, scratch):
    """One month of one zone, but for the sums over its villages."""
    m = start_month(s, z, p, levers, month)
    villages_month(s, z, p, m, np.int64(0), s.places.shape[0], scratch)


@addressed
def live_months(s, z, p, levers, first, last, scratch, totals, sums, history):
    """Months first..last of one zone, and its books; in month 0 only these. Returns 1, as all parts that only write.

    Args:
        s: State at the end of the month before, changed in place.
        z: Zone figures (record).
        p: Parameters (record).
        levers: [M, n_levers].
        first: 0..M.
        last: 0..M.
        scratch: From `start.begin`.
        totals: [M + 1, 2, 3, COUNTS] int64, written.
        sums: [M + 1, SUMS] float64, written.
        history: [M + 1, N] uint8 codes of each child, or shape [0, 0] when nobody wants it.
    """
    for month in range(first, last + 1):
        if month > 0:
            live_month(s, z, p, levers, month, scratch)
        add_up(s, totals[month], sums[month])
        if history.shape[0] > 0:
            keep(s.codes, history[month])
    return 1


@addressed
def live_part(s, z, p, levers, month, first, last):
    """A month of villages first..last-1 of a large zone, when wages have moved. Returns 1."""
    m = this_month(s, z, p, levers, month)
    villages_month(s, z, p, m, first, last, make_scratch(s))
    return 1


@addressed
def run_scenarios(start, live, z, p, levers, seed, programme_months, totals, sums, classes):
    """One world: every scenario from the same month 0, and each child of it against scenario 0.

    `start` and `live` are the addresses of `start.begin` and `live_months`; the rest as in `run.run_batch`.
    """
    scenarios, months = levers.shape[0], levers.shape[1]
    zone, scratch = call(start, (z, p, seed, months, np.zeros(levers.shape[2]), True))
    without = np.zeros((months + 1, zone.key.size), np.uint8)
    history = np.zeros((months + 1, zone.key.size), np.uint8)
    for k in range(scenarios):
        codes = without if k == 0 else history
        s = copied(zone)
        call(live, (s, z, p, levers[k], 0, months, scratch, totals[k], sums[k], codes))
        attribute(codes, without, s.birth, s.counted, programme_months, classes[k])
    return 1


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
