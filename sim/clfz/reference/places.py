"""Villages with their school, employers and community group (ODD 7.4, 7.6, 7.7), and the zone's wages (7.3)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from clfz.model import random
from clfz.reference.decision import promotion_chance
from clfz.reference.shared import (
    HIGHEST_GRADE,
    NO_PLACE,
    SCHOOL_AND_WORK,
    SCHOOL_ONLY,
    TIERS,
    TRADES,
    WORK_ONLY,
    Agent,
    exp,
    log,
    right_grade,
    uniform,
)

if TYPE_CHECKING:
    from clfz.reference.model import ReferenceModel
    from clfz.reference.people import Child, Household


class Village(Agent):
    """A village: households in order of storage, a school, employers, a community group."""

    def __init__(self, model: ReferenceModel, number: int, slots: range) -> None:
        """Lay out a village of some slots; households move in later.

        Args:
            model: The model.
            number: Place in the order of villages.
            slots: Its homes.
        """
        super().__init__(model)
        self.number = number
        self.slots = slots
        self.households: list[Household] = []
        self.school = School(model, self)
        self.employers = {tier: Employer(model, self, tier) for tier in TIERS}
        self.group = CommunityGroup(model, self)
        self.seen_school = 0.0
        self.seen_work = 0.0

    def round(self) -> list[Household]:
        """All households once, from this month's first slot (7.4)."""
        word = self.model.words(self.number, self.model.month, random.ORDER)[0]
        first_slot = self.slots[word % len(self.slots)]
        before = [household for household in self.households if household.slot < first_slot]
        return self.households[len(before) :] + before

    @property
    def present_children(self) -> list[Child]:
        """All present children, in order of storage."""
        return [child for h in self.households for child in h.present_children]

    def open(self, seen_school: float, seen_work: float) -> None:
        """Set seats, places and perceived norms from month 0 (7.2).

        Args:
            seen_school: Share at school that is perceived where there are no children of 6-14.
            seen_work: Share at work that is perceived there.
        """
        self.seen_school, self.seen_work = shares(self.present_children) or (seen_school, seen_work)
        self.count_seats_and_places()
        self.school.pupils_at_start = max(1, self.school.pupils)
        for tier, employer in self.employers.items():
            if self.model.z.livelihood[tier - 1] > 0:
                employer.places = floor(employer.filled * (1 + self.model.p.vacancy_share) + 1)

    def count_seats_and_places(self) -> None:
        """Count who sits and works where, at the start of a month (7.8)."""
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
        """Move what people believe of each other towards what children do (7.7)."""
        speed = self.model.p.norm_speed
        if done := shares(self.present_children):
            self.seen_school += speed * (done[0] - self.seen_school)
            self.seen_work += speed * (done[1] - self.seen_work)


def shares(children: list[Child]) -> tuple[float, float] | None:
    """Shares at school and at work among children of class age 6-14; None if there are none."""
    group = [child for child in children if 6 <= child.class_age <= 14]
    if not group:
        return None
    at_school = sum(child.at_school for child in group) / len(group)
    return at_school, sum(child.works for child in group) / len(group)


class School(Agent):
    """The school of a village, bridge classes included."""

    def __init__(self, model: ReferenceModel, village: Village) -> None:
        super().__init__(model)
        self.village = village
        self.pupils_at_start = 1
        self.pupils = 0
        self.bridge_pupils = 0
        self.quality = 1.0

    @property
    def has_seat(self) -> bool:
        """Whether a regular class can take one more child (7.5)."""
        slack, teachers = self.model.z.seat_slack, self.model.lever.teachers
        return self.pupils < floor(self.pupils_at_start * (1 + slack) * (1 + teachers) + 0.5)

    @property
    def has_bridge_seat(self) -> bool:
        """Whether a bridge class can take one more child; the zone's seats are spread evenly."""
        seats, villages = self.model.lever.bridge_seats, self.model.z.villages
        number = self.village.number
        up_to_here = floor(seats * (number + 1) / villages + 0.5)
        before = floor(seats * number / villages + 0.5)
        return self.bridge_pupils < up_to_here - before

    def live_month(self) -> None:
        """Advance bridge courses, promote at the year's end, and set next month's quality (7.6)."""
        model, lever = self.model, self.model.lever
        children = [child for household in self.village.households for child in household.children]
        for child in children:
            if child.in_bridge_class:
                self._advance_course(child)
        if model.calendar.is_year_end(model.month):
            for child in children:
                if child.of_age and child.is_pupil:
                    self._end_year(child)
        teachers_per_pupil = (1 + lever.teachers) * self.pupils_at_start / max(1, self.pupils)
        crowding = min(max(exp(model.p.crowding * log(teachers_per_pupil)), 0.3), 2.0)
        self.quality = (1 + lever.school_quality) * (1 + lever.school_attractiveness) * crowding

    def _advance_course(self, child: Child) -> None:
        """One more month of the bridge course; at its end the child joins its regular class."""
        lever = self.model.lever
        course = floor(lever.bridge_months)
        finished = 0 < course <= child.bridge_clock
        if not finished and lever.bridge_seats != 0:
            child.bridge_clock += 1
            return
        if finished:
            grades = floor(self.model.p.bridge_catch_up + 0.5)
            caught_up = min(right_grade(self.model.z, child.class_age), child.grade + grades)
            child.grade = max(child.grade, caught_up)
            child.count_once("withdrawn")
        if child.present:
            self.village.take_up(child, -1)
        child.bridge_clock = 0
        if child.present:
            self.village.take_up(child, 1)
        child.returned = True
        child.activated = True

    def _end_year(self, child: Child) -> None:
        """Rise a grade, or repeat it."""
        model = self.model
        support = model.lever.bridge_support if child.returned else 0.0
        chance = promotion_chance(model.p, self.quality, child.activity, child.gap, support)
        word = model.words(child.key, model.month, random.PROMOTE)[0]
        if child.grade < HIGHEST_GRADE and uniform(word) < chance:
            child.grade += 1


