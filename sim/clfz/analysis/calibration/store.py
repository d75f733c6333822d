"""Parts of a calibration on the disk: each is whole or not there, and belongs to what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np


def key_of(*parts: Any) -> str:
    """Checksum of plain data and arrays."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def kept(path: Path, key: str, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The arrays of a part: read when they were made from the same key, else made and written at once."""
    found = read(path, key)
    if found is not None:
        return found
    arrays = {name: np.asarray(value) for name, value in make().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("wb") as file:
        np.savez(file, key=np.array(key), **arrays)  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    return arrays


def read(path: Path, key: str) -> dict[str, Any] | None:
    """The arrays of a part, or nothing when it is absent, damaged or made from something else."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if str(file["key"]) != key:
                return None
            return {name: file[name] for name in file.files if name != "key"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
