"""Who lives in the zone (ODD 7.1): villages hold slots, a slot holds one family after another."""

from __future__ import annotations

from itertools import count
from math import floor
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.household import Household
from clfz.reference.shared import uniform
from clfz.reference.village import Village

if TYPE_CHECKING:
    from clfz.reference.model import Twin

SLOT_MONTHS = 300
"""Months from one family of a slot to the next."""


def found_villages(model: Twin) -> list[Village]:
    """All villages with their households and children, in the order of storage."""
    z = model.figures
    slots = max(z.villages, floor(z.children / (z.births_mean * 0.52) + 0.5))
    villages = []
    for number in range(z.villages):
        first, beyond = number * slots // z.villages, (number + 1) * slots // z.villages
        village = Village(model, number, range(first, beyond))
        for slot in village.slots:
            village.households.extend(families_of_slot(model, village, slot))
        villages.append(village)
    return villages


def families_of_slot(model: Twin, village: Village, slot: int) -> list[Household]:
    """The families of a slot, generation after generation, that have a child with a row."""
    families: list[Household] = []
    shift = floor(uniform(model.luck.words(slot, 0, shared.SLOT)[0]) * SLOT_MONTHS)
    for generation in count(-2):
        first_birth = -shift + generation * SLOT_MONTHS
        if first_birth > model.last_month - 60:
            return families
        key = slot * 16 + generation + 4
        births = birth_months(model, key, first_birth)
        if any(has_row(model, birth) for birth in births):
            families.append(Household(model, village, key, births))
    raise AssertionError("slots never run out of generations")


def birth_months(model: Twin, household_key: int, first_birth: int) -> list[int]:
    """Birth months of all children ever born to a family, eldest first."""
    a = model.luck.words(household_key, 0, shared.HOUSEHOLD)
    births = min(8, max(1, floor(model.figures.births_mean - 1 + 3 * uniform(a[1]))))
    spacing = 24 + floor(13 * uniform(a[2]))
    return [first_birth + k * spacing for k in range(births)]


def has_row(model: Twin, birth_month: int) -> bool:
    """Whether the child is 5-17 in at least one of the months 0..M."""
    return -216 < birth_month <= model.last_month - 60
