"""Households: what they are (ODD 7.1), what they earn, hear and reconsider (7.3)."""

from __future__ import annotations

from math import cos, floor, pi, sqrt
from typing import TYPE_CHECKING

from clfz.reference import shared
from clfz.reference.agent import Agent
from clfz.reference.child import Child
from clfz.reference.codes import FARM, NO_PLACE, TIER1, TRADES
from clfz.reference.shared import Words, bell, exp, normal, uniform
from clfz.reference.transfers import is_eligible

if TYPE_CHECKING:
    from clfz.reference.model import Twin
    from clfz.reference.village import Village


class Household(Agent):
    """A family: adults who earn, and the children who have a row, eldest first.

    Money is in poverty lines a month. `x` is transitory income as a share of base income.
    """

    def __init__(self, model: Twin, village: Village, key: int, births: list[int]) -> None:
        """Draw the household's lasting traits and its state at month 0 (ODD 7.1)."""
        super().__init__(model)
        z, p = model.figures, model.parameters
        a, b, c, d = (model.luck.words(key, i, shared.HOUSEHOLD) for i in range(4))
        self.village = village
        self.key = key
        self.slot = key // 16

        self.adults = max(1, floor(z.adults - 1 + 3 * uniform(a[0])))
        self.births = len(births)
        self.trade = self._draw_trade(uniform(a[3]))
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
        self._draw_migration(uniform(c[2]), uniform(c[3]))

        self.x = p.income_sd * bell(d[0], d[1])
        self.buffer = 0.5 * p.buffer_months * self.base
        self.message = 0.0
        self.income = self.base
        self.eligible = self.was_eligible = False
        self.its_turn = False
        self.came_back = False

        self.children = [
            Child(model, self, k, birth)
            for k, birth in enumerate(births)
            if -216 < birth <= model.last_month - 60
        ]
        self.present_children: list[Child] = []
        self._see_who_is_here()

    def _draw_trade(self, u: float) -> int:
        cumulated = 0.0
        for trade in TRADES:
            cumulated += self.model.figures.livelihood[trade - 1]
            if cumulated > u:
                return trade
        return TIER1

    def _draw_migration(self, u_migrant: float, u_phase: float) -> None:
        z = self.model.figures
        self.migrant = z.yearly_migration != 0 and u_migrant < z.migrant_share
        self.cycle = self.phase = 0
        if self.migrant:
            self.cycle = max(12, floor(12 * z.migrant_share / z.yearly_migration + 0.5))
            self.phase = floor(u_phase * self.cycle)

    # --- coming and going (ODD 7.1, 7.8) ---

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
        if is_away and not was_away:
            for child in self.children:
                child.place = NO_PLACE
                child.bridge_clock = 0
        for child in self.children:
            child.grow()
            if child.turns_five:
                child.its_turn = True
        self._see_who_is_here()

    def _see_who_is_here(self) -> None:
        """List the children of 5-17, eldest first, unless the household is away."""
        here = not self.away_in(self.model.month)
        self.present_children = [child for child in self.children if here and child.of_age]

    # --- money (ODD 7.3) ---

    def receive_income(self, words: Words) -> None:
        """Adult income with its transitory part and season, smoothed by the buffer."""
        p = self.model.parameters
        self.x = p.income_persistence * self.x + p.income_sd * sqrt(
            1 - p.income_persistence**2
        ) * bell(words[0], words[1])
        pay = self.model.wages.adult_pay_factor(self.trade, self.covered)
        self.income = self._smooth(self.base * pay * self._season() * max(0.1, 1 + self.x))

    @property
    def covered(self) -> bool:
        """Whether the adults get a rise of wages, if there is one in their trade."""
        return self.coverage_rank < self.model.lever.adult_wage_coverage

    def _season(self) -> float:
        if self.trade != FARM:
            return 1.0
        z, model = self.model.figures, self.model
        months_after_harvest = model.dates.calendar_month(model.month) - z.harvest_month
        return 1 + z.seasonality * cos(2 * pi * months_after_harvest / 12)

    def _smooth(self, adult_income: float) -> float:
        """Draw on the buffer in a bad month, fill it in a good one (Deaton 1991)."""
        p = self.model.parameters
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

    @property
    def hears_of_a_transfer(self) -> bool:
        """On the list of a programme that pays something this month, if not for its own child."""
        return self.eligible and self.model.lever.pays_transfers

    # --- messages and review (ODD 7.3) ---

    def hear_message(self, words: Words) -> None:
        """Forget a part of what was heard; perhaps hear it again."""
        p, lever = self.model.parameters, self.model.lever
        self.message *= 1 - p.message_decay
        if self.present and uniform(words[3]) < lever.awareness_contacts:
            self.be_persuaded(p.message_effect * lever.awareness_strength)
            self.model.events["contacts"] += 1

    @property
    def is_against_work(self) -> bool:
        """Whether attitude and what was heard speak against child work."""
        return self.attitude + self.message > 0

    def be_persuaded(self, amount: float) -> None:
        """Raise the message, up to its cap."""
        self.message = min(self.model.parameters.message_cap, self.message + amount)

    def review(self, words: Words) -> None:
        """Find out whether the household reconsiders what its children do this month."""
        model = self.model
        on_list = self.eligible or self.was_eligible
        self.its_turn = (
            uniform(words[2]) < self._review_rate()
            or self.came_back
            or (on_list and not model.lever.same_transfers(model.last_lever))
        )

    def _review_rate(self) -> float:
        model, p = self.model, self.model.parameters
        rate = p.review_start if model.dates.is_school_start(model.month) else p.review_rate
        if model.lever.demand(self.trade) != model.last_lever.demand(self.trade):
            rate = max(rate, p.shock_review)
        return rate
