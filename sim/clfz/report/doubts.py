"""How sure: the swing from what is not known and the swing from luck, kept apart."""

from __future__ import annotations

from math import isnan, sqrt

from markupsafe import Markup

from clfz.report.numbers import HEADLINE, Numbers
from clfz.report.phrases import NOBODY, tagged
from clfz.report.rounding import number
from clfz.report.tables import Table

_Z90 = 1.645


def swings(numbers: Numbers) -> Table | None:
    """Return, for each plan, how much its effect swings with the assumptions and with luck.

    The first two are standard deviations of the paired effect (one-way random-effects analysis of
    variance over draws). The last is the range in which the average would fall 9 times in 10 if all
    was run again with new draws and new luck.
    """
    if not numbers.plans or numbers.runs < 5:
        return None
    rows: list[list[Markup | str]] = []
    for plan in numbers.plans:
        row = numbers.row(HEADLINE, plan.name)
        known, luck = (100 * float(row[f"difference_sd_{k}"]) for k in ("parameters", "luck"))
        by = 0.1 if max(filter(lambda v: not isnan(v), (known, luck)), default=0.0) < 10 else 1.0
        middle = -100 * float(row["difference"])
        cells: list[Markup | str] = [plan.title]
        cells.append(tagged(number(middle, by), middle, f"{plan.name}|{HEADLINE}|difference|-100"))
        for kind, value in (("parameters", known), ("luck", luck)):
            key = f"{plan.name}|{HEADLINE}|difference_sd_{kind}|100"
            cells.append(NOBODY if isnan(value) else tagged(number(value, by), value, key))
        error = again(numbers, plan.name)
        ends = [middle - _Z90 * error, middle + _Z90 * error]
        cells.append(NOBODY if isnan(error) else " to ".join(number(end, by) for end in ends))
        rows.append(cells)
    head = [
        "Fewer in child labour, of 100",
        "Average",
        "Swing from what is not known",
        "Swing from luck",
        "Average, if all was run again",
    ]
    return Table(head, rows)


def again(numbers: Numbers, plan: str) -> float:
    """Return the standard error of a plan's average effect, in children of 100."""
    row = numbers.row(HEADLINE, plan)
    known, luck = (100 * float(row[f"difference_sd_{k}"]) for k in ("parameters", "luck"))
    return sqrt(known**2 / numbers.draws + luck**2 / numbers.runs)
