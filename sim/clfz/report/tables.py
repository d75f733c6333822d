"""The tables of the report: rows of phrases, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from clfz.report.numbers import COST, GAIN, HEADLINE, OUT_OF_SCHOOL, SCHOOL, UNIT_COST, Numbers
from clfz.report.phrases import NOBODY, Phrases, ranged, tagged
from clfz.report.rounding import number, step
from clfz.runs.summary import FEWEST, describe

if TYPE_CHECKING:
    import pandas as pd

# Heading, kind of phrase, measure. Cells of the first table are children of every 100.
Columns = tuple[tuple[str, str, str], ...]
SIDE_BY_SIDE: Columns = (
    ("In child labour at the end", "of_100", HEADLINE),
    ("Fewer than without, at the end", "fewer", HEADLINE),
    ("Fewer 1 year after", "left", "stays_1y_child_labour_points"),
    ("Fewer 2 years after", "left", "stays_2y_child_labour_points"),
    ("Fewer 5 years after", "left", "stays_5y_child_labour_points"),
    ("Out of school at the end (5 to 14)", "of_100", OUT_OF_SCHOOL),
    ("Full-time school, no work at all (5 to 14)", "of_100", SCHOOL),
)
FOR_MONEY: Columns = (
    ("Cost", "amount", COST),
    ("Cost for each child in the zone", "amount", "cost_per_child"),
    ("Child-years out of child labour, gained", "count", GAIN),
    ("Cost of such a year", "amount", UNIT_COST),
    ("Child-years in school, gained", "count", "child_years_in_school_gained"),
    ("Cost of such a school year", "amount", "cost_per_child_year_school"),
)
REPORTED = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")
_Z90 = 1.645

Row = list[Markup | str]


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


def side_by_side(phrases: Phrases) -> Table:
    """Return the programmes in the order of the comparison file, after no programme."""
    numbers = phrases.numbers
    columns = [column for column in SIDE_BY_SIDE if numbers.has(column[2])]
    if not numbers.plans:
        columns = [column for column in columns if column[1] == "of_100"]
    rows = [
        [scenario.title]
        + [
            NOBODY
            if scenario is numbers.baseline and kind != "of_100"
            else phrases.cell(kind, measure, scenario.name)
            for _, kind, measure in columns
        ]
        for scenario in numbers.everyone
    ]
    return Table(["Children of every 100", *(heading for heading, _, _ in columns)], rows)


def _of_plans(phrases: Phrases, columns: Sequence[tuple[str, str, str]]) -> Table:
    rows = [
        [plan.title, *(phrases.cell(kind, measure, plan.name) for _, kind, measure in columns)]
        for plan in phrases.numbers.plans
    ]
    return Table(["Programme", *(heading for heading, _, _ in columns)], rows)


def for_money(phrases: Phrases) -> Table | None:
    """Return cost and gain of each programme; None without programmes or money."""
    numbers = phrases.numbers
    if not numbers.plans or not numbers.has(COST):
        return None
    return _of_plans(phrases, [column for column in FOR_MONEY if numbers.has(column[2])])


def reported(phrases: Phrases, *, first_year: bool) -> Table | None:
    """Return the three counts that a programme would report: its first year, or all its years.

    The table of all years also has the cost for each child.
    """
    numbers, suffix = phrases.numbers, "_year1" if first_year else ""
    known = [name for name in REPORTED if numbers.has(name + suffix)]
    if not known or not numbers.plans:
        return None
    columns = [(describe(name).label, "count", name + suffix) for name in known]
    costs = () if first_year else ("cost_per_child_reported", "cost_per_child_changed")
    columns += [(describe(name).label, "amount", name) for name in costs if numbers.has(name)]
    return _of_plans(phrases, columns)


def best_buys(phrases: Phrases) -> Table | None:
    """Return the best buy for several prices of a child-year; None when nothing has a price."""
    numbers = phrases.numbers
    rows = []
    for buy in numbers.buys():
        what = "no programme" if buy.best is numbers.baseline else buy.best.title
        key = f"{buy.best.name}|worth|{buy.price:g}|{numbers.runs}"
        rows.append([phrases.money(buy.price, 1.0), what, phrases.of_runs(buy.share, key)])
    head = ["If a child-year is worth", "the best buy, on average, is", "and it is best in"]
    return Table(head, rows) if rows else None


def pairs(phrases: Phrases) -> Table | None:
    """Return for each pair of programmes in how many runs the row does better than the column."""
    numbers = phrases.numbers
    plans, marks = numbers.plans, set()
    if len(plans) < 2:
        return None
    letters = [chr(ord("A") + at) if at < 26 else str(at + 1) for at in range(len(plans))]
    rows: list[Row] = []
    for at, row in enumerate(plans):
        cells: Row = [Markup("{} {}").format(letters[at], row.title)]
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
    head = [f"Better in … of {numbers.runs} runs than", *letters]
    return Table(head, rows, marks=frozenset(marks))


def variance_split(numbers: Numbers) -> Table | None:
    """Return, for each plan, how much its effect swings with the assumptions and with chance.

    The first two are standard deviations of the paired effect. The last is the range in which the
    average would fall 9 times in 10 if all was run again with new parameter and random draws.
    """
    if not numbers.plans or numbers.runs < FEWEST:
        return None
    rows = []
    for plan in numbers.plans:
        swing = numbers.swing(plan.name)
        by = 0.1 if max((v for v in swing if not isnan(v)), default=0.0) < 10 else 1.0
        middle = -100 * float(numbers.row(HEADLINE, plan.name)["difference"])
        key = f"{plan.name}|{HEADLINE}|difference"
        cells: Row = [plan.title, tagged(number(middle, by), middle, f"{key}|-100")]
        for kind, value in zip(("parameters", "luck"), swing, strict=True):
            found = (
                tagged(number(value, by), value, f"{key}_sd_{kind}|100")
                if value == value
                else NOBODY
            )
            cells.append(found)
        error = _Z90 * numbers.standard_error(plan.name)
        ends = (
            f"{number(middle - error, by)} to {number(middle + error, by)}"
            if error == error
            else NOBODY
        )
        rows.append([*cells, ends])
    head = ["Fewer in child labour, of 100", "Average", "Swing from what is not known"]
    return Table([*head, "Swing from chance", "Average, if all was run again"], rows)


def calibrated(numbers: Numbers) -> Table | None:
    """Return what calibration changed: each plan under the prior and under the posterior; None without."""
    before = (numbers.manifest.get("posterior") or {}).get("before") or {}
    shown = (
        ("fewer in child labour, of 100", HEADLINE, -100.0),
        ("child-years out of it", GAIN, 1.0),
    )
    rows: list[Row] = []
    for plan in numbers.plans:
        for words, measure, factor in shown:
            old = before.get(plan.name, {}).get(measure)
            if old is None:
                continue
            row = numbers.row(measure, plan.name)
            new = [float(row[k]) for k in ("difference", "difference_lower", "difference_upper")]
            cells = []
            for each in (old, new):
                middle, low, high = (factor * value for value in each)
                low, high = min(low, high), max(low, high)
                cells.append(ranged((middle, low, high), step(low, high, middle)))
            width = [abs(each[2] - each[1]) for each in (old, new)]
            change = f"× {width[1] / width[0]:.2f}" if width[0] > 0 else "–"
            rows.append([f"{plan.title}: {words}", *cells, change])
    head = ["Against no programme", "Before calibration", "After", "Width of the range"]
    return Table(head, rows) if rows else None


def costs_by_line(phrases: Phrases) -> Table | None:
    """Return the money by line, all years added up; None when nothing was spent."""
    numbers = phrases.numbers
    frame, told = numbers.spent("line"), numbers.manifest.get("cost_lines", {})
    rows = []
    for plan in numbers.plans:
        for row in frame[frame["scenario"] == plan.name].to_dict("records"):
            # `bridge_schools.teachers` is "Bridge schools: teachers".
            kind, _, line = str(row["line"]).replace("_", " ").rpartition(".")
            said = str(told.get(row["line"], line))
            by = step(row["lower"], row["upper"], row["mean"])
            cells = [phrases.money(row[key], by) for key in ("mean", "lower", "upper")]
            span = "–" if len(set(cells)) == 1 else f"{cells[1]} to {cells[2]}"
            name = f"{kind[:1].upper()}{kind[1:]}: {said}" if kind else said
            rows.append([plan.title, name, cells[0], span])
    head = ["Programme", "Line", "Money spent, all years", "Likely range"]
    return Table(head, rows) if rows else None


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
        meaning = str(entry.get("meaning") or entry.get("name", ""))
        rows.append([meaning, value, str(entry.get("unit") or ""), str(entry.get("source", ""))])
    head = ["What is not known", "From … to", "Unit", "Source"]
    return Table(head, rows, numeric=False) if rows else None


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
