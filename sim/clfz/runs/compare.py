"""From the runs of a comparison to its result: tidy tables of indicators, outcomes and costs, and the manifest.

`run_plan` runs in memory, unless a folder is given: then the replications are run as a study in a hidden folder beside
the result, `.NAME.unfinished-DIGEST`, which keeps them as they come until the result is whole. The digest is that of
everything that was asked for and of the model, so the same command finds its own runs and no others.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.indicators import INDICATORS, from_counts, outcome_names
from clfz.model.layout import CLASSES, SUMS
from clfz.runs.budgets import budgets
from clfz.runs.chunk import COUNT_COLUMNS
from clfz.runs.manifest import make_manifest
from clfz.runs.measures import BANDS, SEXES, ZONE_WIDE, group_counts, indicator, measure
from clfz.runs.plan import Plan, run_replications
from clfz.runs.results import ComparisonResult, refuse_others, write
from clfz.runs.runner import Note, Progress, kept_note, run
from clfz.runs.store import Locked, Results
from clfz.runs.study import StudyError, parts_of

if TYPE_CHECKING:
    import pandas as pd

    from clfz.runs.replications import Block

MONTHLY = (("all", "5-17"), ("all", "5-14"))


def run_plan(
    plan: Plan,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    command: str = "",
    out: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    note: Note | None = None,
    keep: Callable[[ComparisonResult, Path], object] = write,
) -> ComparisonResult:
    """Run every replication of a plan and turn the counts into tables.

    Args:
        plan: What to run.
        jobs: Threads; all processors when None. No number depends on it.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats the run, for the manifest.
        out: A folder for the result.
        cluster: With `out`, address of a Dask scheduler.
        note: Called with a sentence about what was found beside `out`.
        keep: Writes a result to `out`.

    Raises:
        ResultError: `out` holds something else, or cannot be written.
        StudyError: The runs cannot be kept, or one of them failed.
    """
    started = time.perf_counter()
    if out is None:
        if cluster is not None:
            raise ValueError("cluster needs out, a folder for what the workers send back")
        return _result(plan, run_replications(plan, jobs=jobs, progress=progress), command, started)
    refuse_others(Path(out))
    with kept_runs(
        plan, Path(out), jobs=jobs, cluster=cluster, progress=progress, note=note
    ) as block:
        result = _result(plan, block, command, started)
        keep(result, Path(out))
    return result


@contextlib.contextmanager
def kept_runs(
    plan: Plan,
    out: Path,
    *,
    progress: Progress | None = None,
    note: Note | None = None,
    **settings: Any,
) -> Iterator[Block]:
    """Run what is missing of a comparison, and keep all of it until the block ends well.

    Args:
        plan: What to run.
        out: The result folder that it is for.
        progress: Called with (runs done, runs in all, what is going on).
        note: Called with a sentence about what was found there.
        settings: `jobs` and `cluster`, as for `clfz.runs.runner.run`.

    Raises:
        StudyError: The runs cannot be kept, or one of them failed.
    """
    study, name = plan.study, out.absolute().name
    folder = out.parent / f".{name}.unfinished-{study.digest}"
    tell = note or (lambda sentence: None)
    for other in sorted(out.parent.glob(f".{name}.unfinished-*")):
        if other == folder:
            tell(f"Going on with the runs in {folder}.")
        else:
            tell(f"An unfinished run with other settings lies in {other}; delete it if unwanted.")
    try:
        done = run(study, folder, progress=progress, note=tell, **settings)
        try:
            yield _block_of(plan, done)
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


def _block_of(plan: Plan, done: Results) -> Block:
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
    block = plan.replications().block(range(len(plan.programmes)))
    months = done.study.spec.months + 1
    for table in done.tables("monthly"):
        point, replicate, scenario = parts_of(np.asarray(table["run_id"])[::months])
        w = point * done.study.spec.replicates + replicate
        for names, counts in ((COUNT_COLUMNS, block.totals), (SUMS, block.sums)):
            columns = counts.reshape(*counts.shape[:2], months, len(names))
            for column, name in enumerate(names):
                columns[w, scenario, :, column] = np.asarray(table[name]).reshape(-1, months)
    classes = done.runs[[f"attribution_{name}" for name in CLASSES]].to_numpy()
    block.classes[:] = classes.reshape(block.classes.shape)
    return block


def _result(plan: Plan, block: Block, command: str, started: float) -> ComparisonResult:
    """The tables and the manifest of what was run."""
    kinds = {type(step): None for programme in plan.programmes for step in programme.interventions}
    tables = indicator_table(plan, block), outcome_table(plan, block), cost_table(plan, block)
    manifest = make_manifest(
        **plan.facts(),
        cost_lines={
            f"{cls.kind}.{line.name}": line.title for cls in kinds for line in cls.all_lines()
        },
        command=command,
        draw_ids=np.unique(block.inputs.draws).tolist(),
        wall_seconds=round(time.perf_counter() - started, 2),
    )
    return ComparisonResult.make(manifest, *tables)


def indicator_table(plan: Plan, block: Block, last: int | None = None) -> pd.DataFrame:
    """The contract's indicators: every month for the whole zone, once a year for girls, boys and age bands.

    Args:
        plan: What was run.
        block: What was counted.
        last: The last month that was lived; that of the horizon when None.
    """
    import pandas as pd

    beyond = (plan.study.horizon.months if last is None else last) + 1
    names = [*(entry.name for entry in INDICATORS if entry.name not in ZONE_WIDE), *ZONE_WIDE]
    pairs = np.array([block.inputs.draws, block.inputs.replicates], np.int32)
    columns = []
    for (sex_code, sex), (band_code, band) in itertools.product(enumerate(SEXES), enumerate(BANDS)):
        months = slice(0, beyond, 1 if (sex, band) in MONTHLY else 12)
        counts = group_counts(block.totals[:, :, months], sex, band)
        for name_code, name in enumerate(names):
            if name not in ZONE_WIDE:
                values = from_counts(name, counts)
            elif (sex, band) == MONTHLY[0]:
                values = indicator(name, block, months)
            else:
                continue
            w, scenario, month = np.indices(values.shape, np.int32).reshape(3, -1)
            codes = [np.full(values.size, k, np.int8) for k in (name_code, sex_code, band_code)]
            columns.append([scenario, *pairs[:, w], month * months.step, *codes, values.ravel()])
    scenario, drawn, replicate, month, name_codes, sexes, bands, values = map(
        np.concatenate, zip(*columns, strict=True)
    )
    code: Any = pd.Categorical.from_codes
    return pd.DataFrame(
        {
            "scenario": code(scenario, scenario_names(plan, block)),
            "zone": code(np.zeros(len(scenario), np.int8), [plan.zone.name]),
            "draw": drawn,
            "replicate": replicate,
            "month": month,
            "indicator": code(name_codes, names),
            "sex": code(sexes, list(SEXES)),
            "age_band": code(bands, list(BANDS)),
            "value": values,
        }
    )


def scenario_names(plan: Plan, block: Block) -> list[str]:
    """Names of the programmes that were run."""
    return [plan.programmes[number].name for number in block.scenarios]


def outcome_table(plan: Plan, block: Block) -> pd.DataFrame:
    """The contract's outcomes: one number a run."""
    import pandas as pd

    names = outcome_names(plan.study.horizon)
    values = np.stack(list(measure(names, block).values()), axis=-1)
    pairs = zip(block.inputs.draws.tolist(), block.inputs.replicates.tolist(), strict=True)
    keys = [
        (scenario, plan.zone.name, *pair, name)
        for pair, scenario, name in itertools.product(pairs, scenario_names(plan, block), names)
    ]
    table = pd.DataFrame(keys, columns=["scenario", "zone", "draw", "replicate", "outcome"])
    return table.assign(value=values.ravel())


def cost_table(plan: Plan, block: Block) -> pd.DataFrame:
    """The contract's costs: only amounts above 0, by replication, scenario, month and line."""
    import pandas as pd

    inputs, frames = block.inputs, []
    for at, scenario in enumerate(scenario_names(plan, block)):
        for of, lines, amounts in budgets(block, at):
            w, month, line = np.nonzero(amounts)
            frames.append(
                pd.DataFrame(
                    {
                        "scenario": scenario,
                        "zone": plan.zone.name,
                        "draw": inputs.draws[of[w]],
                        "replicate": inputs.replicates[of[w]],
                        "month": month + 1,
                        "line": np.array([*lines, ""], dtype=object)[line],
                        "amount": amounts[w, month, line],
                    }
                )
            )
    table = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return table.sort_values(["draw", "replicate"], kind="stable", ignore_index=True)
