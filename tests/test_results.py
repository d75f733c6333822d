import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from clfz.inputs.indicators import moments
from clfz.runs.manifest import assumed_inputs, git_state, make_manifest
from clfz.runs.results import ComparisonResult, ResultError, read, read_manifest, write
from clfz.runs.summary import (
    COLUMNS,
    FREE,
    NOT_APART,
    SAME,
    gather,
    ratio,
    series,
    split_variance,
    summarise,
)

from tests.report.fake import PLANS, fake_manifest, fake_result

META = {"programme_months": 12, "after_months": 12}


def tables(effects, draws=4, replicates=3, cost=1000.0):
    """One rate, one gain, one cost: effect[scenario] is what is taken off in each replication."""
    replications = [(d, r) for d in range(draws) for r in range(replicates)]
    base = {
        replication: 0.2 + 0.01 * replication[0] + 0.001 * replication[1]
        for replication in replications
    }
    rates, gains, costs = [], [], []
    for name, effect in effects.items():
        for index, (d, r) in enumerate(replications):
            drop = effect[index] if np.ndim(effect) else effect
            for month in range(25):
                value = base[d, r] - drop * (month > 0)
                row = (name, "z", d, r, month, "child_labour_rate", "all", "5-17", value)
                rates += [row, (*row[:7], "5-14", value / 2)]
            gains.append((name, "z", d, r, "child_years_out_of_labour_gained", 100 * drop))
            gains.append((name, "z", d, r, "cost_total", cost * (name != "none")))
            if name != "none":
                costs.append((name, "z", d, r, 1, "staff", cost))
    keys = ["scenario", "zone", "draw", "replicate"]
    return (
        pd.DataFrame(rates, columns=[*keys, "month", "indicator", "sex", "age_band", "value"]),
        pd.DataFrame(gains, columns=[*keys, "outcome", "value"]),
        pd.DataFrame(costs, columns=[*keys, "month", "line", "amount"]),
    )


def summary_of(drops, **size):
    """The summary of a plan that takes so much off the rate in each replication."""
    return summarise(gather(*tables({"none": 0.0, "plan": drops}, **size), META))


def row(summary, measure, scenario):
    found = summary[(summary["measure"] == measure) & (summary["scenario"] == scenario)]
    assert len(found) == 1
    return found.iloc[0]


def test_summary_of_a_known_effect() -> None:
    summary = summary_of(0.05)
    assert list(summary.columns) == list(COLUMNS)
    plan = row(summary, "child_labour_rate@end", "plan")
    values = [0.15 + 0.01 * d + 0.001 * r for d in range(4) for r in range(3)]
    assert plan["mean"] == pytest.approx(np.mean(values))
    assert plan["lower"] == pytest.approx(np.quantile(values, 0.05))
    assert plan["upper"] == pytest.approx(np.quantile(values, 0.95))
    assert plan["baseline"] == pytest.approx(plan["mean"] + 0.05)
    assert plan["difference"] == pytest.approx(-0.05)
    assert plan["difference_upper"] == pytest.approx(-0.05)
    assert (plan["share_better"], plan["n"], plan["note"]) == (1.0, 12, "")
    assert plan["definition_id"] == "sdg871-ea"
    assert row(summary, "child_labour_rate@end", "none")["note"] == SAME
    assert "child_labour_rate@2y" not in set(summary["measure"])


def test_the_summary_holds_the_price_of_a_gain() -> None:
    drops = np.linspace(0.02, 0.06, 12)
    summary = summary_of(drops)
    unit = row(summary, "cost_per_child_year_out_of_labour", "plan")
    for name, value in ratio(np.full(12, 1000.0), 100 * drops).items():
        assert unit[name] == (value if name == "note" else pytest.approx(value))
    assert row(summary, "cost_per_child_year_out_of_labour", "none")["note"] == FREE


