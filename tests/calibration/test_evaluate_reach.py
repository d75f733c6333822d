"""How far a programme reached, what that does to counts and rates, and whether a fall could have come without it."""

from dataclasses import replace

import numpy as np
import pytest
from clfz.analysis.evaluation import answers, words
from clfz.analysis.evaluation.observe import WITH, WITHOUT, as_stated, predicted, truth

from tests.calibration.planted import DATA, field, figures, replications

HEAD, *LINES = DATA.splitlines()


def with_column(name, values, lines=LINES):
    """The file with one more column, once with each value."""
    rows = [f"{line},{value}" for value in values for line in lines]
    return "\n".join([f"{HEAD},{name}", *rows])


def test_reach_is_one_factor_of_a_set_on_counts_and_the_start(tmp_path):
    placed, runs = replications(field(tmp_path), 40, seed=1, replicates=2)
    assert (runs.reach[::2] == runs.reach[1::2]).all()  # both replicates
    assert len(set(runs.reach)) == 40
    assert (runs.reach == replications(field(tmp_path), 40, seed=1, replicates=2)[1].reach).all()
    logs = (np.log(runs.reach) - runs.parameter("reach_level")) / runs.parameter("reach_spread")
    assert abs(logs[::2].mean()) < 0.5
    assert 0.7 < logs[::2].std() < 1.3
    double = replace(runs, reach=2 * runs.reach)
    for scenario in (WITH, WITHOUT):
        once, twice = (predicted(placed, each, scenario) for each in (runs, double))
        for at, each in enumerate(placed):
            if each.row.kind != "rate":
                assert np.abs(twice[:, at] - 2 * once[:, at]).max() <= 1.5  # rounded once


def test_coverage_says_the_reach_and_none_is_drawn(tmp_path):
    placed, runs = replications(field(tmp_path, with_column("coverage", [0.5])), 20, seed=1)
    other = replace(runs, reach=5 * runs.reach)
    assert (predicted(placed, runs) == predicted(placed, other)).all()
    assert (as_stated(placed, runs).worked == 0.5 * runs.size).all()
    whole = figures(tmp_path, with_column("coverage", [1]))
    assert (as_stated(whole, runs).worked == runs.size).all()  # all of it, and said so
    assert as_stated(figures(tmp_path), runs) is runs


def test_a_fall_is_compared_with_runs_without_the_programme(model):
    placed, runs, _ = model
    (one,) = answers.falls(placed, runs)
    assert one.unit == "share"
    assert one.reported == pytest.approx(0.1)
    assert one.chance_without == (one.without >= 0.1 - 1e-12).mean()
    assert one.chance_without < one.chance_with
    rates = [each for each in placed if each.row.indicator == "child_labour_rate"]
    before, after = (truth(each, runs, WITHOUT) for each in rates)
    assert one.without.mean() == pytest.approx((before - after).mean(), abs=0.01)
    # where the model does not reach the figures, nothing is concluded
    assert "does not reach" not in words.said("could_have", one, len(runs))
    assert "says little about them" in words.said("could_have", one, len(runs), False)


def rates_under(folder, share, runs):
    """Rates of the file when the programme worked with a share of the children, and what is true with and without."""
    every = figures(folder, with_column("coverage", [share]))
    placed = [each for each in every if each.row.kind == "rate"]
    bare = [replace(each, row=replace(each.row, coverage=1.0)) for each in placed]
    return placed, *(
        np.stack([truth(each, runs, scenario) for each in of], axis=1)
        for of, scenario in ((placed, WITH), (bare, WITH), (bare, WITHOUT))
    )


def test_a_rate_of_an_area_changes_as_far_as_the_programme_reached(model, tmp_path):
    _, runs, _ = model
    _, found, reached, others = rates_under(tmp_path, 0.25, runs)
    assert found == pytest.approx(0.25 * reached + 0.75 * others, abs=1e-12)
    assert np.abs(reached - others)[:, 1:].mean() > 0.02  # there is something to be diluted
    _, found, *_ = rates_under(tmp_path, 1e-9, runs)
    assert found == pytest.approx(others, abs=1e-8)
    placed, found, *_ = rates_under(tmp_path, 0.25, runs)
    unsaid = [replace(each, row=replace(each.row, coverage=None)) for each in placed]
    # more children than the area has are all of them
    for drawn, part in ((0.25, 0.25), (3.0, 1.0)):
        own = replace(runs, reach=np.full(len(runs), drawn))
        expected = part * reached + (1 - part) * others
        got = np.stack([truth(each, own, WITH) for each in unsaid], axis=1)
        assert got == pytest.approx(expected, abs=1e-12)
    without = np.stack([truth(each, runs, WITHOUT) for each in placed], axis=1)
    assert (without == others).all()


def test_a_programme_that_reached_few_explains_no_fall_of_the_area(model, tmp_path):
    _, runs, _ = model
    chances = []
    for share in (0.05, 1.0):
        placed, *_ = rates_under(tmp_path, share, runs)
        (one,) = answers.falls(placed, runs)
        chances.append((one.chance_without, one.chance_with))
    (without, few), (same, every) = chances
    assert without == same
    assert few < 0.05 < every


def test_two_censuses_are_a_fall(model, tmp_path):
    text = f"""{HEAD}
small,2014-05,2014-05,out_of_school_children,,300,persons,
small,2016-04,2016-04,out_of_school_children,,150,persons,
"""
    placed, runs = replications(field(tmp_path, text), 60, seed=1)
    (one,) = answers.falls(placed, runs)
    assert (one.measured, one.unit, one.reported) == (True, "children", 150)
    assert one.with_programme.mean() > one.without.mean()
    said = words.said("could_have", one, len(runs))
    assert said.startswith(
        "Children found out of school (5 to 14): a change for the better by 150 children"
    )
    assert "Neither explains it" in words.said("could_have", replace(one, reported=1e6), len(runs))


def test_changes_of_girls_and_of_boys_have_their_names(tmp_path):
    rates = [line for line in LINES if "child_labour_rate" in line]
    text = with_column("sex", ["girls", "boys"], rates)
    placed, runs = replications(field(tmp_path, text), 10, seed=1)
    titles = [one.what for one in answers.falls(placed, runs)]
    assert len(set(titles)) == 2
    assert [("girls" in t, "boys" in t) for t in titles] == [(True, False), (False, True)]


def test_a_list_alone_is_called_no_measured_fall(tmp_path):
    text = "\n".join([HEAD, *LINES[:2]])
    placed, runs = replications(field(tmp_path, text), 20, seed=1)
    (one,) = answers.falls(placed, runs)
    assert (one.measured, one.unit, one.reported) == (False, "children", 50)
    said = [
        words.said("could_have", replace(one, reported=by), len(runs)) for by in (-1e6, 60, 1e6)
    ]
    assert all("nobody measured a fall" in text for text in said)
    assert not any("unlikely" in text or "explains" in text for text in said)
    assert ["could well come" in text for text in said] == [True, False, False]


def test_coverage_changes_counts(tmp_path):
    whole, runs = replications(field(tmp_path), 60, seed=1)
    runs = replace(runs, reach=np.ones(len(runs)))
    part = [replace(each, row=replace(each.row, coverage=0.5)) for each in whole]
    counts = np.array([each.row.kind == "count" for each in whole])
    all_of_it, half_of_it = (predicted(each, runs)[:, counts].mean() for each in (whole, part))
    assert half_of_it / all_of_it == pytest.approx(0.5, abs=0.05)
