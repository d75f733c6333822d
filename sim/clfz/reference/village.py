"""Villages with their school and employers (ODD 7.4-7.7)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.agent import Agent
from clfz.reference.codes import NO_PLACE, TIERS_CHECKED_IN_ORDER
from clfz.reference.community_group import CommunityGroup
from clfz.reference.shared import exp, log

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.household import Household
    from clfz.reference.model import Twin


class Village(Agent):
    """A village: households in order of storage, a school, employers, a community group."""

    def __init__(self, model: Twin, number: int, slots: range) -> None:
        """Lay out a village of some slots; households move in later.

        Args:
            model: The twin.
            number: Place in the order of villages.
            slots: Its homes.
        """
        super().__init__(model)
        self.number = number
        self.slots = slots
        self.households: list[Household] = []
        self.school = School(model, self)
        self.employers = {tier: Employer(model, self, tier) for tier in TIERS_CHECKED_IN_ORDER}
        self.group = CommunityGroup(model, self)
        self.seen_school = 0.0
        self.seen_work = 0.0

    def round(self) -> list[Household]:
        """All households once, from this month's first slot (ODD 7.4)."""
        word = self.model.luck.words(self.number, self.model.month, shared.ORDER)[0]
        first_slot = self.slots[word % len(self.slots)]
        before = [household for household in self.households if household.slot < first_slot]
        return self.households[len(before) :] + before

    @property
    def present_children(self) -> list[Child]:
        """All present children, in order of storage."""
        return [child for h in self.households for child in h.present_children]

    def open(self, seen_school: float, seen_work: float) -> None:
        """Set seats, places and perceived norms from month 0 (ODD 7.2).

        Args:
            seen_school: Share at school that is perceived where there are no children of 6-14.
            seen_work: Share at work that is perceived there.
        """
        self.seen_school, self.seen_work = shares(self.present_children) or (seen_school, seen_work)
        self.count_seats_and_places()
        self.school.pupils_at_start = max(1, self.school.pupils)
        for employer in self.employers.values():
            employer.open()

    def count_seats_and_places(self) -> None:
        """Count who sits and works where, at the start of a month."""
        self.school.pupils = self.school.bridge_pupils = 0
        for employer in self.employers.values():
            employer.filled = employer.filled_under_age = 0
        for child in self.present_children:
            self.take_up(child, 1)

    def take_up(self, child: Child, step: int) -> None:
        """Let a child take (+1) or leave (-1) its present seat and place."""
        if child.in_bridge_class:
            self.school.bridge_pupils += step
        elif child.at_school:
            self.school.pupils += step
        if employer := self.employers.get(child.place):
            employer.filled += step
            employer.filled_under_age += step * child.under_age

    def follow_neighbours(self) -> None:
        """Move what people believe of each other towards what children do (ODD 7.7)."""
        speed = self.model.parameters.norm_speed
        if done := shares(self.present_children):
            self.seen_school += speed * (done[0] - self.seen_school)
            self.seen_work += speed * (done[1] - self.seen_work)


class School(Agent):
    """The school of a village, bridge classes included."""

    def __init__(self, model: Twin, village: Village) -> None:
        super().__init__(model)
        self.village = village
        self.pupils_at_start = 1
        self.pupils = 0
        self.bridge_pupils = 0
        self.quality = 1.0

    @property
    def has_seat(self) -> bool:
        """Whether a regular class can take one more child (ODD 7.5)."""
        slack, teachers = self.model.figures.seat_slack, self.model.lever.teachers
        seats = floor(self.pupils_at_start * (1 + slack) * (1 + teachers) + 0.5)
        return self.pupils < seats

    @property
    def has_bridge_seat(self) -> bool:
        """Whether a bridge class can take one more child; the zone's seats are spread evenly."""
        seats, villages = self.model.lever.bridge_seats, self.model.figures.villages
        number = self.village.number
        up_to_here = floor(seats * (number + 1) / villages + 0.5)
        before = floor(seats * number / villages + 0.5)
        return self.bridge_pupils < up_to_here - before

    def update_quality(self) -> None:
        """Quality of next month: teaching and crowding (ODD 7.6)."""
        p, lever = self.model.parameters, self.model.lever
        teachers_per_pupil = (1 + lever.teachers) * self.pupils_at_start / max(1, self.pupils)
        crowding = min(max(exp(p.crowding * log(teachers_per_pupil)), 0.3), 2.0)
        self.quality = (1 + lever.school_quality) * (1 + lever.school_attractiveness) * crowding


class Employer(Agent):
    """The employers of one tier in a village: places for children."""

    def __init__(self, model: Twin, village: Village, tier: int) -> None:
        super().__init__(model)
        self.village = village
        self.tier = tier
        self.places = 0
        self.filled = 0
        self.filled_under_age = 0

    def open(self) -> None:
        """Set the places from the children who work here at month 0 (ODD 7.2)."""
        if self.model.figures.livelihood[self.tier - 1] > 0:
            self.places = floor(self.filled * (1 + self.model.parameters.vacancy_share) + 1)

    @property
    def under_age_limit(self) -> int | None:
        """The most places that under-age children may hold; None when nobody checks."""
        checked = self.model.lever.age_check(self.tier)
        if checked <= 0:
            return None
        leak = self.model.parameters.check_leak
        return floor(self.places * (1 - checked * (1 - leak)) + 0.5)

    @property
    def places_checked(self) -> float:
        """Places whose owner verifies age."""
        return self.places * self.model.lever.age_check(self.tier)

    def would_take(self, child: Child) -> bool:
        """Whether there is a vacancy for this child (ODD 7.5)."""
        if child.place == self.tier:
            return True
        limit = self.under_age_limit
        if child.under_age and limit is not None and self.filled_under_age >= limit:
            return False
        return self.filled < self.places

    def check_ages(self) -> None:
        """Dismiss under-age children until their places are within the limit (ODD 7.4)."""
        limit = self.under_age_limit
        if limit is None:
            return
        for household in self.village.round():
            for child in household.present_children:
                if self.filled_under_age <= limit:
                    return
                if child.under_age and child.place == self.tier:
                    self.village.take_up(child, -1)
                    child.place = NO_PLACE
                    self.village.take_up(child, 1)
                    child.its_turn = True
                    self.model.events["lost_place"] += 1


def shares(children: list[Child]) -> tuple[float, float] | None:
    """Shares at school and at work among children of class age 6-14; None if there are none."""
    group = [child for child in children if 6 <= child.class_age <= 14]
    if not group:
        return None
    at_school = sum(child.at_school for child in group) / len(group)
    return at_school, sum(child.works for child in group) / len(group)
