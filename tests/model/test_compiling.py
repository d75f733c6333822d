"""What Numba loads to run the engine, and that nothing is missing for others' functions."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from clfz.runs.chunk import _compiled
_compiled()
print("scipy.linalg" in sys.modules)
"""
OTHERS = """
import numba
import numpy as np
import clfz.model.compiling

@numba.njit
def f(a):
    return np.linalg.inv(a @ a)[0, 0] + np.cov(a)[0, 1]

print(f(np.array([[1.0, 0.0], [0.0, 0.5]])))
"""


@pytest.mark.parametrize(("program", "printed"), [(LOADED, "False"), (OTHERS, "0.75")])
def test_linear_algebra_is_loaded_when_it_is_used(program, printed):
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == printed
