"""A comparison as a study: its worlds are kept as they come, so that one that was killed goes on where it was.

The study lies in a hidden folder beside the result, `.NAME.unfinished-DIGEST`, until the result is whole. The digest is
that of everything that was asked for and of the model, so the same command finds its own runs and no others.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clfz.inputs import StudyFile
from clfz.model.attribution import CLASSES
from clfz.model.figures import world_seed
from clfz.model.layout import COUNTS, SUMS
from clfz.runs.studies.bymonth import COUNTED
from clfz.runs.studies.errors import StudyError, kept_note
from clfz.runs.studies.lock import Locked
from clfz.runs.studies.runner import Progress, run
from clfz.runs.studies.study import POINT_STRIDE, WORLD_STRIDE, Study
from clfz.runs.worldruns import Runs, world_inputs

if TYPE_CHECKING:
    from clfz.runs.scenarios import Plan
    from clfz.runs.studies.results import Results


def study_of(plan: Plan) -> Study:
    """The worlds of a comparison, with everything that is counted in them."""
    comparison = plan.comparison
    spec = StudyFile(
        name=comparison.name,
        title=comparison.title,
        question=comparison.question,
        zones=(plan.zone.name,),
        programmes=tuple(programme.name for programme in plan.programmes),
        shocks=tuple(shock.name for shock in plan.shocks),
        programme_months=comparison.programme_months,
        after_months=comparison.after_months,
        seed=comparison.seed,
        draws=comparison.draws,
        replicates=comparison.replicates,
        measures=tuple(f"attribution_{name}" for name in CLASSES),
        keep="counts",
        reporting=comparison.reporting,
        set=comparison.set,
    )
    return Study(
        spec=spec,
        zones=(plan.zone,),
        programmes=plan.programmes,
        shocks=plan.shocks,
        parameters=plan.parameters,
        factors=(),
        rows=np.zeros((1, 0)),
    )


def digest(study: Study) -> str:
    """Eight digits: everything that was asked for, and the model."""
    return hashlib.sha256(study.message).hexdigest()[:8]


@contextlib.contextmanager
def kept_runs(
    plan: Plan,
    out: Path,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
) -> Iterator[Runs]:
    """Run what is missing of a comparison, and keep all of it until the block ends well.

    Args:
        plan: What to run.
        out: The result folder that it is for.
        jobs: How many worlds at a time.
        cluster: Address of a Dask scheduler.
        progress: Called with (runs done, runs in all, what is going on).
        note: Called with a sentence about what was found there.

    Raises:
        StudyError: The runs cannot be kept, or one of them failed.
    """
    study = study_of(plan)
    place = out.absolute()
    folder = out.parent / f".{place.name}.unfinished-{digest(study)}"
    tell = note or (lambda sentence: None)
    for other in sorted(out.parent.glob(f".{place.name}.unfinished-*")):
        if other == folder:
            tell(f"Going on with the runs in {folder}.")
        else:
            tell(f"An unfinished run with other settings lies in {other}; delete it if unwanted.")
    try:
        done = run(
            study, folder, jobs=jobs, cluster=cluster, progress=progress, note=tell, seal=False
        )
        try:
            yield runs_of(plan, done)
        except BaseException as error:
            kept_note(error, folder, study.runs, study.runs)
            raise
    except Locked:
        raise
    except BaseException:
        if not any(folder.glob("*/*.parquet")):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def runs_of(plan: Plan, done: Results) -> Runs:
    """What the engine counted, out of the tables of a study.

    Raises:
        StudyError: A run failed.
    """
    if len(done.failures):
        first = done.failures.iloc[0]
        text = f"draw {first['point']}, replicate {first['replicate']}, {first['scenario']}"
        raise StudyError(
            f"{len(done.failures)} runs failed; the first ({text}): {first['reason']}."
        )
    spec = done.study.spec
    worlds = tuple((d, r) for d in range(spec.draws) for r in range(spec.replicates))
    values, figures, _ = world_inputs(plan, worlds)
    shape = (len(worlds), len(plan.programmes))
    totals = np.zeros((*shape, spec.months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((*shape, spec.months + 1, len(SUMS)))
    flat = totals.reshape(-1, spec.months + 1, len(COUNTED)), sums.reshape(-1, *sums.shape[2:])
    for table in done.tables("monthly"):
        ids = np.asarray(table["run_id"])[:: spec.months + 1]
        points, rest = np.divmod(ids, POINT_STRIDE)
        replicates, scenarios = np.divmod(rest, WORLD_STRIDE)
        at = (points * spec.replicates + replicates) * len(plan.programmes) + scenarios
        for names, numbers in zip((COUNTED, SUMS), flat, strict=True):
            for column, name in enumerate(names):
                months = np.asarray(table[name]).reshape(len(at), -1)
                numbers[at, :, column] = months
    columns = [f"attribution_{name}" for name in CLASSES]
    classes = done.runs.sort_values("run_id")[columns].to_numpy().astype(np.int64)
    return Runs(
        worlds=worlds,
        seeds=np.array([world_seed(spec.seed, d, r) for d, r in worlds], np.uint64),
        parameters=values,
        figures=figures,
        totals=totals,
        sums=sums,
        classes=classes.reshape(*shape, len(CLASSES)),
    )
