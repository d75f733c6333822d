"""How the model is compiled: one place for the flags, and a cache of machine code that cannot go stale or be planted.

Strict IEEE arithmetic (no fast maths), so that results are bit-identical whatever the threads, the batch or the
order. `error_model="numpy"` because Python's check for division by zero keeps loops from being vectorised.

The folder of the cache is named after a checksum of the sources, since Numba watches only the file of the outermost
function and not those of its callees. Nobody but its owner may be able to write to it. `sums.json` in it holds the
checksums of its files: one that does not fit (a power cut, a full disk) or is not listed is removed and made anew.
"""

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba

njit: Any = numba.njit  # its options are not typed

_HERE = Path(__file__).parent
_SUMS = "sums.json"


def sources_digest() -> str:
    """Checksum of everything that machine code depends on."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for source in [
        *sorted(_HERE.glob("*.py")),
        *(_HERE.parent / "programme" / f"{name}.py" for name in ("levers", "names")),
    ]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """The folder of the machine code of these sources: private, and without files that are not whole."""
    roots = [_HERE / "__pycache__"]
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        roots.insert(0, Path(chosen))
    home = os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # a user without a home
        roots.append(Path(home) / "clfz" if home else Path.home() / ".cache" / "clfz")
    name = f"clfz-{sources_digest()}"
    for root in roots:
        folder = root / name
        try:
            root.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        if _is_private(folder):
            _remove_damaged(folder)
            return folder
    return Path(tempfile.mkdtemp(prefix="clfz-"))  # of this process only


def _is_private(folder: Path) -> bool:
    """Whether it is a folder of this user to which nobody else may write."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or not os.access(folder, os.W_OK):
        return False
    if not hasattr(os, "getuid"):
        return True  # rights are told in another way on Windows, where each user has folders of their own
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _machine_code(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".nbi", ".nbc")]


def _sum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # another process has just taken it away
        return ""


def _known_sums(folder: Path) -> dict[str, str]:
    try:
        known = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remove_damaged(folder: Path) -> None:
    """Remove files that are not as they were listed, and those that a process left which was ended."""
    known, damaged = _known_sums(folder), 0
    for path in _machine_code(folder):
        name = str(path.relative_to(folder))
        if known.get(name) != _sum(path):
            damaged += name in known
            path.unlink(missing_ok=True)
    if damaged:
        sys.stderr.write(
            f"{damaged} files of compiled code were not whole; they are compiled again.\n"
        )


def keep_sums() -> None:
    """List the files of the cache with their checksums, so that the next process trusts them."""
    global _listed, _compiled
    compiled = sum(len(each.signatures) for each in _kernels)
    if compiled == _compiled:
        return  # nothing new since the last look
    found = []
    for path in _machine_code(_FOLDER):
        with suppress(OSError):
            found.append((path, path.stat().st_mtime_ns))
    if found == _listed:
        _compiled = compiled  # only now: another thread may have compiled what it has yet to write
        return
    sums = {str(path.relative_to(_FOLDER)): _sum(path) for path, _ in found}
    aside = _FOLDER / f"{_SUMS}.{os.getpid()}"
    with suppress(OSError):  # else they are compiled again the next time
        aside.write_text(json.dumps(sums), encoding="utf-8")
        aside.replace(_FOLDER / _SUMS)
        _listed = found


_FOLDER = cache_folder()
_listed: list[tuple[Path, int]] = []
_kernels: list[Any] = []
_compiled = 0


def kernel(function: Callable[..., Any]) -> Any:
    """Compile what Python calls: kept in the cache, and other threads run beside it."""
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined] # Numba asks for it here only
    try:
        _kernels.append(njit(cache=True, nogil=True, **_STRICT)(function))
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
    return _kernels[-1]


_STRICT: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True}
# Called by compiled code only: an entrance from Python for a whole `State` takes longer to compile than most functions.
_INSIDE = _STRICT | {"no_cpython_wrapper": True}
# Without Numba's counting of references: for what makes no arrays. It is an option that Numba does not promise.
_NO_COUNTING = {"_nrt": False}

inner: Any = njit(**_INSIDE)
in_place: Any = njit(**_INSIDE, **_NO_COUNTING)  # makes no arrays
# Melted into its caller before the caller is compiled: what is called is optimised once more at each level of calls.
outline: Any = njit(inline="always", **_STRICT)
# A part of a step, melted into its callers by the optimiser.
part: Any = njit(forceinline=True, **_INSIDE, **_NO_COUNTING)
# A rule on numbers, melted in likewise; Python can call it as well.
rule: Any = njit(forceinline=True, **_STRICT, **_NO_COUNTING)


@rule
def lanes(size):
    """`size` rounded up to what the processor works on side by side: positions beyond the last hold leftovers."""
    return (size + 7) // 8 * 8
