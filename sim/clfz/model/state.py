"""What the engine holds in memory, each array declared once: its type, its shape, what it is, how it begins.

Allocation, copies and the table in `describe` are made from the declarations. In a shape `V` is the villages of the
zone, `H` its households, `N` its children, `COUNTS` and `SUMS` the columns of the monthly tallies (`layout`).
"""

from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from clfz.model.layout import COLUMN, COUNTS, MOST_BIRTHS, SUMS


def _columns(numbers: str, whole: str) -> np.dtype:
    kinds: list[tuple[str, type, int]] = [(name, np.float64, COLUMN) for name in numbers.split()]
    return np.dtype([*kinds, *((name, np.int64, COLUMN) for name in whole.split())], align=True)


# A block of children, or of households, in columns: loops over them have no branches and no indirect loads, so that
# the compiler works on several people at once.
CHILDREN = _columns(
    "resources equivalents message attitude distance transfer outside family other sibling_return their_return quality "
    "seen_school seen_work intercept0 intercept1 intercept2 shock0 shock1 shock2 shock3 pay hazard in_bridge",
    "row returned key home sex year age grade now at clock ability trade listed vacancies cares place choice moves",
)
HOUSEHOLDS = _columns(
    "transitory base buffer factor rate access resources activation_draw contact_draw", "hid"
)


