"""The engine's months in C (`engine.c`): the same rules on the same arrays, to time against.

The header with the layout is written from `clfz.model.layout` when the port is compiled. When the
engine moves on without the port, the port no longer compiles, or no longer agrees to the last bit;
a test says so, and the benchmarks leave the comparison with C out.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from clfz.bench.yardsticks.c_compiler import load
from clfz.bench.yardsticks.zone_micro_c import pointer
from clfz.model import books, choice, columns, group, layout, population, random, schools
from clfz.programme.levers import LEVERS

MODULES = (layout, columns, random, choice, books, group, population, schools)
C_TYPES = {
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int32_t",
    "int64": "int64_t",
    "uint8": "uint8_t",
    "uint16": "uint16_t",
    "uint32": "uint32_t",
    "float32": "float",
    "float64": "double",
    "bool": "bool",
}


def header(state: Any, scratch: Any, figures: np.dtype, parameters: np.dtype) -> str:
    """`layout.h`: constants by name, and the structures of figures, parameters, state, scratch."""
    sizes = {"COUNTS": len(layout.COUNTS), "SUMS": len(layout.SUMS), "LEVERS": len(LEVERS)}
    lines = [f"#define N_{name} {size}" for name, size in sizes.items()]
    for module in MODULES:
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_") and type(value) in (int, float):
                lines += [f"#undef {name}", f"#define {name} {value!r}"]
    for struct, dtype in (("Figures", figures), ("Parameters", parameters)):
        members = [member(dtype, name) for name in dtype.names or ()]
        lines += ["typedef struct {", *members, f"}} {struct};"]
        for name, (_, offset, *_) in (dtype.fields or {}).items():
            lines.append(f'_Static_assert(offsetof({struct}, {name}) == {offset}, "{name}");')
    lines += ["typedef struct {", *(field(*pair) for pair in state._asdict().items())]
    lines += ["  int64_t children;", "} State;", "typedef struct {"]
    for name, value in plain(scratch).items():
        lines.append(f"  {C_TYPES[value.dtype.name]} *{name};")
    return "\n".join([*lines, "} Scratch;", ""])


def plain(scratch: Any) -> dict[str, Any]:
    """Scratch without its blocks of columns: the port takes one child after another."""
    return {name: value for name, value in scratch._asdict().items() if value.dtype.names is None}


def member(dtype: np.dtype, name: str) -> str:
    """One member of a record."""
    part = dtype[name]
    return f"  {C_TYPES[part.base.name]} {name}{''.join(f'[{n}]' for n in part.shape)};"


def field(name: str, value: Any) -> str:
    """One member of the state: an address or a number."""
    if isinstance(value, np.ndarray):
        return f"  {C_TYPES[value.dtype.name]} *{name};"
    return f"  int64_t {name};"


def packed(values: list[int]) -> Any:
    """Numbers and addresses as a C structure: 64 bits each."""
    return np.array(values, np.uint64)


class EngineC:
    """The months 1.. of a zone in C."""

    def __init__(self, library: Any) -> None:
        self._run = library.run_months

    @classmethod
    def build(cls, state: Any, scratch: Any, z: Any, p: Any) -> EngineC | None:
        """Compile for this layout; None without a C compiler or when the port no longer fits."""
        library = load("engine.c", {"layout.h": header(state, scratch, z.dtype, p.dtype)})
        return None if library is None else cls(library)

    def run(self, state: Any, z: Any, p: Any, levers: Any, scratch: Any, books: Any) -> None:
        """Live all months of `levers`.

        Args:
            state: A zone in month 0; its arrays are moved on.
            z: Figures (record).
            p: Parameters (record).
            levers: [M, n_levers].
            scratch: From `clfz.model.run.begin_zone`.
            books: Totals, sums, and history [M + 1, N]; written.
        """
        kept = [np.ascontiguousarray(value) for value in (z, p, levers)]
        numbers = [v.ctypes.data if isinstance(v, np.ndarray) else int(v) for v in state]
        lanes = list(plain(scratch).values())
        structures = packed([*numbers, state.key.size]), packed([a.ctypes.data for a in lanes])
        self._run(
            pointer(structures[0]),
            *(pointer(array) for array in kept),
            ctypes.c_int64(levers.shape[0]),
            pointer(structures[1]),
            *(pointer(array) for array in books),
        )
