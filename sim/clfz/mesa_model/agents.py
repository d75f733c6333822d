"""Mesa agents that are views: each knows its row and reads the engine's arrays, nothing is copied.

What happens to them happens in the compiled month, so they have no `step` of their own. Money is in
poverty lines of the zone (per equivalent adult and month), as everywhere in the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from clfz.model.layout import COUNTS, ENTRY_MONTHS, EXIT_MONTHS, PLACES, SUMS, TIER3
from clfz.programme.names import TRADES

if TYPE_CHECKING:
    from clfz.mesa_model.zone_model import ZoneModel
    from clfz.model.state import State

SEXES = ("girl", "boy")
ACTIVITIES = COUNTS[1:5]
TIERS = PLACES[TIER3:]


def _column(array: str, kind: Callable[[Any], Any], meaning: str) -> property:
    """A property that reads the agent's row of one of the engine's arrays."""

    def read(agent: RowAgent) -> Any:
        return kind(getattr(agent._state, array).flat[agent.row])

    return property(read, doc=meaning)


class _Numbers:
    """Numbers of agents, kept by their model: Mesa 3.3 would keep every model alive for them."""

    def __getitem__(self, model: ZoneModel) -> Iterator[int]:
        return model.agent_numbers


class RowAgent(mesa.Agent):  # type: ignore[misc]  # Mesa has no type information
    """A view on one row of the engine's arrays.

    Attributes:
        model: The model.
        row: Row in the arrays; the same in every run with the same seed, zone and months.
    """

    model: ZoneModel
    _ids: ClassVar[Any] = _Numbers()

    def __init__(self, model: ZoneModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def _state(self) -> State:
        return self.model.state


class School(RowAgent):
    """The school of a village; its row is the village."""

    pupils = _column("pupils", int, "Children in ordinary classes.")
    bridge_pupils = _column("bridge_pupils", int, "Children in bridge classes.")
    pupils_at_start = _column("pupils_start", int, "Pupils at month 0, at least 1.")
    quality = _column("quality", float, "Quality of next month's lessons; 1 at month 0.")

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row

    @property
    def seats(self) -> int:
        """Pupils that the school can take with this month's teachers (ODD 7.5)."""
        teachers = self.model.lever("teachers") if self.model.month else 0.0
        slack = self.model.engine.zone_data["seat_slack"]
        return int(np.floor(self.pupils_at_start * (1.0 + slack) * (1.0 + teachers) + 0.5))


class Employer(RowAgent):
    """The employers of one tier in a village; rows go village by village, tiers 3, 2, 1."""

    places = _column("places", int, "Places for children.")
    filled = _column("filled", int, "Places held by children.")
    filled_under_age = _column(
        "filled_under", int, "Places held by children below the minimum age."
    )

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row // len(TIERS)

    @property
    def tier(self) -> str:
        """The tier: tier3, tier2 or tier1."""
        return TIERS[self.row % len(TIERS)]


class CommunityGroup(RowAgent):
    """The community group of a village, and what the village sees; its row is the village."""

    households = _column("families", int, "Households that are present.")
    visit_credit = _column("visit_credit", float, "Part of a visit that is carried over.")
    seen_school = _column("seen_school", float, "Share of children believed to be at school.")
    seen_work = _column("seen_work", float, "Share of children believed to be at work.")

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row

    @property
    def visits(self) -> int:
        """Home visits of this month."""
        return int(self._state.village_sums[self.row, SUMS.index("visits")])


class Household(RowAgent):
    """A household; it has a row if one of its children is of age at any time of the run."""

    present = _column("present", bool, "Whether it is in the zone and has a child of 5-17.")
    trade = _column("trade", TRADES.__getitem__, "Its living: farm, home, tier3, tier2 or tier1.")
    adults = _column("adults", int, "Adults.")
    base_income = _column("base", float, "Adult income of an ordinary month, whole household.")
    resources = _column("resources", float, "Adult income after saving; 0 before month 1.")
    needs = _column("equivalents", float, "Equivalent adults: with less income it is poor.")
    buffer = _column("buffer", float, "Savings.")
    distance_km = _column("distance", float, "Way to school.")

    @property
    def village(self) -> int:
        """Number of the village."""
        return int(np.searchsorted(self._state.village_household, self.row, side="right")) - 1

    @property
    def children(self) -> list[Child]:
        """Its children that are 5-17 at any time of the run, the eldest first."""
        first, beyond = self._state.household_child[self.row : self.row + 2]
        return [self.model.child(row) for row in range(int(first), int(beyond))]

    @property
    def supports_norm(self) -> bool:
        """Whether it holds that no child should work."""
        return bool(self._state.attitude[self.row] + self._state.message[self.row] > 0.0)


class Child(RowAgent):
    """A child; it has a row if it is 5-17 at any time of the run, so look at `present`."""

    key = _column("key", int, "Number of the child, the same with the same seed and zone.")
    sex = _column("sex", SEXES.__getitem__, "The words girl or boy.")
    activity = _column("activity", ACTIVITIES.__getitem__, "One of ACTIVITIES.")
    place = _column("place", PLACES.__getitem__, "Where it works, one of PLACES; or none.")
    grade = _column("grade", int, "Grades completed.")
    in_bridge_class = _column("bridge_clock", bool, "Whether it is in a bridge class.")

    @property
    def household(self) -> Household:
        """Its household."""
        return self.model.household(int(self._state.household[self.row]))

    @property
    def age_months(self) -> int:
        """Age in months; negative before birth."""
        return self.model.month - int(self._state.birth[self.row])

    @property
    def present(self) -> bool:
        """Whether it is 5-17 years old and its household is in the zone."""
        here = bool(self._state.present[self._state.household[self.row]])
        return here and ENTRY_MONTHS <= self.age_months < EXIT_MONTHS

    @property
    def in_child_labour(self) -> bool:
        """Whether its work is child labour by hours or hazard (`sdg871-ea`); False when absent."""
        s, row = self._state, self.row
        band = (self.age_months >= 144) + (self.age_months >= 180)
        long = s.hours_byte[row] >= s.work_cut[s.activity[row], band]
        return self.present and bool(long or s.hazard_byte[row] < s.hazard_cut[s.place[row]])

    @property
    def first_counted(self) -> int | None:
        """Month in which the programme first counted it, None if never."""
        return int(self._state.counted[self.row]) or None
