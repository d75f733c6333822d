"""The command with the real engine, as small as it goes."""

import json
from pathlib import Path

import pandas as pd
import pytest
from clfz.runs.results import read


@pytest.mark.parametrize("programme", ["none", "area-based"])
def test_a_small_real_run_writes_a_whole_result(clfz, programme):
    words = ("run", "budhpura", programme, "--months", "12", "--replicates", "2")
    done = clfz(*words)
    assert done.exit_code == 0, done.output
    folder = Path(f"results/budhpura-{programme}")
    result = read(folder, verify=True)
    assert result.manifest["command"] == "clfz " + " ".join(
        [*words[:3], "--replicates", "2", "--months", "12"]
    )
    assert "in 100" in " ".join(done.stdout.split())
    facts = json.loads(clfz(*words, "--out", "again", "--jobs", "1", "--json").stdout)
    assert facts["run_id"] == result.manifest["run_id"]
    again = read(Path("again"))
    for table in ("indicators", "outcomes", "costs"):
        pd.testing.assert_frame_equal(getattr(result, table), getattr(again, table))


def test_a_lever_and_a_parameter_can_be_set(clfz):
    words = ("run", "budhpura", "wages", "--months", "12", "--replicates", "2", "--json", "--quiet")
    base = json.loads(clfz(*words).stdout)
    done = clfz(*words, "--set", "teachers=1", "--set", "subsistence=0.4", "--out", "set")
    changed = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert changed["run_id"] != base["run_id"]
    assert changed["measures"] != base["measures"]
