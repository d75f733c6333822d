"""Households and children as Mesa agents; they become agents when somebody asks for them."""

from __future__ import annotations

import numpy as np

from clfz.mesa_model.rows import RowAgent
from clfz.model.layout import COUNTS, ENTRY_MONTHS, EXIT_MONTHS, PLACES
from clfz.programme.levers import TRADES

SEXES = ("girl", "boy")
ACTIVITIES = COUNTS[1:5]


class Household(RowAgent):
    """A household; it has a row if one of its children is of age at any time of the run."""

    @property
    def village(self) -> int:
        """Number of the village."""
        return int(np.searchsorted(self._state.village_household, self.row, side="right")) - 1

    @property
    def children(self) -> list[Child]:
        """Its children that are 5-17 at any time of the run, the eldest first."""
        rows = self._state.household_child[self.row : self.row + 2]
        return [self.model.child(row) for row in range(int(rows[0]), int(rows[1]))]

    @property
    def present(self) -> bool:
        """Whether it is in the zone and has a child of 5-17."""
        return bool(self._state.present[self.row])

    @property
    def trade(self) -> str:
        """What it lives from: farm, home, tier3, tier2 or tier1."""
        return TRADES[self._state.trade[self.row]]

    @property
    def adults(self) -> int:
        """Adults."""
        return int(self._state.adults[self.row])

    @property
    def base_income(self) -> float:
        """Adult income of an ordinary month, the whole household."""
        return float(self._state.base[self.row])

    @property
    def resources(self) -> float:
        """Adult income of this month after saving; 0 before month 1."""
        return float(self._state.resources[self.row])

    @property
    def needs(self) -> float:
        """Equivalent adults: the household is poor with less income than this."""
        return float(self._state.equivalents[self.row])

    @property
    def buffer(self) -> float:
        """Savings."""
        return float(self._state.buffer[self.row])

    @property
    def distance_km(self) -> float:
        """Way to school."""
        return float(self._state.distance[self.row])

    @property
    def supports_norm(self) -> bool:
        """Whether it holds that no child should work."""
        return bool(self._state.attitude[self.row] + self._state.message[self.row] > 0.0)


class Child(RowAgent):
    """A child; it has a row if it is 5-17 at any time of the run, so look at `present`."""

    @property
    def key(self) -> int:
        """Number of the child, the same in every run with the same seed and zone."""
        return int(self._state.key[self.row])

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
    def sex(self) -> str:
        """The words girl or boy."""
        return SEXES[self._state.sex[self.row]]

    @property
    def activity(self) -> str:
        """One of school_only, school_and_work, work_only, neither."""
        return ACTIVITIES[self._state.activity[self.row]]

    @property
    def place(self) -> str:
        """Where it works: none, farm, home, tier3, tier2 or tier1."""
        return PLACES[self._state.place[self.row]]

    @property
    def grade(self) -> int:
        """Grades completed."""
        return int(self._state.grade[self.row])

    @property
    def in_bridge_class(self) -> bool:
        """Whether it is in a bridge class."""
        return bool(self._state.bridge_clock[self.row] > 0)

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
