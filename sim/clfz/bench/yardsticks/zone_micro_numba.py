"""`zone-micro` in Numba, strict floating point: a plain loop, and vectorised passes over blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from clfz.bench.yardsticks.zone_micro import BLOCK, COEFFICIENTS, SEED, Zone, constants, follow

F = np.float32
# one stray float64 number would widen the loop, so every constant is a float32
HALF, ONE, YEAR, STEP, LOWEST, HIGHEST = F(0.5), F(1), F(1 / 12), F(2.0**-24), F(-80), F(80)
INV_LN2, SHIFT, LN2_HI, LN2_LO = F(1.44269504), F(12582912.0), F(0.693359375), F(-2.12194440e-4)
P5, P4, P3, P2, P1 = (
    F(1.9875691e-4),
    F(1.3981999e-3),
    F(8.3334519e-3),
    F(4.1665795e-2),
    F(0.16666665),
)


@njit(inline="always")
def luck(child: Any, month: Any) -> Any:
    """Uniform float32 of (seed, child, month): splitmix64."""
    x = (np.uint64(child) + (np.uint64(month) << np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    x += np.uint64(SEED)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (F(np.int32(x >> np.uint64(40))) + HALF) * STEP


@njit(inline="always")
def exp(x: Any) -> Any:
    """e to the x in float32 (the Cephes polynomial), without branches."""
    x = min(max(x, LOWEST), HIGHEST)
    shifted = x * INV_LN2 + SHIFT
    k = shifted - SHIFT
    r = (x - k * LN2_HI) - k * LN2_LO
    p = ((((P5 * r + P4) * r + P3) * r + P2) * r + P1) * r + HALF
    p = p * (r * r) + r + ONE
    bits = (F(shifted).view(np.int32) + np.int32(127)) << np.int32(23)
    return p * np.int32(bits).view(F)


@njit(cache=True, error_model="numpy")
def plain(income, household, birth, sex, activity, month, base, c):
    """One month, child by child, with the library's exp."""
    school: Any = 0
    work: Any = 0
    for i in range(activity.size):
        y = income[household[i]]
        age = F(np.int16(month) - birth[i]) * YEAR
        boy = F(sex[i])
        was = activity[i]
        schooled = F(was <= 1)
        worked = F(was == 1 or was == 2)
        u0 = (
            base[0]
            + c[0, 1] * y
            + c[0, 2] * age
            + c[0, 3] * boy
            + c[0, 7] * schooled
            + c[0, 8] * worked
        )
        u1 = (
            base[1]
            + c[1, 1] * y
            + c[1, 2] * age
            + c[1, 3] * boy
            + c[1, 7] * schooled
            + c[1, 8] * worked
        )
        u2 = (
            base[2]
            + c[2, 1] * y
            + c[2, 2] * age
            + c[2, 3] * boy
            + c[2, 7] * schooled
            + c[2, 8] * worked
        )
        first = np.exp(u0)
        second = first + np.exp(u1)
        third = second + np.exp(u2)
        t = luck(i, month) * (third + ONE)
        now = np.int8(t >= first) + np.int8(t >= second) + np.int8(t >= third)
        activity[i] = now
        school += now <= 1
        work += now == 1 or now == 2
    return school, work


@njit(cache=True, error_model="numpy")
def blocked(income, household, birth, sex, activity, month, base, c):
    """One month, block by block, in short passes without branches or look-ups but the first."""
    work_space = np.empty((6, BLOCK), F)
    ys, us, ages, boys, schooled, worked = work_space
    chosen = np.empty(BLOCK, np.int32)
    b0, b1, b2 = base[0], base[1], base[2]
    y0, a0, s0, i0, w0 = c[0, 1], c[0, 2], c[0, 3], c[0, 7], c[0, 8]
    y1, a1, s1, i1, w1 = c[1, 1], c[1, 2], c[1, 3], c[1, 7], c[1, 8]
    y2, a2, s2, i2, w2 = c[2, 1], c[2, 2], c[2, 3], c[2, 7], c[2, 8]
    now_month = np.int32(month)
    school: Any = 0
    work: Any = 0
    for start in range(0, activity.size, BLOCK):
        n = min(BLOCK, activity.size - start)
        rows = household[start : start + n]
        births = birth[start : start + n]
        sexes = sex[start : start + n]
        present = activity[start : start + n]
        for j in range(n):
            ys[j] = income[np.uint32(rows[j])]
        for j in range(n):
            us[j] = luck(start + j, month)
        for j in range(n):
            was = np.int32(present[j])
            ages[j] = F(np.int32(now_month - np.int32(births[j]))) * YEAR
            boys[j] = F(np.int32(sexes[j]))
            schooled[j] = F(np.int32(was <= 1))
            worked[j] = F(np.int32((was == 1) | (was == 2)))
        for j in range(n):
            y, age, boy, s, w = ys[j], ages[j], boys[j], schooled[j], worked[j]
            first = exp(b0 + y0 * y + a0 * age + s0 * boy + i0 * s + w0 * w)
            second = first + exp(b1 + y1 * y + a1 * age + s1 * boy + i1 * s + w1 * w)
            third = second + exp(b2 + y2 * y + a2 * age + s2 * boy + i2 * s + w2 * w)
            t = us[j] * (third + ONE)
            chosen[j] = np.int32(np.int32(t >= first) + np.int32(t >= second)) + np.int32(
                t >= third
            )
        at_school, at_work = np.int32(0), np.int32(0)
        for j in range(n):
            now = chosen[j]
            present[j] = now
            at_school += np.int32(now <= 1)
            at_work += np.int32((now == 1) | (now == 2))
        school += at_school
        work += at_work
    return school, work


def month_numba(zone: Zone, month: int) -> None:
    """One month, blocked."""
    follow(zone, *blocked(*arguments(zone, month)))


def month_numba_plain(zone: Zone, month: int) -> None:
    """One month, child by child."""
    follow(zone, *plain(*arguments(zone, month)))


def arguments(zone: Zone, month: int) -> tuple[Any, ...]:
    """What both kernels take."""
    arrays = zone.income, zone.household, zone.birth, zone.sex, zone.activity
    return *arrays, month, constants(zone.wage, zone.norm), COEFFICIENTS
