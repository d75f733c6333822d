"""What all rules use: codes (ODD 2), random words and scalar functions, calendar (7.0), inputs (6).

The random words and scalar functions are those of the compiled engine, and all that is shared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

import mesa
import numpy as np
from numpy.typing import NDArray

from clfz.model import maths, random
from clfz.programme.levers import INDEX

if TYPE_CHECKING:
    from clfz.reference.model import ReferenceModel

# --- codes ---

SCHOOL_ONLY, SCHOOL_AND_WORK, WORK_ONLY, NEITHER = ACTIVITIES = range(4)
NO_PLACE, FARM, HOME, TIER3, TIER2, TIER1 = range(6)
TRADES: Final = (FARM, HOME, TIER3, TIER2, TIER1)
FAMILY_WORK: Final = (FARM, HOME)
TIERS: Final = (TIER1, TIER2, TIER3)  # in the order of age checks
SEXES = GIRL, BOY = range(2)
BANDS: Final = range(3)
CLASS_AGES: Final = range(5, 18)
HIGHEST_GRADE: Final = 12

ACTIVITY_NAMES: Final = ("school_only", "school_and_work", "work_only", "neither")
PLACE_NAMES: Final = ("none", "farm", "home", "tier3", "tier2", "tier1")
SEX_NAMES: Final = ("girls", "boys")
BAND_NAMES: Final = ("5_11", "12_14", "15_17")


def goes_to_school(activity: int) -> bool:
    """Whether the activity is school only or school and work; bridge classes are school only."""
    return activity in (SCHOOL_ONLY, SCHOOL_AND_WORK)


def works(activity: int) -> bool:
    """Whether the activity is school and work or work only."""
    return activity in (SCHOOL_AND_WORK, WORK_ONLY)


def age_band(years: int) -> int:
    """0 for 5-11 years, 1 for 12-14, 2 for 15-17."""
    return 0 if years <= 11 else 1 if years <= 14 else 2


class Agent(mesa.Agent):  # type: ignore[misc]  # Mesa has no type information
    """A Mesa agent of the reference implementation."""

    model: ReferenceModel


# --- random words, scalar functions ---

Words = tuple[int, int, int, int]
"""Four random 32-bit words."""

exp: Callable[[float], float] = maths.exp
log: Callable[[float], float] = maths.log  # natural, of x > 0
normal: Callable[[float], float] = maths.normal  # standard normal quantile
uniform: Callable[[int], float] = random.uniform  # between 0 and 1, from a word
bell: Callable[[int, int], float] = random.bell  # of mean 0 and variance 1, from two words


def gumbel(word: int) -> float:
    """A standard Gumbel number from a word."""
    return -log(-log(uniform(word)))


# --- inputs ---


class Numbers:
    """Named numbers, read as attributes: `p.promotion`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    @classmethod
    def read(cls, record: Any) -> Self:
        """Take plain Python numbers out of a numpy record, or a mapping with the same names."""
        names = record.dtype.names if hasattr(record, "dtype") else record.keys()
        return cls({name: np.asarray(record[name]).tolist() for name in names})

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...


class ZoneData(Numbers):
    """The data of one zone as plain numbers and lists (ODD 6); money in poverty lines a month.

    Lists by trade or tier start at the farm (`tier_wage_ratio[0]`), `hazard` at "no work". What is not named here is
    a float.
    """

    children: int
    villages: int
    harvest_month: int
    entry_age: int
    school_start: int
    school_end: int
    secondary_grade: int
    minimum_age: int
    start_month: int
    livelihood: list[float]
    tier_wage_ratio: list[float]
    hazard: list[float]
    hours: list[list[float]]
    chores: list[float]
    targets: list[list[list[float]]]


class Levers(Numbers):
    """The levers of one month, read as attributes: `lever.bridge_seats`."""

    def demand(self, trade: int) -> float:
        """Proportional change of what work in the trade brings."""
        return float(getattr(self, f"demand_{PLACE_NAMES[trade]}"))

    def adult_wage(self, trade: int) -> float:
        """Proportional rise of adult pay in the trade, for those covered."""
        return float(getattr(self, f"adult_wage_{PLACE_NAMES[trade]}"))

    def age_check(self, tier: int) -> float:
        """Share of the tier's places whose owner verifies age."""
        return float(getattr(self, f"age_check_{PLACE_NAMES[tier]}"))

    def transfer(self, sex: int, band: int) -> float:
        """Cash for a child of that sex and band, EUR a month."""
        return float(getattr(self, f"transfer_{SEX_NAMES[sex]}_{BAND_NAMES[band]}"))

    @property
    def pays_transfers(self) -> bool:
        """Whether there is cash for any child."""
        return any(self.transfer(sex, band) > 0 for sex in SEXES for band in BANDS)

    def same_transfers(self, other: Levers) -> bool:
        """Whether no lever of the transfer differs."""
        names = [name for name in INDEX if name.startswith("transfer_")]
        return all(getattr(self, name) == getattr(other, name) for name in names)


def read_levers(table: NDArray[np.float64]) -> list[Levers]:
    """Levers of months 0, 1, ..., M, from a table [M, levers] whose first row is month 1.

    In month 0 all levers are neutral.
    """
    rows = [[0.0] * len(INDEX), *np.asarray(table, dtype=np.float64).tolist()]
    return [Levers({name: row[column] for name, column in INDEX.items()}) for row in rows]


# --- calendar ---


class Calendar:
    """Months are counted from the run's start: month 1 is the first simulated, 0 the one before."""

    def __init__(self, z: ZoneData) -> None:
        self._z = z

    def month_of_year(self, month: int) -> int:
        """1 for January to 12 for December."""
        return (self._z.start_month - 1 + month - 1) % 12 + 1

    def is_school_start(self, month: int) -> bool:
        """Whether the school year starts this month."""
        return self.month_of_year(month) == self._z.school_start

    def is_year_end(self, month: int) -> bool:
        """Whether this is the last month of the school year."""
        return self.month_of_year(month) == self._z.school_end

    def last_school_start(self, month: int) -> int:
        """`ref(t)`: the last school start at or before the month; it may be 0 or negative."""
        return month - (self.month_of_year(month) - self._z.school_start) % 12

    def year_of_life(self, month: int, birth_month: int) -> int:
        """School years since birth; a child's taste shocks are drawn once for each (7.5)."""
        return (self.last_school_start(month) - birth_month + 6) // 12

    def class_age(self, month: int, birth_month: int) -> int:
        """Age in years that counts at school, set at the last school start, 5 to 17."""
        return min(max(self.year_of_life(month, birth_month), 5), 17)


def grade_gap(z: ZoneData, class_age: int, grade: int) -> int:
    """How many grades a child is behind the grade for its class age."""
    return max(0, right_grade(z, class_age) - grade)


def right_grade(z: ZoneData, class_age: int) -> int:
    """The grade of a child that started in time and never repeated."""
    return max(0, class_age - z.entry_age)
