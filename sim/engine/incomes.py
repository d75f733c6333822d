"""Steps 2 and 3 of a month: wages, and what households live from (ODD 7.3)."""

import numpy as np

from sim.engine.columns import CONTACT_STRENGTH, CONTACTS, WAGE_COVERAGE
from sim.engine.compiling import in_place, rule
from sim.engine.layout import ALL_TURN, Z_BILL, Z_CONTACTS
from sim.engine.maths import log
from sim.engine.random import MONTH, bell, uniform, words
from sim.engine.transfers import eligible


@rule
def wage_step(log_wage, supply, supply_start, elasticity, speed):
    """Log wage a month later: partial adjustment to the wage at which labour demanded meets labour supplied.

    Demand has constant elasticity (Hamermesh 1993, ch. 2), so the wage that clears the market lies at
    -log(S / S0) / elasticity.
    """
    return log_wage + speed * (-log(supply / supply_start) / elasticity - log_wage)


@in_place
def labour_supply(s, p, trade):
    """Labour in a trade at the end of last month, in adults; children count at their productivity."""
    adults, working, combining = 0, 0, 0
    for v in range(s.places.shape[0]):
        adults += s.village_supply[v, trade, 0]
        working += s.village_supply[v, trade, 1]
        combining += s.village_supply[v, trade, 2]
    return adults + p.child_productivity * (working + p.combine_share * combining)


@in_place
def wages(s, p):
    """Move the wage of each trade with last month's labour: when children leave, adults earn more."""
    for k in range(5):
        supply = labour_supply(s, p, k)
        if s.supply_start[k] > 0.0 and supply > 0.0:
            s.log_wage[k] = wage_step(
                s.log_wage[k],
                supply,
                s.supply_start[k],
                p.labour_demand_elasticity,
                p.wage_adjustment,
            )


@rule
def buffered(income, base, buffer, largest, access, saving_rate):
    """Resources after drawing on or adding to the buffer stock (Deaton 1991), and the buffer that is left."""
    surplus = income - base
    drawn = min(buffer, -surplus * access)
    saved = max(0.0, min(saving_rate * surplus, largest - buffer))
    change = saved if surplus >= 0.0 else -drawn
    return income - change, buffer + change


@in_place
def incomes(s, p, m, v, scratch):
    """Incomes, messages, and whose turn it is, in one village."""
    first, last = s.village_household[v], s.village_household[v + 1]
    _draw_month(s, p, m, first, last, scratch)
    contacts = m.levers[CONTACTS]
    lesson = p.message_effect * m.levers[CONTACT_STRENGTH]
    coverage = m.levers[WAGE_COVERAGE]
    reached = 0
    for h in range(first, last):
        k = np.int64(s.trade[h])
        covered = np.int64(uniform(s.coverage[h]) < coverage)
        base = s.base[h]
        income = base * m.income[k, covered] * max(0.1, 1.0 + s.transitory[h])
        access = p.credit_access if s.credit[h] else 0.5 * p.credit_access
        s.resources[h], s.buffer[h] = buffered(
            income, base, s.buffer[h], p.buffer_months * base, access, p.saving_rate
        )
        if uniform(scratch.words[0, h - first]) < m.rates[k]:
            s.turn[h] |= ALL_TURN
        message = s.message[h] * (1.0 - p.message_decay)
        if s.present[h] and uniform(scratch.words[1, h - first]) < contacts:
            message = min(p.message_cap, message + lesson)
            reached += 1
        s.message[h] = message
    s.village_sums[v, Z_CONTACTS] = reached
    if m.changed_transfers:
        announce_transfers(s, m, first, last)
    if coverage > 0.0:
        wage_bill(s, coverage, v, first, last)


@in_place
def _draw_month(s, p, m, first, last, scratch):
    """The month's draws of each household, in a loop without branches: income now, two words for later."""
    spread = p.income_sd * np.sqrt(1.0 - p.income_persistence * p.income_persistence)
    kept = p.income_persistence
    hid = s.hid[first:last]
    x = s.transitory[first:last]
    word2 = scratch.words[0]
    word3 = scratch.words[1]
    for n in range(hid.size):
        w0, w1, w2, w3 = words(s.seed, np.int64(hid[n]), m.month, MONTH)
        x[n] = kept * x[n] + spread * bell(w0, w1)
        word2[n] = w2
        word3[n] = w3


@in_place
def announce_transfers(s, m, first, last):
    """When a transfer begins, changes or ends, households on the list reconsider."""
    for h in range(first, last):
        rank, noise = uniform(s.rank[h]), uniform(s.noise[h])
        now = eligible(rank, noise, m.error, m.limit)
        before = eligible(rank, noise, m.error_before, m.limit_before)
        if now or before:
            s.turn[h] |= ALL_TURN


@in_place
def wage_bill(s, coverage, v, first, last):
    """Base pay of the adults of covered, present households by trade: what a rise is a share of."""
    for h in range(first, last):
        if s.present[h] and uniform(s.coverage[h]) < coverage:
            s.village_sums[v, Z_BILL + s.trade[h]] += s.base[h]
