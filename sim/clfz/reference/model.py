"""A month in nine steps (ODD 3): the readable twin of the compiled engine."""

from __future__ import annotations

from collections import Counter
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from clfz.reference.books import month_book
from clfz.reference.child import Child
from clfz.reference.codes import TIERS_CHECKED_IN_ORDER
from clfz.reference.dates import Dates
from clfz.reference.decision import decide_in
from clfz.reference.household import Household
from clfz.reference.inputs import read_figures, read_levers, read_parameters
from clfz.reference.past import live_past
from clfz.reference.population import found_villages
from clfz.reference.schooling import school_month
from clfz.reference.shared import MONTH, Luck
from clfz.reference.village import shares
from clfz.reference.wages import Wages


class Twin(mesa.Model):  # type: ignore[misc]  # Mesa has no type information
    """A zone, one object a person.

    Attributes:
        month: The last month lived; 0 before the first step.
        last_month: M, the horizon.
        villages: Villages in order.
        households: All households in order of storage.
        children: All children in order of storage.
        delta: Intercepts, `delta[sex][class age][activity]`.
        usual_school: Share at school at month 0, the reference of perceived norms.
        usual_work: Share at work at month 0.
        books: What was counted, month by month from month 0.
        events: Countings of the present month.
    """

    def __init__(
        self,
        figures: Any,
        parameters: Any,
        levers: NDArray[np.float64],
        seed: int,
        months: int,
    ) -> None:
        """Build the zone at month 0 (ODD 5).

        Args:
            figures: Zone figures, a numpy record (see `Figures`).
            parameters: Parameters by name, a numpy record or a mapping.
            levers: [months, levers], columns as in `clfz.programme.levers.INDEX`, row 0 is month 1.
            seed: 64-bit seed of all luck.
            months: Months to simulate, M.
        """
        super().__init__(rng=seed)  # Mesa's own generator is never used
        self.figures = read_figures(figures)
        self.parameters = read_parameters(parameters)
        self._levers = read_levers(levers)
        self.luck = Luck(seed)
        self.dates = Dates(self.figures)
        self.month = 0
        self.last_month = months
        self.lever = self.last_lever = self._levers[0]
        self.wages = Wages(self)
        self.events: Counter[str] = Counter()

        self.villages = found_villages(self)
        self.households: list[Household] = [h for v in self.villages for h in v.households]
        self.children: list[Child] = [c for h in self.households for c in h.children]
        self.delta = live_past(self)
        self._open()
        self.books: list[dict[str, Any]] = [month_book(self)]

    def _open(self) -> None:
        """Take month 0 as what is usual (ODD 7.2, end)."""
        present = [child for child in self.children if child.present]
        self.usual_school, self.usual_work = shares(present) or (0.0, 0.0)
        for village in self.villages:
            village.open(self.usual_school, self.usual_work)
        self.wages.open()

    def step(self) -> None:
        """Live one month in the steps of ODD 3.

        Turnover (8) closes a month and so opens the next; wages (3) are set before incomes (2).
        """
        self.open_calendar()
        self.turn_over()
        self.set_wages()
        self.pay_incomes()
        self.visit_and_check()
        self.decide()
        self.run_schools()
        self.follow_norms()
        self.keep_books()

    def run_model(self) -> None:
        """Live all months that are left."""
        while self.month < self.last_month:
            self.step()

    def open_calendar(self) -> None:
        """Step 1: calendar and levers of a new month."""
        self.month += 1
        self.last_lever, self.lever = self.lever, self._levers[self.month]
        self.events.clear()

    def set_wages(self) -> None:
        """Step 3: wages follow the labour on offer last month."""
        self.wages.adjust()

    def pay_incomes(self) -> None:
        """Step 2: incomes; what households hear; whose turn it is to decide."""
        for household in self.households:
            words = self.luck.words(household.key, self.month, MONTH)
            household.receive_income(words)
            household.join_transfer_list()
            household.hear_message(words)
            household.review(words)

    def visit_and_check(self) -> None:
        """Step 4: community groups visit, employers check ages, tier 1 first."""
        for village in self.villages:
            village.group.make_visits()
            for tier in TIERS_CHECKED_IN_ORDER:
                village.employers[tier].check_ages()

    def decide(self) -> None:
        """Step 5: households decide, child by child."""
        for village in self.villages:
            decide_in(village)

    def run_schools(self) -> None:
        """Step 6: bridge courses, promotion, quality of next month."""
        for village in self.villages:
            school_month(village)

    def follow_norms(self) -> None:
        """Step 7: people notice what neighbours do."""
        for village in self.villages:
            village.follow_neighbours()

    def turn_over(self) -> None:
        """Step 8 of last month: who comes, goes, turns five or eighteen."""
        for household in self.households:
            household.start_month()
        for village in self.villages:
            village.count_seats_and_places()

    def keep_books(self) -> None:
        """Step 9: write everything down."""
        self.wages.count_supply()
        self.books.append(month_book(self))
