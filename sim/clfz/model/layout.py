"""What the engine holds in memory: two records of figures, and one structure of arrays.

`FIGURES` is a zone in the engine's units (money in poverty lines), `State` everything that lives through the months.
`docs/performance.md` has the bytes a child row, as measured.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SCHOOL_ONLY, SCHOOL_AND_WORK, WORK_ONLY, NEITHER = range(4)
NO_PLACE, FARM, HOME, TIER3, TIER2, TIER1 = range(6)
PLACES = ("none", "farm", "home", "tier3", "tier2", "tier1")
FIRST_AGE, LAST_AGE, CLASS_AGES = 5, 17, 13
MOST_BIRTHS = 8
BLOCK = 256  # people worked on side by side
# Room for them: a line more than a power of two, so that columns do not push each other out of the cache.
COLUMN = BLOCK + 8
GROUP_ROWS = 8192  # children of the villages that live a month together: what fits a core's cache
ENTRY_MONTHS, EXIT_MONTHS = 60, 216
NO_LUCK = (0, 0, 4)  # shape of the luck of a world when none is kept

OWN_TURN, ALL_TURN = 1, 2  # whose turn it is in a household

# Marks of a child (bits).
TURN, KNOWN, RETURNED, WITHDRAWN, PROTECTED, BRIDGED = 1, 2, 4, 8, 16, 32

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
(C_CHILDREN, C_ACTIVITY, C_LABOUR, C_CHORES, C_HAZARD, C_PLACE, C_BRIDGE) = (0, 1, 5, 6, 7, 8, 13)

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
(
    Z_HOUSEHOLDS,
    Z_PUPILS,
    Z_BRIDGE,
    Z_BRIDGE_STARTS,
    Z_PAID,
    Z_PAID_CHILDREN,
    Z_VISITS,
    Z_CONTACTS,
    Z_WITHDRAWN,
    Z_PROTECTED,
    Z_BRIDGED,
    Z_BILL,
) = range(12)
Z_CHECKED, Z_SUPPORT, Z_WAGE, Z_LOST = 16, 19, 20, 25

FIGURES = np.dtype(
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


class State(NamedTuple):
    """A zone in one month: structure of arrays, children household by household, households village by village."""

    seed: int
    months: int
    slots: int
    # villages [V]
    village_household: NDArray[np.int64]  # [V + 1] first household row of each village
    places: NDArray[np.int32]  # [V, 3] children's places of tier3, tier2, tier1
    filled: NDArray[np.int32]  # [V, 3] places held by children
    filled_under: NDArray[np.int32]  # [V, 3] held by under-age children
    pupils_start: NDArray[np.int32]
    pupils: NDArray[np.int32]
    bridge_pupils: NDArray[np.int32]
    families: NDArray[np.int32]  # households present
    neighbours: NDArray[np.int32]  # [V, 3] present children of class age 6-14, at school, working
    counts: NDArray[np.int32]  # [V, 6, COUNTS] the books of this month by sex and band
    next_birthday: NDArray[np.int32]  # [V, 4] next row of `by_birth` to turn 5, 12, 15, 18
    offset: NDArray[np.int32]  # household (from 0) with which this month's rounds begin
    seats: NDArray[np.int32]  # of this month, in ordinary and in bridge classes
    bridge_seats: NDArray[np.int32]
    under_limit: NDArray[np.int32]  # [V, 3] places that under-age children may hold this month
    doors: NDArray[np.int32]  # what is open now (decide.open_doors)
    quality: NDArray[np.float64]
    seen_school: NDArray[np.float64]
    seen_work: NDArray[np.float64]
    visit_credit: NDArray[np.float64]
    village_sums: NDArray[np.float64]  # [V, SUMS] this month
    village_supply: NDArray[np.int64]  # [V, 5, 3] adults, work-only and combining children by trade
    # zone
    references: NDArray[np.float64]  # [2] shares at school and at work at month 0
    log_wage: NDArray[np.float64]  # [5]
    supply_start: NDArray[np.float64]  # [5]
    intercepts: NDArray[np.float64]  # [2, CLASS_AGES, 4]
    work_cut: NDArray[np.int64]  # [4, 3] see books.write_cutoffs
    chores_cut: NDArray[np.int64]  # [4, 2]
    hazard_cut: NDArray[np.int64]  # [6]
    # households [H]
    household_child: NDArray[np.int32]  # [H + 1] first child row of each household
    hid: NDArray[np.uint32]
    trade: NDArray[np.int8]
    adults: NDArray[np.int8]
    births: NDArray[np.int8]
    phase: NDArray[np.int16]  # of migration; -1: always present
    by_phase: NDArray[np.int32]  # household rows of each village in order of phase
    credit: NDArray[np.bool_]
    here: NDArray[np.bool_]  # not away
    grown: NDArray[np.int8]  # children of 18 and over
    of_age: NDArray[np.int8]  # children of 5-17, who stand after the grown ones
    present: NDArray[np.bool_]  # here, with a child of 5-17
    turn: NDArray[np.uint8]  # 0: nobody's turn, 1: a child's own turn, 2: every child's turn
    rank: NDArray[np.uint32]  # poverty rank, targeting noise, coverage rank as words
    noise: NDArray[np.uint32]
    coverage: NDArray[np.uint32]
    equivalents: NDArray[np.float64]
    base: NDArray[np.float64]
    distance: NDArray[np.float64]
    attitude: NDArray[np.float64]
    transitory: NDArray[np.float64]
    buffer: NDArray[np.float64]
    message: NDArray[np.float64]
    resources: NDArray[np.float64]
    # children [N]
    household: NDArray[np.int32]
    key: NDArray[np.uint32]
    birth: NDArray[np.int16]
    ability: NDArray[np.uint16]
    sex: NDArray[np.int8]
    hours_byte: NDArray[np.uint8]
    chores_byte: NDArray[np.uint8]
    hazard_byte: NDArray[np.uint8]
    activity: NDArray[np.int8]
    place: NDArray[np.int8]
    grade: NDArray[np.int8]
    bridge_clock: NDArray[np.int8]
    marks: NDArray[np.uint8]
    counted: NDArray[np.int16]  # first month counted by the programme, 0 if never
    codes: NDArray[np.uint8]  # what it does this month (books.code), 0 if not here or not of age
    by_birth: NDArray[np.int32]  # rows of each village in order of birth


def _columns(numbers: str, whole: str) -> np.dtype:
    kinds: list[tuple[str, type, int]] = [(name, np.float64, COLUMN) for name in numbers.split()]
    return np.dtype([*kinds, *((name, np.int64, COLUMN) for name in whole.split())], align=True)


# A block of children, or of households, in columns: loops over them have no branches and no indirect loads, so that
# the compiler works on several people at once.
CHILDREN = _columns(
    "resources equivalents message attitude distance transfer outside family other sibling_return their_return quality "
    "seen_school seen_work intercept0 intercept1 intercept2 luck0 luck1 luck2 luck3 pay hazard in_bridge",
    "row returned key home sex year age grade now at clock ability trade listed doors cares place choice moves",
)
HOUSEHOLDS = _columns(
    "transitory base buffer factor rate access resources turn_luck contact_luck", "hid"
)


class Scratch(NamedTuple):
    """Room for the work on one group of villages at a time; every thread has its own."""

    rows: NDArray[np.int32]  # [children of the largest group] whose turn it is, in order of rounds
    villages: NDArray[np.int32]  # [same] their villages
    positions: NDArray[np.int32]  # [same] where they stand in `brought` and `others`
    # [same] of each called household: its first child of age, its village, where its children begin in `brought`
    eldest: NDArray[np.int32]
    village: NDArray[np.int32]
    begins: NDArray[np.int32]
    # [same] households that still have a turn: which, and their children whose turn is still to come, a bit each
    still: NDArray[np.int32]
    waiting: NDArray[np.uint8]
    # [same, 4] what each child of these households brings in outside the family, in it and otherwise, and whether it
    # is in family work; and the same of its brothers and sisters together (`siblings`)
    brought: NDArray[np.float64]
    others: NDArray[np.float64]
    rounds: NDArray[np.int64]  # [MOST_BIRTHS + 1] where each round begins in `rows`
    children: NDArray[np.void]  # [1] CHILDREN
    households: NDArray[np.void]  # [1] HOUSEHOLDS
    luck: NDArray[
        np.float32
    ]  # [school years, N, 4] see `luck`; [0, 0, 4] where it is drawn when it is needed
