"""An evaluation finds what was planted: data of the model agree at the nominal rate, data of another zone do not."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from clfz.analysis.calibration import reporting
from clfz.analysis.calibration.reporting import inside, interval
from clfz.analysis.evaluation import agree, answers, surveys, words
from clfz.analysis.evaluation.evaluation import GAIN
from clfz.analysis.evaluation.observe import WITH, WITHOUT, counted, predicted, surveyed, truth
from clfz.model.layout import SUMS
from clfz.runs.measures import gains

from tests.calibration.planted import DATA, field, figures, planted, replications, shares_that_agree

PLANTED = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return field(tmp_path_factory.mktemp("field"))


@pytest.fixture(scope="module")
def other(data):
    """Replications of the same model with other draws and other seeds."""
    return replications(data, PLANTED, seed=77)[1]


def test_data_of_the_model_agree_at_the_nominal_rate(other, model):
    placed, _, table = model
    found = shares_that_agree(placed, other, table)
    # 9 of 10 of 120 planted replications, give or take three standard errors of a figure and of the table
    assert found.min() > 0.80, found
    assert 0.86 < found.mean() < 0.96, found


def test_data_of_a_very_different_zone_do_not_agree(data, model):
    placed, _, table = model
    _, other = replications(data, 40, seed=5, like="chipinge")
    found = shares_that_agree(placed, other, table)
    # with another reach a count may be anything; rates and all figures together know it
    rates = np.array([each.row.kind == "rate" for each in placed])
    assert found[rates].mean() < 0.1, found
    assert found.mean() < 0.5, found
    far = [agree.together(planted(placed, other, one), table) for one in range(len(other))]
    assert np.mean(np.array(far) < 0.05) > 0.9


def test_taken_together_planted_data_are_spread_evenly(other, model):
    placed, _, table = model
    ranks = np.array([agree.together(planted(placed, other, w), table) for w in range(PLANTED)])
    assert 0.35 < ranks.mean() < 0.65
    assert (ranks < 0.05).mean() < 0.15


@pytest.mark.parametrize(
    ("values", "reported", "agrees"),
    [
        ([5.0] * 100, 5, True),
        ([6.0] * 100, 5, False),
        ([4.0] * 94 + [6.0] * 6, 5, True),
        ([4.0] * 96 + [6.0] * 4, 5, False),
        # zero in a fifth of the runs: nothing can be too low, and what 10 in 100 runs reach is the high end, not 5
        *(
            ([0.0] * 200 + [*map(float, range(1, 801))], reported, agrees)
            for reported, agrees in ((0, True), (1, True), (690, True), (720, False))
        ),
    ],
)
def test_the_range_that_agrees_is_that_of_a_calibration(model, values, reported, agrees):
    count = model[0][0]
    placed = [replace(count, row=replace(count.row, value=float(reported)))]
    (verdict,) = agree.verdicts(placed, np.array(values)[:, None]).itertuples()
    assert verdict.agrees == agrees == inside(values, reported)
    assert (verdict.low, verdict.high) == tuple(interval(values))


def test_what_is_called_protected_scatters_and_touches_nothing_else(tmp_path):
    text = DATA.replace("in_bridge_school", "protected_from_dropout")
    placed, runs = replications(field(tmp_path, text), 40, seed=1)
    logs = np.log(runs.protected) - runs.parameter("protected_level")
    assert (np.abs(logs / runs.parameter("protected_spread")) < 4).all()
    assert logs.std() > 0.2
    double = replace(runs, protected=2 * runs.protected)
    once, twice = predicted(placed, runs), predicted(placed, double)
    for at, each in enumerate(placed):
        if each.row.indicator == "protected_from_dropout":
            assert np.abs(twice[:, at] - 2 * once[:, at]).max() <= 1.5
        else:
            assert (once[:, at] == twice[:, at]).all()


def test_counts_are_spread_as_in_a_calibration(model):
    """The same zone in `clfz.analysis.calibration.reporting`: one number has one range in both programmes."""
    placed, runs, table = model
    rng = np.random.default_rng(5)
    several = 20
    sets = {name: np.tile(runs.parameter(name), several) for name in runs.block.inputs.values[0]}
    missed, double = sets["report_missed"], sets["report_double"]
    size = reporting.relative_size(rng, np.tile([300.0, 400.0, 550.0], (len(missed), 1)))
    e = rng.standard_normal(len(missed))
    reach = np.exp(sets["reach_level"] + sets["reach_spread"] * e)
    for at, each in enumerate(placed):
        if each.row.kind == "rate":
            continue
        factor = sets["start_found"] if each.row.kind == "stock" else (1 - missed) * (1 + double)
        mean = np.tile(truth(each, runs), several) * size * reach * factor
        theirs = reporting.noisy(rng, mean, sets["report_noise"])
        ours = table[:, at]
        ends = (0.1, 0.25, 0.5, 0.75, 0.9)
        gaps = np.log1p(np.quantile(ours, ends)) - np.log1p(np.quantile(theirs, ends))
        assert np.abs(gaps).max() < 0.35, (each.key, gaps)


def mix_of(reported, runs, folder):
    lines = DATA.splitlines()
    lines[1] = lines[1].replace("50,", f"{reported[0]},")
    lines[2] = lines[2].replace("in_bridge_school,,20", f"protected_from_dropout,,{reported[1]}")
    placed = figures(folder, "\n".join(lines))
    return placed, answers.mix(placed, runs, None)


def test_the_list_of_the_model_and_the_report_may_be_made_up_otherwise(model, tmp_path):
    placed, runs, _ = model
    assert answers.mix(placed, runs, None) is None  # nobody was reported as protected
    placed, found = mix_of((80, 20), runs, tmp_path)
    kinds = [truth(each, runs) for each in placed[:2]]
    there = sum(kinds) > 0
    assert found["reported"] == pytest.approx(0.8)
    assert found["model"] == pytest.approx((kinds[0] / np.maximum(sum(kinds), 1))[there].mean())
    near = round(100 * found["model"])
    alike = mix_of((near, 100 - near), runs, tmp_path)[1]
    assert abs(alike["model"] - alike["reported"]) < answers.UNLIKE


@pytest.mark.parametrize(
    ("model_", "reported", "said"),
    [
        (0.34, 0.62, "more are in school because of the programme"),
        (0.62, 0.34, "fewer are in school because of the programme"),
    ],
)
def test_which_way_the_answer_errs_is_told(model_, reported, said):
    def told(mix):
        return words.said("mixed", SimpleNamespace(parts=pd.DataFrame([1]), mix=mix))

    text = told({"model": model_, "reported": reported})
    assert f"{100 * model_:.0f} were withdrawn in the model" in text
    assert f"{100 * reported:.0f} in the report" in text
    assert said in text
    assert told({"model": 0.5, "reported": 0.55}) == told(None) == ""


def test_in_the_model_more_withdrawn_is_more_changed_and_fewer_anyway(model, tmp_path):
    """What the sentence on the two lists stands on."""
    _, runs, _ = model
    placed, _ = mix_of((50, 50), runs, tmp_path)
    kinds = [truth(each, runs) for each in placed[:2]]
    share = kinds[0] / np.maximum(sum(kinds), 1)
    shares = dict(zip(answers.FATES, answers.fates(runs).T, strict=True))
    assert np.corrcoef(share, shares["changed"])[0, 1] > 0.2
    assert np.corrcoef(share, shares["relapsed"])[0, 1] > 0.2
    assert np.corrcoef(share, shares["deadweight"])[0, 1] < -0.4


def test_children_of_a_period_are_those_listed_in_it(model):
    placed, runs, _ = model
    listed = runs.listed.sum(axis=1)
    assert (runs.listed >= 0).all()
    # nobody is listed in a period without an event of it
    months = slice(placed[0].first, placed[0].last + 1)
    events = [SUMS.index(name) for name in ("withdrawn", "protected", "bridged")]
    happened = runs.block.sums[:, WITH, months][..., events].sum(axis=(1, 2))
    assert (listed <= happened).all()
    assert (listed > 0).mean() > 0.9


def test_fates_add_up_with_and_without_the_data(model):
    placed, runs, table = model
    shares = answers.fates(runs)
    assert np.allclose(shares.sum(axis=1), 1.0)
    summaries = agree.stable(table, placed)
    for learned in (None, agree.learn(summaries, summaries[3])):
        parts = answers.parts(placed, runs, learned)
        assert parts["share"].sum() == pytest.approx(1.0)
        assert parts["children"].sum() == pytest.approx(50)
        assert (parts["share_p05"] <= parts["share"] + 0.05).all()


def test_what_is_learned_holds_what_was_planted(other, model):
    """Child-years gained lie in the range given the data in about 9 of 10 replications, and it is narrower."""
    placed, runs, table = model
    alike = gains(runs.block)[GAIN][:, WITH]
    gain = alike * runs.worked
    true = gains(other.block)[GAIN][:, WITH] * other.worked
    summaries = agree.stable(table, placed)
    theirs = agree.stable(predicted(placed, other), placed)
    wide = np.subtract(*agree.quantiles(gain)[:0:-1])
    held, widths = [], []
    for one in range(PLANTED):
        found = agree.learn(summaries, theirs[one])
        _, low, high = agree.quantiles(found.product(runs.worked, alike), found.weights)
        held.append(low <= true[one] <= high)
        widths.append(high - low)
    assert 0.75 < np.mean(held) <= 0.98, np.mean(held)
    assert np.mean(widths) < 0.9 * wide


def test_learning_from_one_number_is_the_rule_of_bayes():
    draws = np.random.default_rng(3)
    x = draws.normal(size=4000)
    seen = x + draws.normal(size=4000)
    found = agree.learn(seen[:, None], np.array([1.5]))
    middle, low, high = agree.quantiles(found.adjusted(x), found.weights)
    assert middle == pytest.approx(0.75, abs=0.08)
    assert (high - low) / 2 == pytest.approx(1.645 * np.sqrt(0.5), rel=0.08)


def test_the_worth_of_a_survey_is_what_theory_says():
    """A normal answer, a survey of it with errors as large: the width falls by 1 - sqrt(1/2)."""
    draws = np.random.default_rng(4)
    count = 600
    known, hidden = draws.normal(size=(2, count))
    answer = known + hidden
    useful = (hidden + draws.normal(size=count))[:, None]
    useless, doubled = draws.normal(size=(count, 1)), known[:, None]
    simulated = dict(zip(surveys.SURVEYS, (useless, useful, doubled), strict=False))
    found = surveys.narrowings(answer, np.arange(count) // 2, known[:, None], None, simulated)
    best, *others = found.itertuples()
    assert best.survey == surveys.SURVEYS[1].name
    assert best.narrower == pytest.approx(1 - np.sqrt(0.5), abs=0.06)
    assert abs(best.narrower - (1 - np.sqrt(0.5))) < 4 * best.standard_error
    assert best.clear
    for other in others:
        assert abs(other.narrower) < 0.03
        assert not other.clear


def test_an_answer_in_proportion_is_a_log_but_for_the_smallest():
    answer = np.array([-40.0, 0.0, 1000.0, 2000.0, 4000.0, 1000.0, 1000.0])
    found = surveys.proportional(answer)
    assert found[4] - found[3] == pytest.approx(np.log(2), abs=0.02)
    assert found[3] - found[2] == pytest.approx(np.log(2), abs=0.06)
    assert found[1] == 0
    assert found[0] < 0
    assert (surveys.proportional(np.zeros(3)) == 0).all()


def test_every_survey_can_be_made_and_says_something_finite(model):
    placed, runs, table = model
    answer = gains(runs.block)[GAIN][:, WITH]
    made = surveys.simulate(runs, 24)
    # with one replicate a like area would be this very one
    left_out = {each.name for each in set(surveys.SURVEYS) - set(made)}
    assert left_out == {"work-both", "school-both"}
    found = surveys.narrowings(answer, runs.draw, agree.stable(table, placed)[:, :2], None, made)
    assert len(found) == len(made)
    assert np.isfinite(found[["narrower", "standard_error"]]).all(axis=None)
    assert (found["narrower"] < 1).all()


def test_a_like_area_is_another_replicate(tmp_path):
    _, runs = replications(field(tmp_path), 10, seed=1, replicates=2)
    assert tuple(surveys.simulate(runs, 24)) == surveys.SURVEYS
    there = surveys.true_shares(runs, 24)["work elsewhere"]
    own = surveys.indicator("child_labour_rate", runs.block, slice(24, 25))[:, WITHOUT, 0]
    assert (there[::2] == own[1::2]).all()
    assert (there != own).any()


def test_counting_and_surveys_have_the_errors_they_say():
    sources = [np.random.default_rng(seed) for seed in range(4000)]
    found = counted(np.full(4000, 1000.0), np.full(4000, 0.2), sources)
    assert found.mean() == pytest.approx(1000, rel=0.02)
    assert found.std() == pytest.approx(200, rel=0.05)
    sources = [np.random.default_rng(seed) for seed in range(4000)]
    shares = surveyed(np.full(4000, 0.3), 400, sources)
    assert shares.std() == pytest.approx(np.sqrt(0.3 * 0.7 / 400), rel=0.05)
    assert (surveyed(np.full(5, 0.3), np.inf, sources[:5]) == 0.3).all()


def test_few_runs_do_not_make_a_planted_replication_lie_far_out(data):
    placed, runs = replications(data, 60, seed=5)
    table = predicted(placed, runs)
    found = np.array(
        [
            agree.together(planted(placed, runs, one), table[list(others)])
            for one in range(60)
            for others in [[(one + step) % 60 for step in range(1, 9)]]
        ]
    )
    assert found.min() >= 1 / 9 - 1e-9  # eight runs cannot show that one in a hundred lies as far
    assert 0.4 < found.mean() < 0.72  # (1 + 9) / 18 when all nine are alike
