"""The lever table: everything a programme or a shock can move, month by month.

The engine knows levers, not interventions. Each lever is one column of a `float64` array of shape
`[months, len(LEVERS)]`; the order of `LEVERS` is the order of the engine's columns, and month 1 is
row 0. A lever that nobody moves is neutral, and neutral is exactly 0.0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from clfz.programme.names import AGE_BANDS, SEXES, TIERS, TRADES, numbered

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lever:
    """One number a month that the engine reads.

    Attributes:
        name: Name in code and in files.
        unit: What one unit is.
        high: Largest value the engine may see.
        combine: How two movers add up: `sum` for doses, `max` for reach and quality.
        meaning: One line for readers.
        low: Smallest value the engine may see.
        scales: Whether an intervention's intensity multiplies it. A course does not get shorter,
            nor targeting better, because a programme is weaker: such levers are on or off.
    """

    name: str
    unit: str
    high: float
    combine: Literal["sum", "max"]
    meaning: str
    low: float = 0.0
    scales: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The horizon and the size of the zone, as far as interventions need them.

    Attributes:
        months: Months in the whole horizon, programme and after.
        programme_months: Months until the programme leaves.
        children: Children of 5-17 at the start.
        households: Households at the start.
        villages: Villages in the zone.
        start: Year and month (1-12) of month 1.
    """

    months: int
    programme_months: int
    children: float
    households: float
    villages: int
    start: tuple[int, int] = (2014, 5)


class MovesLevers(Protocol):
    """Anything that moves levers: an intervention or a shock."""

    def lever_paths(self, calendar: Calendar) -> Mapping[str, FloatArray]:
        """Lever name -> path over the horizon [months], in the lever's unit."""
        ...


SHARE = "share 0-1"
LEVERS: Final[tuple[Lever, ...]] = (
    Lever("bridge_seats", "places in the zone", 100_000.0, "sum", "places in bridge schools"),
    Lever("bridge_months", "months", 36.0, "max", "length of a bridge course", scales=False),
    Lever("bridge_support", SHARE, 1.0, "max", "help to a child after it is back in class"),
    *(
        Lever(
            f"transfer_{sex}_{band.replace('-', '_')}",
            "EUR of 2015 per child-month",
            500.0,
            "sum",
            f"cash paid for {sex} of {band}",
        )
        for sex in SEXES
        for band in AGE_BANDS
    ),
    Lever("transfer_coverage", SHARE, 1.0, "max", "households on the list, the poorest first"),
    Lever(
        "transfer_targeting_error",
        SHARE,
        1.0,
        "max",
        "weight of chance against poverty in the ranking of households",
        scales=False,
    ),
    Lever("transfer_condition", SHARE, 1.0, "max", "absent children whose payment is withheld"),
    Lever("transfer_endorsement", SHARE, 1.0, "max", "how clearly the cash is for schooling"),
    *(
        Lever(
            f"adult_wage_{trade}",
            "proportional rise",
            3.0,
            "sum",
            f"rise of adult pay in {trade}",
        )
        for trade in TRADES
    ),
    Lever("adult_wage_coverage", SHARE, 1.0, "max", "households of the trade that get the rise"),
    Lever("awareness_contacts", "contacts per household-month", 1.0, "sum", "talks that reach"),
    Lever("awareness_strength", "multiple of a standard contact", 5.0, "max", "what a talk does"),
    Lever("teachers", "proportional rise", 3.0, "sum", "extra teachers"),
    Lever("school_quality", "proportional rise", 3.0, "sum", "what a school day teaches"),
    Lever("school_cost_relief", SHARE, 1.0, "max", "part of the family's school cost paid"),
    Lever("school_attractiveness", "proportional rise", 3.0, "sum", "joy of a school day"),
    Lever("group_visits", "visits per 100 households and month", 400.0, "sum", "home visits"),
    Lever("group_detection", SHARE, 1.0, "max", "working children whom a visit finds"),
    Lever("group_follow_up", SHARE, 1.0, "max", "visits kept for children who came back"),
    *(
        Lever(f"age_check_{tier}", SHARE, 1.0, "max", f"places in {tier} whose owner checks age")
        for tier in TIERS
    ),
    *(
        Lever(
            f"demand_{trade}",
            "proportional change",
            3.0,
            "sum",
            f"change of what work in {trade} brings",
            low=-0.95,
        )
        for trade in TRADES
    ),
)
INDEX: Final[dict[str, int]] = {lever.name: column for column, lever in enumerate(LEVERS)}
LEVER: Final = numbered(INDEX)
LOW: Final = np.array([lever.low for lever in LEVERS])
HIGH: Final = np.array([lever.high for lever in LEVERS])


def neutral(months: int) -> FloatArray:
    """Levers that nobody moves: zeros [months, n_levers]."""
    return np.zeros((months, len(LEVERS)), dtype=np.float64)


def lever_path(
    interventions: Iterable[MovesLevers], shocks: Iterable[MovesLevers], calendar: Calendar
) -> FloatArray:
    """Combine everything that happens in a scenario into the engine's lever array.

    Args:
        interventions: The programme's interventions.
        shocks: The scenario's shocks.
        calendar: Horizon and size of the zone.

    Returns:
        `float64 [months, n_levers]`, each column combined by its lever's rule and clipped to
        `[low, high]`.

    Raises:
        ValueError: An unknown lever, a path of the wrong length, or a value that is no number.
    """
    path = neutral(calendar.months)
    for mover in (*interventions, *shocks):
        for name, values in mover.lever_paths(calendar).items():
            if name not in INDEX:
                raise ValueError(f"{type(mover).__name__} moves the unknown lever {name!r}")
            if np.shape(values) != (calendar.months,):
                raise ValueError(f"{name}: need {calendar.months} months, got {np.shape(values)}")
            if not np.isfinite(values).all():
                raise ValueError(f"{name}: a lever must be a finite number in every month")
            column = INDEX[name]
            if LEVERS[column].combine == "sum":
                path[:, column] += values
            else:
                np.maximum(path[:, column], values, out=path[:, column])
    # "+ 0.0" turns a negative zero into the one and only neutral zero.
    return np.clip(path, LOW, HIGH) + 0.0
