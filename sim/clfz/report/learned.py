"""What calibration changed in the answer and in how sure it is: the same comparison under the prior."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from clfz.report.numbers import GAIN, HEADLINE, Numbers
from clfz.report.rounding import number, step
from clfz.report.tables import Table

_SHOWN = (("fewer in child labour, of 100", HEADLINE, -100.0), ("child-years out of it", GAIN, 1.0))


def before_and_after(numbers: Numbers) -> Table | None:
    """For each plan and headline measure: under the prior, under the posterior, and how the width changed."""
    told = numbers.manifest.get("posterior") or {}
    before = told.get("before") or {}
    rows: list[list[Markup | str]] = []
    for plan in numbers.plans:
        for words, measure, factor in _SHOWN:
            old = before.get(plan.name, {}).get(measure)
            if old is None:
                continue
            row = numbers.row(measure, plan.name)
            new = [float(row[k]) for k in ("difference", "difference_lower", "difference_upper")]
            width = [abs(each[2] - each[1]) for each in (old, new)]
            change = f"× {width[1] / width[0]:.2f}" if width[0] > 0 else "–"
            cells = [_ranged(each, factor) for each in (old, new)]
            rows.append([f"{plan.title}: {words}", *cells, change])
    if not rows:
        return None
    return Table(
        ["Against no programme", "Before calibration", "After", "Width of the range"], rows
    )


def _ranged(three: Sequence[float], factor: float) -> str:
    """A number with its range: 19 (12 to 28)."""
    middle, low, high = (factor * each for each in three)
    low, high = min(low, high), max(low, high)
    by = step(low, high, middle)
    return f"{number(middle, by)} ({number(low, by)} to {number(high, by)})"
