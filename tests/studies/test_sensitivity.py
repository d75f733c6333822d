"""Functions whose indices are known exactly, run through the study runner: what the whole chain finds of them."""

from __future__ import annotations

import numpy as np
import pytest
from clfz.analysis import sensitivity
from clfz.analysis.sensitivity import Factor
from clfz.analysis.sensitivity.indices import components, corrected, monte_carlo, sobol_once
from clfz.analysis.sensitivity.samples import same_rows, sobol
from clfz.inputs import StudyFile
from clfz.runs.study import StudyError

from tests.studies import known

V = 1 / (3 * (1 + known.G_WEIGHTS) ** 2)
TRUTH = {
    # Ishigami and Homma (1990): closed form with a = 7, b = 0.1
    "ishigami": {
        "S1": {"x1": 0.31391, "x2": 0.44241, "x3": 0.0},
        "ST": {"x1": 0.55759, "x2": 0.44241, "x3": 0.24368},
    },
    "sobol_g": {
        "S1": dict(zip(known.G, V / (np.prod(1 + V) - 1), strict=True)),
        "ST": dict(zip(known.G, V * np.prod(1 + V) / (1 + V) / (np.prod(1 + V) - 1), strict=True)),
    },
}
TRUTH["noisy_ishigami"] = TRUTH["ishigami"]
VARIANCE = 0.5 + 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18
"""Of the Ishigami function."""


def spec(**settings):
    fields = {"name": "t", "title": "T", "question": "Q", "zones": ["budhpura"]}
    return StudyFile(**(fields | {"programmes": ["none"]} | settings))


