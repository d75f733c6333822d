"""What `import clfz` offers, and that it costs nothing until it is used."""

import subprocess
import sys
from pathlib import Path

import clfz
import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("load_zone", "load_programme", "load_shock", "load_comparison", "simulate", "compare")


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_importing_imports_nothing_heavy():
    code = (
        "import sys, sim; dir(clfz); heavy = {'numpy', 'numba', 'pandas', 'mesa', 'pydantic', "
        "'matplotlib', 'ruamel', 'pyarrow'}; print(sorted(heavy & set(sys.modules)))"
    )
    assert python(code) == "[]"


def test_loading_files_needs_neither_engine_nor_tables():
    code = (
        "import sys; from clfz import load_zone, load_programme, load_comparison, load_shock\n"
        "load_zone('mali-1'); load_programme('wages'); load_shock('drought')\n"
        "load_comparison('quick')\n"
        "print(sorted({'numba', 'pandas', 'mesa'} & set(sys.modules)))"
    )
    assert python(code) == "[]"


@pytest.mark.parametrize("name", NAMES)
def test_each_function_is_there(name):
    assert name in clfz.__all__
    assert name in dir(clfz)
    assert getattr(clfz, name).__name__ == name


def test_everything_promised_is_there():
    assert [name for name in clfz.__all__ if not hasattr(clfz, name)] == []
    assert set(NAMES) | {"ZoneModel", "InputError"} == set(clfz.__all__)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="no attribute 'simulator'"):
        clfz.simulator  # noqa: B018


def test_compare_is_the_function_whatever_was_imported_before():
    for first in (
        "import clfz.runs.compare",
        "from clfz.runs.compare import run_plan",
        "clfz.simulate",
    ):
        code = f"import clfz\n{first}\nfrom sim import compare\n"
        assert (
            python(f"{code}print(compare.__name__, callable(clfz.runs.compare))") == "compare True"
        )


def test_modules_are_still_found():
    assert (
        python("import clfz.programme.levers, sim; print(clfz.programme.levers.__name__)")
        == "clfz.programme.levers"
    )
    code = "import clfz, sys; from clfz.runs.compare import run_plan; print(sys.modules['clfz.runs.compare'])"
    assert "compare.py" in python(code)


def test_a_zone_model_leaves_the_way_of_starting_processes_alone():
    code = (
        "import multiprocessing as m\n"
        "from clfz import ZoneModel\n"
        "import sys\n"
        "print('mesa' in sys.modules, m.get_start_method(allow_none=True))\n"
    )
    assert python(code) == "True None"
    chosen = code.replace("as m\n", "as m\nm.set_start_method('forkserver')\n", 1)
    if sys.platform != "win32":
        assert python(chosen) == "True forkserver"
