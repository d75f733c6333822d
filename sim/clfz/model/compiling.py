"""How the engine is compiled: one place for the flags, and a cache that cannot go stale.

Strict IEEE arithmetic (no fast maths), so that results are bit-identical whatever the threads, the batch or the
order. `error_model="numpy"` because Python's check for division by zero keeps loops from being vectorised.
"""

import hashlib
import os
import platform
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import llvmlite.binding  # type: ignore[import-untyped]
import numba
from numba.np import linalg

# What children do cannot be foretold, so a jump that depends on it costs more than working out both sides; in loops
# LLVM makes jumps of such choices unless it is told not to. Other processors have no such option.
if platform.machine().lower() in ("x86_64", "amd64"):
    llvmlite.binding.set_option("", "-x86-cmov-converter=0")

njit: Any = numba.njit  # its options are not typed


def _load_array_functions() -> None:
    """Load Numba's array functions without SciPy's linear algebra.

    Numba loads that in every process, only to see whether it is there, and asks again when something needs it.
    """
    if "scipy.linalg" in sys.modules or not hasattr(linalg, "ensure_blas"):
        return
    ask, linalg.ensure_blas = linalg.ensure_blas, _not_now
    try:
        arrays: Any = import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ask
    arrays.ensure_blas = ask
    arrays._HAVE_BLAS = find_spec("scipy") is not None


def _not_now() -> None:
    raise ImportError


_load_array_functions()


def _cache_folder() -> Path:
    """A folder named after the sources: Numba only watches the file of the outermost function, not of its callees."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in [*sorted(here.glob("*.py")), here.parent / "programme" / "levers.py"]:
        digest.update(source.read_bytes())
    name = digest.hexdigest()[:16]
    for root in (
        here / "__pycache__",
        Path(tempfile.gettempdir()) / f"clfz-{os.getuid() if hasattr(os, 'getuid') else 0}",
    ):
        folder = root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return here / "__pycache__"


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]

# Called from Python: with an entrance that turns Python's objects into the compiler's, and kept in the cache.
kernel = njit(cache=True, error_model="numpy", no_cfunc_wrapper=True)
kernel_threads = njit(cache=True, error_model="numpy", no_cfunc_wrapper=True, parallel=True)
# The same, melted into its caller before compilation when the caller is compiled too: everything that is called is
# optimised once more at each level of calls.
outline = njit(cache=True, error_model="numpy", no_cfunc_wrapper=True, inline="always")
# Compiled by itself and kept in the cache; compiled code is handed its address. A parallel loop is compiled four times
# over with everything that it calls, and what compiled code calls cannot be compiled beside it: an address can.
addressed = njit(cache=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
# A rule on numbers, melted into its callers by the optimiser; Python can call it as well. Not in the cache: it is
# compiled for several types, and two processes that do so at once could exchange them there.
rule = njit(error_model="numpy", no_cfunc_wrapper=True, forceinline=True, _nrt=False)

# Called by compiled code only. An entrance for a whole `State` takes longer to compile than most functions.
_inside = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
inner = njit(**_inside)
in_place = njit(_nrt=False, **_inside)  # makes no arrays
part = njit(
    _nrt=False, forceinline=True, **_inside
)  # of a step: melted into its callers like a rule


@rule
def lanes(size):
    """`size` rounded up to what the processor works on side by side: positions beyond the last hold leftovers."""
    return (size + 7) // 8 * 8
