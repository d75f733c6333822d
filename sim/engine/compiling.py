"""How the engine is compiled: one place for the flags, and a cache that cannot go stale.

Strict IEEE arithmetic (no fast maths), so that results are bit-identical whatever the threads, the batch or the
order. `error_model="numpy"` because Python's check for division by zero keeps loops from being vectorised.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

njit: Any = numba.njit  # its options are not typed


def _cache_folder() -> Path:
    """A folder named after the sources: Numba only watches the file of the outermost function, not of its callees."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in [*sorted(here.glob("*.py")), here.parent / "levers.py"]:
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

kernel = njit(cache=True, error_model="numpy")
in_place = njit(cache=True, error_model="numpy", _nrt=False)
kernel_threads = njit(cache=True, error_model="numpy", parallel=True)
rule = njit(cache=True, error_model="numpy", forceinline=True, _nrt=False)


@rule
def lanes(size):
    """`size` rounded up to what the processor works on side by side: positions beyond the last hold leftovers."""
    return (size + 7) // 8 * 8


# For functions that only string others together: melted into their caller before compilation, which saves compiling
# (and optimising) everything below them once more.
outline = njit(cache=True, error_model="numpy", inline="always")
