"""Codes, sizes and columns that the model shares, and the record of a zone (`ZONE_RECORD`; money in poverty lines)."""

import numpy as np

from clfz.programme.names import TRADES, numbered

SCHOOL_ONLY, SCHOOL_AND_WORK, WORK_ONLY, NEITHER = range(4)
NO_PLACE, FARM, HOME, TIER3, TIER2, TIER1 = range(6)
PLACES = ("none", *TRADES)
FIRST_AGE, LAST_AGE, CLASS_AGES = 5, 17, 13
MOST_BIRTHS = 8
BLOCK = 256  # people worked on side by side
# Room for them: a line more than a power of two, so that columns do not push each other out of the cache.
COLUMN = BLOCK + 8
GROUP_ROWS = 8192  # children of the villages that live a month together: what fits a core's cache
ENTRY_MONTHS, EXIT_MONTHS = 60, 216

OWN_ACTIVATION, ALL_ACTIVATED = 1, 2  # who is activated in a household

# Flags of a child (bits).
ACTIVATED, KNOWN, RETURNED, WITHDRAWN, PROTECTED, BRIDGED = 1, 2, 4, 8, 16, 32

# Columns of the monthly counts by sex and band.
COUNTS = (
    "children",
    "school_only",
    "school_and_work",
    "work_only",
    "neither",
    "child_labour",
    "child_labour_with_chores",
    "hazardous",
    "farm",
    "home",
    "tier3",
    "tier2",
    "tier1",
    "bridge",
)
COUNT = numbered(COUNTS)

# Columns of the zone's monthly sums.
SUMS = (
    "households",
    "pupils",
    "bridge_pupils",
    "bridge_starts",
    "transfers_paid",
    "transfer_children",
    "visits",
    "contacts",
    "withdrawn",
    "protected",
    "bridged",
    "wage_bill_farm",
    "wage_bill_home",
    "wage_bill_tier3",
    "wage_bill_tier2",
    "wage_bill_tier1",
    "places_checked_tier1",
    "places_checked_tier2",
    "places_checked_tier3",
    "norm_support",
    "wage_farm",
    "wage_home",
    "wage_tier3",
    "wage_tier2",
    "wage_tier1",
    "lost_place",
)
SUM = numbered(SUMS)

ZONE_RECORD = np.dtype(
    [
        ("children", np.int64),
        ("villages", np.int64),
        ("household_size", np.float64),
        ("adults", np.float64),
        ("migrant_share", np.float64),
        ("yearly_migration", np.float64),
        ("poverty_headcount", np.float64),
        ("log_income_sd", np.float64),
        ("seasonality", np.float64),
        ("harvest_month", np.int64),
        ("livelihood", np.float64, 5),
        ("tier_wage_ratio", np.float64, 5),
        ("hazard", np.float64, 6),
        ("adult_pay", np.float64),
        ("hours", np.float64, (4, 3)),
        ("chores", np.float64, 2),
        ("entry_age", np.int64),
        ("school_start", np.int64),
        ("school_end", np.int64),
        ("cost_primary", np.float64),
        ("cost_secondary", np.float64),
        ("distance_km", np.float64),
        ("seat_slack", np.float64),
        ("secondary_grade", np.int64),
        ("minimum_age", np.int64),
        ("start_month", np.int64),
        ("eur", np.float64),
        ("targets", np.float64, (2, CLASS_AGES, 4)),
        ("sibling_mean", np.float64),
    ],
    align=True,
)

# What the programme did to a child (`run.attribute`).
CLASSES = (
    "changed",
    "deadweight",
    "displaced",
    "relapsed",
    "spill_over",
    "work_moved_in",
    "lost_school",
    "unaffected",
)
CLASS = numbered(CLASSES)
