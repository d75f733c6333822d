"""The folder of a discovery: tidy tables, one JSON object, pictures and a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from clfz.analysis.discovery import words
from clfz.analysis.discovery.box import inside
from clfz.analysis.discovery.figure import pictures
from clfz.analysis.folder import write_frame, write_text
from clfz.report.figures.plot import save
from clfz.report.fill import fill
from clfz.runs.results import plain_errors

if TYPE_CHECKING:
    from clfz.analysis.discovery.run import Discovery
    from clfz.analysis.discovery.trust import Restriction

RESTRICTIONS = (
    *("box", "factor", "label", "above", "limit", "limit_low", "limit_high"),
    *("p_value", "found_in", "trusted", "coverage_without", "density_without"),
)


def write(found: Discovery, folder: Path) -> None:
    """Write tables, pictures and the page; each file whole or not at all, the page last."""
    plots = pictures(found)
    with plain_errors(folder):
        write_frame(points(found), folder / "points.parquet")
        write_frame(restrictions(found), folder / "restrictions.parquet")
        write_text(json.dumps(facts(found), indent=1) + "\n", folder / "discovery.json")
        (folder / "figures").mkdir(exist_ok=True)
        for plot in plots:
            save(plot, folder / "figures", f"clfz discovery: {found.goal.text}")
        write_text(html(found, plots), folder / "report.html")


def points(found: Discovery) -> pd.DataFrame:
    """One row a point: what was tried, what came out, and the box it lies in (0 for none)."""
    frame = pd.DataFrame(found.varied.values, columns=list(found.varied.names))
    frame.insert(0, "point", found.varied.points)
    frame["value"], frame["fails"], frame["box"] = found.value, found.fails, 0
    for number, box in reversed(list(enumerate(found.boxes, start=1))):
        frame.loc[inside(box.box, found.varied.values), "box"] = number
    return frame


def restrictions(found: Discovery) -> pd.DataFrame:
    """One row a restriction, those that are not to be trusted too (box 0: of no box)."""
    rows = [
        _row(found, number, each)
        for number, box in enumerate(found.boxes, start=1)
        for each in (*box.restrictions, *box.doubtful)
    ]
    rows += [_row(found, 0, each) for each in found.doubtful]
    return pd.DataFrame(rows, columns=list(RESTRICTIONS))


def facts(found: Discovery) -> dict[str, Any]:
    """Everything in one plain object."""
    return {
        "goal": found.goal.text,
        "programme": found.scenario,
        "zone": found.done.study.zones[0].name,
        "points": len(found.fails),
        "failing": int(found.fails.sum()),
        "failed_runs": len(found.done.failures),
        "decided_by_luck": round(found.mixed, 4),
        "uncertain": len(found.varied.names),
        "answer": found.answer(),
        "boxes": [
            {
                "coverage": round(box.unseen.coverage, 4),
                "density": round(box.unseen.density, 4),
                "coverage_seen": round(box.seen.coverage, 4),
                "density_seen": round(box.seen.density, 4),
                "base_rate": round(box.base, 4),
                "limits": [
                    {
                        "factor": found.varied.names[each.limit.factor],
                        "above" if each.limit.above else "up_to": each.limit.at,
                        "p_value": each.p_value,
                        "found_in": each.found_in,
                    }
                    for each in box.restrictions
                ],
            }
            for box in found.boxes
        ],
    }


def html(found: Discovery, plots: list[Any]) -> str:
    """The page as text."""
    study = found.done.study
    return fill(
        Path(__file__).with_name("page.html"),
        found=found,
        words=words,
        answer=found.answer(),
        place=study.zones[0].title,
        told=study.told(),
        plots=plots,
        failures=found.done.failures,
        seed=study.spec.seed,
        months=study.spec.programme_months,
        after=study.spec.after_months,
    )


def _row(found: Discovery, box: int, each: Restriction) -> tuple[Any, ...]:
    name, label = (
        found.varied.names[each.limit.factor],
        found.varied.labels[each.limit.factor],
    )
    return (
        *(box, name, label, each.limit.above, each.limit.at, each.low, each.high),
        *(each.p_value, each.found_in, each.trusted),
        *(each.without.coverage, each.without.density),
    )
