"""Month 0, a month in order, and what Python calls: whole runs, or month by month.

`villages_month` is the model at a glance; `docs/odd.md`, section 3, says the same in words. A run, that is all months
of one scenario, is one compiled call. Replications share nothing, so each is a task of a pool of threads; compiled code
lets other threads run beside it. At the end each child is compared with the same child without the programme.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from clfz.model.burn_in import initial_histories
from clfz.model.calendar import begin_month
from clfz.model.choice import NONE_KEPT, taste_shocks, works
from clfz.model.community_group import age_checks, visits
from clfz.model.compiling import in_place, keep_sums, kernel, outline, part
from clfz.model.decide import decide
from clfz.model.incomes import incomes, labour_supply, wages
from clfz.model.layout import (
    CLASS,
    ENTRY_MONTHS,
    EXIT_MONTHS,
    GROUP_ROWS,
    SUM,
    TIER3,
)
from clfz.model.maths import exp
from clfz.model.population import (
    count_rows,
    of_age,
    populate,
    show,
    slot_count,
    sort_births,
    sort_phases,
    turnover,
)
from clfz.model.schools import bridge_classes, teach, year_end
from clfz.model.state import Scratch, State, allocate, copied, empty_scratch
from clfz.model.tallies import IN, close_tallies, enter, look_around, write_cutoffs


@kernel
def build_zone(s, z, p, rows, no_levers):
    """Build a zone in month 0.

    Args:
        s: An empty state, written.
        z: Zone data (record).
        p: Parameters (record).
        rows: [V + 1, 2] first household and child row of each village.
        no_levers: Neutral levers [n_levers].
    """
    populate(s, z, p, rows)
    write_cutoffs(s, z)
    initial_histories(s, z, p)
    m = begin_month(s.log_wage, z, p, no_levers, no_levers, np.int64(0))
    totals = np.zeros(3, np.float64)
    for v in range(s.places.shape[0]):
        settle(s, z, p, m, v)
        close_tallies(s, m, v, v + 1)
        children = s.neighbours[v, 0]
        if children > 0:
            s.seen_school[v] = s.neighbours[v, 1] / children
            s.seen_work[v] = s.neighbours[v, 2] / children
        for k in range(3):
            totals[k] += s.neighbours[v, k]
    if totals[0] > 0:
        s.references[0] = totals[1] / totals[0]
        s.references[1] = totals[2] / totals[0]
    for v in range(s.places.shape[0]):
        if s.neighbours[v, 0] == 0:
            s.seen_school[v], s.seen_work[v] = s.references[0], s.references[1]
    for k in range(5):
        s.supply_start[k] = labour_supply(s, p, k)


@outline
def settle(s, z, p, m, v):
    """Working children take their household's own trade as place; employers get a few places more than they fill."""
    reference = m.reference
    for h in range(s.village_household[v], s.village_household[v + 1]):
        for i in range(np.int64(s.household_child[h]), np.int64(s.household_child[h + 1])):
            s.grown[h] += -np.int64(s.birth[i]) >= EXIT_MONTHS
            if of_age(-np.int64(s.birth[i])):
                s.of_age[h] += 1
                if s.here[h]:
                    if works(s.activity[i]):
                        s.place[i] = s.trade[h] + 1
                    enter(s, z, m.month, reference, v, i, IN)
        show(s, v, h)
    sort_births(s, v)
    sort_phases(s, v)
    for k in range(3):
        if z.livelihood[k + TIER3 - 1] > 0.0:
            s.places[v, k] = np.int64(np.floor(s.filled[v, k] * (1.0 + p.vacancy_share) + 1.0))
    s.pupils_start[v] = max(1, s.pupils[v])
    s.quality[v] = 1.0


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
        close_tallies(s, m, first, end)  # 9
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
        sums[SUM.wage_farm + k] = exp(s.log_wage[k])


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


FOLLOW_UP_MONTHS = 12  # months after being counted


@kernel
def attribute(history, without, birth, counted, programme_months, classes):
    """Put every child into one class.

    Counted children are looked at a year after they were counted (or in their last month in the zone): out of school
    again is *relapsed*; at school but working in another place than the month before they were counted is *displaced*;
    at school without the programme too is *deadweight*; the rest is *changed*. Children who were never counted are
    looked at when the programme ends: at school only thanks to it is *spill-over*, at work only because of it is
    *work moved in*, out of school only because of it is *lost school*.

    Args:
        history: [M + 1, N] codes of `tallies.code` with the programme.
        without: The same without it, same people and random draws.
        birth: [N] month of birth.
        counted: [N] month in which the programme first counted a child, 0 if never.
        programme_months: Last month of the programme.
        classes: [8] int64, written.
    """
    months = history.shape[0] - 1
    classes[:] = 0
    for i in range(np.uintp(counted.size)):
        m = np.int64(counted[i])
        if m > programme_months:
            m = 0  # who comes back after the programme is on nobody's list
        look = min(m + FOLLOW_UP_MONTHS, months) if m > 0 else min(programme_months, months)
        first = m if m > 0 else 1
        # the months before and after it is of age need no look
        look = min(look, np.int64(birth[i]) + EXIT_MONTHS - 1)
        first = max(first, np.int64(birth[i]) + ENTRY_MONTHS)
        while look >= first and history[look, i] == 0:
            look -= 1
        if look < first:
            continue
        activity, place = history[look, i] & 3, (history[look, i] >> 2) & 7
        other = without[look, i] & 3
        school, school_without = activity <= 1, other <= 1
        if m > 0:
            before = (history[m - 1, i] >> 2) & 7
            if not school:
                classes[CLASS.relapsed] += 1
            elif place != 0 and before != 0 and place != before:
                classes[CLASS.displaced] += 1
            elif school_without:
                classes[CLASS.deadweight] += 1
            else:
                classes[CLASS.changed] += 1
        elif school and not school_without:
            classes[CLASS.spill_over] += 1
        elif (activity == 1 or activity == 2) and not (other == 1 or other == 2):
            classes[CLASS.work_moved_in] += 1
        elif school_without and not school:
            classes[CLASS.lost_school] += 1
        else:
            classes[CLASS.unaffected] += 1


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


def run_zone(z: Any, p: Any, levers: Any, seed: Any, totals: Any, sums: Any, history: Any) -> State:
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
        try:
            asked = [pool.submit(task, k) for k in range(count)]
        except RuntimeError as error:  # no room for another thread
            raise MemoryError from error
        for done in asked:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)
