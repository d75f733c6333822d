"""`clfz.compare` and `clfz.simulate`: paired comparisons, with their report when a folder is given.

Every scenario is run in each replication (parameter draw x replicate seed): the same people and the same random draws.
They stand above the layers that they join: inputs, runs, posteriors of a calibration, reports.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.analysis.calibration.posterior import read as read_posterior
from clfz.inputs import load_comparison, load_programme, load_shock, load_zone
from clfz.inputs.problems import several, within
from clfz.inputs.programme import Programme
from clfz.inputs.study import Comparison
from clfz.inputs.validate import repeated
from clfz.inputs.zone import Zone
from clfz.report import keep
from clfz.report.numbers import GAIN, HEADLINE
from clfz.runs.compare import run_plan
from clfz.runs.plan import Plan, resolve, run_name
from clfz.runs.results import refuse_others
from clfz.runs.runner import Note, Progress
from clfz.runs.study import refuse

if TYPE_CHECKING:
    from clfz.inputs.programme import Shock
    from clfz.runs.results import ComparisonResult

# The same limits as in comparison files and on the command line.
LIMITS = {
    "seed": (0, 10**15 - 1),
    "draws": (1, 100_000),
    "replicates": (1, 10_000),
    "programme_months": (1, 360),
    "jobs": (1, 1024),
}
LONGEST_AFTER = 360


def compare(
    comparison: Comparison | str | os.PathLike[str],
    *,
    seed: int | None = None,
    draws: int | None = None,
    replicates: int | None = None,
    months: int | None = None,
    jobs: int | None = None,
    overrides: Mapping[str, float] | None = None,
    progress: Progress | None = None,
    command: str = "",
    out: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    note: Note | None = None,
    posterior: str | os.PathLike[str] | None = None,
) -> ComparisonResult:
    """Compare the programmes of a comparison file.

    Args:
        comparison: A comparison, its name, or the path of its file.
        seed: Seed of the study instead of the file's.
        draws: Parameter draws; with 1 every parameter and zone input has its central value.
        replicates: Runs with different random draws for each parameter draw.
        months: Cuts (or lengthens) the whole horizon to this many months.
        jobs: Threads; as many as there are processors when not given. Results do not depend on it.
        overrides: Parameters, or levers: these for every scenario but the first, while the programme lasts.
            With `none` alone they are a second scenario, `by-hand`.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats the run, for the manifest.
        out: A folder for the result with its report. Runs are kept beside it as they come: when this is stopped
            or killed, the same call goes on. Without it no file is written.
        cluster: With `out`, address of a Dask scheduler to run on, such as tcp://10.0.0.1:8786.
        note: Called with a sentence about what was found beside `out`.
        posterior: Folder of a calibration whose draws stand in for the prior. What is set by hand stays as set.

    Raises:
        InputError: What was asked for does not exist or is out of range.
        TypeError: A number that is not whole.
        ValueError: A number out of range.
    """
    if not isinstance(comparison, Comparison):
        comparison = load_comparison(comparison)
    changed = _whole(seed=seed, draws=draws, replicates=replicates)
    if months is not None:
        changed |= _horizon(months, comparison.programme_months)
    plan = resolve(comparison.model_copy(update=changed), overrides)
    settings = {"out": out, "cluster": cluster, "note": note, **_whole(jobs=jobs)}
    if posterior is not None:
        plan = with_posterior(plan, posterior, before=_before(plan, posterior, out, jobs, progress))
    return run_plan(plan, progress=progress, command=command, keep=keep, **settings)


def with_posterior(
    plan: Plan, folder: str | os.PathLike[str], before: Mapping[str, Any] | None = None
) -> Plan:
    """The same plan, its parameters drawn from a posterior in place of the prior.

    Args:
        plan: What is to be run.
        folder: Of the calibration.
        before: What the prior gives, for the report.

    Raises:
        InputError: There is no posterior in the folder.
    """
    found = read_posterior(folder)
    parameters = found.stand_in(plan.parameters, plan.zone.country)
    facts = found.facts() | ({"before": dict(before)} if before is not None else {})
    return replace(plan, parameters=parameters, posterior=facts)


def _before(
    plan: Plan,
    posterior: str | os.PathLike[str],
    out: str | os.PathLike[str] | None,
    jobs: int | None,
    progress: Progress | None,
) -> dict[str, dict[str, list[float]]]:
    """Scenario -> measure of the headline -> mean, lower and upper end of its difference, under the prior."""
    with_posterior(plan, posterior)  # what is wrong with it is told before anything runs
    if out is not None:
        refuse_others(Path(out))

    def told(done: int, total: int, what: str) -> None:
        if progress:
            progress(done, total, f"{what}, before calibration")

    table = run_plan(plan, progress=told, **_whole(jobs=jobs)).summary
    table = table[table["measure"].isin([HEADLINE, GAIN])]
    found: dict[str, dict[str, list[float]]] = {}
    for row in table.to_dict("records"):
        ends = [row["difference"], row["difference_lower"], row["difference_upper"]]
        found.setdefault(str(row["scenario"]), {})[str(row["measure"])] = [float(x) for x in ends]
    return found


def _whole(**numbers: Any) -> dict[str, Any]:
    """Those numbers that were given, each a whole number within its limits."""
    return {
        name: within(name, value, *LIMITS[name])
        for name, value in numbers.items()
        if value is not None
    }


def _horizon(months: Any, programme_months: int) -> dict[str, int]:
    """A horizon in two parts: months with a programme, months after it."""
    months = within("months", months, 1, programme_months + LONGEST_AFTER)
    with_programme = min(programme_months, months)
    return {"programme_months": with_programme, "after_months": months - with_programme}


def _refuse_what_never_comes(
    programme: Programme, shocks: Sequence[Shock], programme_months: int, months: int
) -> None:
    """Refuse a step that no horizon would see, and a shock that is given twice or begins when all is over.

    A step that only a short run cuts off is told in the report.

    Raises:
        InputError: Which, and why.
    """
    late = tuple(
        step
        for step in programme.interventions
        if step.end_month is None and step.start_month > programme_months
    )
    never, _ = programme.model_copy(update={"interventions": late}).outside(
        programme_months, months
    )
    refuse(never)
    told = [text for _, text in repeated(tuple(shock.name for shock in shocks), "shocks")]
    refuse(told + [text for shock in shocks for text in shock.outside(programme_months, months)[0]])


def simulate(
    zone: str | os.PathLike[str] | Zone,
    programme: str | os.PathLike[str] | Programme = "none",
    *,
    seed: int = 1,
    draws: int = 1,
    replicates: int = 10,
    months: int = 108,
    programme_months: int = 48,
    jobs: int | None = None,
    overrides: Mapping[str, float] | None = None,
    progress: Progress | None = None,
    command: str = "",
    out: str | os.PathLike[str] | None = None,
    cluster: str | None = None,
    note: Note | None = None,
    shocks: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
) -> ComparisonResult:
    """Run one programme in one zone, paired with no programme.

    Args:
        zone: Name or path of a zone, or what `load_zone` returned.
        programme: Name or path of a programme, or what `load_programme` returned.
        seed: Seed of the study.
        draws: Parameter draws; with 1 every parameter and zone input has its central value.
        replicates: Runs with different random draws for each parameter draw.
        months: The whole horizon.
        programme_months: Months until the programme leaves.
        jobs: Threads.
        overrides: Levers or parameters set by hand. Levers act beside the programme while it lasts; with `none`
            they are a second scenario, `by-hand`, as `clfz.ZoneModel` lives it.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats the run.
        out: A folder for the result, as in `compare`.
        cluster: With `out`, address of a Dask scheduler.
        note: Called with a sentence about what was found beside `out`.
        shocks: Names or paths of shocks, or one. They hit with the programme and without.

    Raises:
        InputError: What was asked for does not exist or is out of range.
        TypeError: A number that is not whole.
        ValueError: A number out of range.
    """
    place = zone if isinstance(zone, Zone) else load_zone(zone)
    plan = programme if isinstance(programme, Programme) else load_programme(programme)
    alone = plan.name == "none"
    length = _whole(programme_months=programme_months)["programme_months"]
    horizon = _horizon(months, length)
    named = several("shocks", shocks)
    events = [load_shock(shock) for shock in named]
    _refuse_what_never_comes(plan, events, length, sum(horizon.values()))
    comparison = Comparison(
        name=run_name(place.name, plan.name, *(event.name for event in events)),
        title=f"{plan.title}: {place.title}",
        question=f"What does this programme change in {place.title}?",
        zone=place.name if isinstance(zone, Zone) else os.fspath(zone),
        programmes=("none",) if alone else ("none", plan.name),
        shocks=tuple(os.fspath(shock) for shock in named),
        **horizon,
        **_whole(draws=draws, replicates=replicates, seed=seed),
    )
    programmes = (load_programme("none"),) if alone else (load_programme("none"), plan)
    resolved = resolve(comparison, overrides, zone=place, programmes=programmes)
    settings = {"out": out, "cluster": cluster, "note": note, **_whole(jobs=jobs)}
    return run_plan(resolved, progress=progress, command=command, keep=keep, **settings)
