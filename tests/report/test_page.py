import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from clfz.report import build, page
from clfz.report.numbers import HEADLINE, Numbers
from clfz.report.phrases import Phrases, plain
from clfz.report.rounding import step, step_in_100
from clfz.runs.results import ComparisonResult, ResultError, read, write

from tests.report.conftest import NONE, USELESS
from tests.report.fake import PLANS, changed, fake_result, to_number

FIGURES = {
    *("fan-child-labour", "fan-out-of-school", "dots-child-labour", "differences-child-labour"),
    *("cost-and-effect", "spending", "who-gains", "zone-status", "what-stays"),
    "changed-or-anyway",
}


class Reader(HTMLParser):
    """Collects the numbers, addresses, titles and tables of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.numbers: list[tuple[str, float, str]] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self._open: tuple[str, float] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.addresses += [str(found[key]) for key in ("src", "href", "xlink:href") if key in found]
        if tag == "data":
            self._open = (str(found["data-key"]), float(str(found["value"])))

    def handle_data(self, data: str) -> None:
        if self._open:
            self.numbers.append((*self._open, data))
            self._open = None


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def text_without_figures(result: ComparisonResult) -> str:
    return text_of(page.html(Numbers(result), {}))


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is not about figures."""
    monkeypatch.setattr(page, "draw_all", lambda _: {})


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_every_number_of_the_page_is_a_number_of_the_result(
    html: str, many: ComparisonResult
) -> None:
    found = Reader(html).numbers
    assert len(found) > 300
    cells = many.summary.set_index(["measure", "scenario"])
    measured = many.run_measures
    for key, value, text in found:
        scenario, measure, column, scale = key.split("|")
        if column.startswith("pair:"):
            wins = measured.against(measure, scenario, column.removeprefix("pair:")) < 0
            expected = float(wins.sum())
        elif measure == "worth":
            continue  # held against the runs in test_numbers
        elif column == "ever":
            expected = float(Numbers(many).passing[scenario])
        elif column == "unknown":
            row = cells.loc[(measure, scenario)]
            known, luck = row["difference_sd_parameters"] ** 2, row["difference_sd_luck"] ** 2
            expected = 10 * known / (known + luck)
        else:
            expected = float(cells.loc[(measure, scenario), column]) * float(scale)
        assert value == pytest.approx(expected), key
        swing = column.startswith("difference_sd") or (column, scale) == ("difference", "-100")
        if swing or column.startswith("pair:") or column in {"unknown", "share_better", "ever"}:
            by = 1.0
        else:
            ends = ("difference_lower", "difference_upper")
            ends = ends if column.startswith("difference") else ("lower", "upper")
            low, high = (abs(float(scale)) * cells.loc[(measure, scenario), end] for end in ends)
            in_100 = "_rate@" in measure or measure.endswith("_points")
            middle = float(cells.loc[(measure, scenario), "mean"])
            by = step_in_100(low, high) if in_100 else step(low, high, middle)
            if cells.loc[(measure, scenario), "unit"] in {"children", "child-years"}:
                by = max(by, 1.0)
        assert abs(to_number(text) - expected) <= by / 2 * (1 + 1e-9) + 1e-9, (key, text)


def test_figures_say_the_same_as_the_result(folder: Path, many: ComparisonResult) -> None:
    phrases = Phrases(Numbers(many))
    for scenario in phrases.numbers.everyone:
        said = plain(phrases.rate(HEADLINE, scenario.name))
        for name in ("fan-child-labour", "dots-child-labour"):
            svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
            assert f"{scenario.title}: {said}" in svg
    fan = pd.read_csv(folder / "figures" / "fan-child-labour.csv")
    end = fan[fan["month"] == 48].set_index("scenario")["mean"]
    apart = pd.read_csv(folder / "figures" / "differences-child-labour.csv")
    for plan in phrases.numbers.plans:
        row = phrases.numbers.row(HEADLINE, plan.name)
        assert end[plan.name] == pytest.approx(row["mean"])
        fewer = apart[apart["scenario"] == plan.name]["fewer"]
        assert fewer.mean() == pytest.approx(-row["difference"])
        assert (fewer > 0).mean() == pytest.approx(row["share_better"])
    stacked = pd.read_csv(folder / "figures" / "changed-or-anyway.csv")
    means = stacked.pivot_table(index="scenario", columns="measure", values="mean")
    parts = ["changed", "deadweight", "displaced", "relapsed"]
    total = sum(means[f"attribution_{part}"] for part in parts)
    assert total.to_numpy() == pytest.approx(means["attribution_counted"].to_numpy())


def test_every_figure_has_its_data_and_its_words(folder: Path) -> None:
    files = {path.name for path in (folder / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "csv", "json")}
    for name in FIGURES:
        root = ElementTree.fromstring((folder / "figures" / f"{name}.svg").read_text("utf-8"))
        assert root.get("role") == "img"
        assert len(root.get("aria-label") or "") > 40
        assert "24 runs for each programme (8 sets of assumptions × 3 replicates)" in " ".join(
            "".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")
        )
        facts = json.loads((folder / "figures" / f"{name}.json").read_text("utf-8"))
        assert {"titleShort", "unit", "descriptionKey", "citation"} <= set(facts)
        with (folder / "figures" / f"{name}.csv").open(encoding="utf-8") as file:
            assert len(list(csv.reader(file))) > 2


