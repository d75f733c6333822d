"""A month, in order. This page is the model at a glance; `docs/odd.md`, section 3, says the same in words."""

import numpy as np

from sim.engine.books import books, look_around
from sim.engine.compiling import in_place, outline
from sim.engine.decide import decide
from sim.engine.group import age_checks, first_household, visits
from sim.engine.incomes import incomes, wages
from sim.engine.schools import bridge_classes, teach, year_end
from sim.engine.thismonth import begin_month
from sim.engine.turnover import turnover


@in_place
def village_month(s, z, p, m, v, scratch):
    """Everything that happens in one village in one month. Villages do not touch each other within a month."""
    turnover(s, z, m, v)  # 8 of last month: who is here
    incomes(s, p, m, v, scratch)  # 2
    first = first_household(s, m, v)
    visits(s, p, m, v, first)  # 4
    age_checks(s, z, m, v, first)
    decide(s, z, p, m, v, first, scratch)  # 5
    if m.bridging:
        bridge_classes(s, z, p, m, v)  # 6
    if m.year_end:
        year_end(s, z, p, m, v)
    teach(s, p, m, v)
    look_around(s, p, v)  # 7
    books(s, m, v)  # 9


@outline
def start_month(s, z, p, levers, month):
    """Steps 1 and 3: the calendar, the levers and the wages are the same for all villages."""
    wages(s, p)
    before = levers[month - 2] if month > 1 else np.zeros_like(levers[0])
    return begin_month(s, z, p, levers[month - 1], before, month)
