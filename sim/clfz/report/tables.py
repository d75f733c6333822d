"""The tables of the report: rows of phrases, ready for the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from clfz.report.numbers import GAIN, HEADLINE, UNIT_COST, Numbers
from clfz.report.phrases import NOBODY, Phrases, tagged
from clfz.report.rounding import money, step
from clfz.report.spent import by_line
from clfz.report.worth import buys
from clfz.runs.indicators import definition
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd

# Heading, kind of phrase, measure. Cells of the first table are children of every 100.
SIDE_BY_SIDE: tuple[tuple[str, str, str], ...] = (
    ("In child labour at the end", "of_100", HEADLINE),
    ("Fewer than without, at the end", "fewer", HEADLINE),
    ("Fewer 1 year after", "left", "stays_1y_child_labour_points"),
    ("Fewer 2 years after", "left", "stays_2y_child_labour_points"),
    ("Fewer 5 years after", "left", "stays_5y_child_labour_points"),
    ("Out of school at the end (5 to 14)", "of_100", "out_of_school_rate@end"),
    ("Full-time school, no work at all (5 to 14)", "of_100", "full_time_school_rate@end"),
)
FOR_MONEY: tuple[tuple[str, str, str], ...] = (
    ("Cost", "amount", "cost_total"),
    ("Cost for each child in the zone", "amount", "cost_per_child"),
    ("Child-years out of child labour, gained", "count", GAIN),
    ("Cost of such a year", "amount", UNIT_COST),
    ("Child-years in school, gained", "count", "child_years_in_school_gained"),
    ("Cost of such a school year", "amount", "cost_per_child_year_school"),
)
REPORTED = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")


@dataclass(frozen=True)
class Table:
    """A table for the page.

    Attributes:
        head: headings; the first column names the row.
        rows: cells, as many in each row as headings.
        numeric: whether cells after the first are set as numbers.
        marks: (row, column) of cells that stand back (cannot be told apart).
    """

    head: Sequence[Markup | str]
    rows: Sequence[Sequence[Markup | str]]
    numeric: bool = True
    marks: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def programmes(phrases: Phrases) -> Table:
    """Return the programmes side by side, in the order of the comparison file."""
    numbers = phrases.numbers
    columns = [column for column in SIDE_BY_SIDE if numbers.has(column[2])]
    if not numbers.plans:
        columns = [column for column in columns if column[1] == "of_100"]
    rows = []
    for scenario in numbers.everyone:
        cells = [
            NOBODY
            if scenario is numbers.baseline and kind != "of_100"
            else phrases.cell(kind, measure, scenario.name)
            for _, kind, measure in columns
        ]
        rows.append([scenario.title, *cells])
    return Table(["Children of every 100", *(heading for heading, _, _ in columns)], rows)


def for_money(phrases: Phrases) -> Table | None:
    """Return cost and gain of each programme; None without programmes or money."""
    numbers = phrases.numbers
    columns = [column for column in FOR_MONEY if numbers.has(column[2])]
    if not numbers.plans or not numbers.has("cost_total"):
        return None
    rows = [
        [plan.title, *(phrases.cell(kind, measure, plan.name) for _, kind, measure in columns)]
        for plan in numbers.plans
    ]
    return Table(["Programme", *(heading for heading, _, _ in columns)], rows)


def best_buys(numbers: Numbers) -> Table | None:
    """Return the best buy for several worths of a child-year; None when nothing has a price."""
    found = buys(numbers)
    if not found:
        return None
    rows: list[list[Markup | str]] = []
    for buy in found:
        share = buy.share * numbers.runs
        key = f"{buy.best.name}|worth|{buy.worth:g}|{numbers.runs}"
        wins = Markup("{} of {} runs").format(tagged(str(round(share)), share, key), numbers.runs)
        what = "no programme" if buy.best is numbers.baseline else buy.best.title
        rows.append([money(buy.worth, 1.0, numbers.currency), what, wins])
    head = ["If a child-year is worth", "the best buy, on average, is", "and it is best in"]
    return Table(head, rows)


def pairs(phrases: Phrases) -> Table | None:
    """Return for each pair of programmes in how many runs the row does better than the column."""
    numbers = phrases.numbers
    plans = numbers.plans
    if len(plans) < 2:
        return None
    marks = set()
    rows: list[list[Markup | str]] = []
    for at, row in enumerate(plans):
        cells: list[Markup | str] = [Markup("{} {}").format(_letter(at), row.title)]
        for against, column in enumerate(plans):
            if row is column:
                cells.append(NOBODY)
                continue
            pair = numbers.pair(HEADLINE, row.name, column.name)
            share = pair["share"] * numbers.runs
            key = f"{row.name}|{HEADLINE}|pair:{column.name}|{numbers.runs}"
            cells.append(tagged(str(round(share)), share, key))
            if not pair["apart"]:
                marks.add((at, against + 1))
        rows.append(cells)
    head = [f"Better in … of {numbers.runs} runs than", *(_letter(i) for i in range(len(plans)))]
    return Table(head, rows, marks=frozenset(marks))


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def reported(phrases: Phrases, *, first_year: bool) -> Table | None:
    """Return the three counts that a programme would report: its first year, or all its years.

    The table of all years also has the cost for each child.
    """
    numbers = phrases.numbers
    suffix = "_year1" if first_year else ""
    known = [name for name in REPORTED if numbers.has(name + suffix)]
    if not known or not numbers.plans:
        return None
    columns = [(describe(name).label, "count", name + suffix) for name in known]
    costs = () if first_year else ("cost_per_child_reported", "cost_per_child_changed")
    columns += [(describe(name).label, "amount", name) for name in costs if numbers.has(name)]
    rows = [
        [plan.title, *(phrases.cell(kind, measure, plan.name) for _, kind, measure in columns)]
        for plan in numbers.plans
    ]
    return Table(["Programme", *(heading for heading, _, _ in columns)], rows)


def costs_by_line(numbers: Numbers) -> Table | None:
    """Return the money by line, all years added up."""
    frame = by_line(numbers)
    if frame.empty:
        return None
    titles = {plan.name: plan.title for plan in numbers.plans}
    rows: list[list[Markup | str]] = []
    for scenario, title in titles.items():
        for row in frame[frame["scenario"] == scenario].to_dict("records"):
            by = step(row["lower"], row["upper"], row["mean"])
            cells = [money(row[key], by, numbers.currency) for key in ("mean", "lower", "upper")]
            line = _line(str(row["line"]), numbers.manifest)
            same = len(set(cells)) == 1
            rows.append([title, line, cells[0], "–" if same else f"{cells[1]} to {cells[2]}"])
    head = ["Programme", "Line", "Money spent, all years", "Likely range"]
    return Table(head, rows)


def _line(name: str, manifest: Mapping[str, Any]) -> str:
    """Name a cost line: `bridge_schools.teachers` is "Bridge schools: teachers"."""
    kind, _, line = name.replace("_", " ").rpartition(".")
    said = str(manifest.get("cost_lines", {}).get(name, line))
    return f"{kind[:1].upper()}{kind[1:]}: {said}" if kind else said


def assumptions(manifest: Mapping[str, Any]) -> Table | None:
    """Return the figures of the zone that had to be assumed."""
    rows = [
        [
            str(entry.get("what", "")).replace("_", " "),
            _number(entry.get("value")),
            _range(entry.get("low"), entry.get("high")),
            str(entry.get("source", "")),
        ]
        for entry in manifest.get("assumptions", ())
    ]
    head = ["Figure of the zone", "Value", "From … to", "Why"]
    return Table(head, rows, numeric=False) if rows else None


def parameters(manifest: Mapping[str, Any]) -> Table | None:
    """Return the uncertain parameters with their ranges and sources."""
    rows = []
    for entry in manifest.get("parameters", ()):
        prior = entry.get("prior", {})
        value = _range(prior.get("low"), prior.get("high"))
        if prior.get("low") == prior.get("high") or prior.get("kind") == "fixed":
            fixed = prior.get("value", prior.get("mode"))
            value = _number(fixed if fixed is not None else prior.get("low"))
        unit = str(entry.get("unit") or "")
        meaning = str(entry.get("meaning") or entry.get("name", ""))
        rows.append([meaning, value, unit, str(entry.get("source", ""))])
    head = ["What is not known", "From … to", "Unit", "Source"]
    return Table(head, rows, numeric=False) if rows else None


def definitions(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return title, text, source and id of each definition used, once."""
    found = [definition(key) for key in dict.fromkeys(ids)]
    return [
        {"id": d.definition_id, "title": d.title, "text": d.text, "source": d.source} for d in found
    ]


def of_frame(frame: pd.DataFrame) -> Table:
    """Return the text table of a figure."""
    rows = [[str(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    return Table([str(column) for column in frame.columns], rows)


def _number(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.6g}"
    return "–" if value is None else str(value)


def _range(low: Any, high: Any) -> str:
    return "–" if low is None or high is None else f"{_number(low)} to {_number(high)}"
