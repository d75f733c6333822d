"""The evaluation of one field file: everything that the report, the tables and `--json` say.

runs -> observe -> agree, answers, surveys -> words, figures -> report
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.evaluation import agree, answers, surveys
from clfz.analysis.evaluation.agree import quantiles
from clfz.analysis.evaluation.observe import (
    FOLLOW_UP,
    WITH,
    Placed,
    as_stated,
    period,
    place,
    predicted,
)
from clfz.analysis.evaluation.runs import Draws, Progress, already_seen, draws, run
from clfz.inputs import InputError, Programme, Zone, find, load_programme, load_zone
from clfz.inputs.field import Field
from clfz.inputs.problems import Problem, did_you_mean
from clfz.inputs.study import Comparison, Reporting
from clfz.runs.manifest import make_manifest
from clfz.runs.measures import gains
from clfz.runs.plan import Plan, resolve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GAIN = "child_years_out_of_labour_gained"
DRAWS, REPLICATES, PROGRAMME_MONTHS, SEED = 500, 2, 48, 1
OUT_OF_REACH = 0.01
"""Numbers that fewer than this share of runs come near, all taken together, teach nothing through the model."""


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    Attributes:
        placed: The reported numbers that were compared.
        predicted: [W, numbers] what runs would have reported.
        verdicts: Each number against the model, see `agree.verdicts`.
        together: Share of runs as far out as the numbers, all taken at once; None for less than two.
        effective: Runs that the answers given the numbers are worth; None when nothing could be learned.
        gained_before: Child-years out of child labour gained until a year after the last report: middle, low, high.
        gained: The same given the numbers; None when nothing could be learned.
        parts: What became of the listed children, see `answers.parts`.
        mix: How many of the list were withdrawn, see `answers.mix`.
        falls: Changes, with how often they happen without the programme.
        narrowings: What further surveys would do to the width of the answer, see `surveys.narrowings`.
        seen: Records that the posterior learned from, and that are these very numbers.
        manifest: Everything needed to repeat it.
    """

    field: Field
    area: str
    plan: Plan
    sets: Draws
    placed: tuple[Placed, ...]
    predicted: Floats
    verdicts: pd.DataFrame
    together: float | None
    effective: float | None
    gained_before: tuple[float, float, float]
    gained: tuple[float, float, float] | None
    parts: pd.DataFrame
    mix: dict[str, float] | None
    falls: tuple[answers.Fall, ...]
    narrowings: pd.DataFrame
    seen: tuple[str, ...]
    manifest: dict[str, Any]

    @property
    def runs(self) -> int:
        """Runs with the programme, each beside one without."""
        return len(self.predicted)

    @property
    def reached(self) -> bool:
        """Whether the model reaches the numbers, all taken together."""
        return self.together is None or self.together >= OUT_OF_REACH

    @property
    def agreeing(self) -> int:
        """Numbers that agree."""
        return int(self.verdicts["agrees"].sum())


