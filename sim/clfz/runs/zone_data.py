"""Zones and parameters as the engine reads them: records of plain numbers, money in poverty lines."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clfz.inputs.parameters import Parameter, uniform
from clfz.inputs.zone import Quantity, Zone
from clfz.model.burn_in import age_targets, shifted
from clfz.model.layout import ZONE_RECORD
from clfz.model.population import WINDOW_SHARE
from clfz.programme.names import AGE_BANDS, SEXES, TRADES

# Inputs that stay at their value: the size of a zone is its identity, and what is known is not drawn.
NOT_DRAWN = {("population", "children"), ("population", "villages")}
_AS_IT_IS = (
    *(("population", name) for name in ("adults", "migrant_share", "yearly_migration")),
    *(("income", name) for name in ("log_income_sd", "seasonality")),
    *(("school", name) for name in ("distance_km", "seat_slack")),
)


def parameter_record(values: Mapping[str, float], parameters: Sequence[Parameter]) -> np.void:
    """Parameters by name as one record of float64."""
    dtype = np.dtype([(parameter.name, np.float64) for parameter in parameters])
    record = np.zeros(1, dtype)
    for parameter in parameters:
        record[parameter.name] = values[parameter.name]
    whole: np.void = record[0]
    return whole


def zone_values(zone: Zone, seed: int | None = None, draw: int = 0) -> dict[tuple[str, ...], float]:
    """Every quantity of a zone by path: its value, or a draw from its range.

    Args:
        zone: The profile.
        seed: Seed of the study; None gives the values.
        draw: Number of the draw. It is triangular on (low, value, high) and depends on (seed, draw, zone,
            path) alone.
    """
    values = {}
    for path, quantity in zone.quantities():
        name = tuple(str(step) for step in path)
        if seed is None or name in NOT_DRAWN:
            values[name] = float(quantity.value)
        else:
            # the word names the draw: another word would give everybody other zones
            u = uniform(seed, draw, "figure:" + ".".join(name), zone.name)
            values[name] = triangular(quantity, u)
    return values


def triangular(quantity: Quantity[float], u: float) -> float:
    """The quantile of an input that is triangular on (low, value, high); its value when that range is a point."""
    low, mode, high = float(quantity.low), float(quantity.value), float(quantity.high)
    if high <= low:
        return mode
    if u < (mode - low) / (high - low):
        return low + float(np.sqrt(u * (high - low) * (mode - low)))
    return high - float(np.sqrt((1.0 - u) * (high - low) * (high - mode)))


def profile(zone: Zone) -> NDArray[np.float64]:
    """Shares of the four activities [sex, band, activity]."""
    return np.array(
        [
            [
                [row.school_only, row.school_and_work, row.work_only, row.neither]
                for row in (by_age.age_5_11, by_age.age_12_14, by_age.age_15_17)
            ]
            for by_age in (zone.activity.girls, zone.activity.boys)
        ],
        dtype=np.float64,
    )


def zone_record(
    zone: Zone, values: Mapping[tuple[str, ...], float], parameters: Mapping[str, float]
) -> np.void:
    """A zone as the engine reads it.

    Args:
        zone: The profile (its plain numbers: calendar, entry age, activity table).
        values: From `zone_values`.
        parameters: Needed for the money that siblings bring in ordinary times (ODD 7.2).

    Returns:
        A `layout.ZONE_RECORD` record.
    """
    record: np.void = np.zeros(1, ZONE_RECORD)[0]

    def value(*path: str) -> float:
        return values[path]

    for place, name in _AS_IT_IS:
        record[name] = value(place, name)
    line = value("income", "poverty_line")
    shares = np.array([value("livelihoods", trade) for trade in TRADES])
    record["children"] = round(value("population", "children"))
    record["villages"] = round(value("population", "villages"))
    record["household_size"] = max(
        value("population", "household_size"), value("population", "adults") + 0.5
    )
    record["poverty_headcount"] = min(max(value("income", "poverty_headcount"), 0.001), 0.999)
    record["harvest_month"] = zone.income.harvest_month
    record["livelihood"] = shares / shares.sum()
    record["tier_wage_ratio"] = [value("wages", "tier_wage_ratio", trade) for trade in TRADES]
    record["hazard"] = [0.0] + [value("hazard", trade) for trade in TRADES]
    record["adult_pay"] = (
        value("wages", "adult_day_wage") * value("wages", "working_days_month") / line
    )
    record["hours"][1] = [value("hours", "school_and_work", band) for band in AGE_BANDS]
    record["hours"][2] = [value("hours", "work_only", band) for band in AGE_BANDS]
    record["chores"] = [value("hours", "chores", sex) for sex in SEXES]
    record["entry_age"] = zone.school.entry_age
    record["school_start"] = zone.school.start_month
    record["school_end"] = zone.school.end_month
    record["cost_primary"] = value("school", "cost_primary") / line
    record["cost_secondary"] = value("school", "cost_secondary") / line
    record["secondary_grade"] = zone.school.secondary_grade
    record["minimum_age"] = zone.law.minimum_age
    record["start_month"] = zone.start_year_month[1]
    record["eur"] = value("local_per_eur") / line
    record["targets"] = age_targets(
        shifted(profile(zone), value("activity_range")), zone.school.entry_age
    )
    record["sibling_mean"] = sibling_receipts(record, parameters)
    return record


def sibling_receipts(record: np.void, parameters: Mapping[str, float]) -> float:
    """Mean net receipts from a child of age in ordinary times (poverty lines a month): pay, less school costs."""
    ages = np.arange(5.0, 18.0)
    ratio = float((record["livelihood"] * record["tier_wage_ratio"]).sum())
    pay = record["adult_pay"] * parameters["child_productivity"] * ratio * (ages - 4.0) / 11.0
    right = np.maximum(0, ages - record["entry_age"])
    cost = np.where(
        right >= record["secondary_grade"], record["cost_secondary"], record["cost_primary"]
    )
    shares = record["targets"]
    earned = (shares[..., 1] * parameters["combine_share"] + shares[..., 2]) * pay
    paid = (shares[..., 0] + shares[..., 1]) * cost
    return float((earned - paid).mean())


def expected_households(record: np.void) -> float:
    """Households with a child of 5-17 at the start, roughly: what budgets by household are made with."""
    births = (float(record["household_size"]) - float(record["adults"])) / 0.72
    return float(record["children"]) / max(1.0, births * WINDOW_SHARE)


def replication_seed(seed: int, draw: int, replicate: int) -> int:
    """The 64-bit seed of one replication; hashed, so that neighbouring seeds, draws and replicates never meet."""
    text = f"clfz world\n{int(seed)}\n{int(draw)}\n{int(replicate)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
