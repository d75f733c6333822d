"""Steps 2 and 3 of a month: wages, who gets a cash transfer, and what households live from (ODD 7.3)."""

import numpy as np

from clfz.model.compiling import in_place, lanes, part, rule
from clfz.model.layout import (
    ALL_ACTIVATED,
    BLOCK,
    SUM,
)
from clfz.model.maths import log
from clfz.model.random import MONTH, bell, uniform, words
from clfz.programme.levers import LEVER


@rule
def threshold(coverage, error):
    """Score below which households are on the list: the quantile `coverage` of (1 - error) r + error noise.

    The sum of two uniform numbers with weights `m` and `1 - m` has a trapezoidal density, whose quantile is known.
    """
    if coverage <= 0.0:
        return -1.0
    small = min(error, 1.0 - error)
    large = 1.0 - small
    if small == 0.0:
        return coverage
    if coverage < small / (2.0 * large):
        return np.sqrt(2.0 * coverage * small * large)
    if coverage <= 1.0 - small / (2.0 * large):
        return coverage * large + small / 2.0
    return 1.0 - np.sqrt(2.0 * (1.0 - coverage) * small * large)


@rule
def eligible(rank, noise, error, limit):
    """Whether a household is on the list."""
    return (1.0 - error) * rank + error * noise < limit


@part
def transfer_changed(levers, before):
    """Whether any lever of the transfer differs from last month's."""
    for column in range(LEVER.transfer_girls_5_11, LEVER.transfer_girls_5_11 + 6):
        if levers[column] != before[column]:
            return True
    return (
        levers[LEVER.transfer_coverage] != before[LEVER.transfer_coverage]
        or levers[LEVER.transfer_targeting_error] != before[LEVER.transfer_targeting_error]
        or levers[LEVER.transfer_condition] != before[LEVER.transfer_condition]
        or levers[LEVER.transfer_endorsement] != before[LEVER.transfer_endorsement]
    )


@rule
def wage_step(log_wage, supply, supply_start, elasticity, speed):
    """Log wage a month later: partial adjustment to the wage at which labour demanded meets labour supplied.

    Demand has constant elasticity (Hamermesh 1993, ch. 2), so the wage that clears the market lies at
    -log(S / S0) / elasticity.
    """
    return log_wage + speed * (-log(supply / supply_start) / elasticity - log_wage)


@part
def labour_supply(s, p, trade):
    """Labour in a trade at the end of last month, in adults; children count at their productivity."""
    adults, working, combining = 0, 0, 0
    for v in range(s.places.shape[0]):
        adults += s.village_supply[v, trade, 0]
        working += s.village_supply[v, trade, 1]
        combining += s.village_supply[v, trade, 2]
    return adults + p.child_productivity * (working + p.combine_share * combining)


@part
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
def incomes(s, p, m, first, last, scratch):
    """Incomes, messages, and who are activated, in villages first..last-1."""
    coverage = m.levers[LEVER.adult_wage_coverage]
    x = scratch.households[0]
    for v in range(first, last):
        end = s.village_household[v + 1]
        reached = 0
        for low in range(s.village_household[v], end, BLOCK):
            size = min(BLOCK, end - low)
            earn(s, p, m, coverage, low, size, x)
            reached += listen(s, p, m, low, size, x)
        s.village_sums[v, SUM.contacts] = reached
        low = s.village_household[v]
        if m.changed_transfers:
            announce_transfers(s, m, low, end)
        if coverage > 0.0:
            wage_bill(s, coverage, v, low, end)


@part
def earn(s, p, m, coverage, low, size, x):
    """Incomes of households low..low+size-1, what they save or draw, and who reconsiders."""
    spread = p.income_sd * np.sqrt(1.0 - p.income_persistence * p.income_persistence)
    kept = p.income_persistence
    largest, saving_rate = p.buffer_months, p.saving_rate
    high = low + size
    hid, credit, trade = s.hid[low:high], s.credit[low:high], s.trade[low:high]
    base, transitory, buffer = s.base[low:high], s.transitory[low:high], s.buffer[low:high]
    for k in range(size):
        x.hid[k] = hid[k]
        x.base[k] = base[k]
        x.transitory[k] = transitory[k]
        x.buffer[k] = buffer[k]
        x.access[k] = p.credit_access if credit[k] else 0.5 * p.credit_access
    for k in range(size):
        own = np.uintp(trade[k])
        x.factor[k] = m.income[own, np.uintp(0)]
        x.rate[k] = m.rates[own]
    if coverage > 0.0:
        for k in range(size):
            covered = uniform(s.coverage[low + k]) < coverage
            x.factor[k] = m.income[np.uintp(trade[k]), np.uintp(covered)]
    whole = lanes(size)
    for k in range(whole):
        w0, w1, w2, w3 = words(s.seed, x.hid[k], m.month, MONTH)
        x.transitory[k] = kept * x.transitory[k] + spread * bell(w0, w1)
        x.activation_draw[k] = uniform(w2)
        x.contact_draw[k] = uniform(w3)
    for k in range(whole):
        income = x.base[k] * x.factor[k] * max(0.1, 1.0 + x.transitory[k])
        x.resources[k], x.buffer[k] = buffered(
            income, x.base[k], x.buffer[k], largest * x.base[k], x.access[k], saving_rate
        )
    resources, activation = s.resources[low:high], s.activation[low:high]
    for k in range(size):
        transitory[k] = x.transitory[k]
        buffer[k] = x.buffer[k]
        resources[k] = x.resources[k]
    for k in range(size):
        activation[k] |= (
            np.uint8(ALL_ACTIVATED) if x.activation_draw[k] < x.rate[k] else np.uint8(0)
        )


@part
def listen(s, p, m, low, size, x):
    """What people heard fades; awareness reaches some households anew. Returns how many."""
    message = s.message[low : low + size]
    left = 1.0 - p.message_decay
    for k in range(size):
        message[k] *= left
    contacts = m.levers[LEVER.awareness_contacts]
    if contacts <= 0.0:
        return 0
    lesson, cap = p.message_effect * m.levers[LEVER.awareness_strength], p.message_cap
    present = s.present[low : low + size]
    reached = 0
    for k in range(size):
        hears = present[k] & (x.contact_draw[k] < contacts)
        reached += hears
        louder = min(cap, message[k] + lesson)
        message[k] = louder if hears else message[k]
    return reached


@part
def announce_transfers(s, m, first, last):
    """When a transfer begins, changes or ends, households on the list reconsider."""
    for h in range(first, last):
        rank, noise = uniform(s.rank[h]), uniform(s.noise[h])
        now = eligible(rank, noise, m.error, m.limit)
        before = eligible(rank, noise, m.error_before, m.limit_before)
        if now or before:
            s.activation[h] |= ALL_ACTIVATED


@part
def wage_bill(s, coverage, v, first, last):
    """Base pay of the adults of covered, present households by trade: what a rise is a share of."""
    bill = s.village_sums[v, SUM.wage_bill_farm : SUM.wage_bill_farm + 5]
    for h in range(np.uintp(first), np.uintp(last)):
        # without branches: who is not covered adds 0
        covered = s.present[h] & (uniform(s.coverage[h]) < coverage)
        bill[np.uintp(s.trade[h])] += s.base[h] if covered else 0.0
