"""What the twin reads: figures of the zone, parameters, and the levers of each month (ODD 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clfz.programme.levers import INDEX
from clfz.reference.codes import BAND_NAMES, BANDS, PLACE_NAMES, SEX_NAMES, SEXES


@dataclass(frozen=True)
class Figures:
    """The figures of one zone as plain numbers and lists; money in poverty lines a month.

    Lists by trade or tier start at the farm (`tier_wage_ratio[0]`), `hazard` at "no work".
    """

    children: int
    villages: int
    household_size: float
    adults: float
    migrant_share: float
    yearly_migration: float
    poverty_headcount: float
    log_income_sd: float
    seasonality: float
    harvest_month: int
    livelihood: list[float]
    tier_wage_ratio: list[float]
    hazard: list[float]
    adult_pay: float
    hours: list[list[float]]
    chores: list[float]
    entry_age: int
    school_start: int
    school_end: int
    cost_primary: float
    cost_secondary: float
    distance_km: float
    seat_slack: float
    secondary_grade: int
    minimum_age: int
    start_month: int
    eur: float
    targets: list[list[list[float]]]
    sibling_mean: float

    @property
    def births_mean(self) -> float:
        """Mean births a family, `n_mean` (ODD 7.1)."""
        return (self.household_size - self.adults) / 0.72


def read_figures(record: Any) -> Figures:
    """Take the figures out of a numpy record (or a mapping with the same names)."""
    values: dict[str, Any] = {}
    for field in fields(Figures):
        value = np.asarray(record[field.name]).tolist()
        values[field.name] = int(value) if field.type == "int" else value
    return Figures(**values)


class Numbers:
    """Named numbers, read as attributes: `p.promotion`."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self.__dict__.update(numbers)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...


def read_parameters(record: Any) -> Numbers:
    """Take the parameters of `calibration/priors.yaml` out of a numpy record or a mapping."""
    names = record.dtype.names if hasattr(record, "dtype") else record.keys()
    return Numbers({name: float(record[name]) for name in names})


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
