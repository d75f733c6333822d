"""What brothers and sisters bring in and cost, as a household knows it when it decides about one child (ODD 7.5).

Each child of a household that is called is looked at once, and again when it has moved. What the others bring in is
what all bring in, less the child's own.
"""

import numpy as np

from clfz.model.calendar import class_age
from clfz.model.choice import at_school, transfer_band
from clfz.model.compiling import part, rule
from clfz.model.layout import FARM, HOME
from clfz.model.random import uniform
from clfz.model.transfers import eligible


@part
def on_list(s, m, h):
    """Whether a household is on the list of a transfer that pays this month."""
    return m.pays_transfers and eligible(uniform(s.rank[h]), uniform(s.noise[h]), m.error, m.limit)


@part
def look_at_households(s, m, homes, scratch):
    """What each child of the called households brings in, and the others of each.

    Args:
        s: State.
        m: Month.
        homes: How many are called: `scratch.eldest` has the first child of age of each.
        scratch: Written: `brought`, `others` household by household; `begins`, where each household's begin.
    """
    begin = np.uintp(0)
    for n in range(homes):
        first = np.uintp(scratch.eldest[n])
        h = np.uintp(s.household[first])
        size, listed = np.uintp(s.of_age[h]), on_list(s, m, h)
        scratch.begins[n] = begin
        for k in range(size):
            bring(s, m, first + k, listed, scratch.brought[begin + k])
        add_up_others(begin, size, scratch)
        begin += size


@part
def look_again(s, m, child, position, scratch):
    """The same for the younger ones after a child, at `position` in the lists, has moved."""
    h = np.uintp(s.household[child])
    eldest = np.uintp(s.household_child[h]) + np.uintp(s.grown[h])
    size = np.uintp(s.of_age[h])
    if child + np.uintp(1) < eldest + size:
        bring(s, m, child, on_list(s, m, h), scratch.brought[position])
        add_up_others(position - (child - eldest), size, scratch)


@part
def bring(s, m, i, listed, brought):
    """What a child brings in outside the family, in it, and otherwise; and 1 if it is in family work."""
    code = np.uintp(s.codes[i] & np.uint8(127))
    age = class_age(m.reference, np.int64(s.birth[i]))
    pupil = at_school(code & np.uintp(3))
    # a table, not branches: who pays no fees pays 0
    free = np.uintp(not pupil) | np.uintp(s.bridge_clock[i] > 0)
    other = -m.fees[2 * free + np.uintp(s.grade[i] >= m.secondary_grade)]
    if m.pays_transfers:
        amount = m.amounts[np.uintp(s.sex[i]), np.uintp(transfer_band(age))]
        other += amount * (1.0 if pupil else m.kept) if listed else 0.0
    years = age - 4.0
    brought[0] = m.earned[code, np.uintp(0)] * years
    brought[1] = m.earned[code, np.uintp(1)] * years
    brought[2] = other
    brought[3] = in_family(code >> np.uintp(2))


@part
def add_up_others(begin, size, scratch):
    """For each child of a household what all children of age bring in, less its own."""
    outside, family, other, helping = 0.0, 0.0, 0.0, 0.0
    for k in range(begin, begin + size):
        brought = scratch.brought[k]
        outside += brought[0]
        family += brought[1]
        other += brought[2]
        helping += brought[3]
    for k in range(begin, begin + size):
        brought, others = scratch.brought[k], scratch.others[k]
        others[0] = outside - brought[0]
        others[1] = family - brought[1]
        others[2] = other - brought[2]
        others[3] = helping - brought[3]


@part
def siblings(m, positions, size, x, scratch):
    """Net receipts from the other present children, added to resources, and what family work returns beside them."""
    for k in range(size):
        others = scratch.others[np.uintp(positions[k])]
        helping = np.int64(others[3])
        x.outside[k] = others[0]
        x.family[k] = others[1]
        x.other[k] = others[2]
        x.sibling_return[k] = m.sibling_return[np.uintp(helping)]
        x.their_return[k] = m.sibling_return[np.uintp(max(0, helping + in_family(x.at[k]) - 1))]
    for k in range(size):
        earned = x.outside[k] + x.family[k] * x.their_return[k]
        x.resources[k] += earned / 11.0 + x.other[k]


@rule
def in_family(place):
    """1 for family work on the farm or at home, else 0."""
    return np.int64((place >= FARM) & (place <= HOME))
