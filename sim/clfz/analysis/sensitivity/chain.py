"""From the plan to the folder: screening, Sobol samples, indices, report. The same call resumes.

The folder holds `sensitivity.json` (the plan, shares of luck, what was left out, how good the surrogate is),
`screening/` and `sobol/` (the studies of the trajectories of Morris and of the crossed samples), `indices.parquet` (one
row an index) and `report.html`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.analysis.sensitivity import indices, samples
from clfz.analysis.sensitivity.factors import as_data, from_data, problem_spec
from clfz.analysis.sensitivity.luck import luck
from clfz.analysis.sensitivity.outcomes import (
    LOG_VARIANCE,
    MEAN,
    Outcome,
    constant,
    no_log_variance,
    read,
)
from clfz.analysis.sensitivity.plan import Plan, only
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    import pandas as pd

    from clfz.analysis.sensitivity.samples import Table
    from clfz.runs.store import Results

PLAN, INDICES = "sensitivity.json", "indices.parquet"
SCREENING, SOBOL = "screening", "sobol"
SCHEMA_VERSION = 1
SIGNAL = 0.2
"""Least share of the variance between points that is not the chance of a few lucks, for indices to mean something."""
MINE = {PLAN, INDICES, SCREENING, SOBOL, "report.html"}
Progress = Callable[[int, int, str], None]


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
    """Run what is missing, and reckon the indices.

    Args:
        plan: What to do.
        out: The folder.
        settings: As for `experiments.run`: jobs, cluster, backend, progress, note.

    Raises:
        InputError: What cannot be run.
        StudyError: What cannot be analysed, or a folder that holds something else.
    """
    folder = Path(out)
    _refuse_others(folder)
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    seed = plan.spec.seed
    chosen = plan
    if plan.screened:
        table = samples.morris(_problem(plan), plan.trajectories, seed)
        screened = _study(plan, table, folder / SCREENING, "screening", settings)
        outcomes = _outcomes(plan, screened, table)
        for each in outcomes:
            if not constant(each):
                rows += indices.morris(each, MEAN, seed)
        if not plan.groups:
            chosen = only(plan, going_on(rows, plan))
    table = samples.sobol(_problem(chosen), plan.samples, seed)
    crossed = _study(chosen, table, folder / SOBOL, "sobol", settings)
    progress = settings.get("progress") or (lambda done, total, what: None)
    found: list[dict[str, Any]] = []
    sound = _outcomes(plan, crossed, table)
    for at, each in enumerate(sound):
        progress(at, len(sound), "Reckoning indices")
        told, more = _analysed(each, outcomes, plan, seed)
        rows += more
        found.append(told)
        notes += told["notes"]
    progress(len(sound), len(sound), "Reckoning indices")
    facts = {
        "schema_version": SCHEMA_VERSION,
        "plan": as_json(plan),
        "sobol_factors": [each.name for each in chosen.factors],
        "runs": plan.runs,
        "measures": found,
        "notes": list(dict.fromkeys(notes)),
    }
    if not any(each["analysed"] for each in found):
        raise StudyError(" ".join(dict.fromkeys(notes)))
    return _written(folder, plan, facts, rows)


def load(out: str | os.PathLike[str]) -> Found:
    """Read a finished analysis.

    Raises:
        StudyError: There is none.
    """
    import pandas as pd

    folder = Path(out)
    try:
        facts = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        frame = pd.read_parquet(folder / INDICES)
        return Found(folder, from_json(facts["plan"]), facts, frame)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"There is no finished sensitivity analysis in {folder}.") from error


def going_on(rows: list[dict[str, Any]], plan: Plan) -> list[str]:
    """The factors that move some measure of some programme most, each against the strongest there."""
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["index"] == "mu_star":
            key = (row["scenario"], row["measure"])
            best[key] = max(best.get(key, 0.0), row["value"])
    score = {each.name: 0.0 for each in plan.factors}
    for row in rows:
        top = best.get((row["scenario"], row["measure"]), 0.0)
        if row["index"] == "mu_star" and top > 0:
            score[row["factor"]] = max(score[row["factor"]], row["value"] / top)
    order = sorted(score, key=lambda name: -score[name])
    return order[: plan.keep]


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    numbers = ("trajectories", "samples", "keep", "groups", "function")
    return {
        "spec": plan.spec.model_dump(mode="json"),
        "factors": as_data(plan.factors),
        **{name: getattr(plan, name) for name in numbers},
    }


def from_json(data: dict[str, Any]) -> Plan:
    """Read `as_json` back."""
    from clfz.inputs import StudyFile

    return Plan(
        **(
            data
            | {
                "spec": StudyFile.model_validate(data["spec"]),
                "factors": from_data(data["factors"]),
            }
        )
    )


def _problem(plan: Plan) -> Any:
    return problem_spec(plan.factors, plan.measures, groups=plan.groups)


def _study(plan: Plan, table: Table, folder: Path, name: str, settings: dict[str, Any]) -> Results:
    """Run the rows of a table as a study."""
    import pandas as pd

    from clfz.runs.runner import run as run_study
    from clfz.runs.study import Study

    points = pd.DataFrame(table.rows, columns=list(table.problem["names"]))
    spec = plan.spec.model_copy(update={"name": f"{plan.spec.name}-{name}"[:60].rstrip("-")})
    progress = settings.get("progress")
    if progress:
        words = {"screening": "Screening", "sobol": "Crossed samples"}[name]

        def told(done: int, total: int, what: str) -> None:
            progress(done, total, words if what == "Running" else what)

        settings = settings | {"progress": told}
    return run_study(Study.of(spec, points, plan.function), folder, **settings)


def _outcomes(plan: Plan, done: Results, table: Table) -> list[Outcome]:
    return [
        read(done, table, scenario, measure)
        for scenario in plan.scenarios
        for measure in plan.measures
    ]


def _analysed(
    each: Outcome, screened: list[Outcome], plan: Plan, seed: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One measure of one programme: facts and indices."""
    facts: dict[str, Any] = {
        "scenario": each.scenario,
        "measure": each.measure,
        "analysed": False,
        "lost": each.lost,
        "notes": [],
    }
    if told := constant(each):
        facts["notes"] = [told]
        return facts, []
    rows = [*indices.sobol(each, MEAN, seed), *indices.pawn(each, seed)]
    if told := no_log_variance(each):
        facts["notes"].append(f"{each.measure}: {told}")
    else:
        why, more = _of_spread(each, seed)
        facts["notes"] += why
        rows += more
    if each.lost:
        facts["notes"].append(
            f"{each.lost} base samples were left out of {each.measure}, since runs of theirs failed."
        )
    single = samples.independent(each.table)
    chance = luck(each.values[single], seed)
    numbers = each.values[single]
    facts |= {
        "analysed": True,
        "luck": chance.whole,
        "luck_common": chance.common,
        "luck_left": chance.residual,
        "mean": float(numbers.mean()),
        "low": float(_quantile(numbers, 0.05)),
        "high": float(_quantile(numbers, 0.95)),
    }
    mine = [s for s in screened if (s.scenario, s.measure) == (each.scenario, each.measure)]
    if mine:
        facts["morris_noise"] = indices.noise(mine[0], MEAN)
    from clfz.analysis.sensitivity.surrogate import surrogate

    facts["surrogate"], more = surrogate([each, *mine], plan, seed)
    return facts, [*rows, *more]


