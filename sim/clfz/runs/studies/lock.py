"""One writer at a time. The system holds the lock, so that of a process that died is free at once."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from clfz.runs.studies.errors import StudyError


class Locked(StudyError):
    """Somebody else writes into the study."""


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a study.

    Raises:
        Locked: Another process holds it.
    """
    path = folder / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise Locked(f"{folder} is being written by {_holder(path)}. Wait for it, or stop it.")
        # the system takes the lock back from a process that ends; the text is only for people
        facts = json.dumps({"pid": os.getpid(), "machine": platform.node()}).encode()
        with contextlib.suppress(OSError):  # a full disk needs no name in the lock
            os.truncate(handle, 0) if os.truncate in os.supports_fd else None
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, facts)
        yield
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        here = "" if facts["machine"] == platform.node() else f" on {facts['machine']}"
        return f"process {facts['pid']}{here}"
    except (OSError, ValueError, KeyError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            # one byte far behind the text, so that others can still read who holds the lock
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a disk of another machine that knows no locks: better unlocked than not at all
        return True
