"""Households and children: who they are (ODD 7.1), what they earn, hear and reconsider (7.3), their ages (7.8)."""

from __future__ import annotations

from itertools import accumulate, count
from math import cos, floor, pi, sqrt
from typing import TYPE_CHECKING

from clfz.model import random
from clfz.reference.shared import (
    FARM,
    NEITHER,
    NO_PLACE,
    TIER1,
    TRADES,
    Agent,
    Levers,
    Words,
    age_band,
    bell,
    exp,
    goes_to_school,
    grade_gap,
    normal,
    uniform,
    works,
)

if TYPE_CHECKING:
    from clfz.reference.model import ReferenceModel
    from clfz.reference.places import Village

SLOT_MONTHS = 300
"""Months from one family of a slot to the next."""


def families_of_slot(model: ReferenceModel, village: Village, slot: int) -> list[Household]:
    """The families of a slot, generation after generation, that have a child with a row (7.1)."""
    families: list[Household] = []
    shift = floor(uniform(model.words(slot, 0, random.SLOT)[0]) * SLOT_MONTHS)
    for generation in count(-2):
        first_birth = -shift + generation * SLOT_MONTHS
        if first_birth > model.last_month - 60:
            break
        key = slot * 16 + generation + 4
        a = model.words(key, 0, random.HOUSEHOLD)
        number = min(8, max(1, floor(model.births_mean - 1 + 3 * uniform(a[1]))))
        spacing = 24 + floor(13 * uniform(a[2]))
        births = [first_birth + k * spacing for k in range(number)]
        if any(has_row(model, birth) for birth in births):
            families.append(Household(model, village, key, births))
    return families


def has_row(model: ReferenceModel, birth_month: int) -> bool:
    """Whether the child is 5-17 in at least one of the months 0..M."""
    return -216 < birth_month <= model.last_month - 60