class State(NamedTuple):
    """A zone in one month: structure of arrays, children household by household, households village by village."""

    seed: np.uint64
    months: int
    slots: int
    # villages
    village_household: Annotated[NDArray[np.int64], "V+1", "first household row of each village"]
    places: Annotated[NDArray[np.int32], "V 3", "job slots of children in tier3, tier2, tier1"]
    filled: Annotated[NDArray[np.int32], "V 3", "slots held by children"]
    filled_under: Annotated[NDArray[np.int32], "V 3", "slots held by under-age children"]
    pupils_start: Annotated[NDArray[np.int32], "V", "pupils in ordinary classes at month 0"]
    pupils: Annotated[NDArray[np.int32], "V", "pupils in ordinary classes"]
    bridge_pupils: Annotated[NDArray[np.int32], "V", "pupils in bridge classes"]
    families: Annotated[NDArray[np.int32], "V", "households present"]
    neighbours: Annotated[
        NDArray[np.int32], "V 3", "present children of class age 6-14, at school, working"
    ]
    counts: Annotated[NDArray[np.int32], "V 6 COUNTS", "the tallies of this month by sex and band"]
    next_birthday: Annotated[
        NDArray[np.int32], "V 4", "next row of `by_birth` to turn 5, 12, 15, 18"
    ]
    offset: Annotated[
        NDArray[np.int32], "V", "household (from 0) with which this month's rounds begin"
    ]
    seats: Annotated[NDArray[np.int32], "V", "of this month, in ordinary classes"]
    bridge_seats: Annotated[NDArray[np.int32], "V", "of this month, in bridge classes"]
    under_limit: Annotated[
        NDArray[np.int32], "V 3", "slots that under-age children may hold this month"
    ]
    vacancies: Annotated[
        NDArray[np.int32], "V", "what is open now, in bits (decide.find_vacancies)"
    ]
    quality: Annotated[NDArray[np.float64], "V", "of ordinary classes, 1 at month 0", 1]
    seen_school: Annotated[NDArray[np.float64], "V", "share of children at school, as perceived"]
    seen_work: Annotated[NDArray[np.float64], "V", "share of children at work, as perceived"]
    visit_credit: Annotated[NDArray[np.float64], "V", "part of a visit carried over"]
    village_sums: Annotated[NDArray[np.float64], "V SUMS", "sums of this month"]
    village_supply: Annotated[
        NDArray[np.int64], "V 5 3", "adults, work-only and combining children by trade"
    ]
    # the zone
    references: Annotated[NDArray[np.float64], "2", "shares at school and at work at month 0"]
    log_wage: Annotated[
        NDArray[np.float64], "5", "adult wage by trade, log of its level at month 0"
    ]
    supply_start: Annotated[NDArray[np.float64], "5", "labour supply by trade at month 0"]
    intercepts: Annotated[
        NDArray[np.float64],
        "2 13 4",
        "of school only, both, work only, neither, by sex and class age",
    ]
    work_cut: Annotated[NDArray[np.int64], "4 3", "by activity and band, see tallies.write_cutoffs"]
    chores_cut: Annotated[NDArray[np.int64], "4 2", "by activity and sex"]
    hazard_cut: Annotated[NDArray[np.int64], "6", "by place"]
    # households
    household_child: Annotated[NDArray[np.int32], "H+1", "first child row of each household"]
    hid: Annotated[NDArray[np.uint32], "H", "identity"]
    trade: Annotated[NDArray[np.int8], "H", "livelihood: farm, home, tier3, tier2, tier1"]
    adults: Annotated[NDArray[np.int8], "H", "number"]
    births: Annotated[NDArray[np.int8], "H", "number"]
    phase: Annotated[NDArray[np.int16], "H", "of migration; -1: always present"]
    by_phase: Annotated[NDArray[np.int32], "H", "household rows of each village in order of phase"]
    credit: Annotated[NDArray[np.bool_], "H", "whether it can borrow"]
    here: Annotated[NDArray[np.bool_], "H", "not away"]
    grown: Annotated[NDArray[np.int8], "H", "children of 18 and over"]
    of_age: Annotated[NDArray[np.int8], "H", "children of 5-17, who stand after the grown ones"]
    present: Annotated[NDArray[np.bool_], "H", "here, with a child of 5-17"]
    activation: Annotated[
        NDArray[np.uint8], "H", "activation: 0 nobody's, 1 a child's own, 2 every child's"
    ]
    rank: Annotated[NDArray[np.uint32], "H", "poverty rank, a random word"]
    noise: Annotated[NDArray[np.uint32], "H", "targeting noise, a random word"]
    coverage: Annotated[NDArray[np.uint32], "H", "coverage rank, a random word"]
    equivalents: Annotated[NDArray[np.float64], "H", "adult equivalents"]
    base: Annotated[NDArray[np.float64], "H", "permanent income, poverty lines a month"]
    distance: Annotated[NDArray[np.float64], "H", "to school, km"]
    attitude: Annotated[NDArray[np.float64], "H", "to child work, utils"]
    transitory: Annotated[NDArray[np.float64], "H", "log of transitory income"]
    buffer: Annotated[NDArray[np.float64], "H", "savings, poverty lines"]
    message: Annotated[NDArray[np.float64], "H", "what messages left, utils"]
    resources: Annotated[
        NDArray[np.float64], "H", "consumption before what children bring in, poverty lines a month"
    ]
    # children
    household: Annotated[NDArray[np.int32], "N", "household row"]
    key: Annotated[NDArray[np.uint32], "N", "identity"]
    birth: Annotated[NDArray[np.int16], "N", "month of birth"]
    ability: Annotated[NDArray[np.uint16], "N", "a random word"]
    sex: Annotated[NDArray[np.int8], "N", "0 girl, 1 boy"]
    hours_byte: Annotated[
        NDArray[np.uint8], "N", "how its hours differ from the average, a random byte"
    ]
    chores_byte: Annotated[NDArray[np.uint8], "N", "the same of household services"]
    hazard_byte: Annotated[NDArray[np.uint8], "N", "the same of hazard"]
    activity: Annotated[NDArray[np.int8], "N", "school only, both, work only, neither"]
    place: Annotated[NDArray[np.int8], "N", "of work"]
    grade: Annotated[NDArray[np.int8], "N", "reached"]
    bridge_clock: Annotated[NDArray[np.int8], "N", "months in a bridge class, 0 outside"]
    flags: Annotated[NDArray[np.uint8], "N", "flags in bits (layout)"]
    counted: Annotated[NDArray[np.int16], "N", "first month counted by the programme, 0 if never"]
    codes: Annotated[
        NDArray[np.uint8],
        "N",
        "what it does this month (tallies.code), 0 if not here or not of age",
    ]
    by_birth: Annotated[NDArray[np.int32], "N", "rows of each village in order of birth"]


