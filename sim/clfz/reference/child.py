"""Children: what they are (ODD 7.1), their state, and what their activity brings in (7.5)."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.agent import Agent
from clfz.reference.choice import is_family_work, receipts, standard_cost, standard_pay
from clfz.reference.codes import FARM, NEITHER, NO_PLACE, age_band, goes_to_school, works
from clfz.reference.dates import grade_gap, is_of_age, right_grade
from clfz.reference.shared import uniform

if TYPE_CHECKING:
    from clfz.reference.household import Household
    from clfz.reference.model import Twin


class Child(Agent):
    """A child with its lasting traits and its state."""

    def __init__(self, model: Twin, household: Household, order: int, birth_month: int) -> None:
        """Draw the child's traits (ODD 7.1); before school age it does nothing."""
        super().__init__(model)
        self.household = household
        self.key = household.key * 16 + order
        self.birth_month = birth_month
        w = model.luck.words(self.key, 0, shared.CHILD)
        self.sex = int(uniform(w[0]) >= 0.5)
        self.ability = sqrt(3) * (2 * (w[1] % 65536 + 0.5) / 65536 - 1)
        self.hours_byte = w[2] % 256
        self.chores_byte = w[2] // 256 % 256
        self.hazard_byte = w[2] // 65536 % 256

        self.activity: int = NEITHER
        self.place: int = NO_PLACE
        self.grade = 0
        self.bridge_clock = 0  # months in the present bridge course, 0 if in none
        self.known = False  # to the community group, or from a bridge class
        self.returned = False  # to school
        self.its_turn = False
        self.counted: set[str] = set()
        self.first_counted = 0  # month of the first count, 0 if never
        self.grow()

    # --- age and presence (ODD 7.0, 7.8) ---

    def grow(self) -> None:
        """Be as old as the month says."""
        month, dates = self.model.month, self.model.dates
        self.of_age = is_of_age(month, self.birth_month)
        self.class_age = dates.class_age(month, self.birth_month)
        self.year_of_life = dates.year_of_life(month, self.birth_month)

    @property
    def turns_five(self) -> bool:
        """Whether the child enters the zone's books this month."""
        return self.model.month - self.birth_month == 60

    @property
    def present(self) -> bool:
        """Of age, in a household that is not away."""
        return self.of_age and self.household.present

    @property
    def years(self) -> int:
        """Age in completed years."""
        return (self.model.month - self.birth_month) // 12

    @property
    def under_age(self) -> bool:
        """Whether the law says the child may not be employed."""
        return self.class_age < self.model.figures.minimum_age

    # --- school and work ---

    @property
    def at_school(self) -> bool:
        """At school, in a regular or a bridge class."""
        return goes_to_school(self.activity)

    @property
    def in_bridge_class(self) -> bool:
        """In a bridge class."""
        return self.bridge_clock > 0

    @property
    def is_pupil(self) -> bool:
        """In a regular class."""
        return self.at_school and not self.in_bridge_class

    @property
    def works(self) -> bool:
        """Works by activity, even if its place was just lost."""
        return works(self.activity)

    @property
    def right_grade(self) -> int:
        """The grade for its age."""
        return right_grade(self.model.figures, self.class_age)

    @property
    def gap(self) -> int:
        """Grades behind."""
        return grade_gap(self.model.figures, self.class_age, self.grade)

    # --- money (ODD 7.5), poverty lines a month ---

    def pay_at(self, place: int) -> float:
        """Full-time pay in a place at this month's prices."""
        z, p = self.model.figures, self.model.parameters
        return standard_pay(z, p, self.class_age, place) * self._index(place)

    def _index(self, place: int) -> float:
        p = self.model.parameters
        wage = self.model.wages.index(place)
        demand = 1 + self.model.lever.demand(place)
        if not is_family_work(place):
            return wage * demand
        steady = p.farm_task_share if place == FARM else 0.0
        siblings = sum(
            is_family_work(other.place)
            for other in self.household.present_children
            if other is not self
        )
        crowding = p.sibling_return**siblings
        return wage * (steady + (1 - steady) * demand) * crowding

    @property
    def school_cost(self) -> float:
        """Cost of regular school after relief."""
        relief = self.model.lever.school_cost_relief
        return standard_cost(self.model.figures, self.grade) * (1 - relief)

    @property
    def transfer(self) -> float:
        """`T`: what the household gets for this child if it goes to school."""
        if not self.household.eligible:
            return 0.0
        amount = self.model.lever.transfer(self.sex, age_band(self.class_age))
        return amount * self.model.figures.eur

    @property
    def transfer_if_absent(self) -> float:
        """`T'`: what the household gets for this child if it does not go to school."""
        return self.transfer * (1 - self.model.lever.transfer_condition)

    @property
    def transfer_now(self) -> float:
        """What the household gets for this child as things stand."""
        return self.transfer if self.at_school else self.transfer_if_absent

    def receipts_by_activity(self, cost: float, pay: float) -> list[float]:
        """What the child would bring in each activity, at a cost of school and a pay."""
        p = self.model.parameters
        return receipts(p, cost, pay, self.transfer, self.transfer_if_absent)

    @property
    def receipts_now(self) -> float:
        """What the child brings in its present activity and place."""
        pay = self.pay_at(self.place) if self.place != NO_PLACE else 0.0
        cost = 0.0 if self.in_bridge_class else self.school_cost
        return self.receipts_by_activity(cost, pay)[self.activity]

    # --- what it does at home and at work (ODD 7.9) ---

    @property
    def work_hours(self) -> float:
        """Hours of work a week."""
        usual = self.model.figures.hours[self.activity][age_band(self.years)]
        return usual * (0.5 + (self.hours_byte + 0.5) / 256)

    @property
    def chore_hours(self) -> float:
        """Hours of housework a week."""
        usual = self.model.figures.chores[self.sex]
        share = 1.6 if self.activity == NEITHER else 0.8
        return usual * (0.5 + (self.chores_byte + 0.5) / 256) * share

    @property
    def in_hazardous_work(self) -> bool:
        """Works, and draws the lot of hazardous work in its place."""
        hazard = self.model.figures.hazard[self.place]
        return self.works and (self.hazard_byte + 0.5) / 256 < hazard

    @property
    def in_child_labour(self) -> bool:
        """Child labour by definition `sdg871-ea`."""
        least = (1, 14, 43)[age_band(self.years)]
        return self.works and (self.work_hours >= least or self.in_hazardous_work)

    @property
    def in_child_labour_with_chores(self) -> bool:
        """Child labour by definition `sdg871-ea-hc`."""
        long_chores = age_band(self.years) < 2 and self.chore_hours > 21
        return self.in_child_labour or long_chores

    def count_once(self, event: str) -> None:
        """Count the child as withdrawn, protected or bridged, if never so counted (ODD 7.10)."""
        if event not in self.counted:
            self.counted.add(event)
            self.first_counted = self.first_counted or self.model.month
            self.model.events[event] += 1
