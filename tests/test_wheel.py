"""The wheel: everything that an installed `clfz` needs is in it, and a user's own files do not stand in its way."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder into which the wheel was unpacked, as pip does."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = made.glob("clfz-*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(made / "site")
    return made / "site"


@pytest.fixture
def clfz(installed, tmp_path):
    """Run the installed command in a folder with modules of names that were ours once."""
    for name in ("sim", "experiments", "calibration", "scenarios", "model", "runs", "report"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a module of the user')")

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "clfz", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_nothing_but_the_package_is_installed(installed):
    names = {path.name for path in installed.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"clfz"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("zones", "budhpura"), "Budhpura"),
        (("list", "studies"), "small"),
        (("parameters", "subsistence"), "Source:"),
        (("schema", "zone"), "$schema"),
        (("evaluate", "--template"), "withdrawn"),
        (("new", "comparison", "mine.yaml"), "mine.yaml is a copy"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_what_is_shipped_is_found(clfz, words, told):
    assert told in clfz(*words)


@pytest.mark.slow
def test_a_programme_runs(clfz, tmp_path):
    clfz("run", "budhpura", "area-based", "--months", "3", "--replicates", "1", "--out", "mine")
    assert (tmp_path / "mine" / "report.html").is_file()
