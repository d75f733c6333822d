"""The runs behind an evaluation: a zone with and without its programme, under many sets of assumptions.

The sets come from the priors, or from a posterior that `clfz calibrate` wrote: a table with one row a draw, its columns
named as in `priors.yaml` and `unknowns.yaml`, those of scope country as `report_missed[IND]`. What it does not hold
comes from the priors. The children of one period of reporting are told from those of earlier years: the engine
classifies the children first counted up to a month, so that the difference of two classifications is a period.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import posterior as drawn
from clfz.analysis.calibration.unknowns import own_parameters
from clfz.inputs import InputError, Zone
from clfz.inputs.indicators import COUNTED
from clfz.inputs.parameters import draw, load_parameters, uniform
from clfz.inputs.problems import Problem
from clfz.runs.plan import AT_ONCE
from clfz.runs.replications import Block, Replications
from clfz.runs.zone_data import (
    parameter_record,
    replication_seed,
    triangular,
    zone_record,
    zone_values,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.plan import Plan

    Floats = NDArray[np.float64]

Progress = Callable[[int, int, str], None]
LISTED = ("changed", "deadweight", "displaced", "relapsed")
"""What became of a child on the list: the first classes of attribution."""
COUNTING = {
    "reach_level": "with how many children programmes work",
    "reach_spread": "how far their reach differs",
    "protected_level": "whom programmes call protected",
    "protected_spread": "how far that word differs",
    "start_found": "children found at the start",
    "report_noise": "errors of counting",
}
"""How programmes reach and count, beyond what is missed or doubled (`unknowns.yaml`).