class Scratch(NamedTuple):
    """Room for the work on one group of villages at a time; `M` is the children of the largest group."""

    rows: Annotated[NDArray[np.int32], "M", "children who are activated, in order of rounds"]
    villages: Annotated[NDArray[np.int32], "M", "their villages"]
    positions: Annotated[NDArray[np.int32], "M", "where they stand in `brought` and `others`"]
    eldest: Annotated[NDArray[np.int32], "M", "of each activated household: its first child of age"]
    village: Annotated[NDArray[np.int32], "M", "its village"]
    begins: Annotated[NDArray[np.int32], "M", "where its children begin in `brought`"]
    still: Annotated[NDArray[np.int32], "M", "households with children still to be activated"]
    waiting: Annotated[NDArray[np.uint8], "M", "and which of their children, a bit each"]
    brought: Annotated[
        NDArray[np.float64],
        "M 4",
        "what each child brings in outside the family, in it, otherwise; whether it is in family work",
    ]
    others: Annotated[NDArray[np.float64], "M 4", "the same of its siblings together (`siblings`)"]
    rounds: Annotated[NDArray[np.int64], "ROUNDS", "where each round begins in `rows`"]
    children: Annotated[NDArray[np.void], "1", "a block of children in columns", CHILDREN]
    households: Annotated[NDArray[np.void], "1", "a block of households in columns", HOUSEHOLDS]
    shocks: NDArray[
        np.float32
    ]  # [school years, N, 4] taste shocks; [0, 0, 4] where they are drawn when needed


def allocate(
    seed: int, months: int, slots: int, villages: int, households: int, children: int
) -> State:
    """An empty zone.

    Raises:
        MemoryError: There is no room for it.
    """
    sizes = {"V": villages, "H": households, "N": children}
    return State._make([np.uint64(seed), months, slots, *_arrays(State, sizes).values()])


def copied(s: State) -> State:
    """The same zone once more, sharing nothing: where each scenario of a replication begins."""
    return State._make([each.copy() if isinstance(each, np.ndarray) else each for each in s])


def empty_scratch(most: int, shocks: NDArray[np.float32]) -> Scratch:
    """Room for the work on groups of villages of at most so many child rows."""
    return Scratch._make([*_arrays(Scratch, {"M": most}).values(), shocks])


def describe() -> list[tuple[str, str, str, str]]:
    """Name, type, shape and meaning of each array of the state, for documentation."""
    rows = []
    for name, hint in get_type_hints(State, include_extras=True).items():
        if get_args(hint):
            array, shape, about, *_ = get_args(hint)
            rows.append((name, element_type(array).name, shape, about))
    return rows


def element_type(array: Any) -> Any:
    """The element type in `NDArray[np.int32]`, which older NumPy writes as `ndarray[shape, dtype[np.int32]]`."""
    element = get_args(array)[-1]
    return np.dtype(*(get_args(element) or (element,)))


def _arrays(record: Any, sizes: dict[str, int]) -> dict[str, NDArray[Any]]:
    """A new array for each annotated field of a record."""
    sizes = sizes | {"COUNTS": len(COUNTS), "SUMS": len(SUMS), "ROUNDS": MOST_BIRTHS + 1}
    made: dict[str, NDArray[Any]] = {}
    for name, hint in get_type_hints(record, include_extras=True).items():
        if not hasattr(hint, "__metadata__"):
            continue
        array, shape, _, *rest = get_args(hint)
        size = []
        for part in shape.split():
            letter, _, more = part.partition("+")
            size.append((sizes[letter] if letter in sizes else int(letter)) + int(more or 0))
        start = rest[0] if rest else 0
        dtype = start if isinstance(start, np.dtype) else element_type(array)
        made[name] = np.full(size, start, dtype) if start == 1 else np.zeros(size, dtype)
    return made