def evaluate(
    field: Field,
    programme: Programme,
    *,
    zone: Zone | None = None,
    area: str | None = None,
    posterior: str | None = None,
    draws_: int = DRAWS,
    replicates: int = REPLICATES,
    programme_months: int = PROGRAMME_MONTHS,
    seed: int = SEED,
    jobs: int | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Evaluation:
    """Compare field data with the model.

    Args:
        field: The file.
        programme: The programme that worked there.
        zone: The zone; the area of the file when it is the name or record of a shipped zone.
        area: Which area of the file, when it has several.
        posterior: Folder that `clfz calibrate` wrote; without it the priors.
        draws_: Sets of assumptions.
        replicates: Replicates of each set.
        programme_months: Months until the programme leaves.
        seed: Seed of the runs.
        jobs: Threads. Never changes a number.
        progress: Called with (runs done, runs in all, what is going on).
        command: The line that repeats it.

    Raises:
        InputError: Something in the files does not fit.
    """
    started = time.perf_counter()
    area = _area(field, area)
    zone = zone or _zone_of(field, area)
    placed = place(field, area, zone)
    if not placed:
        text = f'no figure of "{area}" can be compared with the model; the warnings say why: clfz check {field.name}'
        raise InputError([Problem(field.name, 0, 0, text)])
    plan = _plan(zone, programme, placed, draws_, replicates, programme_months, seed)
    sets = draws(zone, draws_, seed, Path(posterior) if posterior else None)
    months = period(placed)
    runs = as_stated(placed, run(plan, sets, months, jobs=jobs, progress=progress))
    predictions = predicted(placed, runs)
    fit = [at for at, each in enumerate(placed) if each.row.use == "fit"]
    known = [placed[at] for at in fit]
    summaries = agree.stable(predictions[:, fit], known)
    learned = None
    if known and agree.together(known, predictions[:, fit]) >= OUT_OF_REACH:
        observed = agree.stable(np.array([each.row.value for each in known]), known)
        learned = agree.learn(summaries, observed)
    alike = gains(runs.block)[GAIN][:, WITH]
    gain = alike * runs.worked
    simulated = surveys.simulate(runs, months[1])
    away = learned.away if learned else None
    scaled = surveys.proportional(gain)
    narrowings = surveys.narrowings(scaled, runs.draw, summaries, away, simulated)
    seen: list[str] = []
    if posterior:
        counts = [
            (each.row.indicator, each.row.value) for each in placed if each.row.kind == "count"
        ]
        seen = already_seen(Path(posterior), (zone.record or "", area), counts)
    manifest = make_manifest(
        **plan.facts(),
        command=command,
        draw_ids=range(len(sets)),
        wall_seconds=round(time.perf_counter() - started, 2),
    )
    manifest |= {
        "kind": "evaluation",
        "field_file": field.name,
        "area": area,
        "assumptions_from": sets.told,
        "learned_parameters": list(sets.learned),
        "posterior_learned_from": seen,
    }
    return Evaluation(
        field=field,
        area=area,
        plan=plan,
        sets=sets,
        placed=tuple(placed),
        predicted=predictions,
        verdicts=agree.verdicts(placed, predictions),
        together=agree.together(placed, predictions) if len(placed) > 1 else None,
        effective=learned.effective if learned else None,
        gained_before=quantiles(gain),
        gained=quantiles(learned.product(runs.worked, alike), learned.weights) if learned else None,
        parts=answers.parts(placed, runs, learned),
        mix=answers.mix(placed, runs, learned),
        falls=tuple(answers.falls(placed, runs)),
        narrowings=narrowings,
        seen=tuple(seen),
        manifest=manifest,
    )


def _area(field: Field, area: str | None) -> str:
    if area is None and len(field.areas) == 1:
        return field.areas[0]
    if area in field.areas:
        return str(area)
    listed = ", ".join(field.areas[:12])
    if area is None:
        text = f"the file holds {len(field.areas)} areas: {listed}. Say which: --area {field.areas[0]!r}"
    else:
        text = f'there is no area "{area}" in the file. {did_you_mean(area, field.areas)}It holds: {listed}'
    raise InputError([Problem(field.name, 0, 0, text)])


def _zone_of(field: Field, area: str) -> Zone:
    """The shipped zone of that name or record."""
    slug = "-".join(area.lower().split())
    for name in find.names("zone"):
        zone = load_zone(name)
        if area == zone.record or slug == name:
            return zone
    text = f'"{area}" is not the name of a shipped zone. Say which zone file describes it: --zone budhpura, or '
    text += "--zone my-district.yaml (clfz new zone my-district.yaml)"
    raise InputError([Problem(field.name, 0, 0, text)])


def _plan(
    zone: Zone,
    programme: Programme,
    placed: list[Placed],
    count: int,
    replicates: int,
    programme_months: int,
    seed: int,
) -> Plan:
    if programme.name == "none":
        text = "the reported children were reported by a programme; name it: --programme area-based"
        raise InputError([Problem("", 0, 0, text)])
    # to the last number, and a year after the last report to see who stayed
    months = max(period(placed)[1] + FOLLOW_UP, *(each.last for each in placed))
    with_programme = min(programme_months, months)
    comparison = Comparison(
        name=f"evaluate-{zone.name}",
        title=f"{programme.title}: field data of {zone.title}",
        question="Do the reported figures agree with the model, and would it have happened anyway?",
        zone=zone.name,
        programmes=("none", programme.name),
        shocks=(),
        draws=count,
        replicates=replicates,
        programme_months=with_programme,
        after_months=months - with_programme,
        seed=seed,
        # a child-year is a child-year: nothing is chosen here, so nothing is discounted
        reporting=Reporting(discount_rate_outcomes=0.0),
    )
    return resolve(comparison, zone=zone, programmes=(load_programme("none"), programme))
