"""Books counted anew from what each child did, written from the model description and not from the engine.

Inputs are who is who (birth, sex, household, personal bytes) and the code of each child by month (place and
activity). Everything else that the engine says about a month is worked out here a second time.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from clfz.model.layout import COUNTS
from clfz.programme.levers import INDEX
from clfz.programme.names import AGE_BANDS, SEXES, TRADES

from tests.model.zones import Run

HOURS_THAT_ARE_LABOUR = (1.0, 14.0, 43.0)
CHORES_THAT_ARE_LABOUR = 21.0


@dataclass(frozen=True)
class Recount:
    """A second set of books of one run; arrays begin with months 0..M, children are [M + 1, N]."""

    z: Any
    p: Any
    levers: np.ndarray
    run: Run

    # --- who is here ---

    @property
    def state(self) -> Any:
        return self.run.state

    @cached_property
    def months(self) -> np.ndarray:
        return np.arange(len(self.levers) + 1)

    @cached_property
    def lived(self) -> np.ndarray:
        """Age in months of each row in each month."""
        return self.months[:, None] - self.state.birth.astype(int)

    @cached_property
    def of_age(self) -> np.ndarray:
        return (self.lived >= 5 * 12) & (self.lived < 18 * 12)

    @cached_property
    def away(self) -> np.ndarray:
        """Households [M + 1, H] that are out of the zone."""
        share, yearly = float(self.z["migrant_share"]), float(self.z["yearly_migration"])
        phase = self.state.phase.astype(int)
        if share <= 0 or yearly <= 0:
            return np.zeros((self.months.size, phase.size), bool)
        cycle = max(12, math.floor(12 * share / yearly + 0.5))
        at = (self.months[:, None] + phase) % cycle
        return (phase >= 0) & (at >= cycle - cycle // 3)

    @cached_property
    def here(self) -> np.ndarray:
        return self.of_age & ~self.away[:, self.state.household]

    @cached_property
    def families(self) -> np.ndarray:
        """Households [M + 1, H] that are present."""
        found = np.zeros((self.months.size, self.state.hid.size), bool)
        month, child = np.nonzero(self.here)
        found[month, self.state.household[child]] = True
        return found

    @cached_property
    def village(self) -> np.ndarray:
        """Village of each child."""
        firsts = self.state.village_household[1:]
        return np.searchsorted(firsts, self.state.household, side="right")

    # --- what they do ---

    @cached_property
    def activity(self) -> np.ndarray:
        return self.run.codes & 3

    @cached_property
    def place(self) -> np.ndarray:
        return (self.run.codes >> 2) & 7

    @cached_property
    def school(self) -> np.ndarray:
        return self.here & (self.activity <= 1)

    @cached_property
    def working(self) -> np.ndarray:
        return self.here & ((self.activity == 1) | (self.activity == 2))

    @cached_property
    def band(self) -> np.ndarray:
        years = self.lived // 12
        return (years >= 12).astype(int) + (years >= 15)

    @cached_property
    def class_age(self) -> np.ndarray:
        """Age at the school start of the running school year, to the nearest birthday."""
        start = int(self.z["start_month"])
        calendar = (start - 2 + self.months) % 12 + 1
        reference = self.months - (calendar - int(self.z["school_start"])) % 12
        return np.clip((reference[:, None] - self.state.birth + 6) // 12, 5, 17)

    @cached_property
    def under_age(self) -> np.ndarray:
        return self.class_age < int(self.z["minimum_age"])

    # --- the books ---

    @cached_property
    def counts(self) -> np.ndarray:
        """[M + 1, 2, 3, COUNTS] but for the children in bridge classes."""
        s, z = self.state, self.z
        personal = 0.5 + (s.hours_byte + 0.5) / 256
        hours = z["hours"][self.activity, self.band] * personal
        hazardous = self.working & ((s.hazard_byte + 0.5) / 256 < z["hazard"][self.place])
        long = self.working & (hours >= np.array(HOURS_THAT_ARE_LABOUR)[self.band])
        chores = z["chores"][s.sex] * (0.5 + (s.chores_byte + 0.5) / 256)
        chores = chores * np.where(self.activity == 3, 1.6, 0.8)
        labour = long | hazardous
        heavy = labour | ((self.band < 2) & (chores > CHORES_THAT_ARE_LABOUR))
        marked = [np.ones_like(self.here)]
        marked += [self.activity == k for k in range(4)]
        marked += [labour, heavy, hazardous]
        marked += [self.place == k for k in range(1, 6)]
        found = np.zeros((self.months.size, 2, 3, len(COUNTS)), np.int64)
        for sex in range(2):
            for band in range(3):
                group = self.here & (s.sex == sex) & (self.band == band)
                for k, mark in enumerate(marked):
                    found[:, sex, band, k] = (group & mark).sum(axis=1)
        return found

    @cached_property
    def held(self) -> tuple[np.ndarray, np.ndarray]:
        """Places held in tier 3, 2, 1 [M + 1, V, 3]: by children, by under-age children."""
        villages = self.state.places.shape[0]
        found = np.zeros((2, self.months.size, villages, 3), np.int64)
        for k in range(3):
            holds = self.here & (self.place == 3 + k)
            for n, who in enumerate((holds, holds & self.under_age)):
                month, child = np.nonzero(who)
                np.add.at(found[n, :, :, k], (month, self.village[child]), 1)
        return found[0], found[1]

    @cached_property
    def supply(self) -> np.ndarray:
        """Labour in each trade [M + 1, 5], in adults."""
        s = self.state
        found = np.zeros((self.months.size, 5))
        for k in range(5):
            adults = (self.families * s.adults * (s.trade == k)).sum(axis=1)
            at = self.here & (self.place == k + 1)
            full = (at & (self.activity == 2)).sum(axis=1)
            part = (at & (self.activity == 1)).sum(axis=1)
            hands = full + float(self.p["combine_share"]) * part
            found[:, k] = adults + float(self.p["child_productivity"]) * hands
        return found

    @cached_property
    def wages(self) -> np.ndarray:
        """Wage index of each trade at the end of a month [M + 1, 5]."""
        speed, elasticity = (
            float(self.p[name]) for name in ("wage_adjustment", "labour_demand_elasticity")
        )
        log_wage = np.zeros((self.months.size, 5))
        for month in self.months[1:]:
            before, supply = log_wage[month - 1], self.supply[month - 1]
            log_wage[month] = before
            for k in np.flatnonzero((self.supply[0] > 0) & (supply > 0)):
                goal = -math.log(supply[k] / self.supply[0, k]) / elasticity
                log_wage[month, k] = before[k] + speed * (goal - before[k])
        return np.exp(log_wage)

    # --- money ---

    def lever(self, name: str) -> np.ndarray:
        """A lever in months 0..M."""
        return np.concatenate([[0.0], self.levers[:, INDEX[name]]])

    @cached_property
    def listed(self) -> np.ndarray:
        """Households [M + 1, H] on the list of a transfer."""
        s = self.state
        rank, noise = ((word + 0.5) * 2.0**-32 for word in (s.rank, s.noise))
        found = np.zeros((self.months.size, rank.size), bool)
        errors, coverages = self.lever("transfer_targeting_error"), self.lever("transfer_coverage")
        for month, (error, coverage) in enumerate(zip(errors, coverages, strict=True)):
            if coverage > 0:
                limit = _quantile(coverage, error)
                found[month] = (1 - error) * rank + error * noise < limit
        return found

    @cached_property
    def due(self) -> np.ndarray:
        """Cash due to each child [M + 1, N] in poverty lines, whether or not it goes to school."""
        band = (self.class_age >= 12).astype(int) + (self.class_age >= 15)
        amounts = np.zeros((self.months.size, 2, 3))
        for sex, girls_or_boys in enumerate(SEXES):
            for b, ages in enumerate(AGE_BANDS):
                amounts[:, sex, b] = self.lever(
                    f"transfer_{girls_or_boys}_{ages.replace('-', '_')}"
                )
        each = amounts[self.months[:, None], self.state.sex, band] * float(self.z["eur"])
        return each * (self.here & self.listed[:, self.state.household])

    @cached_property
    def paid(self) -> np.ndarray:
        kept = 1 - self.lever("transfer_condition")[:, None]
        return np.where(self.school, self.due, self.due * kept)

    @cached_property
    def wage_bill(self) -> np.ndarray:
        """Base pay [M + 1, 5] of present households that a wage rise covers."""
        s = self.state
        luck = (s.coverage + 0.5) * 2.0**-32
        covered = self.families & (luck < self.lever("adult_wage_coverage")[:, None])
        return np.stack([(covered * s.base * (s.trade == k)).sum(axis=1) for k in range(5)], axis=1)


def _quantile(coverage: float, error: float) -> float:
    """Score below which the share `coverage` of households lies, by halving the interval."""
    small, large = min(error, 1 - error), max(error, 1 - error)

    def below(score: float) -> float:
        # area of {large x + small y < score} in the unit square: a trapezium
        def ramp(x: float) -> float:
            return max(0.0, x) ** 2 / 2

        parts = ramp(score) - ramp(score - large) - ramp(score - small) + ramp(score - 1)
        return parts / (large * small)

    if small < 1e-9:
        return coverage
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < coverage else (low, middle)
    return (low + high) / 2


TRADE_COLUMNS = tuple(f"wage_bill_{trade}" for trade in TRADES)
WAGE_COLUMNS = tuple(f"wage_{trade}" for trade in TRADES)
