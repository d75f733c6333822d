"""An evaluation finds what was planted: data of the model agree at the nominal rate, data of another world do not."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.evaluate import agree, attribution, fall, learn, surveys
from calibration.evaluate.evaluation import GAIN
from calibration.evaluate.observe import WITH, WITHOUT, counted, predicted, surveyed, truth
from sim.engine.layout import SUMS
from sim.measures import gains
from tests.calibration.planted import (
    DATA,
    field,
    needs_counting,
    planted,
    shares_that_agree,
    worlds,
)

pytestmark = needs_counting

DRAWS, PLANTED = 200, 120


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return field(tmp_path_factory.mktemp("field"))


@pytest.fixture(scope="module")
def model(data):
    placed, runs = worlds(data, DRAWS, seed=1)
    return placed, runs, predicted(placed, runs)


@pytest.fixture(scope="module")
def other(data):
    """Worlds of the same model with other draws and other luck."""
    return worlds(data, PLANTED, seed=77)[1]


def test_data_of_the_model_agree_at_the_nominal_rate(other, model):
    placed, _, table = model
    found = shares_that_agree(placed, other, table)
    # 9 of 10 of 120 planted worlds, give or take three standard errors of a figure and of the table
    assert found.min() > 0.80, found
    assert 0.86 < found.mean() < 0.96, found


def test_data_of_a_very_different_world_do_not_agree(data, model):
    placed, _, table = model
    _, other = worlds(data, 40, seed=5, like="chipinge")
    found = shares_that_agree(placed, other, table)
    assert found.mean() < 0.4, found
    far = [agree.together(planted(placed, other, world), table) for world in range(len(other))]
    assert np.mean(np.array(far) < 0.05) > 0.9


def test_taken_together_planted_data_are_spread_evenly(other, model):
    placed, _, table = model
    ranks = np.array([agree.together(planted(placed, other, w), table) for w in range(PLANTED)])
    assert 0.35 < ranks.mean() < 0.65
    assert (ranks < 0.05).mean() < 0.15


def test_a_figure_at_the_edge():
    placed = [type("P", (), {"row": type("R", (), {"value": 5.0, "kind": "count"})})]
    for values, agrees in (
        ([5.0] * 100, True),
        ([6.0] * 100, False),
        ([4.0] * 95 + [6.0] * 5, True),
    ):
        (verdict,) = agree.verdicts(placed, np.array(values)[:, None])
        assert verdict.agrees is agrees


def test_children_of_a_period_are_those_listed_in_it(model):
    placed, runs, _ = model
    everyone = runs.block.classes[:, WITH, :4].sum(axis=1)
    listed = runs.listed.sum(axis=1)
    assert (runs.listed >= 0).all()
    assert (listed <= everyone).all()
    assert (listed < everyone).any()  # some were listed in the first year
    # nobody is listed in a period without an event of it
    months = slice(placed[0].first, placed[0].last + 1)
    events = [SUMS.index(name) for name in ("withdrawn", "protected", "bridged")]
    happened = runs.block.sums[:, WITH, months][..., events].sum(axis=(1, 2))
    assert (listed <= happened).all()
    assert (listed > 0).mean() > 0.9


def test_fates_add_up_with_and_without_the_data(model):
    placed, runs, table = model
    shares = attribution.fates(runs)
    assert np.allclose(shares.sum(axis=1), 1.0)
    summaries = agree.stable(table, placed)
    for learned in (None, learn.learn(summaries, summaries[3])):
        parts = attribution.parts(placed, runs, learned)
        assert sum(part.share[0] for part in parts) == pytest.approx(1.0)
        assert sum(part.children[0] for part in parts) == pytest.approx(50)
        assert all(part.share[1] <= part.share[0] + 0.05 for part in parts)


def test_what_is_learned_holds_what_was_planted(other, model):
    """Child-years gained lie in the range given the data in about 9 of 10 planted worlds, and the range is narrower."""
    placed, runs, table = model
    gain = gains(runs.block)[GAIN][:, WITH] * runs.size
    true = gains(other.block)[GAIN][:, WITH] * other.size
    summaries = agree.stable(table, placed)
    theirs = agree.stable(predicted(placed, other), placed)
    wide = np.subtract(*learn.quantiles(gain)[:0:-1])
    inside, widths = [], []
    for world in range(PLANTED):
        found = learn.learn(summaries, theirs[world])
        _, low, high = learn.quantiles(found.adjusted(gain), found.weights)
        inside.append(low <= true[world] <= high)
        widths.append(high - low)
    assert 0.75 < np.mean(inside) <= 0.98, np.mean(inside)
    assert np.mean(widths) < 0.9 * wide


def test_learning_from_one_number_is_the_rule_of_bayes():
    draws = np.random.default_rng(3)
    x = draws.normal(size=4000)
    seen = x + draws.normal(size=4000)
    found = learn.learn(seen[:, None], np.array([1.5]))
    middle, low, high = learn.quantiles(found.adjusted(x), found.weights)
    assert middle == pytest.approx(0.75, abs=0.08)
    assert (high - low) / 2 == pytest.approx(1.645 * np.sqrt(0.5), rel=0.08)


class Told:
    """A survey that finds what it is told to."""

    def __init__(self, found):
        self.found = found

    def simulate(self, runs, month):
        return self.found


def test_the_worth_of_a_survey_is_what_theory_says():
    """A normal answer, a survey of it with errors as large: the width falls by 1 - sqrt(1/2)."""
    draws = np.random.default_rng(4)
    count = 600
    known, hidden = draws.normal(size=(2, count))
    answer = known + hidden
    useful = Told((hidden + draws.normal(size=count))[:, None])
    useless = Told(draws.normal(size=(count, 1)))
    doubled = Told(known[:, None])
    runs = type("Runs", (), {"draw": np.arange(count) // 2, "__len__": lambda self: count})()
    found = surveys.worths(answer, runs, 1, known[:, None], None, (useful, useless, doubled))
    by_survey = {id(worth.survey): worth for worth in found}
    best = by_survey[id(useful)]
    assert best.narrower == pytest.approx(1 - np.sqrt(0.5), abs=0.06)
    assert abs(best.narrower - (1 - np.sqrt(0.5))) < 4 * best.error
    assert best.clear
    for other in (useless, doubled):
        assert abs(by_survey[id(other)].narrower) < 0.03
        assert not by_survey[id(other)].clear


def test_every_survey_can_be_made_and_says_something_finite(model):
    placed, runs, table = model
    answer = gains(runs.block)[GAIN][:, WITH]
    found = surveys.worths(answer, runs, 24, agree.stable(table, placed)[:, :2], None)
    assert len(found) == len(surveys.SURVEYS)
    assert all(np.isfinite([worth.narrower, worth.error]).all() for worth in found)
    assert all(worth.narrower < 1 for worth in found)


def test_a_fall_is_compared_with_runs_without_the_programme(model):
    placed, runs, _ = model
    (one,) = fall.falls(placed, runs)
    assert one.share
    assert one.reported == pytest.approx(0.1)
    assert one.chance_without == (one.without >= 0.1 - 1e-12).mean()
    assert one.chance_without < one.chance_with
    true = [
        truth(each, runs, WITHOUT) for each in placed if each.row.indicator == "child_labour_rate"
    ]
    assert one.without.mean() == pytest.approx((true[0] - true[1]).mean(), abs=0.01)


def test_without_rates_the_count_of_withdrawn_is_what_fell(tmp_path):
    text = "\n".join(DATA.splitlines()[:3]) + "\n"
    placed, runs = worlds(field(tmp_path, text), 20, seed=1)
    (one,) = fall.falls(placed, runs)
    assert not one.share
    assert one.reported == 50


def test_counting_and_surveys_have_the_errors_they_say():
    sources = [np.random.default_rng(seed) for seed in range(4000)]
    found = counted(np.full(4000, 1000.0), np.full(4000, 0.2), sources)
    assert found.mean() == pytest.approx(1000, rel=0.02)
    assert found.std() == pytest.approx(200, rel=0.05)
    sources = [np.random.default_rng(seed) for seed in range(4000)]
    shares = surveyed(np.full(4000, 0.3), 400, sources)
    assert shares.std() == pytest.approx(np.sqrt(0.3 * 0.7 / 400), rel=0.05)
    assert (surveyed(np.full(5, 0.3), np.inf, sources[:5]) == 0.3).all()


def test_coverage_changes_counts_and_not_rates(tmp_path):
    head, *lines = DATA.splitlines()
    half = "\n".join([f"{head},coverage", *(f"{line},0.5" for line in lines)])
    whole, runs = worlds(field(tmp_path), 60, seed=1)
    part = [
        replace(each, row=replace(each.row, coverage=row.coverage))
        for each, row in zip(whole, field(tmp_path, half).rows, strict=True)
    ]
    all_of_it, half_of_it = predicted(whole, runs), predicted(part, runs)
    counts = np.array([each.row.kind == "count" for each in whole])
    rates = np.array([each.row.kind == "rate" for each in whole])
    ratio = half_of_it[:, counts].mean() / all_of_it[:, counts].mean()
    assert ratio == pytest.approx(0.5, abs=0.05)
    assert (half_of_it[:, rates] == all_of_it[:, rates]).all()
