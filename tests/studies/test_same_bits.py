"""The same study gives the same bits, however the work is cut up, who does it and how the study came about."""

import clfz
import numpy as np
import pytest
from clfz.comparisons import compare
from clfz.inputs import Comparison
from clfz.inputs.indicators import outcome_names
from clfz.runs.study import StudyError

from tests.studies.conftest import DESIGN, contents, tiny


@pytest.mark.parametrize(
    ("jobs", "chunk", "backend"),
    [(1, 3, None), (2, 5, "threads"), (2, 64, None), (None, None, None), (2, 4, "loky")],
)
def test_any_chunk_and_any_workers(study, undisturbed, tmp_path, jobs, chunk, backend):
    clfz.run_study(study, tmp_path, jobs=jobs, chunk=chunk, backend=backend)
    assert contents(tmp_path) == undisturbed


POINTS = {"norm_school": [0.4, 0.6, 0.8], "seed": [1, 2, 3]}
DRAWN = {"design": None, "keep": "monthly"}


@pytest.mark.parametrize(
    ("few", "added", "whole"),
    [
        ({"replicates": 1}, {"replicates": 2}, {}),
        ({"design": {**DESIGN, "points": 3}}, {"points": 8}, {}),
        ({}, {"programmes": ["wages"]}, {"programmes": ["none", "area-based", "wages"]}),
        ({**DRAWN, "draws": 2}, {"draws": 6}, {**DRAWN, "draws": 6}),
        (
            {"design": None, "points": {name: values[:2] for name, values in POINTS.items()}},
            {"points": POINTS},
            {"design": None, "points": POINTS},
        ),
    ],
    ids=["replicates", "points of a sobol design", "programmes", "draws", "rows of a table"],
)
def test_a_study_that_grew_is_the_one_that_was_whole(tmp_path, few, added, whole):
    clfz.run_study(tiny(**whole), tmp_path / "whole")
    clfz.run_study(tiny(**few), tmp_path / "grown", chunk=3)
    assert clfz.expand_study(tmp_path / "grown", **added).complete
    assert contents(tmp_path / "grown") == contents(tmp_path / "whole")


def test_the_same_call_again_does_nothing_and_says_so(study, undisturbed, tmp_path, monkeypatch):
    clfz.run_study(study, tmp_path)
    told = []
    with monkeypatch.context() as patched:
        patched.setattr("clfz.runs.runner.work", None)  # no worker is asked for anything
        clfz.run_study(study, tmp_path, progress=lambda *step: told.append(step))
    assert told == [(32, 32, "Nothing is missing, all runs are done")]
    clfz.run_study(None, tmp_path)
    assert contents(tmp_path) == undisturbed


def test_what_is_missing_is_looked_for_in_parts(study, undisturbed, tmp_path, monkeypatch):
    """As in a study of millions of runs."""
    monkeypatch.setattr("clfz.runs.runner.LOOKED_THROUGH", 5)
    clfz.run_study(study, tmp_path, chunk=3)
    assert contents(tmp_path) == undisturbed


def test_a_study_and_a_comparison_say_the_same(tmp_path):
    fields = {
        "programmes": ("none", "area-based", "cash-transfer"),
        "programme_months": 15,
        "after_months": 13,
        "draws": 3,
        "replicates": 2,
        "seed": 5,
    }
    compared = compare(Comparison(name="x", title="x", question="x", zone="budhpura", **fields))
    study = tiny(design=None, **fields)
    study = tiny(design=None, **fields, measures=list(outcome_names(study.horizon)))
    done = clfz.run_study(study, tmp_path).joined().astype({"scenario": str})
    keys = ["draw", "replicate", "scenario"]
    rows = compared.outcomes.astype({"scenario": str, "outcome": str})
    wide = rows.pivot(index=keys, columns="outcome", values="value")
    ours = done.set_index(keys).loc[wide.index, wide.columns]
    np.testing.assert_array_equal(ours.to_numpy(), wide.to_numpy())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"programme_months": 5}, "programme_months is 6 there and 5 here"),
        ({"seed": 8}, "seed is 7 there and 8 here"),
        ({"programmes": ["none", "bridge-schools"]}, "new ones come after them"),
        ({"zones": "mali-1"}, "zones is"),
        ({"draws": 4}, "1 draw, which takes central values"),
        ({"design": None}, "factors differ"),
        ({"set": {"subsistence": 0.4}}, "set is {} there"),
    ],
)
def test_another_study_is_refused(study, tmp_path, change, told):
    clfz.run_study(study, tmp_path)
    before = contents(tmp_path)
    with pytest.raises(StudyError, match=told.replace("{", r"\{").replace("}", r"\}")) as error:
        clfz.run_study(tiny(**change), tmp_path)
    assert "\n" not in str(error.value)
    assert contents(tmp_path) == before
