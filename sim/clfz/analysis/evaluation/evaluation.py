"""The evaluation of one field file: everything that the report, the tables and `--json` say.

runs -> observe -> agree, answers, surveys -> words, figures -> report
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.evaluation import agree, answers, observe, surveys
from clfz.analysis.evaluation.agree import Learned, learn, quantiles
from clfz.analysis.evaluation.observe import Placed, length, period, place
from clfz.analysis.evaluation.runs import Draws, Progress, Runs, already_seen, draws, run
from clfz.inputs import InputError, Programme, Zone, find, load_programme, load_zone
from clfz.inputs.comparison import Comparison, Reporting
from clfz.inputs.field import Field, read_field
from clfz.inputs.problems import Problem, did_you_mean
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
class Answer:
    """Child-years gained, before and after the reported numbers were looked at: middle, low, high."""

    before: tuple[float, float, float]
    given: tuple[float, float, float] | None


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    Attributes:
        field: The file.
        area: Its area.
        plan: Zone, programme and horizon.
        sets: Sets of assumptions.
        period: First and last month of the reported counts.
        placed: The reported numbers that were compared.
        predicted: [W, numbers] what runs would have reported.
        verdicts: Each number against the model.
        together: Share of runs as far out as the numbers, all taken at once; None for less than two.
        effective: Runs that the answers given the numbers are worth; None when nothing could be learned.
        answer: Child-years out of child labour gained until a year after the last report.
        parts: What became of the listed children.
        parts_before: The same before the numbers were looked at.
        mix: How many of the list were withdrawn, in the model and in the report; None where the report does not say.
        seen: Records that the posterior learned from, and that are these very numbers.
        falls: Changes, with how often they happen without the programme.
        worths: What further surveys would do to the width of the answer.
        manifest: Everything needed to repeat it.
    """

    field: Field
    area: str
    plan: Plan
    sets: Draws
    period: tuple[int, int]
    placed: tuple[Placed, ...]
    predicted: Floats
    verdicts: tuple[agree.Verdict, ...]
    together: float | None
    effective: float | None
    answer: Answer
    parts: tuple[answers.Part, ...]
    parts_before: tuple[answers.Part, ...]
    mix: answers.Mix | None
    seen: tuple[str, ...]
    falls: tuple[answers.Fall, ...]
    worths: tuple[surveys.Worth, ...]
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
        return sum(verdict.agrees for verdict in self.verdicts)


def evaluate(
    field: Field | str | os.PathLike[str],
    *,
    zone: str | os.PathLike[str] | Zone | None = None,
    programme: str | os.PathLike[str] | Programme = "area-based",
    area: str | None = None,
    posterior: str | os.PathLike[str] | None = None,
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
        field: The file, or what `read_field` returned.
        zone: Name or path of the zone; the area of the file when it is the name or record of a shipped zone.
        programme: Name or path of the programme that worked there.
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
    data = field if isinstance(field, Field) else read_field(field)
    where = _area(data, area)
    home = zone if isinstance(zone, Zone) else load_zone(zone or _zone_of(data, where))
    work = programme if isinstance(programme, Programme) else load_programme(programme)
    placed = place(data, where, home)
    if not placed:
        text = f'no figure of "{where}" can be compared with the model; the warnings say why: clfz check {data.name}'
        raise InputError([Problem(data.name, 0, 0, text)])
    plan = _plan(home, work, placed, draws_, replicates, programme_months, seed)
    sets = draws(home, draws_, seed, Path(posterior) if posterior else None)
    when = period(placed)
    runs = run(plan, sets, when, jobs=jobs, progress=progress)
    found = _found(placed, runs, when)
    seen: list[str] = []
    if posterior:
        counts = [
            (each.row.indicator, each.row.value) for each in placed if each.row.kind == "count"
        ]
        seen = already_seen(Path(posterior), (home.record or "", where), counts)
    manifest = _manifest(plan, data, where, sets, command, time.perf_counter() - started)
    manifest |= {"posterior_learned_from": seen}
    return Evaluation(
        data, where, plan, sets, when, tuple(placed), **found, seen=tuple(seen), manifest=manifest
    )


def _found(placed: list[Placed], runs: Runs, when: tuple[int, int]) -> dict[str, Any]:
    """Everything that is worked out from the runs."""
    runs = observe.as_stated(placed, runs)
    predicted = observe.predicted(placed, runs)
    fit = [at for at, each in enumerate(placed) if each.row.use == "fit"]
    known, theirs = [placed[at] for at in fit], predicted[:, fit]
    summaries = agree.stable(theirs, known) if fit else np.zeros((len(runs), 0))
    learned: Learned | None = None
    away = None
    if known and agree.together(known, theirs) >= OUT_OF_REACH:
        observed = agree.stable(np.array([each.row.value for each in known]), known)
        learned, away = learn(summaries, observed), agree.distances(summaries, observed)
    alike = gains(runs.block)[GAIN][:, observe.WITH]
    gain = alike * runs.worked
    given = None
    if learned is not None:
        given = quantiles(learned.product(runs.worked, alike), learned.weights)
    own, possible = surveys.proportional(gain), surveys.possible(runs)
    return {
        "predicted": predicted,
        "verdicts": tuple(agree.verdicts(placed, predicted)),
        "together": agree.together(placed, predicted) if len(placed) > 1 else None,
        "effective": learned.effective if learned else None,
        "answer": Answer(quantiles(gain), given),
        "parts": tuple(answers.parts(placed, runs, learned)),
        "parts_before": tuple(answers.parts(placed, runs, None)),
        "mix": answers.mix(placed, runs, learned),
        "falls": tuple(answers.falls(placed, runs)),
        "worths": tuple(surveys.worths(own, runs, when[1], summaries, away, possible)),
    }


def _area(field: Field, area: str | None) -> str:
    if area is None and len(field.areas) == 1:
        return field.areas[0]
    listed = ", ".join(field.areas[:12])
    if area is None:
        text = f"the file holds {len(field.areas)} areas: {listed}. Say which: --area {field.areas[0]!r}"
        raise InputError([Problem(field.name, 0, 0, text)])
    if area not in field.areas:
        text = f'there is no area "{area}" in the file. {did_you_mean(area, field.areas)}It holds: {listed}'
        raise InputError([Problem(field.name, 0, 0, text)])
    return area


def _zone_of(field: Field, area: str) -> str:
    """The shipped zone of that name or record."""
    slug = "-".join(area.lower().split())
    for name in find.names("zone"):
        if slug == name or load_zone(name).record == area:
            return name
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
    months = length(placed)
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


def _manifest(
    plan: Plan, field: Field, area: str, sets: Draws, command: str, seconds: float
) -> dict[str, Any]:
    manifest = make_manifest(
        **plan.facts(),
        command=command,
        draw_ids=range(len(sets)),
        wall_seconds=round(seconds, 2),
    )
    return manifest | {
        "kind": "evaluation",
        "field_file": field.name,
        "area": area,
        "assumptions_from": sets.told,
        "learned_parameters": list(sets.learned),
    }
