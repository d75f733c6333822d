"""`zone-micro`: a model small enough to be written in any language, to tell how fast a machine is.

Each child each month draws one of four activities from a logit. Utilities are linear in household
income, age, sex, school quality, child wage, norm and inertia; the uniform number is a function of
(seed, child, month); sums over the zone move next month's wage and norm. Written three times: whole
arrays in NumPy, Numba loops, C (`zone_micro.c`). The reference machine needs 48-60 ns a child-month
in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

F = np.float32
# Rows: utility of school only, both, work only, against neither. Columns: constant, income, age,
# boy, school quality, child wage, norm, was at school, worked.
COEFFICIENTS = np.array(
    [
        [1.2, 0.6, -0.08, 0.1, 0.8, 0.0, 0.6, 1.5, -0.4],
        [-0.6, 0.1, 0.02, 0.2, 0.5, 0.5, 0.2, 0.9, 0.9],
        [-1.4, -0.5, 0.12, 0.3, 0.0, 0.9, -0.6, -0.5, 1.5],
    ],
    F,
)
SEED = 20_150_401
BLOCK = 2048  # children; small enough for the first cache


@dataclass
class Zone:
    """Children household by household; `wage` and `norm` hold for all of them."""

    income: Any  # [H] float32
    household: Any  # [N] int32
    birth: Any  # [N] int16
    sex: Any  # [N] int8
    activity: Any  # [N] int8
    wage: float = 1.0
    norm: float = 0.5


def make(children: int) -> Zone:
    """A zone of `children` children of 5-17, two a household."""
    rng = np.random.default_rng(SEED)
    return Zone(
        rng.normal(0.0, 0.5, (children + 1) // 2).astype(F),
        (np.arange(children) // 2).astype(np.int32),
        (-rng.integers(60, 216, children)).astype(np.int16),
        rng.integers(0, 2, children).astype(np.int8),
        rng.integers(0, 4, children).astype(np.int8),
    )


def constants(wage: float, norm: float) -> Any:
    """What is the same for all children this month: one number for each utility."""
    c = COEFFICIENTS
    return c[:, 0] + c[:, 4] * F(1.0) + c[:, 5] * F(wage) + c[:, 6] * F(norm)


def follow(zone: Zone, school: int, work: int) -> None:
    """Wage and norm of next month from this month's sums."""
    children = zone.activity.size
    zone.wage += 0.2 * (1.5 - work / children - zone.wage)
    zone.norm += 0.1 * (school / children - zone.norm)


def month_numpy(zone: Zone, month: int) -> None:
    """One month, whole arrays."""
    c, base = COEFFICIENTS, constants(zone.wage, zone.norm)
    x = np.arange(zone.activity.size, dtype=np.uint64)
    x += np.uint64(month << 32)
    x *= np.uint64(0x9E3779B97F4A7C15)  # splitmix64 of (seed, child, month)
    x += np.uint64(SEED)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    u = ((x >> np.uint64(40)).astype(F) + F(0.5)) * F(2.0**-24)
    income = zone.income[zone.household]
    age = (np.int16(month) - zone.birth).astype(F) * F(1 / 12)
    sex = zone.sex.astype(F)
    was = zone.activity
    schooled = (was <= 1).astype(F)
    worked = ((was == 1) | (was == 2)).astype(F)
    weights = [
        np.exp(
            base[k]
            + c[k, 1] * income
            + c[k, 2] * age
            + c[k, 3] * sex
            + c[k, 7] * schooled
            + c[k, 8] * worked
        )
        for k in range(3)
    ]
    first = weights[0]
    second = first + weights[1]
    third = second + weights[2]
    u *= third + F(1.0)
    zone.activity = (u >= first).astype(np.int8) + (u >= second) + (u >= third)
    school = int(np.count_nonzero(zone.activity <= 1))
    work = int(np.count_nonzero((zone.activity == 1) | (zone.activity == 2)))
    follow(zone, school, work)