`protected_share` is not among them: it is the chance that a programme counts nobody as protected, and one that reported
a number did count.
"""
OTHERS = ("visits_level", "visits_spread", "seats_level", "seats_spread", "bridge_share")
"""What the programmes behind a posterior did: of the programme that is evaluated, its own file says that."""


@dataclass(frozen=True)
class Draws:
    """Sets of assumptions.

    Attributes:
        values: Parameters by name, one mapping a set.
        learned: Names that came from a posterior.
        told: Where they come from, for the report.
    """

    values: tuple[dict[str, float], ...]
    learned: tuple[str, ...] = ()
    told: str = "the priors: what was believed before any of these zones was looked at"

    def __len__(self) -> int:
        return len(self.values)


def draws(zone: Zone, count: int, seed: int, posterior: Path | None = None) -> Draws:
    """That many sets of assumptions for a zone.

    Args:
        zone: Parameters of scope country and zone are drawn for it.
        count: How many.
        seed: Seed of the study.
        posterior: Folder or file of a posterior.

    Raises:
        InputError: The posterior cannot be used.
    """
    counting = (each for each in own_parameters() if each.name in COUNTING)
    parameters = (*load_parameters(), *counting)
    values = tuple(
        draw(parameters, seed, index, zone=zone.name, country=zone.country)
        for index in range(count)
    )
    if posterior is None:
        return Draws(values)
    table = drawn.table(posterior)
    columns: dict[str, str] = {}
    for each in parameters:  # the column of the country goes before one for all
        names = [f"{each.name}[{zone.country}]"] if each.scope == "country" else []
        names = [name for name in (*names, each.name) if name in table.columns]
        columns |= {each.name: names[0]} if names else {}
    if not columns:
        text = "no column is a parameter that an evaluation uses. All: clfz parameters"
        raise InputError([Problem(str(posterior), 0, 0, text)])
    # different rows as long as there are enough
    order = np.random.Generator(np.random.Philox(key=np.array([seed, 0x706F7374], np.uint64)))
    rows = np.resize(order.permutation(len(table)), count)
    for name, column in columns.items():
        for own, value in zip(values, table[column].to_numpy(dtype=np.float64)[rows], strict=True):
            own[name] = float(value)
    others = ", ".join(name for name in OTHERS if name in table)
    parts = len(columns.keys() - COUNTING.keys())
    taken = [f"{parts} parameter{'' if parts == 1 else 's'} of the model"] if parts else []
    taken += [f"{text} ({name})" for name, text in COUNTING.items() if name in columns]
    told = f"the posterior of {posterior} ({len(table):,} draws): {'; '.join(taken)}. The rest comes from the priors"
    if others:
        told += (
            f". What the posterior says of the visits, places and bridge schools of other programmes ({others}) "
            "is not used, because the programme file says what this programme does"
        )
    return Draws(values, tuple(columns), told)


def already_seen(
    posterior: Path, names: Iterable[str], counts: Iterable[tuple[str, float]]
) -> list[str]:
    """Records that a posterior learned from and that are these: one of the names, or the same counts.

    Two counts above zero are the same by chance too seldom to let them pass; a zero says nothing.

    Args:
        posterior: Folder or file; beside it lies what `clfz calibrate` wrote of it, or nothing.
        names: Of the record and the area that are evaluated.
        counts: Indicator and value of each reported count.
    """
    mine, reported = set(names) - {""}, set(counts)
    folder = posterior if posterior.is_dir() else posterior.parent
    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        learned = [
            (str(record), list(zip(COUNTED, map(float, values), strict=True)))
            for record, values in zip(told["records"], told["counts"], strict=True)
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    return [
        record
        for record, values in learned
        if record in mine
        or sum(value > 0 and (kind, value) in reported for kind, value in values) >= 2
    ]


@dataclass(frozen=True)
class Runs:
    """What the engine counted, and what it was told.

    Attributes:
        block: Counts as `clfz.runs.measures` reads them; scenario 0 has no programme. Its draws are the sets of
            assumptions, its classes those of the children first counted in the period.
        size: [W] children of the area against those of the runs.
        reach: [W] children with whom the programme worked, against those of the area.
        protected: [W] children counted as protected, against those whom the model would count.
    """

    block: Block
    size: Floats
    reach: Floats
    protected: Floats

    def __len__(self) -> int:
        return len(self.block.inputs)

    @property
    def draw(self) -> NDArray[np.int64]:
        """[W] set of assumptions of each replication."""
        return self.block.inputs.draws

    @property
    def listed(self) -> NDArray[np.int64]:
        """[W, 4] children first counted in the period, by what became of them."""
        return self.block.classes[:, 1, : len(LISTED)]

    @property
    def worked(self) -> Floats:
        """[W] children with whom the programme worked, against those of the runs."""
        return self.size * self.reach

    def parameter(self, name: str) -> Floats:
        """[W] values of a parameter."""
        return self.block.inputs.parameter(name)


def run(
    plan: Plan,
    sets: Draws,
    period: tuple[int, int],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run the first two scenarios of a plan in every replication.

    Args:
        plan: Zone, programmes and horizon.
        sets: Sets of assumptions, one a draw.
        period: First and last month in which the reported children were counted.
        jobs: Threads; all processors when None. Never changes a number.
        progress: Called with (runs done, runs in all, what is going on).
    """
    asked, zone = plan.comparison, plan.zone
    records = []
    for index, own in enumerate(sets.values):
        values = zone_values(zone, asked.seed, index)
        records.append((zone_record(zone, values, own), parameter_record(own, plan.parameters)))
    draws = np.repeat(np.arange(len(sets)), asked.replicates)
    replicates = np.tile(np.arange(asked.replicates), len(sets))
    zone_data, parameters = (np.array(each)[draws] for each in zip(*records, strict=True))
    pairs = zip(draws.tolist(), replicates.tolist(), strict=True)
    inputs = Replications(
        horizon=plan.study.horizon,
        draws=draws,
        replicates=replicates,
        values=tuple(sets.values[draw] for draw in draws),
        zone_data=zone_data,
        parameters=parameters,
        seeds=np.array([replication_seed(asked.seed, *pair) for pair in pairs], np.uint64),
        pupils_per_teacher=np.full(len(draws), zone.school.pupils_per_teacher.value),
        plans=(plan.lever_plan,),
        plan_of=np.zeros(len(draws), np.int64),
    )

    def told(done: int, what: str = "Running with and without") -> None:
        if progress:
            progress(done, len(inputs), what)

    threads = jobs or os.cpu_count() or 1
    told(0, "Preparing the engine")
    block = inputs.run(
        range(2), period=period, at_once=AT_ONCE * threads, threads=threads, told=told
    )
    factors = (_sizes(plan, sets), _factors(plan, sets, "reach"), _factors(plan, sets, "protected"))
    return Runs(block, *(each[draws] for each in factors))


def _sizes(plan: Plan, sets: Draws) -> Floats:
    """Children of the area in each set of assumptions, against the number that is run.

    The engine runs every set at the size in the zone file, since counts grow in proportion; how large the area may be
    (its range in the file, triangular) enters here.
    """
    children = plan.zone.population.children
    chances = _uniform(plan, sets, "figure:population.children")
    sizes = [triangular(children, chance) for chance in chances.tolist()]
    return np.array(sizes) / float(children.value)


def _factors(plan: Plan, sets: Draws, name: str) -> Floats:
    """A factor of the zone in each set of assumptions, as in `calibration.reporting`: exp(level + spread x a normal).

    One normal a set: a programme that reached more children has more of every count, in every run of it.
    """
    level, spread = (
        np.array([own[f"{name}_{what}"] for own in sets.values]) for what in ("level", "spread")
    )
    normal = [NormalDist().inv_cdf(chance) for chance in _uniform(plan, sets, f"zone:{name}")]
    return np.asarray(np.exp(level + spread * np.array(normal)))


def _uniform(plan: Plan, sets: Draws, name: str) -> Any:
    """[sets] numbers from 0 to 1 of the zone."""
    seed, zone = plan.comparison.seed, plan.zone.name
    return np.array([uniform(seed, index, name, zone) for index in range(len(sets))])