def _of_spread(each: Outcome, seed: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Indices of the log variance by luck, unless it is no more than a few lucks give by chance."""
    share = indices.corrected(each.table, each.values, LOG_VARIANCE, seed)[2]
    if share >= SIGNAL:
        return [], list(indices.sobol(each, LOG_VARIANCE, seed))
    lucks = each.values.shape[1]
    text = (
        f"{each.measure}: how widely luck spreads it cannot be told to differ between points with {lucks} seeds, "
        "so the spread has no indices. More --seeds may tell."
    )
    return [text], []


def _quantile(values: Any, share: float) -> Any:
    import numpy as np

    return np.quantile(values, share)


def _refuse_others(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file. Give a folder.")
    if not folder.is_dir():
        return
    others = [p.name for p in folder.iterdir() if p.name not in MINE and not p.name.startswith(".")]
    if others:
        raise StudyError(
            f"{folder} holds files that are no sensitivity analysis ({sorted(others)[0]}); "
            "give another folder."
        )


def _written(folder: Path, plan: Plan, facts: dict[str, Any], rows: list[dict[str, Any]]) -> Found:
    """Keep the indices, then the facts, each whole or not at all."""
    import io

    import pandas as pd

    from clfz.inputs.file_errors import reason
    from clfz.runs.store import write_bytes

    frame = pd.DataFrame(rows, columns=list(indices.COLUMNS))
    sink = io.BytesIO()
    frame.to_parquet(sink, index=False)
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    try:
        write_bytes(folder / INDICES, sink.getvalue())
        write_bytes(folder / PLAN, text.encode())
    except OSError as error:
        raise StudyError(f"Cannot write to {folder}: {reason(error)}.") from error
    return Found(folder, plan, facts, frame)
