"""The result folder of an evaluation: report, pictures, tables, manifest; written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clfz.analysis.evaluation import around, chances, pictures, words
from clfz.analysis.evaluation.evaluation import Evaluation
from clfz.analysis.evaluation.labels import label
from clfz.report.figures.plot import Plot, save
from clfz.report.fill import fill
from clfz.report.labels import COUNTRIES, day, full_place, place
from clfz.runs.indicators import definition
from clfz.runs.results import write_whole


def write(found: Evaluation, folder: Path) -> Path:
    """Write the folder.

    Returns:
        The report.

    Raises:
        ResultError: It cannot be written; nothing is left there.
    """
    plots = draw_all(found)
    page = html(found, plots)

    def fill(hidden: Path) -> None:
        (hidden / "figures").mkdir()
        for plot in plots.values():
            if plot is not None:
                save(plot, hidden / "figures", _citation(found.manifest))
        (hidden / "report.html").write_text(page, encoding="utf-8")
        for name, frame in tables(found).items():
            frame.to_csv(hidden / f"{name}.csv", index=False, lineterminator="\n")
        columns = [each.key for each in found.placed]
        pd.DataFrame(found.predicted, columns=columns).to_parquet(hidden / "predicted.parquet")

    return write_whole(folder, fill, found.manifest) / "report.html"


def tables(found: Evaluation) -> dict[str, pd.DataFrame]:
    """The tables of an evaluation by file name."""
    parts = pd.DataFrame(
        [
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
    )
    surveys = pd.DataFrame(
        [
            {
                "survey": worth.survey.name,
                "what": worth.survey.title,
                "size": worth.survey.size,
                "narrower": worth.narrower,
                "standard_error": worth.error,
            }
            for worth in found.worths
        ]
    )
    falls = pd.DataFrame(
        [
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
    )
    return {
        "figures": pictures.figures_table(found),
        "reported_children": parts,
        "falls": falls,
        "surveys": surveys,
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
        "sentences": sentences(found),
        "figures_compared": len(found.verdicts),
        "figures_agreeing": found.agreeing,
        "as_far_out_together": found.together,
        "child_years_gained": {
            "before_data": found.answer.before,
            "given_data": found.answer.given,
        },
        "share_withdrawn": None
        if found.mix is None
        else {"model": found.mix.model, "reported": found.mix.reported},
        "warnings": [*around.warnings(found), *(str(each) for each in found.field.warnings)],
        **{name: frame.to_dict("records") for name, frame in tables(found).items()},
    }


def sentences(found: Evaluation) -> list[str]:
    """The answer in plain words."""
    said = [words.agreement(found), words.attribution(found)]
    said += [text for text in (words.mixed(found),) if text]
    said += [words.could_have(one, found.runs, found.reached) for one in found.falls]
    return [*said, words.next_survey(found)]


def draw_all(found: Evaluation) -> dict[str, Plot | None]:
    """Every picture."""
    return {
        "agreement": pictures.agreement(found),
        "fates": pictures.fates(found),
        "falls": chances.falls(found),
        "surveys": chances.surveys(found),
    }


def html(found: Evaluation, plots: Mapping[str, Plot | None]) -> str:
    """The page as text."""
    manifest, programme = found.manifest, found.plan.programmes[1]
    used = dict.fromkeys([*(each.row.definition_id for each in found.placed), "paired-children"])
    return fill(
        Path(__file__).with_name("page.html"),
        title=words.title(found, place(manifest)),
        where=_where(found),
        told=found.field.told(),
        programme=programme,
        programme_told=found.plan.told(programme),
        warnings=around.warnings(found),
        answer=sentences(found),
        reading=around.reading(found),
        plots=plots,
        figures_head=("Figure", "When", "Reported", "Model", "In words"),
        figures_rows=[
            (
                label(each.placed.row),
                each.placed.row.period,
                words.reported(each),
                words.modelled(each),
                words.verdict(each)
                + (" (not learned from)" if each.placed.row.use == "check" else ""),
            )
            for each in found.verdicts
        ],
        field_warnings=[f"{each.message}" for each in found.field.warnings],
        parts_head=(
            "What became of them",
            "Of 100 on the list",
            "Of all reported, if alike",
            "Before the data, of 100",
        ),
        parts_rows=[
            (
                part.words,
                words.in_100(part.share),
                words.ranged(part.children) if part.children else "–",
                words.in_100(before.share),
            )
            for part, before in zip(found.parts, found.parts_before, strict=True)
        ],
        period=_period(found),
        mixed=words.mixed(found),
        learned=around.learned(found),
        could=[words.could_have(one, found.runs, found.reached) for one in found.falls],
        next=words.next_survey(found),
        gained=words.gained(found),
        limits=around.limits(found),
        definitions=[definition(name) for name in used],
        command=manifest.get("command", ""),
        facts=_facts(found),
    )


def _where(found: Evaluation) -> str:
    """Place, period and date in a line."""
    manifest = found.manifest
    known = str(manifest["zone"].get("country", "")) in COUNTRIES
    name = full_place(manifest) if known else place(manifest)
    return f"{name} · {_period(found)} · made {day(manifest['created_utc'])}"


def _period(found: Evaluation) -> str:
    rows = [each.row for each in found.placed if each.row.kind == "count"]
    rows = rows or [each.row for each in found.placed]
    first, last = min(row.start for row in rows), max(row.end for row in rows)
    return f"{first[0]}-{first[1]:02d} to {last[0]}-{last[1]:02d}"


def _citation(manifest: Mapping[str, Any]) -> str:
    from clfz.report.page import citation

    return citation(manifest)


def _facts(found: Evaluation) -> list[tuple[str, str]]:
    manifest, comparison = found.manifest, found.plan.comparison
    git = manifest.get("git", {})
    commit = str(git.get("commit", ""))[:12]
    rows = [
        ("Field file", f"{found.field.name}, area {found.area}"),
        ("Zone, programme", f"{found.plan.zone.name}, {found.plan.programmes[1].name}"),
        (
            "Runs",
            f"{found.runs:,} with and without: {comparison.draws} sets of assumptions, "
            f"{comparison.replicates} rolls of luck",
        ),
        (
            "Months",
            f"{comparison.months}, of which {comparison.programme_months} with the programme",
        ),
        ("Assumptions", found.sets.told),
        ("Parameters from the posterior", ", ".join(found.sets.learned)),
        ("Seed", str(comparison.seed)),
        ("Run", str(manifest["run_id"])),
        ("Made", str(manifest["created_utc"])),
        ("Time for the runs", f"{manifest['wall_seconds']:.0f} s"),
        ("Versions", ", ".join(f"{name} {text}" for name, text in manifest["versions"].items())),
        (
            "Source code",
            commit + (", with changes not yet committed" if commit and git.get("dirty") else ""),
        ),
        ("Licence", str(manifest["licence"])),
    ]
    return [(name, value) for name, value in rows if value]
