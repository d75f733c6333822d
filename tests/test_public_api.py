"""What `import clfz` offers, and that it costs nothing until it is used."""

import subprocess
import sys
from pathlib import Path

import clfz
import pytest

ROOT = Path(__file__).parents[1]
NAMES = (
    *("load_zone", "load_programme", "load_shock", "load_comparison", "simulate", "compare"),
    *("load_study", "make_study", "load", "discover", "optimise"),
)
OTHERS = {"ZoneModel", "InputError", "StudyError", "Study", "Results", "Best", "Discovery"}


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
        "import sys, clfz; dir(clfz); heavy = {'numpy', 'numba', 'pandas', 'mesa', 'pydantic', "
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
    assert set(NAMES) | OTHERS | {"run_study", "expand_study"} == set(clfz.__all__)
    assert (clfz.run_study.__name__, clfz.expand_study.__name__) == ("run", "expand")


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="no attribute 'simulator'"):
        clfz.simulator  # noqa: B018


def test_functions_and_modules_do_not_hide_each_other():
    code = "import clfz.runs.compare, clfz.programme.levers, clfz\nfrom clfz import compare\n"
    code += "print(compare.__name__, callable(clfz.compare), clfz.programme.levers.__name__)"
    assert python(code) == "compare True clfz.programme.levers"


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
