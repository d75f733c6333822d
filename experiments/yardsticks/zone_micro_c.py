"""`zone-micro` in C, called from here."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from experiments.yardsticks.c_compiler import load
from experiments.yardsticks.zone_micro import COEFFICIENTS, Zone, constants, follow


class MicroC:
    """The two C versions: `blocked` (fast) and `plain` (child by child)."""

    def __init__(self, library: Any) -> None:
        self._kernels = {"blocked": library.blocked, "plain": library.plain}

    @classmethod
    def build(cls) -> MicroC | None:
        """Compile; None without a C compiler."""
        library = load("zone_micro.c")
        return None if library is None else cls(library)

    def month(self, zone: Zone, month: int, kernel: str = "blocked") -> None:
        """One month in C."""
        base = np.ascontiguousarray(constants(zone.wage, zone.norm))
        sums = np.zeros(2, np.int64)
        arrays = zone.income, zone.household, zone.birth, zone.sex, zone.activity
        self._kernels[kernel](
            *(pointer(a) for a in arrays),
            ctypes.c_int64(zone.activity.size),
            ctypes.c_int64(month),
            *(pointer(a) for a in (base, COEFFICIENTS, sums)),
        )
        follow(zone, int(sums[0]), int(sums[1]))


def pointer(array: Any) -> ctypes.c_void_p:
    """Address of an array's first number."""
    return ctypes.c_void_p(array.ctypes.data)
