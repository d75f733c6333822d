"""The school month: bridge courses end, grades rise (ODD 7.6, step 6)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.choice import HIGHEST_GRADE, promotion_chance
from clfz.reference.shared import uniform

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.village import Village


def school_month(village: Village) -> None:
    """Advance bridge courses, promote at the year's end, and update the school's quality."""
    model = village.model
    children = [child for household in village.households for child in household.children]
    for child in children:
        if child.in_bridge_class:
            advance_course(child)
    if model.dates.is_year_end(model.month):
        for child in children:
            if child.of_age and child.is_pupil:
                end_year(child)
    village.school.update_quality()


def advance_course(child: Child) -> None:
    """One more month of the bridge course; at its end the child joins its regular class."""
    lever, p = child.model.lever, child.model.parameters
    course = floor(lever.bridge_months)
    finished = 0 < course <= child.bridge_clock
    closed = lever.bridge_seats == 0
    if not finished and not closed:
        child.bridge_clock += 1
        return
    if finished:
        caught_up = min(child.right_grade, child.grade + floor(p.bridge_catch_up + 0.5))
        child.grade = max(child.grade, caught_up)
        child.count_once("withdrawn")
    village = child.household.village
    if child.present:
        village.take_up(child, -1)
    child.bridge_clock = 0
    if child.present:
        village.take_up(child, 1)
    child.returned = True
    child.its_turn = True


def end_year(child: Child) -> None:
    """Rise a grade, or repeat it."""
    model = child.model
    quality = child.household.village.school.quality
    support = model.lever.bridge_support if child.returned else 0.0
    chance = promotion_chance(model.parameters, quality, child.activity, child.gap, support)
    word = model.luck.words(child.key, model.month, shared.PROMOTE)[0]
    if child.grade < HIGHEST_GRADE and uniform(word) < chance:
        child.grade += 1
