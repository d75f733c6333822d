"""What is said beside the answer: the zone test, the few runs, the price, what would change it."""

from dataclasses import replace

import numpy as np
import pytest
from clfz.report import advice, sureness, terminal, worth, zone
from clfz.report.doubts import again, swings
from clfz.report.drivers import _ranks, drivers
from clfz.report.figures.near import nearness
from clfz.report.figures.who import add_up, equity
from clfz.report.numbers import GAIN, HEADLINE, Numbers
from clfz.report.page import draw_all
from clfz.report.phrases import plain
from clfz.report.remarks import Remarks
from clfz.report.words import Words
from clfz.runs.results import ComparisonResult

from tests.report.conftest import NONE, USELESS
from tests.report.fake import PLANS, fake_result


def shifted(result: ComparisonResult, change: float) -> Numbers:
    """The same result with all shares of the zone test moved."""
    indicators = result.indicators.copy()
    mine = indicators["indicator"].isin(["child_labour_rate", "out_of_school_rate"])
    indicators.loc[mine, "value"] += change
    frames = (indicators, result.outcomes, result.costs)
    return Numbers(ComparisonResult.make(result.manifest, *frames))


def test_it_is_said_plainly_that_no_programme_passes_the_zone_test(few: ComparisonResult) -> None:
    numbers = shifted(few, 0.3)
    said = plain(Remarks(Words(numbers)).zone())
    assert said.startswith("No programme makes the zone free of child labour: in none of 30 runs")
    plot = draw_all(numbers)["zone"]
    assert plot.name == "zone-nearness"
    row = plot.data[(plot.data["scenario"] == "wages")].set_index("indicator")
    raw = numbers.result.indicators
    pick = (raw["scenario"] == "wages") & (raw["indicator"] == "out_of_school_rate")
    pick &= (raw["month"] == 48) & (raw["sex"] == "all") & (raw["age_band"] == "5-14")
    assert row["mean"]["out_of_school_rate"] == pytest.approx(raw[pick]["value"].mean())
    assert set(row["limit"]) == {0.05}


def test_programmes_that_pass_the_zone_test_are_named_with_their_runs(
    few: ComparisonResult,
) -> None:
    numbers = shifted(few, -1.0)
    assert set(zone.passing(numbers).values()) == {30}
    assert "30 of 30 runs with “A poster”" in plain(Remarks(Words(numbers)).zone())
    assert draw_all(numbers)["zone"].name == "zone-status"
    assert not [line for line in advice.next_steps(Words(numbers)) if "Try more" in line]


def test_a_horizon_too_short_for_the_zone_test_says_so() -> None:
    numbers = Numbers(fake_result(PLANS[:2], 3, 0, draws=1, replicates=8))
    assert "cannot be seen" in plain(Remarks(Words(numbers)).zone())
    plots = draw_all(numbers)
    assert "zone" not in plots
    assert "equity" not in plots
    assert equity(numbers) is None


@pytest.mark.parametrize(
    ("draws", "replicates", "word", "warned"),
    [
        (25, 4, "likely", []),
        (8, 3, "likely", ["Only 24 runs in 8 sets of assumptions"]),
        (2, 1, "in the runs", ["Only 2 runs of each programme"]),
        (1, 1, "in the runs", ["Only one run of each programme"]),
        (1, 60, "by luck", ["All runs share one set of assumptions"]),
        (1, 10, "by luck", ["All runs share one set", "Only 10 runs: the ranges are rough"]),
        (3, 30, "in the runs", ["Only 3 sets of assumptions"]),
    ],
)
def test_a_range_is_called_what_the_runs_allow(
    draws: int, replicates: int, word: str, warned: list[str]
) -> None:
    numbers = Numbers(fake_result(PLANS[:2], 12, 12, draws=draws, replicates=replicates))
    assert sureness.span_word(numbers.runs, numbers.draws) == word
    found = sureness.warnings(numbers)
    assert len(found) == len(warned)
    assert all(text.startswith(start) for text, start in zip(found, warned, strict=True))


def test_two_runs_claim_nothing() -> None:
    numbers = Numbers(fake_result(PLANS[:3], 24, 24, draws=2, replicates=1))
    words = Words(numbers)
    said = " ".join([plain(words.title()), *map(plain, words.answer())])
    said += " ".join(map(plain, Remarks(words).all()))
    assert "too few runs to say whether a programme helps" in said
    assert "likely" not in said
    assert "cannot be told apart" not in said
    assert advice.changes(words) == []
    assert swings(numbers) is None


