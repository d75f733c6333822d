"""Optimisation: a known optimum is found with few evaluations, chance is not believed, a killed search goes on."""

import itertools
import json
import shutil
from types import SimpleNamespace

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz.analysis import best_mix
from clfz.analysis.best_mix import run as finding
from clfz.analysis.best_mix import write
from clfz.analysis.best_mix.search import Pool, price, score, search
from clfz.analysis.best_mix.space import Parts, Prices, name_of, rounded, spend
from clfz.inputs import InputError, load_programme
from clfz.runs.study import make_study

from tests.studies.conftest import contents, refused

PARTS = 6
TRUTH = {
    "worth": np.array([900.0, 500.0, 300.0, 700.0, 150.0, 400.0]),
    "steep": np.array([1.5, 0.8, 3.0, 0.7, 1.0, 2.0]),
    "price": np.array([90e3, 30e3, 60e3, 50e3, 20e3, 110e3]),
    "fixed": np.array([14e3, 14e3, 10e3, 20e3, 12e3, 14e3]),
}


def gain(mix) -> float:
    """Concave in every part."""
    return float((TRUTH["worth"] * (1 - np.exp(-TRUTH["steep"] * np.array(mix)))).sum())


def cost(mix) -> float:
    """A fixed cost for each part that is there, then in proportion."""
    size = np.array(mix)
    return float((TRUTH["fixed"] * (size > 0) + TRUTH["price"] * size).sum())


def optimum(budget: float) -> float:
    """The truth: for every set of parts, money goes where one more euro does most (bisection on its worth)."""
    best = 0.0
    for on in itertools.product([False, True], repeat=PARTS):
        have = np.array(on)
        left = budget - TRUTH["fixed"][have].sum()
        if not have.any() or left <= 0:
            continue
        low, high = 1e-9, 1.0
        for _ in range(100):
            worth = (low + high) / 2
            slope = TRUTH["worth"] * TRUTH["steep"] / (TRUTH["price"] * worth)
            size = np.clip(np.log(np.maximum(slope, 1e-300)) / TRUTH["steep"], 0, 2) * have
            low, high = (worth, high) if (TRUTH["price"] * size).sum() > left else (low, worth)
        best = max(best, gain(size))
    return best


def grid(levels: int, budget: float) -> tuple[int, float]:
    """Every combination of even intensities that the budget pays for: how many, and the best gain among them."""
    ends = np.linspace(0, 2, levels)
    size = np.stack(np.meshgrid(*[ends] * PARTS), axis=-1).reshape(-1, PARTS)
    price = (TRUTH["fixed"] * (size > 0) + TRUTH["price"] * size).sum(axis=1)
    size = size[(price <= budget) & (price > 0)]
    gains = (TRUTH["worth"] * (1 - np.exp(-TRUTH["steep"] * size))).sum(axis=1)
    return len(size), float(gains.max(initial=0.0))


class Planted:
    """Stands for an evaluator: the planted response with noise that differs between mixes, draws and stages."""

    parts = Parts(Parts.of().items[:PARTS])
    measure = "child_years_in_school_gained"
    sign = 1.0

    def __init__(self, noise):
        self.noise, self.asked = noise, []

    def stage(self, seed, draws, replicates):
        def evaluate(what, mixes):
            self.asked += mixes
            values = [gain(mix) + self._chance(seed, mix, draws) for mix in mixes]
            return np.array(values), np.array([cost(mix) for mix in mixes])

        return evaluate

    def _chance(self, seed, mix, draws):
        own = np.random.default_rng([seed, int(name_of(mix)[4:], 16)])
        return self.noise * own.normal(size=draws)


