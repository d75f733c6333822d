"""One HTML file about a sweep, that opens offline: the picture first, then the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clfz.analysis.sweep.effects import effects, main_measure
from clfz.analysis.sweep.figure import MOST, picture
from clfz.report.fill import fill
from clfz.runs.results import plain_errors
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from clfz.analysis.sweep.effects import Effect
    from clfz.runs.store import Results

NAME = "report.html"


def build(done: Results, folder: Path | None = None) -> Path | None:
    """Write `report.html` into the folder of a study; nothing for a study without factors or without runs.

    Args:
        done: A study that was run.
        folder: Elsewhere.

    Returns:
        Path of the page.
    """
    if not done.study.factors or not len(done.runs):
        return None
    text = html(done)
    place = (folder or done.folder) / NAME
    with plain_errors(place):
        place.write_text(text, encoding="utf-8")
    return place


def html(done: Results) -> str:
    """The page as text."""
    study = done.study
    measure = main_measure(done)
    found = effects(done, measure)
    entry = describe(measure)
    titles = {each.name: each.title for each in study.programmes}
    runs = len(done.runs) // len(study.programmes)
    note = (
        f"{runs} runs for each programme. Line: average of the runs. Band: 9 of 10 runs; all other "
        "things that were varied, and luck, make its width."
    )
    plot = picture(found, entry, titles, note)
    return fill(
        Path(__file__).with_name("page.html"),
        spec=study.spec,
        told=study.told(),
        places=", ".join(zone.title for zone in study.zones),
        plot=plot,
        answer=_answer(found, entry.label),
        left_out=max(0, len(study.factors) - MOST),
        rows=found,
        titles=titles,
        failures=done.failures,
        complete=done.complete,
        unit=entry.unit,
        shown=_shown,
        folder=done.folder.name,
    )


def _shown(value: float) -> str:
    """A number with three digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _answer(found: list[Effect], label: str) -> str:
    """What moves the measure most, in one sentence."""
    best: dict[str, float] = {}
    for each in found:
        best[each.factor] = max(best.get(each.factor, 0.0), each.share)
    most = [f"{name} ({100 * share:.0f} %)" for name, share in best.items() if share >= 0.05][:3]
    if not most:
        return f"{label}: none of the things that were varied moves it so that it can be told from luck."
    return f"{label}: most of the spread that can be explained goes with {', '.join(most)}."
