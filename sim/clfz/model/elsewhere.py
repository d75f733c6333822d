"""Compiling one function in a process beside this one, while this one compiles another: half the wait on two cores.

The other process leaves what it compiled in the cache. Whatever goes wrong with it, this process compiles that too.
"""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numba

from clfz.model.address import address

MARK = "CLFZ_COMPILES_FOR_ANOTHER"  # set in the other process, which has none of its own
PATIENCE_SECONDS = 60  # with it, beyond the time that this process needed


@contextmanager
def compiled_elsewhere(function: Any, signature: Any) -> Iterator[None]:
    """Have an `addressed` function compiled by the end of the block, if it is not in the cache and there is a core.

    Args:
        function: At the top of its module.
        signature: Its types.
    """
    started = time.monotonic()
    helper = None if _is_cached(function) or _cores() < 2 else _start(function, signature)
    if helper is None:
        yield
        return
    try:
        yield
        with suppress(subprocess.TimeoutExpired):
            helper.wait(PATIENCE_SECONDS + time.monotonic() - started)
    finally:
        helper.kill()
        helper.wait()


def _is_cached(function: Any) -> bool:
    """Whether the cache has the function for some types; an empty cache is what matters."""
    return any(Path(function.stats.cache_path).glob(f"*.{function.__name__}-*.nbi"))


def _cores() -> int:
    # `numba.get_num_threads` would start its threads, and processes forked afterwards could not start theirs
    cores: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    return cores


def _start(function: Any, signature: Any) -> Any:
    """This module as a program, at work on a function; None where that cannot be."""
    if getattr(sys, "frozen", False) or MARK in os.environ:
        return None
    paths = os.pathsep.join(str(path) or os.getcwd() for path in sys.path)
    try:
        work = pickle.dumps((function.__module__, function.__name__, signature))
        helper = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, MARK: "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, TypeError, ValueError, pickle.PicklingError):
        return None
    assert helper.stdin
    with suppress(OSError), helper.stdin as entrance:
        entrance.write(work)
    return helper


if __name__ == "__main__":
    module, name, types = pickle.load(sys.stdin.buffer)
    address(getattr(import_module(module), name), types)
