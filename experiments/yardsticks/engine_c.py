"""The engine's months in C (`engine.c`): the same rules on the same arrays, checked bit for bit, to time against.

The header with the layout is written from `sim.engine.layout` at compile time, so the port fails to compile, or to
agree, when the engine moves on without it; it is then left out of the measurements.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from experiments.yardsticks.c_compiler import load
from experiments.yardsticks.zone_micro_c import pointer
from sim.engine import choice, columns, group, layout, population, random, schools
from sim.levers import LEVERS

C_TYPES = {
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int32_t",
    "int64": "int64_t",
    "uint8": "uint8_t",
    "uint16": "uint16_t",
    "uint32": "uint32_t",
    "float64": "double",
    "bool": "bool",
}


def header(state: Any, figures: np.dtype, parameters: np.dtype) -> str:
    """`layout.h`: constants by name, and the structures of figures, parameters and state."""
    lines = [f"#define N_{name} {size}" for name, size in sizes().items()]
    for module in (layout, columns, random, choice, group, population, schools):
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and type(value) in (int, float):
                lines += [f"#undef {name}", f"#define {name} {value!r}"]
    lines += ["typedef struct {", *(member(figures, name) for name in figures.names or ()), "} Figures;"]
    lines += ["typedef struct {", *(member(parameters, name) for name in parameters.names or ()), "} Parameters;"]
    for struct, dtype in (("Figures", figures), ("Parameters", parameters)):
        for name, (_, offset, *_) in (dtype.fields or {}).items():
            lines.append(f'_Static_assert(offsetof({struct}, {name}) == {offset}, "{name}");')
    lines += ["typedef struct {"]
    for name, value in state._asdict().items():
        array = isinstance(value, np.ndarray)
        lines.append(f"  {C_TYPES[value.dtype.name]} *{name};" if array else f"  int64_t {name};")
    return "\n".join([*lines, "  int64_t children;", "} State;", ""])


def sizes() -> dict[str, int]:
    """Lengths of the rows of counts, sums and levers."""
    return {"COUNTS": len(layout.COUNTS), "SUMS": len(layout.SUMS), "LEVERS": len(LEVERS)}


def member(dtype: np.dtype, name: str) -> str:
    """One member of a structure."""
    part = dtype[name]
    return f"  {C_TYPES[part.base.name]} {name}{''.join(f'[{n}]' for n in part.shape)};"


def words(values: list[int]) -> Any:
    """Numbers or addresses in a row, 64 bits each."""
    return np.array(values, np.uint64)


class EngineC:
    """The months 1.. of a zone in C."""

    def __init__(self, library: Any) -> None:
        self._run = library.run_months

    @classmethod
    def build(cls, state: Any, figures: np.dtype, parameters: np.dtype) -> EngineC | None:
        """Compile for this layout; None without a C compiler or when the port no longer fits."""
        library = load("engine.c", {"layout.h": header(state, figures, parameters)})
        return None if library is None else cls(library)

    def run(self, state: Any, z: Any, p: Any, levers: Any, cuts: Any, scratch: Any, books: Any) -> None:
        """Live all months of `levers`.

        Args:
            state: A zone in month 0; its arrays are moved on.
            z, p: Figures and parameters (records).
            levers: [M, n_levers].
            cuts: From `sim.engine.books.cutoffs`.
            scratch: From `sim.engine.start.scratch_for`.
            books: Counts [V, 6, COUNTS], totals, sums, and history [M + 1, N].
        """
        kept = [np.ascontiguousarray(value) for value in (z, p, levers, np.concatenate([c.ravel() for c in cuts]))]
        of_state = [
            value.ctypes.data if isinstance(value, np.ndarray) else int(value) for value in state
        ]
        of_scratch = [scratch.rows.ctypes.data, *(row.ctypes.data for row in (*scratch.luck, *scratch.words))]
        packed = words([*of_state, state.key.size]), words(of_scratch)
        self._run(
            pointer(packed[0]),
            pointer(kept[0]),
            pointer(kept[1]),
            pointer(kept[2]),
            ctypes.c_int64(levers.shape[0]),
            pointer(kept[3]),
            pointer(packed[1]),
            *(pointer(array) for array in books),
        )
