"""What is said: the answer, the zone test, the few runs, the price, what would change it, the places."""

from collections.abc import Callable

import pytest
from clfz.report import terminal
from clfz.report.figures.spread import nearness
from clfz.report.figures.who import equity
from clfz.report.labels import full_place, place, spelled, years
from clfz.report.numbers import HEADLINE, Numbers
from clfz.report.page import draw_all
from clfz.report.phrases import Phrases, plain
from clfz.report.sentences import Sentences
from clfz.report.tables import variance_split
from clfz.runs.results import ComparisonResult

from tests.report.conftest import BY_NAME, NONE, USELESS
from tests.report.fake import PLANS, changed, fake_manifest, fake_result

Said = Callable[..., str]


def said(about: ComparisonResult | Numbers, *sections: str) -> str:
    numbers = about if isinstance(about, Numbers) else Numbers(about)
    say = Sentences(numbers)
    return " ".join(plain(text) for section in sections for text in say(section))


def moved(result: ComparisonResult, change: float) -> ComparisonResult:
    """The same result with all shares of the zone test moved."""
    indicators = result.indicators.copy()
    mine = indicators["indicator"].isin(["child_labour_rate", "out_of_school_rate"])
    indicators.loc[mine, "value"] += change
    return changed(result, indicators=indicators)


def test_it_is_said_plainly_that_no_programme_passes_the_zone_test(few: ComparisonResult) -> None:
    result = moved(few, 0.3)
    start = "No programme makes the zone free of child labour: in none of 30 runs"
    assert said(result, "zone").startswith(start)
    plot = nearness(Numbers(result))
    row = plot.data[plot.data["scenario"] == "wages"].set_index("indicator")
    raw = result.indicators
    pick = (raw["scenario"] == "wages") & (raw["indicator"] == "out_of_school_rate")
    pick &= (raw["month"] == 48) & (raw["sex"] == "all") & (raw["age_band"] == "5-14")
    assert row["mean"]["out_of_school_rate"] == pytest.approx(raw[pick]["value"].mean())
    assert set(row["limit"]) == {0.05}


def test_programmes_that_pass_the_zone_test_are_named_with_their_runs(
    few: ComparisonResult,
) -> None:
    result = moved(few, -1.0)
    assert set(Numbers(result).passing.values()) == {30}
    assert "30 of 30 runs with “A poster”" in said(result, "zone")
    assert "Try more" not in said(result, "next_steps")
    assert draw_all(Numbers(result))["zone"].name == "zone-status"


def test_a_horizon_too_short_for_the_zone_test_says_so() -> None:
    numbers = Numbers(fake_result(PLANS[:2], 3, 0, draws=1, replicates=8))
    assert "cannot be seen" in said(numbers, "zone")
    assert "zone" not in draw_all(numbers)
    assert equity(numbers) is None


@pytest.mark.parametrize(
    ("draws", "replicates", "word", "warned"),
    [
        (25, 4, "likely", []),
        (8, 3, "likely", ["Only 24 runs in 8 sets of assumptions"]),
        (2, 1, "in the runs", ["Only 2 runs of each programme"]),
        (1, 1, "in the runs", ["Only one run of each programme"]),
        (1, 60, "by chance", ["All runs share one set of assumptions"]),
        (1, 10, "by chance", ["All runs share one set", "Only 10 runs: the ranges are rough"]),
        (3, 30, "in the runs", ["Only 3 sets of assumptions"]),
    ],
)
def test_a_range_is_called_what_the_runs_allow(
    draws: int, replicates: int, word: str, warned: list[str]
) -> None:
    numbers = Numbers(fake_result(PLANS[:2], 12, 12, draws=draws, replicates=replicates))
    assert Phrases(numbers).word == word
    found = Sentences(numbers)("warnings")
    assert len(found) == len(warned)
    assert all(text.startswith(start) for text, start in zip(found, warned, strict=True))


def test_two_runs_claim_nothing() -> None:
    numbers = Numbers(fake_result(PLANS[:3], 24, 24, draws=2, replicates=1))
    text = said(numbers, "title", "answer", "remarks")
    assert "too few runs to say whether a programme helps" in text
    assert "likely" not in text
    assert "cannot be told apart" not in text
    assert said(numbers, "changes") == ""
    assert not variance_split(numbers)


def test_the_other_programmes_are_not_forgotten(numbers: Numbers, few: ComparisonResult) -> None:
    assert "other programmes change less: on average" in said(numbers, "remarks")
    assert "“A poster” cannot be told apart from no programme." in said(few, "remarks")


def test_the_same_in_every_run_is_said_plainly() -> None:
    result = fake_result((NONE, USELESS), draws=10, replicates=2)
    indicators = result.indicators.copy()
    mine, base = indicators["scenario"] == "useless", indicators["scenario"] == "none"
    indicators.loc[mine, "value"] = indicators.loc[base, "value"].to_numpy()
    text = said(changed(result, indicators=indicators), "answer", "zone")
    assert "the same as without in every run" in text
    assert "with any programme and without" in text


