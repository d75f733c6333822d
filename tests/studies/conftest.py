"""A small real study, and how two folders are compared, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clfz.cli.app import app
from clfz.runs.runner import run
from clfz.runs.store import load
from clfz.runs.study import Study, make_study
from typer.testing import CliRunner

DESIGN = {
    "kind": "sobol",
    "points": 8,
    "factors": {
        "norm_school": "prior",
        "income.poverty_headcount": {"low": 0.3, "high": 0.5},
        "bridge_schools.seats_per_1000_children": {"low": 20, "high": 90},
        "transfer_condition": {"low": 0, "high": 1},
    },
}


def tiny(**settings: Any) -> Study:
    """32 runs of eight months in a real zone: about half a second."""
    fields: dict[str, Any] = {
        "zones": "budhpura",
        "programmes": ["none", "area-based"],
        "programme_months": 6,
        "after_months": 2,
        "replicates": 2,
        "seed": 7,
        "design": DESIGN,
    }
    return make_study("tiny", **{**fields, **settings})


def contents(folder: Path) -> dict[str, str]:
    """Everything in a study, or in a folder with studies in it, that is a result; numbers to the last bit."""
    if not (folder / "study.json").exists():
        inside = {path.parent for path in folder.rglob("study.json")}
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes().hex()
            for path in files
            if not inside & set(path.parents)
        }
        for study in sorted(inside):
            name = study.relative_to(folder).as_posix()
            found |= {f"{name}/{key}": text for key, text in contents(study).items()}
        return found
    done = load(folder)
    tables = {
        "points": done.points,
        "draws": done.draws,
        "runs": done._rows,
        "monthly": done.monthly,
    }
    asked = (folder / "study.json").read_text(encoding="utf-8")
    return {"asked": asked} | {name: table.to_csv(index=False) for name, table in tables.items()}


@pytest.fixture
def clfz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, words, prog_name="clfz")


def refused(done: Any, says: str) -> None:
    """A mistake of the user, told in one sentence."""
    assert done.exit_code == 2, done.output
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


@pytest.fixture(scope="session")
def study() -> Study:
    return tiny()


@pytest.fixture(scope="session")
def undisturbed(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a study holds that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(study, folder, jobs=1).complete
    return contents(folder)
