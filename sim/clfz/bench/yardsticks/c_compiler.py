"""The C yardsticks are compiled when they are run, if there is a compiler; nothing is shipped."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
# strict: no fused multiply-add, so that a sum has the same bits as in Numba
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared")


def compiler() -> str | None:
    """The C compiler of this machine: `$CC`, else cc, gcc or clang; None when there is none."""
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        if name and (found := shutil.which(name)):
            return found
    return None


def load(source: str, generated: Mapping[str, str] | None = None) -> ctypes.CDLL | None:
    """Compile a C file of this folder in a temporary folder and load it.

    Args:
        source: Name of the file.
        generated: Headers to be written beside it, text by name.

    Returns:
        The library, or None when there is no compiler or it does not manage.
    """
    cc = compiler()
    if cc is None:
        return None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, text in (generated or {}).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        made = Path(folder) / "yardstick.so"
        command = [cc, *FLAGS, "-I", folder, "-o", str(made), str(HERE / source), "-lm"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        return ctypes.CDLL(str(made))
