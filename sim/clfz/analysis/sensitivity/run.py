"""From the plan to the folder: screening, Sobol samples, indices. The same call resumes.

The folder holds `sensitivity.json` (the plan, shares of chance, what was left out), `screening/` and `sobol/` (the
studies of the trajectories of Morris and of the crossed samples), `indices.parquet` (one row an index) and
`report.html`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clfz.analysis.folder import own_folder, write_folder
from clfz.analysis.sensitivity import indices, samples
from clfz.analysis.sensitivity.indices import LOG_VARIANCE, MEAN
from clfz.analysis.sensitivity.plan import PLAN, Plan, problem_spec
from clfz.analysis.sensitivity.samples import Outcome, Table
from clfz.runs.runner import run as run_study
from clfz.runs.study import Study, StudyError

FACTS, INDICES = "sensitivity.json", "indices.parquet"
SCREENING, SOBOL = "screening", "sobol"
SCHEMA_VERSION = 1
SIGNAL = 0.2
"""Least share of the variance between points that is not the chance of a few seeds, for indices to mean something."""


@dataclass(frozen=True)
class Found:
    """A sensitivity analysis read back.

    Attributes:
        folder: Where it is.
        plan: What was asked for.
        facts: The whole of `sensitivity.json`.
        indices: One row an index.
    """

    folder: Path
    plan: Plan
    facts: dict[str, Any]
    indices: pd.DataFrame


def run(plan: Plan, out: str | os.PathLike[str], **settings: Any) -> Found:
    """Run what is missing, and compute the indices.

    Args:
        plan: What to do.
        out: The folder.
        settings: As for `clfz.run_study`: jobs, cluster, backend, progress, note.

    Raises:
        InputError: What cannot be run.
        StudyError: What cannot be analysed, or a folder that holds something else.
    """
    folder, seed = Path(out), plan.spec.seed
    own_folder(folder, (SCREENING, SOBOL))
    screened: dict[tuple[str, str], Outcome] = {}
    tables: list[pd.DataFrame] = []
    chosen = plan
    if plan.trajectories:
        table = samples.morris(_problem(plan), plan.trajectories, seed)
        for each in _outcomes(plan, table, folder, SCREENING, settings):
            screened[each.scenario, each.measure] = each
            if not each.constant:
                tables += indices.morris(each, seed)
        if not plan.groups:
            kept = strongest(pd.concat(tables) if tables else None, plan)
            chosen = replace(
                plan, factors=tuple(each for each in plan.factors if each.name in kept)
            )
    table = samples.sobol(_problem(chosen), plan.samples, seed)
    outcomes = _outcomes(chosen, table, folder, SOBOL, settings)
    progress = settings.get("progress") or (lambda done, total, what: None)
    measures = []
    for at, each in enumerate(outcomes):
        progress(at, len(outcomes), "Computing indices")
        facts, more = _analysed(each, screened.get((each.scenario, each.measure)), seed)
        measures.append(facts)
        tables += more
    progress(len(outcomes), len(outcomes), "Computing indices")
    notes = list(dict.fromkeys(note for each in measures for note in each["notes"]))
    if not any(each["analysed"] for each in measures):
        raise StudyError(" ".join(notes))
    whole = {
        "schema_version": SCHEMA_VERSION,
        "plan": PLAN.dump_python(plan, mode="json"),
        "sobol_factors": [each.name for each in chosen.factors],
        "runs": plan.runs,
        "measures": measures,
        "notes": notes,
    }
    frame = pd.concat(tables, ignore_index=True)
    write_folder(folder, tables={INDICES: frame}, data={FACTS: whole})
    return Found(folder, plan, whole, frame)


def load(out: str | os.PathLike[str]) -> Found:
    """Read a finished analysis.

    Raises:
        StudyError: There is none.
    """
    folder = Path(out)
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        frame = pd.read_parquet(folder / INDICES)
        return Found(folder, PLAN.validate_python(facts["plan"]), facts, frame)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"There is no finished sensitivity analysis in {folder}.") from error


def strongest(screening: pd.DataFrame | None, plan: Plan) -> list[str]:
    """The factors that move some measure of some programme most, each against the strongest there."""
    names = [each.name for each in plan.factors]
    if screening is None:
        return names[: plan.keep]
    rows = screening[screening["index"] == "mu_star"]
    top = rows.groupby(["scenario", "measure"])["value"].transform("max")
    score = (rows["value"] / top.where(top > 0)).groupby(rows["factor"]).max()
    order = score.reindex(names).fillna(0.0).sort_values(ascending=False, kind="stable")
    return [str(name) for name in order.index[: plan.keep]]


def _problem(plan: Plan) -> Any:
    return problem_spec(plan.factors, plan.measures, groups=plan.groups)


def _outcomes(
    plan: Plan, table: Table, folder: Path, name: str, settings: dict[str, Any]
) -> list[Outcome]:
    """Run the rows of a table as a study; what came out, programme by programme and measure by measure."""
    points = pd.DataFrame(table.rows, columns=list(table.problem["names"]))
    spec = plan.spec.model_copy(update={"name": f"{plan.spec.name}-{name}"[:60].rstrip("-")})
    if progress := settings.get("progress"):
        words = {SCREENING: "Screening", SOBOL: "Crossed samples"}[name]

        def told(done: int, total: int, what: str) -> None:
            progress(done, total, words if what == "Running" else what)

        settings = settings | {"progress": told}
    done = run_study(Study.of(spec, points, plan.function), folder / name, **settings)
    return [samples.read(done, table, s, m) for s in plan.scenarios for m in plan.measures]


def _analysed(
    each: Outcome, screened: Outcome | None, seed: int
) -> tuple[dict[str, Any], list[pd.DataFrame]]:
    """One measure of one programme: facts and indices."""
    facts: dict[str, Any] = {
        "scenario": each.scenario,
        "measure": each.measure,
        "analysed": False,
        "lost": each.lost,
        "notes": [],
    }
    if told := each.constant:
        facts["notes"] = [told]
        return facts, []
    tables = [*indices.sobol(each, MEAN, seed), *indices.pawn(each, seed)]
    # how widely random draws spread the measure, unless that differs no more than a few seeds give by chance
    rows, seeds = each.values.shape
    still = int((np.ptp(each.values, axis=1) == 0).sum())
    if still:
        facts["notes"].append(
            f"{each.measure}: seeds change nothing in {still} of {rows} points, so the spread by random draws has no "
            "logarithm there and no indices."
        )
    elif indices.corrected(each.table, each.values, LOG_VARIANCE, seed)[2] >= SIGNAL:
        tables += indices.sobol(each, LOG_VARIANCE, seed)
    else:
        facts["notes"].append(
            f"{each.measure}: how widely random draws spread it cannot be told to differ between points with {seeds} "
            "seeds, so the spread has no indices. More --seeds may tell."
        )
    if each.lost:
        facts["notes"].append(
            f"{each.lost} base samples were left out of {each.measure}, since runs of theirs failed."
        )
    single = each.values[each.table.independent]
    facts |= {
        "analysed": True,
        **indices.monte_carlo(single, seed),
        "mean": float(single.mean()),
        "low": float(np.quantile(single, 0.05)),
        "high": float(np.quantile(single, 0.95)),
    }
    if screened is not None:
        facts["morris_noise"] = indices.noise(screened)
    return facts, tables
