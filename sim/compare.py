"""Paired comparison of programmes: the same people and the same luck in every scenario.

`compare` runs a table of worlds (parameter draw x replicate); in each world every scenario is run by the compiled
engine, and the engine's counts become the tidy tables of a `ComparisonResult`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.scenarios import Plan, resolve

if TYPE_CHECKING:
    from sim.inputs.comparison import Comparison
    from sim.results import ComparisonResult

Progress = Callable[[int, int, str], None]


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
) -> ComparisonResult:
    """Compare the programmes of a comparison file.

    Args:
        comparison: A comparison, its name, or the path of its file.
        seed: Seed of the study instead of the file's.
        draws: Parameter draws; with 1 every parameter and figure has its central value.
        replicates: Runs with different luck for each draw.
        months: Cuts the whole horizon to this many months.
        jobs: Threads; as many as there are processors when not given. Results do not depend on it.
        overrides: Parameters, or levers: these for every scenario but the first, while the programme lasts.
            With `none` alone they are a second scenario, `by-hand`.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats the run, for the manifest.

    Raises:
        InputError: What was asked for does not exist or is out of range.
    """
    from sim.inputs import load_comparison
    from sim.inputs.comparison import Comparison

    if not isinstance(comparison, Comparison):
        comparison = load_comparison(comparison)
    changes: dict[str, Any] = {"seed": seed, "draws": draws, "replicates": replicates}
    if months is not None:
        changes["programme_months"] = min(months, comparison.programme_months)
        changes["after_months"] = max(0, months - comparison.programme_months)
    changed = {key: value for key, value in changes.items() if value is not None}
    plan = resolve(comparison.model_copy(update=changed), overrides)
    return run_plan(plan, jobs=jobs, progress=progress, command=command)


def simulate(
    zone: str | os.PathLike[str],
    programme: str | os.PathLike[str] = "none",
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
) -> ComparisonResult:
    """Run one programme in one zone, paired with no programme.

    Args:
        zone: Name or path of a zone.
        programme: Name or path of a programme.
        seed: Seed of the study.
        draws: Parameter draws; with 1 every parameter and figure has its central value.
        replicates: Runs with different luck for each draw.
        months: The whole horizon.
        programme_months: Months until the programme leaves.
        jobs: Threads.
        overrides: Levers or parameters set by hand. Levers act beside the programme while it lasts; with `none`
            they are a second scenario, `by-hand`, as `sim.ZoneModel` lives it.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats the run.
    """
    from sim.inputs import load_programme, load_zone
    from sim.inputs.comparison import Comparison

    place, plan = load_zone(zone), load_programme(programme)
    alone = plan.name == "none"
    comparison = Comparison(
        name=f"{place.name}-{plan.name}",
        title=f"{plan.title}: {place.title}",
        question=f"What does this programme change in {place.title}?",
        zone=os.fspath(zone),
        programmes=("none",) if alone else ("none", os.fspath(programme)),
        shocks=(),
        programme_months=min(programme_months, months),
        after_months=max(0, months - programme_months),
        draws=draws,
        replicates=replicates,
        seed=seed,
    )
    return run_plan(resolve(comparison, overrides), jobs=jobs, progress=progress, command=command)


def run_plan(
    plan: Plan, *, jobs: int | None = None, progress: Progress | None = None, command: str = ""
) -> ComparisonResult:
    """Run every world of a plan and turn the counts into tables."""
    from sim.costs import line_catalogue
    from sim.manifest import make_manifest
    from sim.results import ComparisonResult
    from sim.tables import cost_table, indicator_table, outcome_table
    from sim.worldruns import run_worlds

    started = time.perf_counter()
    calendar = plan.calendar()
    levers = plan.levers(calendar)
    runs = run_worlds(plan, levers, jobs=jobs, progress=progress)
    costs, books = cost_table(plan, runs, calendar, levers)
    comparison = plan.comparison
    kinds = {type(step): None for programme in plan.programmes for step in programme.interventions}
    manifest = make_manifest(
        comparison=comparison.model_dump(mode="json"),
        zone=plan.zone.model_dump(mode="json", by_alias=True),
        scenarios=[
            {
                "name": programme.name,
                "title": programme.title,
                "summary": programme.summary,
                "sentences": plan.told(programme),
            }
            for programme in plan.programmes
        ],
        shocks=[{"name": s.name, "title": s.title, "summary": s.summary} for s in plan.shocks],
        cost_lines={name: line.title for name, line in line_catalogue(kinds).items()},
        parameters=[parameter.model_dump(mode="json") for parameter in plan.parameters],
        command=command,
        draw_ids=sorted({draw for draw, _ in runs.worlds}),
        wall_seconds=round(time.perf_counter() - started, 2),
    )
    return ComparisonResult.make(
        manifest,
        indicator_table(plan, runs, levers),
        outcome_table(plan, runs, books),
        costs,
    )
