"""The tables of the report: which measures they show, and rows of cells. Headings and layout are in the template."""

from __future__ import annotations

from math import isfinite

from markupsafe import Markup

from clfz.report.numbers import COST, GAIN, HEADLINE, OUT_OF_SCHOOL, SCHOOL, UNIT_COST, Numbers
from clfz.report.phrases import NOBODY, Phrases, ranged, tagged
from clfz.report.rounding import number, step
from clfz.runs.summary import FEWEST, describe

Rows = list[list[Markup | str]]
# Heading, kind of phrase, measure.
Columns = list[tuple[str, str, str]]
# Children of every 100.
SIDE_BY_SIDE: Columns = [
    ("In child labour at the end", "of_100", HEADLINE),
    ("Fewer than without, at the end", "fewer", HEADLINE),
    ("Fewer 1 year after", "fewer", "stays_1y_child_labour_points"),
    ("Fewer 2 years after", "fewer", "stays_2y_child_labour_points"),
    ("Fewer 5 years after", "fewer", "stays_5y_child_labour_points"),
    ("Out of school at the end (5 to 14)", "of_100", OUT_OF_SCHOOL),
    ("Full-time school, no work at all (5 to 14)", "of_100", SCHOOL),
]
FOR_MONEY: Columns = [
    ("Cost", "amount", COST),
    ("Cost for each child in the zone", "amount", "cost_per_child"),
    ("Child-years out of child labour, gained", "count", GAIN),
    ("Cost of such a year", "amount", UNIT_COST),
    ("Child-years in school, gained", "count", "child_years_in_school_gained"),
    ("Cost of such a school year", "amount", "cost_per_child_year_school"),
]
_COUNTS = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")
_COSTS = ("cost_per_child_reported", "cost_per_child_changed")
FIRST_YEAR: Columns = [(describe(name).label, "count", f"{name}_year1") for name in _COUNTS]
REPORTED: Columns = [(describe(name).label, "count", name) for name in _COUNTS]
REPORT_COSTS: Columns = [(describe(name).label, "amount", name) for name in _COSTS]
_Z90 = 1.645


def pairs(numbers: Numbers) -> Rows:
    """For each pair of programmes, in how many runs the row does better than the column; headings first."""
    plans = numbers.plans if len(numbers.plans) > 1 else []
    letters = [chr(ord("A") + at) if at < 26 else str(at + 1) for at in range(len(plans))]
    rows: Rows = []
    for letter, first in zip(letters, plans, strict=True):
        row: list[Markup | str] = [f"{letter} {first.title}"]
        for second in plans:
            pair = numbers.pair(HEADLINE, first.name, second.name)
            share = pair["share"] * numbers.runs
            key = f"{first.name}|{HEADLINE}|pair:{second.name}|{numbers.runs}"
            form = Markup("{}" if pair["apart"] else '<span class="unsure">{}</span>')
            cell = form.format(tagged(str(round(share)), share, key))
            row.append(NOBODY if first is second else cell)
        rows.append(row)
    head = f"Better in … of {numbers.runs} runs than"
    return [[head, *letters], *rows] if rows else []


def variance_split(numbers: Numbers) -> Rows:
    """For each plan, how much its effect swings with the assumptions and with chance.

    The first two are standard deviations of the paired effect. The last is the range in which the
    average would fall 9 times in 10 if all was run again with new parameter and random draws.
    """
    rows: Rows = []
    for plan in numbers.plans if numbers.runs >= FEWEST else ():
        swing = numbers.swing(plan.name)
        by = 0.1 if max(filter(isfinite, swing), default=0.0) < 10 else 1.0
        middle = -100 * float(numbers.row(HEADLINE, plan.name)["difference"])
        key = f"{plan.name}|{HEADLINE}|difference"
        row: list[Markup | str] = [plan.title, tagged(number(middle, by), middle, f"{key}|-100")]
        for kind, value in zip(("parameters", "luck"), swing, strict=True):
            said = number(value, by) if isfinite(value) else ""
            row.append(tagged(said, value, f"{key}_sd_{kind}|100") if said else NOBODY)
        error = _Z90 * numbers.standard_error(plan.name)
        ends = [number(end, by) for end in (middle - error, middle + error) if isfinite(end)]
        rows.append([*row, " to ".join(ends) or NOBODY])
    return rows


def calibrated(numbers: Numbers) -> Rows:
    """What calibration changed: each plan under the prior and under the posterior."""
    told = (numbers.manifest.get("posterior") or {}).get("before") or {}
    rows: Rows = []
    for plan in numbers.plans:
        for words, measure, factor in (
            ("fewer in child labour, of 100", HEADLINE, -100.0),
            ("child-years out of it", GAIN, 1.0),
        ):
            before = told.get(plan.name, {}).get(measure)
            if before is None:
                continue
            row = numbers.row(measure, plan.name)
            after = [row[k] for k in ("difference", "difference_lower", "difference_upper")]
            cells, widths = [], []
            for values in (before, after):
                middle, *ends = (factor * float(value) for value in values)
                low, high = sorted(ends)
                cells.append(ranged((middle, low, high), step(low, high, middle)))
                widths.append(high - low)
            change = f"× {widths[1] / widths[0]:.2f}" if widths[0] > 0 else "–"
            rows.append([f"{plan.title}: {words}", *cells, change])
    return rows


def costs_by_line(phrases: Phrases) -> Rows:
    """The money of each plan by line, all years added up."""
    numbers, rows = phrases.numbers, []
    frame, told = numbers.spent("line"), numbers.manifest.get("cost_lines", {})
    for plan in numbers.plans:
        for row in frame[frame["scenario"] == plan.name].to_dict("records"):
            # `bridge_schools.teachers` is "Bridge schools: teachers".
            kind, _, line = str(row["line"]).replace("_", " ").rpartition(".")
            said = str(told.get(row["line"], line))
            by = step(row["lower"], row["upper"], row["mean"])
            mean, low, high = (phrases.money(row[k], by) for k in ("mean", "lower", "upper"))
            name = f"{kind[:1].upper()}{kind[1:]}: {said}" if kind else said
            rows.append(
                [plan.title, name, mean, "–" if low == mean == high else f"{low} to {high}"]
            )
    return rows
