"""Households: what they are (ODD 7.1), what they earn, hear and reconsider (7.3)."""

from __future__ import annotations

from math import cos, floor, pi, sqrt
from typing import TYPE_CHECKING

from sim.twin import shared
from sim.twin.agent import Agent
from sim.twin.child import Child
from sim.twin.codes import FARM, TIER1, TRADES
from sim.twin.shared import Words, bell, exp, normal, uniform
from sim.twin.transfers import is_eligible

if TYPE_CHECKING:
    from sim.twin.model import Twin
    from sim.twin.village import Village


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
        self.was_present = self.present = self.present_next = self.present_in(0)

        self.children = [
            Child(model, self, k, birth)
            for k, birth in enumerate(births)
            if -216 < birth <= model.last_month - 60
        ]

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

    def present_in(self, month: int) -> bool:
        """Whether the household lives in the zone in that month."""
        if not self.migrant:
            return True
        return (month + self.phase) % self.cycle < self.cycle - self.cycle // 3

    @property
    def present_children(self) -> list[Child]:
        """Children of 5-17 of a household that is not away, eldest first."""
        return [child for child in self.children if child.present]

    def start_month(self) -> None:
        """Come or go as foreseen last month; who goes frees its seats and places."""
        self.was_present, self.present = self.present, self.present_next
        for child in self.children:
            if self.was_present and not self.present:
                child.place = 0
                child.bridge_clock = 0
            child.grow()

    # --- money (ODD 7.3) ---

    def receive_income(self, words: Words) -> None:
        """Adult income with its transitory part and season, smoothed by the buffer."""
        p = self.model.parameters
        self.x = p.income_persistence * self.x + p.income_sd * sqrt(
            1 - p.income_persistence**2
        ) * bell(words[0], words[1])
        covered = self.coverage_rank < self.model.lever.adult_wage_coverage
        pay = self.model.wages.adult_pay_factor(self.trade, covered)
        self.income = self._smooth(self.base * pay * self._season() * max(0.1, 1 + self.x))

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

    # --- messages and review (ODD 7.3) ---

    def hear_message(self, words: Words) -> None:
        """Forget a part of what was heard; perhaps hear it again."""
        p, lever = self.model.parameters, self.model.lever
        self.message *= 1 - p.message_decay
        if self.present and uniform(words[3]) < lever.awareness_contacts:
            self.be_persuaded(p.message_effect * lever.awareness_strength)
            self.model.events["contacts"] += 1

    def be_persuaded(self, amount: float) -> None:
        """Raise the message, up to its cap."""
        self.message = min(self.model.parameters.message_cap, self.message + amount)

    def review(self, words: Words) -> None:
        """Find out whether the household reconsiders what its children do this month."""
        model = self.model
        came_back = self.present and not self.was_present
        on_list = self.eligible or self.was_eligible
        self.its_turn = (
            uniform(words[2]) < self._review_rate()
            or came_back
            or (on_list and not model.lever.same_transfers(model.last_lever))
        )

    def _review_rate(self) -> float:
        model, p = self.model, self.model.parameters
        rate = p.review_start if model.dates.is_school_start(model.month) else p.review_rate
        if model.lever.demand(self.trade) != model.last_lever.demand(self.trade):
            rate = max(rate, p.shock_review)
        return rate