class Household(Agent):
    """A family: adults who earn, and the children who have a row, eldest first.

    Money is in poverty lines a month. `x` is transitory income as a share of base income.
    """

    def __init__(
        self, model: ReferenceModel, village: Village, key: int, births: list[int]
    ) -> None:
        """Draw the household's lasting traits and its state at month 0 (7.1)."""
        super().__init__(model)
        z, p = model.z, model.p
        a, b, c, d = (model.words(key, i, random.HOUSEHOLD) for i in range(4))
        self.village = village
        self.key = key
        self.slot = key // 16

        self.adults = max(1, floor(z.adults - 1 + 3 * uniform(a[0])))
        self.births = len(births)
        living = zip(TRADES, accumulate(z.livelihood), strict=True)
        u = uniform(a[3])
        self.trade = next((trade for trade, share in living if share > u), TIER1)
        self.adult_equivalents = self.adults + p.child_weight * self.births
        self.poverty_rank = uniform(b[0])
        self.base = self.adult_equivalents * exp(
            z.log_income_sd * (normal(self.poverty_rank) - normal(z.poverty_headcount))
        )
        self.targeting_noise = uniform(b[1])
        self.coverage_rank = uniform(b[2])
        self.distance = z.distance_km * (0.25 + 1.5 * uniform(b[3]))
        self.attitude = p.attitude_sd * normal(uniform(c[0]))
        self.has_credit = uniform(c[1]) < p.credit_share
        self.migrant = z.yearly_migration != 0 and uniform(c[2]) < z.migrant_share
        self.cycle = self.phase = 0
        if self.migrant:
            self.cycle = max(12, floor(12 * z.migrant_share / z.yearly_migration + 0.5))
            self.phase = floor(uniform(c[3]) * self.cycle)

        self.x = p.income_sd * bell(d[0], d[1])
        self.buffer = 0.5 * p.buffer_months * self.base
        self.message = 0.0
        self.income = self.base
        self.eligible = self.was_eligible = False
        self.activated = False  # decides this month about all its children
        self.came_back = False

        self.children = [
            Child(model, self, k, birth) for k, birth in enumerate(births) if has_row(model, birth)
        ]
        self.present_children: list[Child] = []
        self._list_present_children()

    # --- coming and going (7.1, 7.8) ---

    def away_in(self, month: int) -> bool:
        """Whether the household is out of the zone in that month."""
        if not self.migrant:
            return False
        return (month + self.phase) % self.cycle >= self.cycle - self.cycle // 3

    @property
    def present(self) -> bool:
        """In the zone, with a child of 5-17."""
        return bool(self.present_children)

    def start_month(self) -> None:
        """Come or go, and grow older; who goes away frees its seats and places."""
        month = self.model.month
        was_away, is_away = self.away_in(month - 1), self.away_in(month)
        self.came_back = was_away and not is_away
        for child in self.children:
            if is_away and not was_away:
                child.place = NO_PLACE
                child.bridge_clock = 0
            child.grow()
            if month - child.birth_month == 60:
                child.activated = True
        self._list_present_children()

    def _list_present_children(self) -> None:
        """List the children of 5-17, eldest first, unless the household is away."""
        here = not self.away_in(self.model.month)
        self.present_children = [child for child in self.children if here and child.of_age]

    # --- money (7.3) ---

    def receive_income(self, words: Words) -> None:
        """Adult income with its transitory part and season, smoothed by the buffer."""
        model, z, p = self.model, self.model.z, self.model.p
        self.x = p.income_persistence * self.x + p.income_sd * sqrt(
            1 - p.income_persistence**2
        ) * bell(words[0], words[1])
        rise = model.lever.adult_wage(self.trade) if self.covered else 0.0
        pay = model.wages.index(self.trade) * (1 + model.lever.demand(self.trade)) * (1 + rise)
        season = 1.0
        if self.trade == FARM:
            months_after_harvest = model.calendar.month_of_year(model.month) - z.harvest_month
            season = 1 + z.seasonality * cos(2 * pi * months_after_harvest / 12)
        self.income = self._smooth(self.base * pay * season * max(0.1, 1 + self.x))

    @property
    def covered(self) -> bool:
        """Whether the adults get a rise of wages, if there is one in their trade."""
        return self.coverage_rank < self.model.lever.adult_wage_coverage

    def _smooth(self, adult_income: float) -> float:
        """Draw on the buffer in a bad month, fill it in a good one (Deaton 1991)."""
        p = self.model.p
        above_normal = adult_income - self.base
        if above_normal < 0:
            reach = p.credit_access if self.has_credit else 0.5 * p.credit_access
            drawn = min(self.buffer, -above_normal * reach)
            self.buffer -= drawn
            return adult_income + drawn
        room = p.buffer_months * self.base - self.buffer
        saved = max(0.0, min(p.saving_rate * above_normal, room))
        self.buffer += saved
        return adult_income - saved

    def join_transfer_list(self) -> None:
        """Find out whether the household is eligible for a transfer this month."""
        self.was_eligible = self.eligible
        self.eligible = is_eligible(self.poverty_rank, self.targeting_noise, self.model.lever)

    # --- messages and review (7.3) ---

    def hear_message(self, words: Words) -> None:
        """Forget a part of what was heard; perhaps hear it again."""
        p, lever = self.model.p, self.model.lever
        self.message *= 1 - p.message_decay
        if self.present and uniform(words[3]) < lever.awareness_contacts:
            self.be_persuaded(p.message_effect * lever.awareness_strength)
            self.model.events["contacts"] += 1

    def be_persuaded(self, amount: float) -> None:
        """Raise the message, up to its cap."""
        self.message = min(self.model.p.message_cap, self.message + amount)

    @property
    def is_against_work(self) -> bool:
        """Whether attitude and what was heard speak against child work."""
        return self.attitude + self.message > 0

    def review(self, words: Words) -> None:
        """Find out whether the household reconsiders what its children do this month."""
        model, p = self.model, self.model.p
        rate = p.review_start if model.calendar.is_school_start(model.month) else p.review_rate
        if model.lever.demand(self.trade) != model.last_lever.demand(self.trade):
            rate = max(rate, p.shock_review)
        on_list = self.eligible or self.was_eligible
        self.activated = (
            uniform(words[2]) < rate
            or self.came_back
            or (on_list and not model.lever.same_transfers(model.last_lever))
        )


