"""Which model made the numbers: a checksum of every source that a run depends on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_SOURCES = (
    *("sim/engine/*.py", "sim/interventions/*.py", "sim/shocks/*.py"),
    *(
        "sim/levers.py",
        "sim/costs.py",
        "sim/observation.py",
        "sim/indicators.py",
        "sim/measures.py",
    ),
    *("sim/parameters.py", "sim/inputs/parameters_file.py", "sim/inputs/zone.py"),
    *(
        "experiments/inputs.py",
        "experiments/money.py",
        "experiments/chunk.py",
        "experiments/bymonth.py",
    ),
)


@cache
def fingerprint() -> str:
    """16 digits; two equal ones mean the same numbers to the last bit."""
    digest = hashlib.sha256()
    for package in ("numpy", "numba"):
        digest.update(f"{package} {metadata.version(package)}\n".encode())
    for pattern in _SOURCES:
        for path in sorted(_ROOT.glob(pattern)):
            # line ends differ between systems, the model does not
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
