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

FloatArray = NDArray[np.float64]

SEXES: Final = ("girls", "boys")
AGE_BANDS: Final = ("5-11", "12-14", "15-17")
TRADES: Final = ("farm", "home", "tier3", "tier2", "tier1")
TIERS: Final = ("tier1", "tier2", "tier3")


@dataclass(frozen=True, slots=True)
class Lever:
    """One number a month that the engine reads.

    Attributes:
        name: Name in code and in files.
        unit: What one unit is.
        neutral: Value when nobody moves it; always 0.
        low: Smallest value the engine may see.
        high: Largest value the engine may see.
        combine: How two movers add up: `sum` for doses, `max` for reach and quality.
        meaning: One line for readers.
        scales: Whether an intervention's intensity multiplies it. A course does not get shorter,
            nor targeting better, because a programme is weaker: such levers are on or off.
    """

    name: str
    unit: str
    neutral: float
    low: float
    high: float
    combine: Literal["sum", "max"]
    meaning: str
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


def _levers() -> tuple[Lever, ...]:
    def lever(
        name: str,
        unit: str,
        high: float,
        combine: Literal["sum", "max"],
        meaning: str,
        low: float = 0.0,
        scales: bool = True,
    ) -> Lever:
        return Lever(name, unit, 0.0, low, float(high), combine, meaning, scales)

    share = "share 0-1"
    return (
        lever("bridge_seats", "places in the zone", 100_000, "sum", "places in bridge schools"),
        lever("bridge_months", "months", 36, "max", "length of a bridge course", scales=False),
        lever("bridge_support", share, 1, "max", "help to a child after it is back in class"),
        *(
            lever(
                f"transfer_{sex}_{band.replace('-', '_')}",
                "EUR of 2015 per child-month",
                500,
                "sum",
                f"cash paid for {sex} of {band}",
            )
            for sex in SEXES
            for band in AGE_BANDS
        ),
        lever("transfer_coverage", share, 1, "max", "households on the list, the poorest first"),
        lever(
            "transfer_targeting_error",
            share,
            1,
            "max",
            "weight of chance against poverty in the ranking of households",
            scales=False,
        ),
        lever("transfer_condition", share, 1, "max", "absent children whose payment is withheld"),
        lever("transfer_endorsement", share, 1, "max", "how clearly the cash is for schooling"),
        *(
            lever(
                f"adult_wage_{trade}",
                "proportional rise",
                3,
                "sum",
                f"rise of adult pay in {trade}",
            )
            for trade in TRADES
        ),
        lever("adult_wage_coverage", share, 1, "max", "households of the trade that get the rise"),
        lever("awareness_contacts", "contacts per household-month", 1, "sum", "talks that reach"),
        lever("awareness_strength", "multiple of a standard contact", 5, "max", "what a talk does"),
        lever("teachers", "proportional rise", 3, "sum", "extra teachers"),
        lever("school_quality", "proportional rise", 3, "sum", "what a school day teaches"),
        lever("school_cost_relief", share, 1, "max", "part of the family's school cost paid"),
        lever("school_attractiveness", "proportional rise", 3, "sum", "joy of a school day"),
        lever("group_visits", "visits per 100 households and month", 400, "sum", "home visits"),
        lever("group_detection", share, 1, "max", "working children whom a visit finds"),
        lever("group_follow_up", share, 1, "max", "visits kept for children who came back"),
        *(
            lever(f"age_check_{tier}", share, 1, "max", f"places in {tier} whose owner checks age")
            for tier in TIERS
        ),
        *(
            lever(
                f"demand_{trade}",
                "proportional change",
                3,
                "sum",
                f"change of what work in {trade} brings",
                low=-0.95,
            )
            for trade in TRADES
        ),
    )


LEVERS: Final[tuple[Lever, ...]] = _levers()
INDEX: Final[dict[str, int]] = {lever.name: column for column, lever in enumerate(LEVERS)}
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