def planned(name: str, names=known.ISHIGAMI, **settings):
    factors = [Factor(each, 0.0, 1.0, None, each) for each in names]
    fields = {"vary": factors, "measures": ["y"], "function": f"tests.studies.known:{name}"}
    return sensitivity.plan(spec(), **(fields | {"samples": 512} | settings))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Each function analysed once."""
    done = {}

    def of(name: str):
        if name not in done:
            names = known.G if name == "sobol_g" else known.ISHIGAMI
            folder = tmp_path_factory.mktemp(name)
            done[name] = sensitivity.run(planned(name, names), folder, jobs=1)
        return done[name]

    return of


def index(done, method: str, index: str):
    x = done.indices
    x = x[(x["method"] == method) & (x["index"] == index) & (x["seed"] == -1)]
    x = x[x["quantity"] == "mean"]
    return x[x["n"] == x["n"].max()].set_index("factor")


@pytest.mark.parametrize("name", TRUTH)
@pytest.mark.parametrize("which", ["S1", "ST"])
def test_sobol_indices_are_recovered(found, name, which):
    rows, truth = index(found(name), "sobol", which), TRUTH[name][which]
    for factor, value in truth.items():
        row = rows.loc[factor]
        # rounding, for indices that are nothing at all
        assert row["low"] - 1e-4 <= value <= row["high"] + 1e-4, (factor, value, row.to_dict())
    # and the intervals say something
    wide = rows["high"] - rows["low"]
    assert (wide[[f for f, v in truth.items() if v > 0.05]] < 0.4).all()


def test_an_input_that_does_nothing_alone_is_said_so(found):
    rows = index(found("ishigami"), "sobol", "S1")
    assert bool(rows.loc["x3", "zero"])
    assert not rows.loc[["x1", "x2"], "zero"].any()
    story = sensitivity.stories(found("ishigami"))[0]
    assert story.five == ["x1", "x2", "x3"]
    assert "three of 3 uncertain things matter most: x1 (" in story.sentences[0]


def test_the_share_of_chance_is_recovered(found):
    truth = known.NOISE**2 / (VARIANCE + known.NOISE**2)
    facts = found("noisy_ishigami").facts["measures"][0]
    _, low, high = facts["luck"]
    assert low <= truth <= high
    _, low, high = facts["luck_common"]
    assert low <= truth / 2 <= high
    assert found("ishigami").facts["measures"][0]["luck"][0] == pytest.approx(0.0, abs=1e-9)


def test_the_interval_of_chance_holds_the_truth_as_often_as_it_says():
    """Two-way random effects with known shares, 100 times: 95 % intervals hold it at least 88 times."""
    generator = np.random.default_rng(3)
    whole = common = 0
    for again in range(100):
        rows, shared = generator.normal(0, 2, (120, 1)), generator.normal(0, 0.7, (1, 5))
        got = monte_carlo(rows + shared + generator.normal(0, 1, (120, 5)), again)
        whole += got["luck"][1] <= 1.49 / 5.49 <= got["luck"][2]
        common += got["luck_common"][1] <= 0.49 / 5.49 <= got["luck_common"][2]
    assert whole >= 88
    assert common >= 88


def test_parts_of_variance_are_unbiased():
    generator = np.random.default_rng(5)
    parts = [
        components(
            generator.normal(0, 2, (60, 1))
            + generator.normal(0, 1, (1, 8))
            + generator.normal(0, 1.5, (60, 8))
        )
        for _ in range(400)
    ]
    assert np.mean(parts, axis=0) == pytest.approx([4.0, 1.0, 2.25], rel=0.08)


def test_without_taking_chance_out_an_inert_input_looks_alive(tmp_path):
    """Average of five noisy seeds: an input that does nothing has a total index above zero, and less so corrected."""
    factors = [Factor(name, 0.0, 1.0) for name in ("works", "inert")]
    table = sobol(sensitivity.problem_spec(factors), 512, 1)
    generator = np.random.default_rng(1)
    y = table.rows[:, :1] + generator.normal(0, 0.3, (len(table.rows), 5))
    raw = sobol_once(table, y.mean(axis=1), 1)[0][3]
    value, half, share = corrected(table, y, "mean", 1)
    assert raw > 0.1
    assert abs(value[3]) < 0.04
    assert value[3] - half[3] <= 0 <= value[3] + half[3]
    assert value[2] == pytest.approx(1.0, abs=0.06)
    assert share == pytest.approx(1 / (1 + 0.09 / 5 * 12), abs=0.05)


def test_the_spread_by_chance_has_indices_of_its_own(tmp_path):
    done = sensitivity.run(
        planned("luck_matters_with_x1", samples=256, trajectories=0), tmp_path, jobs=1
    )
    x = done.indices
    last = x[(x["n"] == 256) & (x["seed"] == -1) & (x["method"] == "sobol") & (x["index"] == "ST")]
    spread = last[last["quantity"] == "log variance"].set_index("factor")
    mean = last[last["quantity"] == "mean"].set_index("factor")
    assert spread.loc["x1", "low"] <= 1.0 <= spread.loc["x1", "high"]
    assert spread["zero"].to_dict() == {"x1": False, "x2": True, "x3": True}
    assert mean["zero"].to_dict() == {"x1": True, "x2": False, "x3": True}
    assert mean.loc["x3", "value"] == 0.0


def test_pawn_finds_what_acts_and_not_what_does_nothing(found):
    rows = index(found("sobol_g"), "pawn", "median")
    assert not rows.loc[["x1", "x2"], "zero"].any()
    assert rows.loc["x1", "value"] == rows["value"].max()
    # each has one chance in twenty to pass, so not all four may
    assert rows.loc[["x5", "x6", "x7", "x8"], "zero"].sum() >= 3


def test_screening_sends_on_what_matters(tmp_path):
    done = sensitivity.run(planned("sobol_g", known.G, samples=16, keep=4), tmp_path, jobs=1)
    assert set(done.facts["sobol_factors"]) == {"x1", "x2", "x3", "x4"}
    assert set(index(done, "morris", "mu_star").index) == set(known.G)


def test_curve_narrows_with_samples(found):
    x = found("sobol_g").indices
    x = x[(x["method"] == "sobol") & (x["index"] == "ST") & (x["seed"] == -1)]
    x = x[(x["factor"] == "x1") & (x["quantity"] == "mean")].sort_values("n")
    assert x["n"].tolist() == [8, 16, 32, 64, 128, 256, 512]
    wide = (x["high"] - x["low"]).tolist()
    assert wide[-1] < wide[2] / 2


def test_the_same_call_grows_and_keeps_what_was_run(tmp_path):
    from tests.studies.conftest import contents

    small = sensitivity.run(planned("noisy_ishigami", samples=16), tmp_path / "grown", jobs=1)
    before = small.indices
    large = sensitivity.run(planned("noisy_ishigami", samples=32), tmp_path / "grown", jobs=1)
    fresh = sensitivity.run(planned("noisy_ishigami", samples=32), tmp_path / "fresh", jobs=1)
    assert large.indices.equals(fresh.indices)
    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")
    at16 = large.indices[(large.indices["n"] == 16) & (large.indices["method"] == "sobol")]
    was = before[(before["n"] == 16) & (before["seed"] == -1) & (before["method"] == "sobol")]
    assert at16["value"].tolist() == was["value"].tolist()


def test_groups_move_together(tmp_path):
    groups = {"x1": "first and third", "x2": "second", "x3": "first and third"}
    factors = [Factor(name, 0, 1, None, group) for name, group in groups.items()]
    plan = planned("ishigami", vary=factors, samples=256, groups=True)
    done = sensitivity.run(plan, tmp_path, jobs=1)
    assert sensitivity.stories(done)[0].sentences
    total = index(done, "sobol", "ST")
    truth = {"first and third": 0.55759, "second": 0.44241}
    for group, value in truth.items():
        assert total.loc[group, "low"] <= value <= total.loc[group, "high"]
    assert len(done.facts["sobol_factors"]) == 3


@pytest.mark.parametrize(
    ("seed", "again"),
    [
        (1, {"jobs": 2, "backend": "loky"}),
        (0, {"jobs": 1}),  # SALib takes 0 for no seed and would draw other intervals each time
    ],
)
def test_the_same_plan_gives_the_same_bytes(tmp_path, seed, again):
    plan = planned("noisy_ishigami", samples=8, seed=seed)
    one = sensitivity.run(plan, tmp_path / "a", jobs=1)
    two = sensitivity.run(plan, tmp_path / "b", **again)
    assert one.indices.equals(two.indices)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("constant", r"y is 4 in every run: nothing moves it"),
        ("often_no_number", r"y is no number in runs of \d+ of \d+ base samples"),
    ],
)
def test_what_has_no_indices_is_told(tmp_path, name, told):
    with pytest.raises(StudyError, match=told):
        sensitivity.run(planned(name, samples=16, trajectories=0), tmp_path, jobs=1)


def test_some_runs_without_a_number_are_left_out(tmp_path):
    done = sensitivity.run(
        planned("sometimes_no_number", samples=128, trajectories=0), tmp_path, jobs=1
    )
    lost = done.facts["measures"][0]["lost"]
    assert lost > 0
    assert f"{lost} base samples were left out of y" in done.facts["notes"][-1]
    assert np.isfinite(index(done, "sobol", "ST")["value"]).all()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"seeds": 3}, "3 seeds: what is found may belong to those seeds alone. Take 5 or more"),
        ({"samples": 50}, "50 samples: take a power of 2 from 8 up, such as 32 or 64"),
        ({"samples": 4}, "4 samples: take a power of 2 from 8 up, such as 8 or 16"),
        ({"trajectories": 2}, "2 trajectories are too few"),
        ({"vary": [Factor("x1", 0, 1)]}, "only one thing to vary"),
        ({"vary": [Factor("x1", 0, 1), Factor("x1", 0, 2)]}, "x1 is to be varied twice"),
        ({"groups": True, "vary": [Factor("x1", 0, 1), Factor("x2", 0, 1)]}, "one group"),
    ],
)
def test_what_cannot_be_analysed_is_refused(settings, told):
    with pytest.raises(StudyError, match=told):
        planned("ishigami", **settings)


def test_rows_in_another_order_are_refused():
    table = sobol(sensitivity.problem_spec([Factor("a", 0, 1), Factor("b", 0, 1)]), 8, 1)
    same_rows(table.rows, ("a", "b"), table)
    with pytest.raises(StudyError, match="stand in another order than SALib's sample"):
        same_rows(table.rows[::-1], ("a", "b"), table)
    with pytest.raises(StudyError, match="not SALib's sample"):
        same_rows(table.rows + 0.01, ("a", "b"), table)
    with pytest.raises(StudyError, match="other factors"):
        same_rows(table.rows, ("b", "a"), table)
