"""Discovery: planted boxes are found, nothing is found in noise, and bad questions get one sentence."""

import json

import numpy as np
import pandas as pd
import pytest
from clfz.analysis import discovery
from clfz.analysis.discovery.boxes import Limit, find_boxes, inside, quality, trusted
from clfz.analysis.discovery.goal import read_goal
from clfz.inputs import InputError
from clfz.runs.store import load
from clfz.runs.study import StudyError, make_study
from scipy.stats import qmc

from tests.studies.conftest import refused

FACTORS = 20
BOX = (Limit(0, True, 0.5), Limit(1, False, 0.6), Limit(2, True, 0.4))
BESIDE = (Limit(3, False, 0.15),)


def points(count: int, seed: int) -> np.ndarray:
    return qmc.LatinHypercube(FACTORS, rng=seed).random(count)


def flipped(fails: np.ndarray, share: float, seed: int) -> np.ndarray:
    return fails ^ (np.random.default_rng(seed).random(len(fails)) < share)


def planted(values, seeds):
    """What a study runs in place of the engine: 1 inside of the box, 2 outside, and some luck."""
    x = np.column_stack([values[f"x{k}"] for k in range(FACTORS)])
    luck = np.random.default_rng(int(seeds.sum() % 2**32)).normal(0, 0.2, len(x))
    return np.where(inside(BOX, x), 1.0, 2.0) + luck


def found_in(x, fails):
    """The limits of each box."""
    boxes, limits = find_boxes(x, fails)
    return [trusted(limits[limits["box"] == number]) for number in range(1, len(boxes) + 1)]


def holds_truth(boxes, truth) -> bool:
    """Whether boxes hold, in fresh points, nine of ten of the planted points and little else."""
    fresh = points(20_000, 99)
    fails = np.any([inside(limits, fresh) for limits in truth], axis=0)
    found = quality(np.any([inside(limits, fresh) for limits in boxes], axis=0), fails)
    return found.coverage >= 0.9 and found.density >= 0.9


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_box_is_found(noise, seed):
    x = points(600, seed)
    first, *_ = found_in(x, flipped(inside(BOX, x), noise, seed))
    assert holds_truth([first], [BOX])
    assert {each.side for each in first} == {limit.side for limit in BOX}


def test_two_planted_boxes_are_told_apart():
    x = points(800, 5)
    boxes = found_in(x, inside(BOX, x) | inside(BESIDE, x))
    assert len(boxes) == 2
    assert holds_truth(boxes, [BOX, BESIDE])


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_found_in_noise(seed):
    fails = np.random.default_rng(seed).random(400) < 0.3
    assert found_in(points(400, seed), fails) == []


def test_what_is_said_of_a_box_holds_in_points_that_it_has_not_seen():
    """Over some samples, coverage and density together (their harmonic mean) are no better than the true ones."""
    fresh, gaps, flattery = points(20_000, 98), [], []
    truth = flipped(inside(BOX, fresh), 0.15, 98)
    for seed in range(6):
        x = points(300, seed)
        boxes, limits = find_boxes(x, flipped(inside(BOX, x), 0.15, seed))
        box = boxes.iloc[0]
        true = quality(inside(trusted(limits[limits["box"] == 1]), fresh), truth)
        unseen = both(box["coverage"], box["density"])
        gaps.append(unseen - both(*true[:2]))
        flattery.append(both(box["coverage_seen"], box["density_seen"]) - unseen)
    assert np.mean(gaps) <= 0.03
    assert np.mean(flattery) > 0.03


def both(coverage, density) -> float:
    return 2 / (1 / coverage + 1 / density)


def frame(count: int = 300) -> pd.DataFrame:
    return pd.DataFrame(points(count, 4), columns=[f"x{k}" for k in range(FACTORS)])


def planted_study(points, folder, goal):
    """Discovery in a study of the planted function."""
    study = make_study(
        "planted",
        zones="budhpura",
        programmes=["none", "cash-transfer"],
        points=points,
        function="tests.studies.test_discover:planted",
        measures=["y"],
        replicates=3,
    )
    return discovery.discover(None, "cash-transfer", folder, goal=goal, study=study, jobs=1)


def test_a_planted_box_is_found_through_the_study_runner(tmp_path):
    found = planted_study(frame(), tmp_path, "y >= 1.5")
    first = found.limits[found.limits["box"] == 1]
    columns = [found.tried.columns.get_loc(name) for name in first["factor"]]
    assert holds_truth([trusted(first.assign(factor=columns))], [BOX])
    table = pd.read_parquet(tmp_path / "points.parquet")
    within = np.all([found.holds(limit) for limit in found.rows(1, True)], axis=0)
    assert ((table["box"] == 1) == within).all()
    told = json.loads((tmp_path / "discovery.json").read_text())
    assert told["boxes"][0]["density"] >= 0.9
    assert "x0" in " ".join(found.answer())
    assert "</svg>" in (tmp_path / "report.html").read_text()


def test_no_box_is_said_in_words(tmp_path):
    points = frame()[["x7", "x8", "x9"]].assign(**{f"x{k}": 0.9 for k in ALL})
    with pytest.raises(StudyError, match=r"never reached|always reached|missed in"):
        planted_study(points, tmp_path, "y >= 1.5")
    found = planted_study(points, tmp_path, "y >= 2")
    assert found.boxes.empty
    assert found.answer()[-1].startswith("There is no box")
    assert "There is no box" in (tmp_path / "report.html").read_text()


ALL = [k for k in range(FACTORS) if k not in (7, 8, 9)]


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("", "Write a measure"),
        ("child_labour_rate@end", "Write a measure"),
        ("child_labour_rate@end = 0.2", "Write: at least"),
        ("child_labour_rate@end <= nan", "no number"),
        ("child_labour_rate@end <= much", "no number"),
        ("child_labor_rate@end <= 0.2", "child_labour_rate"),
        ("child_labour_rate <= 0.2", "say when"),
        ("kept_3y_school >= 50%", "kept_5y_school"),
        ("kept_5y_school/child >= 50%", "leave /child out"),
    ],
)
def test_a_bad_goal_gets_one_sentence(goal, says):
    with pytest.raises(InputError, match=r"(?s).*") as error:
        read_goal(goal, 48)
    assert says in str(error.value)
    assert "\n" not in str(error.value).strip()


def test_goals_are_read():
    goal = read_goal(" child_years_in_school_gained / child >= 0.5 ", 48)
    assert goal.text == "child_years_in_school_gained/child at least 0.5"
    assert read_goal("kept_5y_school >= 50%", 48).threshold == 0.5
    assert read_goal("kept_5y_school at least 50%", 48).after_months == 60
    assert read_goal("child_labour_rate@2y <= 10%", 48).after_months == 24


def test_the_command_line_finds_resumes_and_refuses(clfz, tmp_path):
    words = ["discover", "budhpura", "area-based", "--draws", "60", "--replicates", "1", "--quiet"]
    words += ["--programme-months", "6", "--jobs", "1", "--out", "here"]
    refused(clfz(*words, "--goal", "child_labour_rate@end <= 0"), "never reached")
    value = load("here/study").runs.query("scenario == 'area-based'")
    middle = value["child_labour_rate@end"].median()
    log = (tmp_path / "here/study/log.jsonl").read_text()
    done = clfz(*words, "--goal", f"child_labour_rate@end <= {middle:.4f}", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["points"] == 60
    assert (tmp_path / "here" / "report.html").is_file()
    assert (tmp_path / "here/study/log.jsonl").read_text() == log, "nothing was run again"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    refused(clfz(*words, "--out", "full"), "holds other files")
