"""A month in nine steps (ODD 3) and what is counted at its end (7.9)."""

from __future__ import annotations

from collections import Counter
from math import floor
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from clfz.model import random
from clfz.reference.burn_in import live_burn_in
from clfz.reference.decision import decide_in, transfer_now
from clfz.reference.people import Child, Household, families_of_slot
from clfz.reference.places import Village, Wages, shares
from clfz.reference.shared import (
    ACTIVITY_NAMES,
    BANDS,
    PLACE_NAMES,
    SEXES,
    TIERS,
    TRADES,
    Calendar,
    Numbers,
    Words,
    ZoneData,
    age_band,
    read_levers,
)

EVENTS = ("visits", "contacts", "withdrawn", "protected", "bridged", "bridge_starts", "lost_place")


class ReferenceModel(mesa.Model):  # type: ignore[misc]  # Mesa has no type information
    """A zone, one object a person.

    Attributes:
        z: Data of the zone.
        p: Parameters.
        births_mean: Mean births of a family.
        lever: Levers of this month; `last_lever` of the month before.
        month: The last month lived; 0 before the first step.
        last_month: M, the horizon.
        villages: Villages in order.
        households: All households in order of storage.
        children: All children in order of storage.
        delta: Intercepts, `delta[sex][class age][activity]`.
        usual_school: Share at school at month 0, the reference of perceived norms.
        usual_work: Share at work at month 0.
        tallies: What was counted, month by month from month 0.
        events: Countings of the present month.
    """

    def __init__(
        self, zone: Any, parameters: Any, levers: NDArray[np.float64], seed: int, months: int
    ) -> None:
        """Build the zone at month 0 (ODD 5).

        Args:
            zone: Data of a zone, a numpy record or a mapping (ODD 6).
            parameters: Parameters by name, a numpy record or a mapping.
            levers: [months, levers], columns as in `clfz.programme.levers.INDEX`, row 0 is month 1.
            seed: 64-bit seed of all random draws.
            months: Months to simulate, M.
        """
        super().__init__(rng=seed)  # Mesa's own generator is never used
        z = self.z = ZoneData.read(zone)
        self.p = Numbers.read(parameters)
        self.births_mean = (z.household_size - z.adults) / 0.72  # of a family (ODD 7.1)
        self._levers = read_levers(levers)
        self._run_seed = np.uint64(seed)
        self.calendar = Calendar(z)
        self.month = 0
        self.last_month = months
        self.lever = self.last_lever = self._levers[0]
        self.wages = Wages(self)
        self.events: Counter[str] = Counter()

        slots = max(z.villages, floor(z.children / (self.births_mean * 0.52) + 0.5))
        self.villages: list[Village] = []
        for number in range(z.villages):
            first, beyond = number * slots // z.villages, (number + 1) * slots // z.villages
            village = Village(self, number, range(first, beyond))
            for slot in village.slots:
                village.households += families_of_slot(self, village, slot)
            self.villages.append(village)
        self.households: list[Household] = [h for v in self.villages for h in v.households]
        self.children: list[Child] = [c for h in self.households for c in h.children]
        self.delta = live_burn_in(self)

        # month 0 is what is usual (7.2, end)
        present = [child for child in self.children if child.present]
        self.usual_school, self.usual_work = shares(present) or (0.0, 0.0)
        for village in self.villages:
            village.open(self.usual_school, self.usual_work)
        self.wages.open()
        self.tallies: list[dict[str, Any]] = [tally(self)]

    def words(self, who: int, month: int, purpose: int) -> Words:
        """Four random words of this run."""
        four: Words = random.words(self._run_seed, who, month, purpose)
        return four

    def step(self) -> None:
        """Live one month in the steps of ODD 3.

        Turnover (8) closes a month and so opens the next; wages (3) are set before incomes (2).
        """
        # 1: calendar and levers of a new month
        self.month += 1
        self.last_lever, self.lever = self.lever, self._levers[self.month]
        self.events.clear()
        # 8 of last month: who comes, goes, turns five or eighteen
        for household in self.households:
            household.start_month()
        for village in self.villages:
            village.count_seats_and_places()
        # 3: wages follow the labour on offer last month
        self.wages.adjust()
        # 2: incomes; what households hear; who decides this month
        for household in self.households:
            words = self.words(household.key, self.month, random.MONTH)
            household.receive_income(words)
            household.join_transfer_list()
            household.hear_message(words)
            household.review(words)
        # 4: community groups visit, employers check ages, tier 1 first
        for village in self.villages:
            village.group.make_visits()
            for tier in TIERS:
                village.employers[tier].check_ages()
        # 5: households decide, child by child
        for village in self.villages:
            decide_in(village)
        # 6: bridge courses, promotion, quality of next month
        for village in self.villages:
            village.school.live_month()
        # 7: people notice what neighbours do
        for village in self.villages:
            village.follow_neighbours()
        # 9: count
        self.wages.count_supply()
        self.tallies.append(tally(self))

    def run_model(self) -> None:
        """Live all months that are left."""
        while self.month < self.last_month:
            self.step()


def tally(model: ReferenceModel) -> dict[str, Any]:
    """Everything that is counted at the end of a month (7.9).

    Returns:
        `counts` by (sex, band); sums over the zone, money in poverty lines; `wage_index`, `supply`
        and `wage_bill` by trade, farm first; `places_checked` by tier.
    """
    children = [child for child in model.children if child.present]
    payments = [transfer_now(child) for child in children if child.household.eligible]
    families = [household for household in model.households if household.present]
    schools = [village.school for village in model.villages]
    return {
        "month": model.month,
        "counts": {
            (sex, band): count([c for c in children if c.sex == sex and age_band(c.years) == band])
            for sex in SEXES
            for band in BANDS
        },
        "pupils": sum(school.pupils for school in schools),
        "bridge_pupils": sum(school.bridge_pupils for school in schools),
        "households": len(families),
        "norm_support": sum(household.is_against_work for household in families),
        "transfers_paid": sum(payments),
        "transfer_children": sum(payment > 0 for payment in payments),
        **{event: model.events[event] for event in EVENTS},
        "wage_index": [model.wages.index(trade) for trade in TRADES],
        "supply": [model.wages.supply[trade] for trade in TRADES],
        "wage_bill": [
            sum(h.base for h in families if h.covered and h.trade == trade) for trade in TRADES
        ],
        "places_checked": {
            tier: sum(
                village.employers[tier].places * model.lever.age_check(tier)
                for village in model.villages
            )
            for tier in TIERS
        },
    }


def count(children: list[Child]) -> dict[str, int]:
    """The counts of one group of present children."""
    return {
        "children": len(children),
        **{
            name: sum(child.activity == activity for child in children)
            for activity, name in enumerate(ACTIVITY_NAMES)
        },
        "child_labour": sum(child.in_child_labour for child in children),
        "child_labour_with_chores": sum(c.in_child_labour_with_chores for c in children),
        "hazardous": sum(child.in_hazardous_work for child in children),
        **{PLACE_NAMES[trade]: sum(c.place == trade for c in children) for trade in TRADES},
        "bridge": sum(child.in_bridge_class for child in children),
    }
