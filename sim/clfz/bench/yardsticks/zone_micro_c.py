"""`zone-micro` in C, called from here."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from threading import Thread
from typing import Any

import numpy as np

from clfz.bench.yardsticks.c_compiler import load
from clfz.bench.yardsticks.zone_micro import COEFFICIENTS, Zone, constants, follow


class MicroC:
    """The two C versions, with NumPy's interface: a zone and a month."""

    def __init__(self, library: Any) -> None:
        self._blocked, self._plain = library.blocked, library.plain

    @classmethod
    def build(cls) -> MicroC | None:
        """Compile; None without a C compiler."""
        library = load("zone_micro.c")
        return None if library is None else cls(library)

    def month(self, zone: Zone, month: int) -> None:
        """One month, blocked."""
        self._live(self._blocked, zone, month)

    def month_plain(self, zone: Zone, month: int) -> None:
        """One month, child by child."""
        self._live(self._plain, zone, month)

    def at_once(self, zones: Iterable[Zone]) -> None:
        """One month of each zone, child by child, each in a thread of its own."""
        threads = [Thread(target=self.month_plain, args=(zone, 1)) for zone in zones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _live(self, kernel: Any, zone: Zone, month: int) -> None:
        base = np.ascontiguousarray(constants(zone.wage, zone.norm))
        sums = np.zeros(2, np.int64)
        arrays = zone.income, zone.household, zone.birth, zone.sex, zone.activity
        kernel(
            *(pointer(array) for array in arrays),
            ctypes.c_int64(zone.activity.size),
            ctypes.c_int64(month),
            *(pointer(array) for array in (base, COEFFICIENTS, sums)),
        )
        follow(zone, int(sums[0]), int(sums[1]))


def pointer(array: Any) -> ctypes.c_void_p:
    """Address of an array's first number."""
    return ctypes.c_void_p(array.ctypes.data)
