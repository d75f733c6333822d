"""Compiling one function in a process beside this one, while this one compiles another: half the wait on two cores.

The other process leaves what it compiled in the cache. Whatever goes wrong with it, this process compiles that too.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numba


@contextmanager
def compiled_elsewhere(function: Any, signature: Any) -> Iterator[None]:
    """Have an `addressed` function compiled by the end of the block, if it is not in the cache and there is a core.

    Args:
        function: At the top of its module.
        signature: Its types.
    """
    helper = None if numba.get_num_threads() < 2 or _is_cached(function) else _start()
    if helper is None:
        yield
        return
    try:
        work = pickle.dumps((function.__module__, function.__name__, signature))
        with suppress(OSError), helper.stdin as entrance:
            entrance.write(work)
        yield
        helper.wait()
    finally:
        helper.kill()
        helper.wait()


def _is_cached(function: Any) -> bool:
    """Whether the cache has the function for some types; an empty cache is what matters."""
    return any(Path(function.stats.cache_path).glob(f"*.{function.__name__}-*.nbi"))


def _start() -> Any:
    """This module as a program, or None where the interpreter cannot be started."""
    paths = os.pathsep.join(filter(None, sys.path))
    try:
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except (OSError, TypeError):  # embedded in a program: its interpreter may have no name
        return None


if __name__ == "__main__":
    module, name, types = pickle.load(sys.stdin.buffer)
    getattr(import_module(module), name).compile(types)