@pytest.mark.parametrize(
    ("drops", "size"),
    [(np.linspace(-0.02, 0.06, 12), {}), (0.05, {"draws": 2, "replicates": 2})],
    ids=["zero in the range", "few replications"],
)
def test_nothing_is_claimed_that_cannot_be_told_apart(drops, size) -> None:
    summary = summary_of(drops, **size)
    assert row(summary, "child_labour_rate@end", "plan")["note"] == NOT_APART
    unit = row(summary, "cost_per_child_year_out_of_labour", "plan")
    assert unit["note"] == NOT_APART
    assert np.isnan(unit["mean"])


def test_variance_is_split_into_unknown_and_luck() -> None:
    rng = np.random.default_rng(5)
    draws = np.repeat(np.arange(400), 5)
    values = np.repeat(rng.normal(0, 3.0, 400), 5) + rng.normal(0, 1.0, 2000)
    unknown, luck = split_variance(values[None, :], draws)
    assert unknown[0] == pytest.approx(3.0, rel=0.1)
    assert luck[0] == pytest.approx(1.0, rel=0.05)
    # Balanced design: the classic mean squares.
    groups = values.reshape(400, 5)
    within = groups.var(axis=1, ddof=1).mean()
    between = 5 * groups.mean(axis=1).var(ddof=1)
    assert luck[0] == pytest.approx(np.sqrt(within))
    assert unknown[0] == pytest.approx(np.sqrt((between - within) / 5))


def test_variance_that_the_design_cannot_split_is_not_guessed() -> None:
    values = np.array([[1.0, 2.0, 4.0]])
    assert np.isnan(split_variance(values, np.array([0, 1, 2]))).all()
    unknown, luck = split_variance(values, np.array([0, 0, 0]))
    assert np.isnan(unknown[0])
    assert luck[0] == pytest.approx(np.std([1, 2, 4], ddof=1))
    uneven = split_variance(np.array([[1.0, 1.0, 5.0, 5.0, 5.0]]), np.array([0, 0, 1, 1, 1]))
    assert uneven[1][0] == 0
    assert uneven[0][0] == pytest.approx(np.sqrt(8.0))


def test_a_replication_that_lacks_a_scenario_is_left_out() -> None:
    indicators, outcomes, costs = tables({"none": 0.0, "plan": 0.05})
    gone = (indicators["scenario"] == "plan") & (indicators["draw"] == 3)
    measured = gather(indicators[~gone], outcomes, costs, META)
    assert len(measured.draws) == 9
    assert 3 not in measured.draws
    assert not np.isnan(measured.block).any()
    months, values = series(indicators[~gone], measured, "child_labour_rate", "all", "5-17")
    assert values.shape == (2, 9, 25)
    assert months.tolist() == list(range(25))
    assert not np.isnan(values).any()


def test_what_a_scenario_never_has_counts_as_none() -> None:
    indicators, outcomes, costs = tables({"none": 0.0, "plan": 0.05})
    measured = gather(indicators, outcomes[outcomes["scenario"] != "none"], costs, META)
    assert measured.of("child_years_out_of_labour_gained", "none").tolist() == [0.0] * 12
    assert measured.of("cost_spent", "none").tolist() == [0.0] * 12
    assert "cost_spent" in measured


def test_a_comparison_is_about_one_zone() -> None:
    indicators, outcomes, costs = tables({"none": 0.0, "plan": 0.05})
    indicators.loc[0, "zone"] = "elsewhere"
    with pytest.raises(ValueError, match="one zone"):
        gather(indicators, outcomes, costs, META)


def test_moments_end_with_the_run() -> None:
    assert moments({"programme_months": 48, "after_months": 60}) == {
        **{"start": 0, "end": 48, "1y": 60},
        **{"2y": 72, "5y": 108},
    }
    assert moments({"programme_months": 48}) == {"start": 0, "end": 48}


@pytest.fixture(scope="module")
def small() -> ComparisonResult:
    return fake_result(PLANS[:3], 24, 12, draws=4, replicates=2)