def planted(budgets, seed=1):
    """A search without noise: what was asked, and the finalists of each budget."""
    place = Planted(0.0)
    pool = Pool(place.stage(seed, 1, 1))
    return place.asked, search(pool, price(pool, PARTS), budgets, "mean", seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("budget", [200e3, 300e3, 400e3])
def test_a_planted_optimum_takes_a_quarter_of_the_evaluations_of_a_grid(budget, seed):
    """The grid is the coarsest that comes within 2 % (or has 9 levels), without what the budget does not pay for."""
    fine = (n for n in range(2, 9) if grid(n, budget)[1] >= 0.98 * optimum(budget))
    levels = next(fine, 9)
    asked, found = planted([budget], seed)
    best = found[budget][0]
    assert cost(best) <= budget
    assert gain(best) >= 0.98 * optimum(budget)
    assert len(asked) <= grid(levels, budget)[0] / 4
    assert len(asked) == len(set(asked)), "a mix was run twice"


@pytest.mark.parametrize("budget", [20e3, 45e3, 120e3])
def test_a_small_budget_finds_its_optimum_too(budget):
    _, found = planted([budget])
    # the search keeps 2 % of the budget back
    assert gain(found[budget][0]) >= 0.98 * optimum(0.98 * budget)


def test_budgets_share_what_was_tried_and_more_money_never_does_less():
    budgets = [50e3, 120e3, 300e3]
    asked, found = planted(budgets)
    gains = [gain(found[budget][0]) for budget in budgets]
    assert gains == sorted(gains)
    assert all(cost(mix) <= budget for budget, mixes in found.items() for mix in mixes)
    assert len(asked) < 3 * 24 * 12


def test_chance_in_the_search_is_not_believed():
    """The search promises too much; what is told in the end holds the truth, and rivals as good are named."""
    best = finding.best_mixes(Planted(400.0), (150e3,), "mean", 8, 1, 1)
    rows = best.mixes
    truth, *others = [gain(mix) for mix in rows.filter(like=".intensity").to_numpy()]
    assert best.searched[150e3] > truth + 100
    assert rows["score_low"][0] <= truth <= rows["score_high"][0]
    for other, apart in zip(others, rows["told_apart"][1:], strict=True):
        assert other < truth if apart else abs(other - truth) < 400


def test_without_noise_rivals_are_told_apart_and_what_buys_all_there_is_has_the_same_mix():
    best = finding.best_mixes(Planted(1e-6), (150e3, 5e6, 9e6), "mean", 4, 1, 1)
    rows = best.mixes[best.mixes["mix"] != "best"]
    assert len(rows[rows["budget"] == 150e3])
    assert rows["told_apart"].all()
    top = best.mixes[best.mixes["mix"] == "best"].filter(like=".intensity")
    assert (top.iloc[1] == top.iloc[2]).all()
    assert "the next budget has the same best mix" in best.answer()[0]


@pytest.mark.parametrize("aim", ["mean", "p10", "regret"])
def test_scores_are_told_with_the_sign_that_people_know(aim):
    """Inside, more is better: minus the share in child labour, or minus what is lost."""
    place = SimpleNamespace(measure="child_labour_rate@end", sign=-1.0, parts=Planted.parts)
    told = write.filters(SimpleNamespace(aim=aim, evaluator=place))
    assert told["scored"](-0.4) == "40\u00a0%"
    assert told["scored_range"](-0.45, -0.35) == "35\u00a0% to 45\u00a0%"
    assert "below" in write.aim(SimpleNamespace(aim="p10", evaluator=place))


def test_aims_read_a_table_of_values_as_they_say():
    values = np.array([np.arange(11.0), np.full(11, 5.0)])
    assert score(values, "mean").tolist() == [5.0, 5.0]
    assert score(values, "p10").tolist() == [1.0, 5.0]
    assert score(values, "regret", values.max(axis=0)).tolist() == [-4.0, -4.0]


@pytest.mark.parametrize("money", [10e3, 33e3, 70e3, 250e3, 2e6])
def test_what_is_bought_never_costs_more_than_the_money_by_the_prices(money):
    prices = Prices(np.array([0.05, 1.0, 2.0]), np.array([[15e3, 50e3, 90e3]] * 5))
    generator = np.random.default_rng(1)
    for _ in range(100):
        mix = spend(generator.uniform(-0.25, 1, 5), money, prices)
        assert prices.cost(mix).sum() <= money * 1.001
        if money > 20e3 and any(mix):
            assert prices.cost(mix).sum() >= min(money, 90e3 * sum(s > 0 for s in mix)) * 0.999
        assert all(size == 0 or 0.05 <= size <= 2 for size in mix)


def small(out, monkeypatch, **settings):
    """A search of some hundred short runs of the real model."""
    monkeypatch.setattr(finding, "GENERATIONS", 2)
    monkeypatch.setattr(finding, "MIXES", 4)
    fields = {"programme_months": 6, "after_months": 0, "draws": 4, "jobs": 1, "programmes": PLANS}
    return best_mix.optimise("budhpura", [9_000.0, 20_000.0], out, **fields | settings)


PLANS = ("bridge-schools", "community-group", "awareness")


def results(folder):
    return {
        name: data
        for name, data in contents(folder).items()
        if not name.endswith(("lock", "log.jsonl"))
    }


def test_the_real_model_ends_in_a_folder_and_a_stopped_search_goes_on_to_the_same_bytes(
    tmp_path, monkeypatch
):
    best = small(tmp_path / "whole", monkeypatch)
    first = best.mixes[best.mixes["mix"] == "best"]
    assert first["budget"].tolist() == [9_000.0, 20_000.0]
    assert (first["cost_spent"] <= 1.02 * first["budget"]).all()
    assert pd.read_parquet(tmp_path / "whole" / "mixes.parquet").equals(best.mixes)
    told = json.loads((tmp_path / "whole" / "optimise.json").read_text())
    assert told["draws"] == {"search": 4, "choose": 32, "judge": 32}
    assert "</svg>" in (tmp_path / "whole" / "report.html").read_text()
    plan = load_programme(tmp_path / "whole" / "programmes" / "mix-20000.yaml")
    assert {item.kind: item.intensity for item in plan.interventions} == told["budgets"][1]["best"][
        "intensity"
    ]

    def stop(done, total, what):
        if what == "Search, rounds" and done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(tmp_path / "cut", monkeypatch, progress=stop)
    log = (tmp_path / "cut/studies/search-00/log.jsonl").read_text()
    small(tmp_path / "cut", monkeypatch)
    assert (tmp_path / "cut/studies/search-00/log.jsonl").read_text() == log, "nothing is run again"
    assert results(tmp_path / "cut") == results(tmp_path / "whole")
    shutil.rmtree(tmp_path / "cut" / "studies" / "judge")
    small(tmp_path / "cut", monkeypatch, aim="mean")
    assert results(tmp_path / "cut") == results(tmp_path / "whole")
    said = set()
    small(tmp_path / "cut", monkeypatch, progress=lambda done, total, what: said.add(what))
    assert len(said) == 4
    assert all(what.endswith(" (run before)") for what in said), said


def short_runs(parts, folder):
    """An evaluator of half a year."""
    measure, months = "child_years_in_school_gained", {"programme_months": 6, "after_months": 0}
    return finding.evaluator("budhpura", parts, measure, folder, months, {"jobs": 1})


def test_mixes_of_different_studies_meet_the_same_draws_and_seeds(tmp_path):
    """The value of a mix does not depend on which others are run with it."""
    one, other = rounded([0.5, 1, 0]), rounded([1, 0, 1])
    run = short_runs(Parts.of(PLANS), tmp_path).stage(1, 4, 1)
    together, _ = run("together", [one, other])
    alone, _ = run("alone", [other])
    assert together[1].tolist() == alone[0].tolist()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--budget 150000"),
        (["--budget", "much"], "must be an amount of euro"),
        (["--budget", "-5"], "must be an amount of euro"),
        (["--budget", "nan"], "must be an amount of euro"),
        (["--budget", "100"], "buy nothing here"),
        (["--budget", "9000", "--aim", "p01"], '"p10"'),
        (
            ["--budget", "9000", "--measure", "child_years_in_school"],
            "child_years_in_school_gained",
        ),
        (["--budget", "9000", "--measure", "cost_total"], "the cost is what the budget limits"),
        (["--budget", "9000", "--measure", "working_farm@end"], "no best mix"),
        (["--budget", "9000", "--from", "none"], "no interventions"),
        (["--budget", "9000", "--from", "bridges"], "bridge-schools"),
        (["--budget", "9000", "--draws", "2"], "take 4 or more"),
    ],
)
def test_a_bad_question_gets_one_sentence(clfz, words, says):
    base = ["optimise", "budhpura", "--quiet", "--programme-months", "3", "--jobs", "1"]
    base += [] if "--draws" in words else ["--draws", "4"]
    refused(clfz(*base, *words), says)


def test_a_budget_that_is_no_number_is_refused(tmp_path):
    for budget in (float("nan"), float("inf"), 0.0, -1.0):
        with pytest.raises(InputError, match="a budget is"):
            best_mix.optimise("budhpura", budget, tmp_path / "out")


def test_the_study_of_a_mix_is_the_study_of_its_programme_file(tmp_path):
    """A mix is nothing special: the same intensities as factors of an ordinary study give the same numbers."""
    place = short_runs(Parts.of(("community-group",)), tmp_path)
    value, spent = place.stage(3, 4, 1)("mix", [rounded([0.5])])
    study = make_study(
        "plain",
        zones="budhpura",
        programmes=["none", "community-group"],
        points={"community_group.intensity": [0.5]},
        programme_months=6,
        after_months=0,
        draws=4,
        seed=3,
    )
    runs = clfz.run_study(study, tmp_path / "plain", jobs=1).runs
    mine = runs[runs["scenario"] == "community-group"]
    assert mine["child_years_in_school_gained"].tolist() == value[0].tolist()
    assert spent[0] > 0
