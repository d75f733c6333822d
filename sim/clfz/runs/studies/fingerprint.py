"""Which model made the numbers: a checksum of every source that a run depends on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = (
    "model/*.py",
    "programme/**/*.py",
    *(f"runs/{name}.py" for name in ("observation", "indicators", "measures")),
    *(f"inputs/{name}.py" for name in ("parameters", "zone")),
    *(f"runs/studies/{name}.py" for name in ("inputs", "money", "chunk", "bymonth")),
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
