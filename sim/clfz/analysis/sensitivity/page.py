"""One HTML file that opens offline: pictures and plain words first, then every number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.analysis.sensitivity.figures import curve, drivers
from clfz.analysis.sensitivity.words import percent, stories, words_of
from clfz.report.fill import fill
from clfz.runs.results import plain_errors

if TYPE_CHECKING:
    from clfz.analysis.sensitivity.chain import Found

NAME = "report.html"


def build(found: Found, folder: Path | None = None) -> Path:
    """Write `report.html` into the folder of an analysis.

    Args:
        found: A finished analysis.
        folder: Elsewhere.
    """
    text = html(found)
    place = (folder or found.folder) / NAME
    with plain_errors(place):
        place.write_text(text, encoding="utf-8")
    return place


def html(found: Found) -> str:
    """The page as text."""
    told = [
        {
            "story": each,
            "plots": [plot for plot in (drivers(each, found), curve(each, found)) if plot],
        }
        for each in stories(found)
    ]
    plan = found.plan
    return fill(
        Path(__file__).with_name("page.html"),
        spec=plan.spec,
        plan=plan,
        told=told,
        notes=found.facts["notes"],
        runs=f"{found.facts['runs']:,}",
        meanings={each.name: each.meaning for each in plan.factors},
        ranges={each.name: f"{each.low:g} to {each.high:g}" for each in plan.factors},
        going_on=len(found.facts["sobol_factors"]),
        words_of=words_of,
        percent=percent,
        share=share,
        folder=found.folder.name,
    )


def share(row: Any, index: str) -> str:
    """An index with its interval, or a dash."""
    value = row.get(index)
    if value is None or value != value:
        return "–"
    low, high = row[f"{index}_low"], row[f"{index}_high"]
    text = f"{value:.2f} ({low:.2f} to {high:.2f})" if low < high else f"{value:.2f}"
    return text.replace("-", "−")