def targeting_score(poverty_rank: float, noise: float, error: float) -> float:
    """The rank that the programme sees: true rank and noise, mixed by the targeting error."""
    return (1 - error) * poverty_rank + error * noise


def score_limit(coverage: float, error: float) -> float:
    """The score below which lies a share `coverage` of households.

    The score is a sum of two uniform numbers of widths m <= M = 1 - m: its density is a trapezium.
    """
    narrow = min(error, 1 - error)
    wide = 1 - narrow
    if narrow == 0:
        return coverage
    if coverage < narrow / (2 * wide):
        return sqrt(2 * coverage * narrow * wide)
    if coverage <= 1 - narrow / (2 * wide):
        return coverage * wide + narrow / 2
    return 1 - sqrt(2 * (1 - coverage) * narrow * wide)


def is_eligible(poverty_rank: float, noise: float, lever: Levers) -> bool:
    """Whether the household is on the list this month."""
    error, coverage = lever.transfer_targeting_error, lever.transfer_coverage
    limit = score_limit(coverage, error)
    return coverage > 0 and targeting_score(poverty_rank, noise, error) < limit


class Child(Agent):
    """A child with its lasting traits and its state."""

    def __init__(
        self, model: ReferenceModel, household: Household, order: int, birth_month: int
    ) -> None:
        """Draw the child's traits (7.1); before school age it does nothing."""
        super().__init__(model)
        self.household = household
        self.key = household.key * 16 + order
        self.birth_month = birth_month
        w = model.words(self.key, 0, random.CHILD)
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
        self.activated = False  # the household decides about it this month
        self.counted: set[str] = set()
        self.first_counted = 0  # month of the first count, 0 if never
        self.grow()

    # --- age and presence (7.0, 7.8) ---

    def grow(self) -> None:
        """Be as old as the month says."""
        month, calendar = self.model.month, self.model.calendar
        self.of_age = 60 <= month - self.birth_month < 216
        self.years = (month - self.birth_month) // 12
        self.class_age = calendar.class_age(month, self.birth_month)
        self.year_of_life = calendar.year_of_life(month, self.birth_month)

    @property
    def present(self) -> bool:
        """Of age, in a household that is not away."""
        return self.of_age and self.household.present

    @property
    def under_age(self) -> bool:
        """Whether the law says the child may not be employed."""
        return self.class_age < self.model.z.minimum_age

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
    def gap(self) -> int:
        """Grades behind."""
        return grade_gap(self.model.z, self.class_age, self.grade)

    def count_once(self, event: str) -> None:
        """Count the child as withdrawn, protected or bridged, if never so counted (7.10)."""
        if event not in self.counted:
            self.counted.add(event)
            self.first_counted = self.first_counted or self.model.month
            self.model.events[event] += 1

    # --- definitions of child labour (7.9) ---

    @property
    def in_hazardous_work(self) -> bool:
        """Works, and draws the lot of hazardous work in its place."""
        return self.works and (self.hazard_byte + 0.5) / 256 < self.model.z.hazard[self.place]

    @property
    def in_child_labour(self) -> bool:
        """Child labour by definition `sdg871-ea`: hours of work a week, or hazard."""
        band = age_band(self.years)
        hours = self.model.z.hours[self.activity][band] * (0.5 + (self.hours_byte + 0.5) / 256)
        return self.works and (hours >= (1, 14, 43)[band] or self.in_hazardous_work)

    @property
    def in_child_labour_with_chores(self) -> bool:
        """Child labour by definition `sdg871-ea-hc`: long hours of housework count too."""
        share = 1.6 if self.activity == NEITHER else 0.8
        hours = self.model.z.chores[self.sex] * (0.5 + (self.chores_byte + 0.5) / 256) * share
        return self.in_child_labour or (age_band(self.years) < 2 and hours > 21)