def test_a_folder_comes_back_as_it_was(small: ComparisonResult, tmp_path: Path) -> None:
    folder = write(small, tmp_path / "new" / "demo")
    back = read(folder, verify=True)
    for name in ("indicators", "outcomes", "costs"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(small, name))
    pd.testing.assert_frame_equal(back.summary, small.summary)
    csv = pd.read_csv(folder / "comparison.csv", keep_default_na=False, na_values=[""])
    assert list(csv.columns) == list(COLUMNS)
    assert csv["mean"].to_numpy() == pytest.approx(small.summary["mean"].to_numpy(), nan_ok=True)
    assert sorted(path.name for path in tmp_path.joinpath("new").iterdir()) == ["demo"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {
        *("comparison.csv", "costs.parquet", "indicators.parquet", "outcomes.parquet")
    }


def test_parquet_is_compressed_with_text_stored_once(
    small: ComparisonResult, tmp_path: Path
) -> None:
    folder = write(small, tmp_path / "demo")
    found = pq.ParquetFile(folder / "indicators.parquet").metadata.row_group(0)
    columns = {found.column(i).path_in_schema: found.column(i) for i in range(found.num_columns)}
    assert columns["value"].compression == "ZSTD"
    assert "RLE_DICTIONARY" in columns["indicator"].encodings


def test_a_result_is_replaced_but_nothing_else_is(small: ComparisonResult, tmp_path: Path) -> None:
    folder = write(small, tmp_path / "demo")
    (folder / "note.txt").write_text("mine")
    write(small, folder)
    assert (folder / "note.txt").read_text() == "mine"
    other = tmp_path / "other"
    other.mkdir()
    write(small, other)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("mine")
    with pytest.raises(ResultError, match="no result of clfz"):
        write(small, precious)
    assert (precious / "thesis.txt").read_text() == "mine"


def test_a_failure_leaves_nothing_and_keeps_the_old(
    small: ComparisonResult, tmp_path: Path
) -> None:
    def full(place: Path) -> None:
        (place / "report.html").write_text("half")
        raise OSError(28, "No space left on device")

    def stop(place: Path) -> None:
        raise KeyboardInterrupt

    told = r"the disk is full\. Nothing was changed there"
    for finish, error, words in ((full, ResultError, told), (stop, KeyboardInterrupt, None)):
        with pytest.raises(error, match=words):
            write(small, tmp_path / "demo", finish)
        assert list(tmp_path.iterdir()) == []
    write(small, tmp_path / "demo")
    with pytest.raises(ResultError):
        write(small, tmp_path / "demo", full)
    assert read(tmp_path / "demo").complete
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_place_that_cannot_be_written(small: ComparisonResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="Cannot write"):
        write(small, tmp_path / "file" / "demo")
    with pytest.raises(ResultError, match="no result"):
        write(small, tmp_path / "file")


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_real_limit_of_the_system_gives_one_sentence(tmp_path: Path) -> None:
    code = f"""
import resource
from pathlib import Path
from clfz.runs.results import ResultError, write
from tests.report.fake import PLANS, fake_result
result = fake_result(PLANS[:2], 24, 12, draws=6, replicates=4)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write(result, Path({str(tmp_path / "demo")!r}))
except ResultError as error:
    print(error)
"""
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=tmp_path,
    )
    assert "Cannot write" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_not_whole_are_refused(small: ComparisonResult, tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="there is no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(ResultError, match=r"no manifest\.json"):
        read(tmp_path)
    folder = write(small, tmp_path / "demo")
    whole = (folder / "costs.parquet").read_bytes()
    (folder / "costs.parquet").write_bytes(whole[:-10])
    with pytest.raises(ResultError, match=r"costs\.parquet was changed"):
        read(folder)
    (folder / "costs.parquet").write_bytes(whole[:-1] + b"x")
    with pytest.raises(ResultError, match=r"costs\.parquet was changed"):
        read(folder)
    (folder / "costs.parquet").unlink()
    with pytest.raises(ResultError, match=r"costs\.parquet is missing"):
        read(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultError, match=r"costs\.parquet is missing"):
        read(folder)
    (folder / "costs.parquet").write_bytes(whole[:-1] + b"x")
    with pytest.raises(ResultError, match="is not whole"):
        read(folder)
    for text, says in (("{", "is not JSON from line 1 on"), ("{}", "not the manifest")):
        (folder / "manifest.json").write_text(text)
        with pytest.raises(ResultError, match=says):
            read(folder)
    (folder / "manifest.json").write_text('{"schema_version": 99}')
    with pytest.raises(ResultError, match="newer clfz"):
        read_manifest(folder)


def test_what_is_made_from_the_tables_may_be_missing_or_edited(
    small: ComparisonResult, tmp_path: Path
) -> None:
    def finish(place: Path) -> None:
        (place / "report.html").write_text("the report")
        (place / "figures").mkdir()
        (place / "figures" / "fan.svg").write_text("a figure")

    folder = write(small, tmp_path / "demo", finish)
    (folder / "report.html").write_text("edited")
    (folder / "figures" / "fan.svg").unlink()
    (folder / "comparison.csv").unlink()
    back = read(folder)
    pd.testing.assert_frame_equal(back.summary, small.summary)
    with pytest.raises(ResultError, match=r"comparison\.csv is missing"):
        read(folder, verify=True)
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("mine")
    (folder / "stray.txt").write_text("mine too")
    write(back, folder, finish)
    again = read(folder, verify=True)
    assert (folder / "report.html").read_text() == "the report"
    assert (folder / "notes" / "mine.txt").read_text() == "mine"
    assert not [name for name in again.manifest["files"] if "mine" in name or "stray" in name]
    (folder / "manifest.json").write_text("{")
    with pytest.raises(
        ResultError, match=r"manifest\.json is damaged: it is not JSON from line 1 on"
    ):
        read(folder)
    write(back, folder, finish)
    assert read(folder, verify=True).complete
    assert (folder / "notes" / "mine.txt").read_text() == "mine"


def test_an_incomplete_result_says_so(small: ComparisonResult, tmp_path: Path) -> None:
    manifest = small.manifest | {"complete": False, "incomplete_reason": "6 of 8 runs are done"}
    part = ComparisonResult.make(manifest, small.indicators, small.outcomes, small.costs)
    folder = write(part, tmp_path / "demo")
    with pytest.raises(ResultError, match="not complete: 6 of 8 runs are done"):
        read(folder)
    assert not read(folder, allow_incomplete=True).complete


def test_a_table_without_a_column_is_refused(small: ComparisonResult) -> None:
    outcomes = small.outcomes.drop(columns="draw")
    with pytest.raises(ResultError, match="outcomes lacks"):
        ComparisonResult.make(small.manifest, small.indicators, outcomes, small.costs)


def test_the_run_id_depends_on_inputs_alone() -> None:
    first, again = fake_manifest(), fake_manifest()
    again["created_utc"], again["wall_seconds"] = "2030-01-01T00:00:00Z", 1
    assert first["run_id"] == fake_manifest()["run_id"]
    assert first["run_id"] != fake_manifest(draws=7)["run_id"]
    assert json.loads(json.dumps(first)) == first
    assert first["baseline"] == "none"


def test_assumed_figures_are_found_wherever_they_are() -> None:
    zone_data = {
        "a": {"value": 1, "low": 0, "high": 2, "source": "Assumed: no data"},
        "b": {"c": {"value": 3, "low": 3, "high": 3, "source": "census"}},
        "d": {"e": {"value": 4, "low": 4, "high": 5, "source": "assumed"}},
    }
    assert [entry["what"] for entry in assumed_inputs(zone_data)] == ["a", "d: e"]


def test_outside_a_checkout_there_is_no_commit(tmp_path: Path) -> None:
    assert git_state(tmp_path) == {}
    manifest = make_manifest(comparison={}, zone={}, scenarios=[{"name": "none"}])
    assert manifest["versions"]["python"]