def test_the_page_is_one_file_that_works_offline(html: str) -> None:
    reader = Reader(html)
    assert all(address.startswith("#") for address in reader.addresses)
    assert "script" not in reader.tags
    assert "link" not in reader.tags
    assert "@import" not in html
    assert reader.tags.count("svg") == 2 * len(FIGURES)
    assert reader.tags.count("details") >= len(FIGURES)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert len(html) < 3_000_000


def test_the_page_answers_before_it_explains(html: str, many: ComparisonResult) -> None:
    text = text_of(html)
    order = ["“Whole area, every child” leaves", "We have four years.", "Without a programme, of"]
    order += ["costs €", "The largest unknown", "side by side", "How far, and how sure?"]
    order += ["What this does not tell you", "What was assumed", "Words and definitions"]
    order += ["To repeat this", "clfz compare fake --seed 20140501", "Apache-2.0"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    for name in ("migrant share", "losing a day", "mvf-out-of-school", "Seed", "20140501"):
        assert name.lower() in text.lower()


def test_the_same_result_gives_the_same_bytes(
    few: ComparisonResult, few_folder: Path, tmp_path: Path
) -> None:
    again = build(few, tmp_path)
    assert again.read_bytes() == (few_folder / "report.html").read_bytes()


def test_equal_programmes_are_not_ranked(few_folder: Path) -> None:
    text = text_of((few_folder / "report.html").read_text(encoding="utf-8"))
    assert "which of them does more cannot be told" in text
    assert "“A poster” cannot be told apart from no programme." in text
    table = text[text.rindex("side by side") : text.rindex("Can they be told apart?")]
    assert table.count("cannot be told apart") >= 3


def test_nothing_helps(tmp_path: Path) -> None:
    other = USELESS.but(name="other", title='<b>"Müll" & {braces} $5 $6 शाला</b>')
    result = fake_result((NONE, USELESS, other), 30, 14, draws=10, replicates=2)
    html = build(result, tmp_path).read_text(encoding="utf-8")
    text = text_of(html)
    assert "neither programme is clearly better than no programme" in text
    assert "there is no price for a child-year" in text
    assert "after 2½ years" in text
    assert "<b>" not in html
    assert "&lt;b&gt;&#34;Müll&#34; &amp; {braces} $5 $6 शाला&lt;/b&gt;" in html
    assert "Only 20 runs in 10 sets of assumptions: the ranges are rough" in text


@pytest.mark.parametrize(
    ("count", "options", "says"),
    [
        (1, {"draws": 3, "replicates": 2}, "No programme was compared."),
        (2, {"draws": 1, "replicates": 1}, "too few runs to say whether the programme helps"),
        (2, {"draws": 6, "replicates": 2, "after_months": 0}, "leaves"),
        (2, {"draws": 1, "replicates": 8, "programme_months": 3, "after_months": 0}, "by chance"),
        (6, {"draws": 5, "replicates": 2, "programme_months": 20}, "children aged 5 to 17"),
    ],
)
def test_odd_comparisons_still_give_a_page(
    count: int, options: dict[str, int], says: str, tmp_path: Path
) -> None:
    text = text_of(build(fake_result(PLANS[:count], **options), tmp_path).read_text("utf-8"))
    assert says in text
    assert " nan" not in text.lower()


def test_the_page_says_when_runs_are_missing(few: ComparisonResult) -> None:
    manifest = few.manifest | {"complete": False, "incomplete_reason": "30 of 100 runs are done"}
    text = text_without_figures(changed(few, manifest=manifest))
    assert "Not complete: 30 of 100 runs are done." in text


@pytest.mark.usefixtures("no_figures")
def test_a_result_folder_can_hold_its_report(few: ComparisonResult, tmp_path: Path) -> None:
    place = write(few, tmp_path / "demo", finish=lambda folder: build(few, folder))
    assert (place / "report.html").exists()
    assert "report.html" in read(place).manifest["files"]


@pytest.mark.usefixtures("no_figures")
def test_a_report_that_cannot_be_written(few: ComparisonResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="Cannot write"):
        build(few, tmp_path / "file")


def test_a_bare_manifest_is_enough(few: ComparisonResult) -> None:
    bare = {"programme_months": 48, "after_months": 60}
    text = text_without_figures(changed(few, manifest=bare))
    assert "In this zone, “cash-transfer” and “wages”" in text


def test_attribution_adds_up_in_the_table(many: ComparisonResult) -> None:
    table = page.draw_all(Numbers(many))["attribution"].table
    assert table is not None
    for row in table.to_dict("records"):
        cells = [int(str(cell).replace(",", "")) for cell in list(row.values())[1:]]
        assert cells[0] == sum(cells[1:5])
