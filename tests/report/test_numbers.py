from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from clfz.report import zone
from clfz.report.figures.money import frontier
from clfz.report.figures.panel import round_ticks
from clfz.report.figures.spread import pile, thin
from clfz.report.figures.text import spread, text_width, wrap
from clfz.report.numbers import GAIN, HEADLINE, Numbers
from clfz.report.spent import by_line, by_year
from clfz.runs.results import ComparisonResult, ResultError

from tests.report.fake import PLANS, fake_result


def test_lines_over_time_meet_the_summary(numbers: Numbers) -> None:
    data = numbers.over_time("child_labour_rate", "5-17")
    end = data[data["month"] == numbers.end].set_index("scenario")
    for scenario in numbers.everyone:
        row = numbers.row(HEADLINE, scenario.name)
        assert end["mean"][scenario.name] == pytest.approx(row["mean"])
        assert end["p05"][scenario.name] == pytest.approx(row["lower"])
        assert end["p95"][scenario.name] == pytest.approx(row["upper"])


def test_equity_and_what_stays_meet_the_raw_tables(numbers: Numbers) -> None:
    raw = numbers.result.indicators
    pick = (raw["sex"] == "girls") & (raw["age_band"] == "12-14") & (raw["month"] == 48)
    pick &= (raw["indicator"] == "child_labour_rate") & (raw["scenario"] == "wages")
    data = numbers.equity().set_index(["scenario", "sex", "age_band"])
    assert data["with"]["wages", "girls", "12-14"] == pytest.approx(raw[pick]["value"].mean())
    stays = numbers.stays().set_index(["scenario", "what", "years_after"])
    row = numbers.row(HEADLINE, "wages")
    assert stays["mean"]["wages", "child_labour", 0] == pytest.approx(-100 * row["difference"])
    late = numbers.row("stays_5y_child_labour_points", "wages")
    assert stays["mean"]["wages", "child_labour", 5] == pytest.approx(-late["mean"])
    assert (stays["lower"] <= stays["mean"]).all()
    assert (stays["mean"] <= stays["upper"]).all()


def test_money_by_line_and_by_year_is_the_same_money(numbers: Numbers) -> None:
    lines = by_line(numbers).groupby("scenario")["mean"].sum()
    years = by_year(numbers).groupby("scenario")["mean"].sum()
    for plan in numbers.plans:
        spent = numbers.row("cost_spent", plan.name)["mean"]
        assert lines[plan.name] == pytest.approx(spent)
        assert years[plan.name] == pytest.approx(spent)


def test_zone_status_needs_a_whole_year(many: ComparisonResult) -> None:
    indicators = many.indicators.copy()
    shares = indicators["indicator"].isin(["child_labour_rate", "out_of_school_rate"])
    good = shares & indicators["month"].between(10, 21)
    indicators.loc[shares, "value"] = 0.5
    indicators.loc[good, "value"] = 0.05
    numbers = Numbers(ComparisonResult.make(many.manifest, indicators, many.outcomes, many.costs))
    data = zone.zone_status(numbers)
    mine = data[data["scenario"] == "wages"].set_index("month")
    assert mine.index[mine["passes"] == 1].tolist() == [21]
    assert mine["passes"].sum() == 1
    assert mine["ever"][20] == 0
    assert mine["ever"][108] == 1


def test_the_best_group_holds_what_cannot_be_told_apart(few: ComparisonResult) -> None:
    numbers = Numbers(few)
    assert {plan.name for plan in numbers.best} == {"cash-transfer", "wages"}
    assert [plan.name for plan in numbers.unclear(HEADLINE)] == ["useless"]
    assert numbers.pair(HEADLINE, "cash-transfer", "wages")["apart"] == 0
    forth = numbers.pair(HEADLINE, "cash-transfer", "wages")
    back = numbers.pair(HEADLINE, "wages", "cash-transfer")
    assert forth["mean"] == pytest.approx(-back["mean"])
    assert forth["share"] + back["share"] == pytest.approx(1)


def test_a_result_without_a_finished_run_is_no_report(many: ComparisonResult) -> None:
    indicators = many.indicators[many.indicators["scenario"] != "wages"].copy()
    one = many.indicators[many.indicators["scenario"] == "wages"].head(1)
    frames = (pd.concat([indicators, one]), many.outcomes, many.costs)
    with pytest.raises(ResultError, match="nothing to report"):
        Numbers(ComparisonResult.make(many.manifest, *frames))


def test_a_result_without_child_labour_is_no_report(many: ComparisonResult) -> None:
    kept = many.indicators[many.indicators["indicator"] != "child_labour_rate"]
    with pytest.raises(ResultError, match="no child_labour_rate"):
        Numbers(ComparisonResult.make(many.manifest, kept, many.outcomes, many.costs))


def test_the_share_of_the_unknown(numbers: Numbers) -> None:
    share = numbers.unknown_share(HEADLINE, "area-based")
    row = numbers.row(HEADLINE, "area-based")
    known, luck = row["difference_sd_parameters"], row["difference_sd_luck"]
    assert share == pytest.approx(known**2 / (known**2 + luck**2))
    one = Numbers(fake_result(PLANS[:2], 24, 0, draws=6, replicates=1))
    assert np.isnan(one.unknown_share(GAIN, "bridge-schools"))


def test_the_frontier_rises_and_bends_down() -> None:
    points = [(0.0, 0.0), (10.0, 5.0), (20.0, 6.0), (12.0, 1.0), (20.0, 20.0), (30.0, 21.0)]
    assert frontier(points) == [(0.0, 0.0), (20.0, 20.0), (30.0, 21.0)]
    assert frontier([(0.0, 0.0), (5.0, -1.0)]) == [(0.0, 0.0)]


def test_labels_never_overlap_and_stay_inside() -> None:
    places = spread([10, 11, 12, 95], [10, 10, 10, 10], 100)
    assert all(b - a >= 10 for a, b in pairwise(places))
    assert min(places) >= 5
    assert max(places) <= 95


def test_dots_keep_their_place_and_fit_their_height() -> None:
    values = np.concatenate([np.linspace(0, 1, 50), np.full(50, 20.0)])
    x, y, size = pile(values, 25.0, 300.0, 44.0)
    assert np.abs(x - values).max() <= 25.0 * size / 300.0 / 2 + 1e-9
    assert y.max() <= 44.0
    assert len({(a, b) for a, b in zip(x, y, strict=True)}) == 100
    assert len(thin(np.arange(1000.0))) == 200
    assert len(thin(np.arange(7.0))) == 7


def test_ticks_are_round_and_few() -> None:
    assert [text for _, text in round_ticks(0, 24.3, 4)] == ["0", "10", "20"]
    assert [text for _, text in round_ticks(-0.35, 0.42, 4)] == ["−0.2", "0.0", "0.2", "0.4"]
    assert [text for _, text in round_ticks(0, 5200, 4)] == ["0", "2,000", "4,000"]
    assert len(round_ticks(3, 3, 4)) == 1


def test_text_is_broken_where_the_width_ends() -> None:
    lines = wrap("one two three four five", 8, 60)
    assert " ".join(lines) == "one two three four five"
    assert all(text_width(line, 8) <= 60 for line in lines)
    assert text_width("bold", 8, bold=True) > text_width("bold", 8)
    assert text_width("学", 8) == 8