def test_the_other_programmes_are_not_forgotten(numbers: Numbers) -> None:
    said = plain(Remarks(Words(numbers)).others())
    assert "other programmes change less: on average" in said
    for plan in numbers.unclear(HEADLINE):
        assert f"“{plan.title}”" in said


def test_the_best_buy_has_the_greatest_net_benefit(numbers: Numbers) -> None:
    found = worth.buys(numbers)
    assert len(found) >= 3
    for buy in found:
        benefit = {
            s.name: buy.worth * numbers.result.worlds.against(GAIN, s.name)
            - numbers.result.worlds.against("cost_total", s.name)
            for s in numbers.everyone
        }
        assert buy.best.name == max(benefit, key=lambda name: benefit[name].mean())
        best = np.max(list(benefit.values()), axis=0)
        assert buy.share == pytest.approx(np.mean(benefit[buy.best.name] == best))
    assert found[0].best is numbers.baseline
    prices = [price for price, _ in worth.flips(numbers)]
    assert prices == sorted(prices)


def test_cheapest_holds_what_cannot_be_told_apart(few: ComparisonResult) -> None:
    names = {plan.name for plan in worth.cheapest(Numbers(few))}
    assert "useless" not in names
    assert names <= {"cash-transfer", "wages"}
    nothing = Numbers(fake_result((NONE, USELESS), 24, 0, draws=10, replicates=2))
    assert worth.cheapest(nothing) == []
    assert worth.buys(nothing) == []


def test_the_two_kinds_of_uncertainty_are_those_of_the_summary(numbers: Numbers) -> None:
    table = swings(numbers)
    assert table is not None
    for plan, cells in zip(numbers.plans, table.rows, strict=True):
        row = numbers.row(HEADLINE, plan.name)
        assert f'value="{100 * row["difference_sd_luck"]!r}"' in str(cells[3])
        known, luck = row["difference_sd_parameters"], row["difference_sd_luck"]
        error = 100 * np.sqrt(known**2 / numbers.draws + luck**2 / numbers.runs)
        assert again(numbers, plan.name) == pytest.approx(error)


def test_drivers_need_a_whole_manifest_and_enough_draws(few: ComparisonResult) -> None:
    numbers = Numbers(few)
    assert drivers(numbers, numbers.plans[0]) is None
    assert drivers(Numbers(fake_result(PLANS[:2], 12, 0, draws=4)), numbers.plans[0]) is None
    ranks = _ranks(np.array([[3.0], [1.0], [2.0]]))
    assert ranks[:, 0].argsort().tolist() == [1, 2, 0]
    assert ranks.mean() == pytest.approx(0)


def test_attribution_adds_up_in_the_table(many: ComparisonResult) -> None:
    table = draw_all(Numbers(many))["attribution"].table
    for row in table.to_dict("records"):
        cells = [int(str(cell).replace(",", "")) for cell in list(row.values())[1:]]
        assert cells[0] == sum(cells[1:5])
    assert add_up([0.4, 0.4, 0.4]) == [1, 0, 0]
    assert sum(add_up([543.6, 839.46, 17.36, 162.26])) == 1563


def test_the_terminal_fits_its_columns(numbers: Numbers) -> None:
    from clfz.analysis.evaluation.report import tables

    found = terminal.table(numbers.result, wide=False)
    assert found is not None
    assert max(map(len, tables.table(*found).splitlines())) <= 80
    for sentence in terminal.sentences(numbers.result):
        assert "<" not in sentence
    one = fake_result(PLANS[:1], 12, 0, draws=1, replicates=2)
    assert terminal.table(one) is None
    assert "No programme was compared." in terminal.paragraphs(one)[1]


def test_the_terminal_says_first_that_runs_are_missing(few: ComparisonResult) -> None:
    manifest = few.manifest | {"complete": False, "incomplete_reason": "6 of 8 runs are done"}
    frames = (few.indicators, few.outcomes, few.costs)
    part = ComparisonResult.make(manifest, *frames)
    said = terminal.paragraphs(part)
    assert said[0] == (
        "Not complete: 6 of 8 runs are done. The numbers stand on the runs that are finished."
    )
    assert said[1:] == terminal.paragraphs(few)


def test_names_that_are_long_are_cut_not_lost() -> None:
    plan = replace(
        PLANS[1], title="A programme with a very long name that fits in no margin at all"
    )
    numbers = Numbers(fake_result((NONE, plan), 24, 0, draws=6, replicates=4))
    plot = nearness(numbers)
    assert "…" in plot.narrow
    assert plan.title in plot.label
