"""What an evaluation leaves: tables, JSON and page, and the folder that holds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from clfz.analysis.evaluation import figures, words
from clfz.analysis.evaluation.words import listed, said
from clfz.inputs.indicators import definition
from clfz.report.fill import fill
from clfz.report.labels import day, full_place, place
from clfz.report.page import citation
from clfz.report.plot import save
from clfz.runs.results import write_whole

if TYPE_CHECKING:
    from clfz.analysis.evaluation.evaluation import Evaluation


def tables(found: Evaluation) -> dict[str, pd.DataFrame]:
    """The tables of an evaluation by file name."""
    numbers = [
        {
            "row": row.line,
            "indicator": row.indicator,
            "definition_id": row.definition_id,
            "period_start": f"{row.start[0]}-{row.start[1]:02d}",
            "period_end": f"{row.end[0]}-{row.end[1]:02d}",
            "sex": row.sex,
            "age": row.age_band,
            "unit": "share" if row.kind == "rate" else "children",
            "reported": row.value,
            **{name: getattr(each, name) for name in ("low", "p25", "p50", "p75", "high")},
            "share_of_runs_below": each.lower,
            "agrees": each.agrees,
            "use": row.use,
        }
        for each in found.verdicts
        for row in (each.placed.row,)
    ]
    parts = [
        {
            "fate": part.name,
            "words": part.words,
            "share": part.share[0],
            "share_p05": part.share[1],
            "share_p95": part.share[2],
            "children": part.children[0] if part.children else None,
            "share_before_data": before.share[0],
        }
        for part, before in zip(found.parts, found.parts_before, strict=True)
    ]
    falls = [
        {
            "what": one.title,
            "of": one.of,
            "reported": one.reported,
            "unit": "share" if one.share else "children",
            "chance_without": one.chance_without,
            "chance_with": one.chance_with,
        }
        for one in found.falls
    ]
    surveys = [
        {
            "survey": worth.survey.name,
            "what": worth.survey.title,
            "size": worth.survey.size,
            "narrower": worth.narrower,
            "standard_error": worth.error,
        }
        for worth in found.worths
    ]
    names = ("figures", "reported_children", "falls", "surveys")
    return dict(zip(names, map(pd.DataFrame, (numbers, parts, falls, surveys)), strict=True))


def facts(found: Evaluation, folder: Path, page: Path) -> dict[str, Any]:
    """Everything as one JSON object."""
    mix = found.mix
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
            "before_data": found.answer.before,
            "given_data": found.answer.given,
        },
        "share_withdrawn": {"model": mix.model, "reported": mix.reported} if mix else None,
        "warnings": [*listed("warnings", found), *map(str, found.field.warnings)],
        **{name: frame.to_dict("records") for name, frame in tables(found).items()},
    }


def write(found: Evaluation, folder: Path) -> Path:
    """Write the folder: report, figures, tables, manifest; whole or not at all.

    Returns:
        The report.

    Raises:
        ResultError: It cannot be written; nothing is left there.
    """
    plots = figures.draw_all(found, tables(found))
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
    manifest, programme = found.manifest, found.plan.programmes[1]
    rows = [each.row for each in found.placed]
    used = dict.fromkeys([*(row.definition_id for row in rows), "paired-children"])
    counts = [row for row in rows if row.kind == "count"] or rows
    first, last = min(row.start for row in counts), max(row.end for row in counts)
    return fill(
        Path(__file__).with_name("page.html"),
        found=found,
        manifest=manifest,
        plots=plots,
        said=said,
        listed=listed,
        words=words,
        title=said("title", found, place(manifest)),
        where=full_place(manifest),
        period=f"{first[0]}-{first[1]:02d} to {last[0]}-{last[1]:02d}",
        made=day(manifest["created_utc"]),
        programme=programme,
        programme_told=found.plan.told(programme),
        answer=words.sentences(found),
        could=words.could_have(found),
        definitions=[definition(name) for name in used],
    )
