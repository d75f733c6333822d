"""The codes for what children do, where they work and how old they are (ODD 2)."""

from typing import Final

SCHOOL_ONLY, SCHOOL_AND_WORK, WORK_ONLY, NEITHER = ACTIVITIES = range(4)
NO_PLACE, FARM, HOME, TIER3, TIER2, TIER1 = range(6)
TRADES: Final = (FARM, HOME, TIER3, TIER2, TIER1)
FAMILY_WORK: Final = (FARM, HOME)
TIERS_CHECKED_IN_ORDER: Final = (TIER1, TIER2, TIER3)
SEXES = GIRL, BOY = range(2)
BANDS: Final = range(3)
CLASS_AGES: Final = range(5, 18)

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
    if years <= 11:
        return 0
    return 1 if years <= 14 else 2