class Employer(Agent):
    """The employers of one tier in a village: places for children."""

    def __init__(self, model: ReferenceModel, village: Village, tier: int) -> None:
        super().__init__(model)
        self.village = village
        self.tier = tier
        self.places = 0
        self.filled = 0
        self.filled_under_age = 0

    @property
    def under_age_limit(self) -> int | None:
        """The most places that under-age children may hold; None when nobody checks (7.4)."""
        checked = self.model.lever.age_check(self.tier)
        if checked <= 0:
            return None
        return floor(self.places * (1 - checked * (1 - self.model.p.check_leak)) + 0.5)

    def would_take(self, child: Child) -> bool:
        """Whether there is a vacancy for this child (7.5)."""
        if child.place == self.tier:
            return True
        limit = self.under_age_limit
        if child.under_age and limit is not None and self.filled_under_age >= limit:
            return False
        return self.filled < self.places

    def check_ages(self) -> None:
        """Dismiss under-age children until their places are within the limit (7.4)."""
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
                    child.activated = True
                    self.model.events["lost_place"] += 1


class CommunityGroup(Agent):
    """People of the village who visit households of working and returned children (7.4)."""

    def __init__(self, model: ReferenceModel, village: Village) -> None:
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
            children = household.present_children
            cases = [c for c in children if c.class_age <= 14 and c.activity != SCHOOL_ONLY]
            if cases and visits > 0 and self._finds(household, cases):
                visits -= 1
                self._persuade(household)
                household.activated = True
                for child in cases:
                    child.known = True
                for child in children:
                    if child.class_age <= 14 and child.at_school:
                        child.count_once("protected")
            elif follow_ups > 0 and any(c.returned and c.at_school for c in children):
                follow_ups -= 1
                self._persuade(household)

    def _finds(self, household: Household, cases: list[Child]) -> bool:
        if any(child.known for child in cases):
            return True
        word = self.model.words(household.key, self.model.month, random.VISIT)[0]
        return uniform(word) < self.model.lever.group_detection

    def _persuade(self, household: Household) -> None:
        household.be_persuaded(self.model.p.visit_persuasion)
        self.model.events["visits"] += 1


class Wages:
    """The wage index of each trade and the labour on offer that moves it."""

    def __init__(self, model: ReferenceModel) -> None:
        self._model = model
        self._log_index = dict.fromkeys(TRADES, 0.0)
        self.supply = dict.fromkeys(TRADES, 0.0)
        self._supply_at_start = dict.fromkeys(TRADES, 0.0)

    def open(self) -> None:
        """Remember the labour on offer at month 0."""
        self.count_supply()
        self._supply_at_start = dict(self.supply)

    def index(self, trade: int) -> float:
        """`W`: 1 at month 0."""
        return exp(self._log_index[trade])

    def adjust(self) -> None:
        """Move each index towards the level at which last month's labour would find work."""
        p = self._model.p
        for trade in TRADES:
            if self._supply_at_start[trade] > 0 and self.supply[trade] > 0:
                now = self._log_index[trade]
                growth = log(self.supply[trade] / self._supply_at_start[trade])
                wanted = -growth / p.labour_demand_elasticity
                self._log_index[trade] = now + p.wage_adjustment * (wanted - now)

    def count_supply(self) -> None:
        """Count adults of present households and working children, in adult equivalents."""
        p = self._model.p
        adults = dict.fromkeys(TRADES, 0)
        full_time = dict.fromkeys(TRADES, 0)
        part_time = dict.fromkeys(TRADES, 0)
        for household in self._model.households:
            if household.present:
                adults[household.trade] += household.adults
            for child in household.present_children:
                if child.place != NO_PLACE:
                    full_time[child.place] += child.activity == WORK_ONLY
                    part_time[child.place] += child.activity == SCHOOL_AND_WORK
        for trade in TRADES:
            children = full_time[trade] + p.combine_share * part_time[trade]
            self.supply[trade] = adults[trade] + p.child_productivity * children
