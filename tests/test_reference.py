"""The shipped reference result is what this clfz computes. If it is meant to differ: make reference."""

import pandas as pd
import pytest
from clfz.runs.results import read

from tests import reference_result as reference

# What a run says about itself that is no number of the model.
OF_THE_MOMENT = {
    *("created_utc", "wall_seconds", "machine", "git", "versions", "run_id", "files"),
}


@pytest.fixture(scope="module")
def kept():
    return read(reference.FOLDER, verify=True)


@pytest.fixture(scope="module")
def built():
    return reference.build()


@pytest.mark.parametrize("name", ["indicators", "outcomes", "costs"])
def test_each_table_is_the_same_to_the_last_bit(kept, built, name):
    frames = [getattr(result, name) for result in (kept, built)]
    # How text is coded depends on the version of pandas; what it says must not.
    text = [c for c in frames[0].columns if frames[0][c].dtype.name in ("category", "object")]
    left, right = (frame.astype(dict.fromkeys(text, str)) for frame in frames)
    assert len(left) > 100
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_the_comparison_is_the_same_letter_by_letter(built):
    text = (reference.FOLDER / "comparison.csv").read_text(encoding="utf-8")
    assert built.summary.to_csv(index=False, lineterminator="\n") == text
    assert built.summary["measure"].str.contains("cost_per_child_year").any()


def test_the_manifest_says_the_same(kept, built):
    one, other = (
        {key: value for key, value in result.manifest.items() if key not in OF_THE_MOMENT}
        for result in (kept, built)
    )
    assert one == other
    assert set(kept.manifest) >= OF_THE_MOMENT


def test_it_is_small():
    assert sum(file.stat().st_size for file in reference.FOLDER.rglob("*")) < 300_000
