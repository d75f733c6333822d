"""The scripts in `experiments/examples` run as they stand, here with few runs."""

import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "experiments" / "examples"


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_runs(script, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script))["main"](2)
    assert "area-based" in capsys.readouterr().out or any(tmp_path.iterdir())
