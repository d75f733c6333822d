"""Numbers of the report meet the tables that they come from."""

import numpy as np
import pandas as pd
import pytest
from clfz.report.figures.money import frontier
from clfz.report.figures.spread import pile, thin
from clfz.report.figures.who import add_up
from clfz.report.numbers import COST, GAIN, HEADLINE, Numbers
from clfz.runs.results import ComparisonResult, ResultError

from tests.report.conftest import NONE, USELESS
from tests.report.fake import PLANS, changed, fake_result


def test_lines_over_time_meet_the_summary(numbers: Numbers) -> None:
    data = numbers.over_time("child_labour_rate", "5-17")
    end = data[data["month"] == numbers.end].set_index("scenario")
    for scenario in numbers.everyone:
        row = numbers.row(HEADLINE, scenario.name)
        for column, same in (("mean", "mean"), ("p05", "lower"), ("p95", "upper")):
            assert end[column][scenario.name] == pytest.approx(row[same])


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


@pytest.mark.parametrize("by", ["line", "year"])
def test_money_by_line_and_by_year_is_all_the_money(numbers: Numbers, by: str) -> None:
    sums = numbers.spent(by).groupby("scenario")["mean"].sum()
    for plan in numbers.plans:
        assert sums[plan.name] == pytest.approx(numbers.row("cost_spent", plan.name)["mean"])


def test_zone_status_needs_a_whole_year(many: ComparisonResult) -> None:
    indicators = many.indicators.copy()
    shares = indicators["indicator"].isin(["child_labour_rate", "out_of_school_rate"])
    indicators.loc[shares, "value"] = 0.5
    indicators.loc[shares & indicators["month"].between(10, 21), "value"] = 0.05
    data = Numbers(changed(many, indicators=indicators)).zone_status()
    mine = data[data["scenario"] == "wages"].set_index("month")
    assert mine.index[mine["passes"] == 1].tolist() == [21]
    assert mine["passes"].sum() == 1
    assert (mine["ever"][20], mine["ever"][108]) == (0, 1)


def test_the_best_group_holds_what_cannot_be_told_apart(few: ComparisonResult) -> None:
    numbers = Numbers(few)
    assert {plan.name for plan in numbers.best} == {"cash-transfer", "wages"}
    assert [plan.name for plan in numbers.unclear(HEADLINE)] == ["useless"]
    forth = numbers.pair(HEADLINE, "cash-transfer", "wages")
    back = numbers.pair(HEADLINE, "wages", "cash-transfer")
    assert forth["apart"] == 0
    assert forth["mean"] == pytest.approx(-back["mean"])
    assert forth["share"] + back["share"] == pytest.approx(1)


def test_a_result_without_a_finished_run_or_child_labour_is_no_report(
    many: ComparisonResult,
) -> None:
    indicators = many.indicators[many.indicators["scenario"] != "wages"]
    one = many.indicators[many.indicators["scenario"] == "wages"].head(1)
    with pytest.raises(ResultError, match="nothing to report"):
        Numbers(changed(many, indicators=pd.concat([indicators, one])))
    kept = many.indicators[many.indicators["indicator"] != "child_labour_rate"]
    with pytest.raises(ResultError, match="no child_labour_rate"):
        Numbers(changed(many, indicators=kept))


def test_the_variance_is_split_as_in_the_summary(numbers: Numbers) -> None:
    row = numbers.row(HEADLINE, "area-based")
    known, chance = row["difference_sd_parameters"], row["difference_sd_luck"]
    share = known**2 / (known**2 + chance**2)
    assert numbers.unknown_share(HEADLINE, "area-based") == pytest.approx(share)
    assert numbers.swing("area-based") == (100 * known, 100 * chance)
    error = 100 * np.sqrt(known**2 / numbers.draws + chance**2 / numbers.runs)
    assert numbers.standard_error("area-based") == pytest.approx(error)
    one = Numbers(fake_result(PLANS[:2], 24, 0, draws=6, replicates=1))
    assert np.isnan(one.unknown_share(GAIN, "bridge-schools"))


def test_the_best_buy_has_the_greatest_net_benefit(numbers: Numbers) -> None:
    found, measured = numbers.buys(), numbers.result.run_measures
    assert len(found) >= 3
    for price, buy, share in found:
        benefit = {
            s.name: price * measured.against(GAIN, s.name) - measured.against(COST, s.name)
            for s in numbers.everyone
        }
        assert buy.name == max(benefit, key=lambda name: benefit[name].mean())
        best = np.max(list(benefit.values()), axis=0)
        assert share == pytest.approx(np.mean(benefit[buy.name] == best))
    assert found[0][1] is numbers.baseline
    prices = [price for price, _ in numbers.flips]
    assert prices == sorted(prices)


def test_cheapest_holds_what_cannot_be_told_apart(few: ComparisonResult) -> None:
    names = {plan.name for plan in Numbers(few).cheapest}
    assert names
    assert names <= {"cash-transfer", "wages"}
    nothing = Numbers(fake_result((NONE, USELESS), 24, 0, draws=10, replicates=2))
    assert nothing.cheapest == []
    assert nothing.buys() == []


def test_the_frontier_rises_and_bends_down() -> None:
    points = [(0.0, 0.0), (10.0, 5.0), (20.0, 6.0), (12.0, 1.0), (20.0, 20.0), (30.0, 21.0)]
    assert frontier(points) == [(0.0, 0.0), (20.0, 20.0), (30.0, 21.0)]
    assert frontier([(0.0, 0.0), (5.0, -1.0)]) == [(0.0, 0.0)]


def test_dots_keep_their_place_and_fit_their_height() -> None:
    values = np.concatenate([np.linspace(0, 1, 50), np.full(50, 20.0)])
    x, y, size = pile(values, 25.0, 300.0, 44.0)
    assert np.abs(x - values).max() <= 25.0 * size / 300.0 / 2 + 1e-9
    assert y.max() <= 44.0
    assert len({(a, b) for a, b in zip(x, y, strict=True)}) == 100
    assert len(thin(np.arange(1000.0))) == 200
    assert len(thin(np.arange(7.0))) == 7


def test_rounded_parts_add_up() -> None:
    assert add_up([0.4, 0.4, 0.4]) == [1, 0, 0]
    assert sum(add_up([543.6, 839.46, 17.36, 162.26])) == 1563
