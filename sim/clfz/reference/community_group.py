"""The community group of a village: it traces children and visits their parents (ODD 7.4)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.agent import Agent
from clfz.reference.codes import SCHOOL_ONLY
from clfz.reference.shared import uniform

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.household import Household
    from clfz.reference.model import Twin
    from clfz.reference.village import Village


class CommunityGroup(Agent):
    """People of the village who visit households of working and returned children."""

    def __init__(self, model: Twin, village: Village) -> None:
        super().__init__(model)
        self.village = village
        self.credit = 0.0  # parts of visits carried over

    def make_visits(self) -> None:
        """Go round the village once, with as many visits as the month allows."""
        lever = self.model.lever
        present = sum(household.present for household in self.village.households)
        self.credit += lever.group_visits / 100 * present
        visits = floor(self.credit)
        self.credit -= visits
        follow_ups = floor(visits * lever.group_follow_up)
        visits -= follow_ups
        if visits + follow_ups == 0:
            return
        for household in self.village.round():
            if not household.present:
                continue
            cases = [child for child in household.present_children if is_case(child)]
            if cases and visits > 0 and self._finds(household, cases):
                visits -= 1
                self._visit(household, cases)
            elif follow_ups > 0 and any(
                child.returned and child.at_school for child in household.present_children
            ):
                follow_ups -= 1
                self._persuade(household)

    def _finds(self, household: Household, cases: list[Child]) -> bool:
        if any(child.known for child in cases):
            return True
        word = self.model.luck.words(household.key, self.model.month, shared.VISIT)[0]
        return uniform(word) < self.model.lever.group_detection

    def _visit(self, household: Household, cases: list[Child]) -> None:
        self._persuade(household)
        household.its_turn = True
        for child in cases:
            child.known = True
        for child in household.present_children:
            if child.class_age <= 14 and child.at_school:
                child.count_once("protected")

    def _persuade(self, household: Household) -> None:
        household.be_persuaded(self.model.parameters.visit_persuasion)
        self.model.events["visits"] += 1


def is_case(child: Child) -> bool:
    """Whether the group looks for the child: of class age up to 14 and not in school only."""
    return child.class_age <= 14 and child.activity != SCHOOL_ONLY
