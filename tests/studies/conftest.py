"""A small real study, and how two folders are compared byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clfz.runs.studies.study import Study, make_study

NOT_RESULTS = {"lock", "log.jsonl", "report.html"}
"""What may differ between two histories of one study: who wrote, when, how fast; the page is made anew."""


def tiny(**settings: Any) -> Study:
    """32 runs of eight months in a real zone: about half a second."""
    fields: dict[str, Any] = {
        "zones": "budhpura",
        "programmes": ["none", "area-based"],
        "programme_months": 6,
        "after_months": 2,
        "replicates": 2,
        "seed": 7,
        "design": {
            "kind": "sobol",
            "points": 8,
            "factors": {
                "norm_school": "prior",
                "income.poverty_headcount": {"low": 0.3, "high": 0.5},
                "bridge_schools.seats_per_1000_children": {"low": 20, "high": 90},
                "transfer_condition": {"low": 0, "high": 1},
            },
        },
    }
    return make_study("tiny", **{**fields, **settings})


def contents(folder: Path) -> dict[str, bytes]:
    """Every byte of a study that is a result."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_RESULTS
    }


@pytest.fixture(scope="session")
def study() -> Study:
    return tiny()


@pytest.fixture(scope="session")
def undisturbed(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of a study that nothing happened to."""
    import clfz.runs.studies as experiments

    folder = tmp_path_factory.mktemp("undisturbed")
    assert experiments.run(study, folder, jobs=1).complete
    return contents(folder)