def test_what_is_gone_is_said_once(few: ComparisonResult) -> None:
    outcomes = few.outcomes.copy()
    last = outcomes["outcome"] == "stays_5y_child_labour_points"
    outcomes.loc[last, "value"] *= 1 - 2 * (outcomes.loc[last, "replicate"] % 2)
    text = said(changed(few, outcomes=outcomes), "answer")
    assert text.count("nothing that can be told apart from none") == 1
    assert "with “Cash transfer” or “Living wage for adults”" in text


def test_more_programmes_than_a_sentence_can_name() -> None:
    alike = [BY_NAME["cash-transfer"].but(name=f"p{i}", title=f"Programme {i}") for i in range(5)]
    result = fake_result((NONE, *alike), draws=10, replicates=2)
    assert "programmes help, and which of these does most cannot be told" in said(result, "title")


def test_money_words_follow_the_numbers(few: ComparisonResult) -> None:
    assert "counts for less: 3 in 100 a year" in said(few, "money")
    outcomes = few.outcomes[few.outcomes["outcome"] != "cost_total"]
    spent = few.costs.groupby(["scenario", "zone", "draw", "replicate"], observed=True)["amount"]
    total = spent.sum().rename("value").reset_index().assign(outcome="cost_total")
    none = outcomes[outcomes["scenario"] == "none"].assign(outcome="cost_total", value=0.0)
    rows = [outcomes, total, none.drop_duplicates(["draw", "replicate"])]
    frames = [frame.astype({"scenario": str, "outcome": str}) for frame in rows]
    import pandas as pd

    plainly = changed(few, outcomes=pd.concat(frames))
    assert "Later money counts in full." in said(plainly, "money")


def test_rounding_never_hides_that_a_difference_is_clear(few: ComparisonResult) -> None:
    indicators = few.indicators.copy()
    labour = indicators["indicator"] == "child_labour_rate"
    mine = (indicators["scenario"] == "useless") & labour
    base = (indicators["scenario"] == "none") & labour
    draws = indicators.loc[mine, "draw"].to_numpy()
    indicators.loc[mine, "value"] = indicators.loc[base, "value"].to_numpy() - 0.003 * (1 + draws)
    phrases = Phrases(Numbers(changed(few, indicators=indicators)))
    assert plain(phrases.change(HEADLINE, "useless")).endswith("likely 0.3 to 3")


def test_places_and_times() -> None:
    assert [years(n) for n in (12, 48, 30, 7, 1)] == [
        *("1 year", "4 years", "2½ years", "7 months", "1 month"),
    ]
    assert (spelled(3), spelled(12)) == ("three", "12")
    zone = {"title": "Budhpura, Rajasthan, India: cobblestones", "country": "IND"}
    assert place({"zone": zone}) == "Budhpura"
    assert full_place({"zone": zone}) == zone["title"]
    assert full_place({"zone": {"title": "Chipinge", "country": "ZWE"}}) == "Chipinge, Zimbabwe"
    assert place({}) == "this zone"


def test_the_manifest_is_told(few: ComparisonResult) -> None:
    manifest = fake_manifest() | {"created_utc": "2025-11-21T01:02:03Z"}
    assert said(changed(few, manifest=manifest), "where") == (
        "Budhpura, India · 4 years of programme from May 2014, 5 years after it · "
        "made 21 November 2025"
    )
    zone = manifest["zone"] | {"place_certainty": "ambiguous", "record": "MLI-1"}
    told = manifest | {"zone": zone, "fit": "Fits 9 of 11.", "shocks": [{"title": "a drought"}]}
    text = said(changed(few, manifest=told), "where", "limits")
    for words in ("with this shock: a drought", "MLI-1", "Fits 9 of 11.", "other than a drought."):
        assert words in text
    told["shocks"] = [{"title": "Drought"}, {"title": "Wage slump"}]
    told["reporting"] = {"perspective": "society"}
    text = said(changed(few, manifest=told), "where", "limits")
    for words in ("with these shocks: Drought and Wage slump", "of employers is counted"):
        assert words in text


def test_the_terminal_fits_its_columns(numbers: Numbers) -> None:
    found = terminal.table(numbers.result, wide=False)
    assert found is not None
    head, rows = found
    assert head == ["programme", "fewer", "5y later", "cost", "child-year"]
    assert all(len(row) == len(head) for row in rows)
    assert sum(max(map(len, column)) + 2 for column in zip(head, *rows, strict=True)) <= 82
    assert not any("<" in sentence for sentence in terminal.sentences(numbers.result))
    one = fake_result(PLANS[:1], 12, 0, draws=1, replicates=2)
    assert terminal.table(one) is None
    assert "No programme was compared." in terminal.sentences(one, together=True)[1]
    assert "unclear: cannot be told apart." in terminal.legend(numbers.result)


def test_the_terminal_says_first_that_runs_are_missing(few: ComparisonResult) -> None:
    manifest = few.manifest | {"complete": False, "incomplete_reason": "6 of 8 runs are done"}
    text = terminal.sentences(changed(few, manifest=manifest), together=True)
    assert text[0] == (
        "Not complete: 6 of 8 runs are done. The numbers stand on the runs that are finished."
    )
    assert text[1:] == terminal.sentences(few, together=True)
