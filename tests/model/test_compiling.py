"""The cache of compiled code: named by the sources, private, whole; and that Numba is left as it was."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clfz.model import compiling, state

TINY = """
from clfz.model import compiling

@compiling.kernel
def double(x):
    return 2 * x

print(double(21), sum(double.stats.cache_hits.values()))
compiling.keep_sums()
"""
UNTOUCHED = """
import numba
before = numba.config.CACHE_DIR
import clfz.model.run
print(numba.config.CACHE_DIR == before)
"""
LOADED = """
import sys
import clfz.runs.study_inputs
import clfz.model.run
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


@pytest.mark.parametrize(
    ("program", "printed"), [(LOADED, "False"), (OTHERS, "0.75"), (UNTOUCHED, "True")]
)
def test_what_others_do_with_numba_is_left_as_it_was(program, printed):
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == printed


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """A folder for the cache that the user chose."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "chosen"))
    return tmp_path / "chosen"


def test_the_folder_is_named_by_the_sources_and_private(chosen, monkeypatch):
    folder = compiling.cache_folder()
    assert folder == chosen / f"clfz-{compiling.sources_digest()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(compiling, "sources_digest", lambda: "of-other-sources")
    assert compiling.cache_folder() == chosen / "clfz-of-other-sources"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_may_write_is_not_used(chosen, mode):
    folder = compiling.cache_folder()
    folder.chmod(mode)
    assert compiling.cache_folder() != folder


def test_a_folder_of_somebody_else_is_not_used(chosen, monkeypatch):
    folder = compiling.cache_folder()
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert chosen not in compiling.cache_folder().parents


def test_a_link_is_not_used(chosen, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    chosen.mkdir()
    (chosen / f"clfz-{compiling.sources_digest()}").symlink_to(elsewhere)
    assert chosen not in compiling.cache_folder().parents


@pytest.fixture
def tiny(chosen, tmp_path):
    """Run a module with one kernel in a process of its own; returns what it printed and what it said on stderr."""
    module = tmp_path / "tiny.py"
    module.write_text(TINY)

    def run() -> tuple[str, str]:
        done = subprocess.run([sys.executable, module], capture_output=True, text=True, check=True)
        return done.stdout.strip(), done.stderr

    assert run() == ("42 0", "")
    assert run() == ("42 1", "")
    return run


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _empty])
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_file_is_removed_and_compiled_anew(tiny, chosen, suffix, damage):
    (path,) = chosen.rglob(f"*{suffix}")
    damage(path)
    printed, said = tiny()
    assert printed == "42 0"
    assert said == "1 files of compiled code were not whole; they are compiled again.\n"
    assert tiny() == ("42 1", "")


def test_a_file_that_is_not_listed_is_removed(tiny, chosen):
    (known,) = chosen.rglob("*.nbc")
    planted = known.with_name("planted.nbc")
    planted.write_bytes(known.read_bytes())
    printed, said = tiny()
    assert printed == "42 1"
    assert said == ""  # nothing was wrong: a process that was ended left it
    assert not planted.exists()


def test_without_the_list_everything_is_compiled_anew(tiny, chosen):
    (listed,) = chosen.rglob("sums.json")
    listed.unlink()
    assert tiny() == ("42 0", "")


def test_each_array_of_the_state_is_described():
    zone = state.allocate(1, 24, 9, 2, 3, 5)
    arrays = {
        name: value for name, value in zone._asdict().items() if isinstance(value, np.ndarray)
    }
    described = {name: dtype for name, dtype, _, about in state.describe() if about}
    assert described == {name: value.dtype.name for name, value in arrays.items()}
