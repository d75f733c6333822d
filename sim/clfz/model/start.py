"""Month 0: a zone with its people, their initial histories, its places, and its tallies (ODD 7.1, 7.2)."""

import numpy as np

from clfz.model.books import IN, books, enter, write_cutoffs
from clfz.model.choice import works
from clfz.model.compiling import kernel, outline
from clfz.model.incomes import labour_supply
from clfz.model.layout import EXIT_MONTHS, TIER3
from clfz.model.past import relive
from clfz.model.population import populate
from clfz.model.thismonth import begin_month
from clfz.model.turnover import of_age, show, sort_births, sort_phases


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
    relive(s, z, p)
    m = begin_month(s.log_wage, z, p, no_levers, no_levers, np.int64(0))
    totals = np.zeros(3, np.float64)
    for v in range(s.places.shape[0]):
        settle(s, z, p, m, v)
        books(s, m, v, v + 1)
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
