"""From the runs of a comparison to its result: tidy tables of indicators, outcomes and costs, and the manifest.

`run_plan` runs in memory, unless a folder is given: then the replications are run as a study in a hidden folder beside
the result, `.NAME.unfinished-DIGEST`, which keeps them as they come until the result is whole. The digest is that of
everything that was asked for and of the model, so the same command finds its own runs and no others.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.indicators import INDICATORS, from_counts, outcome_names
from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.runs.chunk import COUNT_COLUMNS
from clfz.runs.manifest import make_manifest
from clfz.runs.measures import BANDS, SEXES, ZONE_WIDE, Block, group_counts, indicator, measure
from clfz.runs.plan import Plan, Runs, run_worlds
from clfz.runs.results import ComparisonResult, refuse_others, write
from clfz.runs.runner import Note, Progress, kept_note, run
from clfz.runs.store import Locked, Results
from clfz.runs.study import POINT_STRIDE, WORLD_STRIDE, StudyError

if TYPE_CHECKING:
    import pandas as pd

    from clfz.programme.levers import FloatArray

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
        return _result(plan, run_worlds(plan, jobs=jobs, progress=progress), command, started)
    refuse_others(Path(out))
    with kept_runs(
        plan, Path(out), jobs=jobs, cluster=cluster, progress=progress, note=note
    ) as runs:
        result = _result(plan, runs, command, started)
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
) -> Iterator[Runs]:
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
            yield _runs_of(plan, done)
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


def _runs_of(plan: Plan, done: Results) -> Runs:
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
    spec, worlds = done.study.spec, plan.worlds()
    runs, months = len(worlds) * len(plan.programmes), spec.months + 1
    totals = np.zeros((runs, months, len(COUNT_COLUMNS)), np.int64)
    sums = np.zeros((runs, months, len(SUMS)))
    for table in done.tables("monthly"):
        points, rest = np.divmod(np.asarray(table["run_id"])[::months], POINT_STRIDE)
        replicates, scenarios = np.divmod(rest, WORLD_STRIDE)
        at = (points * spec.replicates + replicates) * len(plan.programmes) + scenarios
        for names, numbers in ((COUNT_COLUMNS, totals), (SUMS, sums)):
            for column, name in enumerate(names):
                numbers[at, :, column] = np.asarray(table[name]).reshape(len(at), months)
    classes = done.runs[[f"attribution_{name}" for name in CLASSES]].to_numpy().astype(np.int64)
    shape = (len(worlds), len(plan.programmes))
    return Runs.of(
        worlds,
        plan.replications(worlds),
        totals.reshape(*shape, months, 2, 3, len(COUNTS)),
        sums.reshape(*shape, months, len(SUMS)),
        classes.reshape(*shape, len(CLASSES)),
    )


def _result(plan: Plan, runs: Runs, command: str, started: float) -> ComparisonResult:
    """The tables and the manifest of what was run."""
    levers = plan.levers()
    inputs = plan.replications(runs.worlds)
    block = inputs.with_costs(runs.block(plan, levers), plan.scenarios)
    kinds = {type(step): None for programme in plan.programmes for step in programme.interventions}
    tables = (
        indicator_table(plan, runs, levers),
        outcome_table(plan, runs, block),
        cost_table(plan, runs, block),
    )
    manifest = make_manifest(
        comparison=plan.comparison.model_dump(mode="json"),
        zone=plan.zone.model_dump(mode="json", by_alias=True),
        scenarios=plan.entries(),
        shocks=[shock.model_dump(mode="json", by_alias=True) for shock in plan.shocks],
        cost_lines={
            f"{cls.kind}.{line.name}": line.title for cls in kinds for line in cls.all_lines()
        },
        parameters=[parameter.model_dump(mode="json") for parameter in plan.parameters],
        command=command,
        draw_ids=sorted({draw for draw, _ in runs.worlds}),
        posterior=plan.posterior,
        wall_seconds=round(time.perf_counter() - started, 2),
    )
    return ComparisonResult.make(manifest, *tables)


def indicator_table(plan: Plan, runs: Runs, levers: FloatArray) -> pd.DataFrame:
    """The contract's indicators: every month for the whole zone, once a year for girls, boys and age bands.

    Args:
        plan: What was run.
        runs: What was counted, of months 0 to M.
        levers: [S, M, n_levers].
    """
    parts = []
    for sex in SEXES:
        for band in BANDS:
            months = slice(None, None, 1 if (sex, band) in MONTHLY else 12)
            counts = group_counts(runs.totals[:, :, months], sex, band)
            named = [
                (entry.name, from_counts(entry.name, counts))
                for entry in INDICATORS
                if entry.name not in ZONE_WIDE
            ]
            if (sex, band) == MONTHLY[0]:
                named += zone_wide(plan, runs, levers)
            parts += [(name, sex, band, values, months) for name, values in named]
    return _stack(plan, runs, parts)


def zone_wide(plan: Plan, runs: Runs, levers: FloatArray) -> list[tuple[str, FloatArray]]:
    """Indicators of the zone as a whole [W, S, M + 1]: wages, pupils per teacher, support of the norm."""
    block = runs.block(plan, levers)
    return [(name, indicator(name, block)) for name in ZONE_WIDE]


def _stack(
    plan: Plan, runs: Runs, parts: list[tuple[str, str, str, FloatArray, slice]]
) -> pd.DataFrame:
    """One long table from blocks of values [W, S, months]."""
    import pandas as pd

    names = list(dict.fromkeys(part[0] for part in parts))
    sexes, bands, worlds = list(SEXES), list(BANDS), np.array(runs.worlds, np.int32)
    all_months, columns = np.arange(runs.totals.shape[2], dtype=np.int32), []
    for name, sex, band, values, months in parts:
        world, scenario, month = np.indices(values.shape, np.int32).reshape(3, -1)
        words = ((names, name), (sexes, sex), (bands, band))
        codes = [np.full(values.size, known.index(word), np.int8) for known, word in words]
        when = all_months[months][month]
        columns.append([scenario, *worlds[world].T, when, *codes, values.ravel()])
    scenario, drawn, replicate, month, *codes, values = map(
        np.concatenate, zip(*columns, strict=True)
    )
    code: Any = pd.Categorical.from_codes
    return pd.DataFrame(
        {
            "scenario": code(scenario, [programme.name for programme in plan.programmes]),
            "zone": code(np.zeros(len(scenario), np.int8), [plan.zone.name]),
            "draw": drawn,
            "replicate": replicate,
            "month": month,
            "indicator": code(codes[0], names),
            "sex": code(codes[1], sexes),
            "age_band": code(codes[2], bands),
            "value": values,
        }
    )


def outcome_table(plan: Plan, runs: Runs, block: Block) -> pd.DataFrame:
    """The contract's outcomes: one number a run."""
    import pandas as pd

    names = outcome_names(block.horizon)
    values = np.stack(list(measure(names, block).values()), axis=-1)
    rows = [
        (programme.name, plan.zone.name, draw, replicate, name, value)
        for w, (draw, replicate) in enumerate(runs.worlds)
        for k, programme in enumerate(plan.programmes)
        for name, value in zip(names, values[w, k].tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["scenario", "zone", "draw", "replicate", "outcome", "value"])


def cost_table(plan: Plan, runs: Runs, block: Block) -> pd.DataFrame:
    """The contract's costs: only amounts above 0, by replication, scenario, month and line."""
    import pandas as pd

    inputs, worlds = plan.replications(runs.worlds), np.array(runs.worlds)
    frames = []
    for at, programme in enumerate(plan.programmes):
        for of, names, amounts in inputs.budgets(block, plan.scenarios, at):
            row, month, line = np.nonzero(amounts)
            frames.append(
                pd.DataFrame(
                    {
                        "scenario": programme.name,
                        "zone": plan.zone.name,
                        "draw": worlds[of[row], 0],
                        "replicate": worlds[of[row], 1],
                        "month": month + 1,
                        "line": np.array([*names, ""], dtype=object)[line],
                        "amount": amounts[row, month, line],
                    }
                )
            )
    table = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return table.sort_values(["draw", "replicate"], kind="stable", ignore_index=True)
