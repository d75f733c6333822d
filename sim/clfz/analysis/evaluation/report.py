"""What an evaluation leaves: tables, JSON and page, and the folder that holds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from clfz.analysis.evaluation import figures, words
from clfz.analysis.evaluation.answers import table_of
from clfz.inputs.indicators import definition
from clfz.report.fill import fill
from clfz.report.labels import day, full_place, place
from clfz.report.page import citation
from clfz.report.plot import save
from clfz.runs.results import write_whole

if TYPE_CHECKING:
    from clfz.analysis.evaluation.evaluation import Evaluation

ENDS = ["children_p05", "children_p95", "before_p05", "before_p95"]
"""Columns of `answers.parts` that are told in words alone."""


def tables(found: Evaluation) -> dict[str, pd.DataFrame]:
    """The tables of an evaluation by file name."""
    return {
        "figures": found.verdicts.loc[:, :"use"],
        "reported_children": found.parts.drop(columns=ENDS, errors="ignore"),
        "falls": table_of(found.falls),
        "surveys": found.narrowings.loc[:, :"standard_error"],
    }


def facts(found: Evaluation, folder: Path, page: Path) -> dict[str, Any]:
    """Everything as one JSON object."""
    return {
        "name": found.manifest["name"],
        "folder": str(folder),
        "report": str(page),
        "run_id": found.manifest["run_id"],
        "runs": found.runs,
        "assumptions_from": found.sets.told,
        "sentences": words.sentences(found),
        "figures_compared": len(found.verdicts),
        "figures_agreeing": found.agreeing,
        "as_far_out_together": found.together,
        "child_years_gained": {
            "before_data": found.gained_before,
            "given_data": found.gained,
        },
        "share_withdrawn": found.mix,
        "warnings": [*words.listed("warnings", found), *map(str, found.field.warnings)],
        **{name: frame.to_dict("records") for name, frame in tables(found).items()},
    }


def write(found: Evaluation, folder: Path) -> Path:
    """Write the folder: report, figures, tables, manifest; whole or not at all.

    Returns:
        The report.

    Raises:
        ResultError: It cannot be written; nothing is left there.
    """
    plots = figures.draw_all(found)
    page = html(found, plots)

    def contents(hidden: Path) -> None:
        (hidden / "figures").mkdir()
        for plot in filter(None, plots.values()):
            save(plot, hidden / "figures", citation(found.manifest))
        (hidden / "report.html").write_text(page, encoding="utf-8")
        for name, frame in tables(found).items():
            frame.to_csv(hidden / f"{name}.csv", index=False, lineterminator="\n")
        columns = [each.key for each in found.placed]
        pd.DataFrame(found.predicted, columns=columns).to_parquet(hidden / "predicted.parquet")

    return write_whole(folder, contents, found.manifest) / "report.html"


def html(found: Evaluation, plots: dict[str, Any]) -> str:
    """The page as text."""
    manifest = found.manifest
    rows = [each.row for each in found.placed]
    used = dict.fromkeys([*(row.definition_id for row in rows), "paired-children"])
    counts = [row for row in rows if row.kind == "count"] or rows
    first, last = min(row.start for row in counts), max(row.end for row in counts)
    return fill(
        Path(__file__).with_name("page.html"),
        found=found,
        plots=plots,
        words=words,
        title=words.said("title", found, place(manifest)),
        where=full_place(manifest),
        period=f"{first[0]}-{first[1]:02d} to {last[0]}-{last[1]:02d}",
        made=day(manifest["created_utc"]),
        definitions=[definition(name) for name in used],
    )
