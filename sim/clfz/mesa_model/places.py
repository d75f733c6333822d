"""Schools, employers and community groups as Mesa agents."""

from __future__ import annotations

import numpy as np

from clfz.mesa_model.rows import RowAgent
from clfz.model.layout import PLACES, SUMS, TIER3

TIERS = PLACES[TIER3:]


class School(RowAgent):
    """The school of a village; its row is the village."""

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row

    @property
    def pupils(self) -> int:
        """Children in ordinary classes."""
        return int(self._state.pupils[self.row])

    @property
    def bridge_pupils(self) -> int:
        """Children in bridge classes."""
        return int(self._state.bridge_pupils[self.row])

    @property
    def pupils_at_start(self) -> int:
        """Pupils at month 0, at least 1."""
        return int(self._state.pupils_start[self.row])

    @property
    def seats(self) -> int:
        """Pupils that the school can take with this month's teachers (ODD 7.5)."""
        teachers = self.model.lever("teachers") if self.model.month else 0.0
        slack = self.model.engine.figures["seat_slack"]
        return int(np.floor(self.pupils_at_start * (1.0 + slack) * (1.0 + teachers) + 0.5))

    @property
    def quality(self) -> float:
        """Quality of next month's lessons; 1 at month 0."""
        return float(self._state.quality[self.row])


class Employer(RowAgent):
    """The employers of one tier in a village; rows go village by village, tiers 3, 2, 1."""

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row // len(TIERS)

    @property
    def tier(self) -> str:
        """The tier: tier3, tier2 or tier1."""
        return TIERS[self._tier]

    @property
    def _tier(self) -> int:
        return self.row % len(TIERS)

    @property
    def places(self) -> int:
        """Places for children."""
        return int(self._state.places[self.village, self._tier])

    @property
    def filled(self) -> int:
        """Places held by children."""
        return int(self._state.filled[self.village, self._tier])

    @property
    def filled_under_age(self) -> int:
        """Places held by children below the minimum age."""
        return int(self._state.filled_under[self.village, self._tier])


class CommunityGroup(RowAgent):
    """The community group of a village, and what the village sees; its row is the village."""

    @property
    def village(self) -> int:
        """Number of the village."""
        return self.row

    @property
    def households(self) -> int:
        """Households that are present."""
        return int(self._state.families[self.row])

    @property
    def visits(self) -> int:
        """Home visits of this month."""
        return int(self._state.village_sums[self.row, SUMS.index("visits")])

    @property
    def visit_credit(self) -> float:
        """Part of a visit that is carried over."""
        return float(self._state.visit_credit[self.row])

    @property
    def seen_school(self) -> float:
        """Share of children that neighbours believe to be at school."""
        return float(self._state.seen_school[self.row])

    @property
    def seen_work(self) -> float:
        """Share of children that neighbours believe to be at work."""
        return float(self._state.seen_work[self.row])
