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
from clfz.inputs.indicators import COUNTED, Horizon
from clfz.inputs.parameters import draw, load_parameters, uniform
from clfz.inputs.problems import Problem
from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.runs.measures import Block
from clfz.runs.plan import CHUNK_WORLDS
from clfz.runs.zone_data import figure_record, figure_values, parameter_record, world_seed

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
        block: Counts as `clfz.runs.measures` reads them; scenario 0 has no programme.
        draw: [W] set of assumptions of each replication.
        listed: [W, 4] children first counted in the period, by what became of them.
        values: Parameters by name, one mapping a replication.
        size: [W] children of the area against those of the runs.
        reach: [W] children with whom the programme worked, against those of the area.
        protected: [W] children counted as protected, against those whom the model would count.
    """

    block: Block
    draw: NDArray[np.int64]
    listed: NDArray[np.int64]
    values: tuple[dict[str, float], ...]
    size: Floats
    reach: Floats
    protected: Floats

    def __len__(self) -> int:
        return len(self.draw)

    @property
    def worked(self) -> Floats:
        """[W] children with whom the programme worked, against those of the runs."""
        return self.size * self.reach

    def parameter(self, name: str) -> Floats:
        """[W] values of a parameter."""
        return np.array([each[name] for each in self.values])


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
    from clfz.model.run import run_batch

    comparison = plan.comparison
    levers = plan.levers(plan.calendar())
    member = np.repeat(np.arange(len(sets)), comparison.replicates)
    count = len(member)
    again = np.tile(np.arange(comparison.replicates), len(sets))
    pairs = zip(member.tolist(), again.tolist(), strict=True)
    seeds = np.array([world_seed(comparison.seed, d, r) for d, r in pairs], np.uint64)
    values = tuple(sets.values[d] for d in member)
    records = []
    for index, own in enumerate(sets.values):
        zone = figure_values(plan.zone, comparison.seed, index)
        records.append(
            (figure_record(plan.zone, zone, own), parameter_record(own, plan.parameters))
        )
    figures, parameters = (np.array(each)[member] for each in zip(*records, strict=True))
    scenarios, months = levers.shape[:2]
    shape = (count, scenarios, months + 1)
    totals = np.zeros((*shape, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((*shape, len(SUMS)))
    classes = np.zeros((count, scenarios, len(CLASSES)), np.int64)
    before = np.zeros_like(classes)
    threads = jobs or os.cpu_count() or 1
    if progress:
        progress(0, count, "Preparing the engine")
    chunk = CHUNK_WORLDS * threads
    first, last = period
    for start in range(0, count, chunk):
        part = slice(start, start + chunk)
        tallies = totals[part], sums[part]
        unread = np.zeros_like(tallies[0]), np.zeros_like(tallies[1])
        given = figures[part], parameters[part], levers[np.newaxis], np.zeros(seeds[part].size, int)
        run_batch(*given, seeds[part], last, *tallies, classes[part], threads)
        if first > 1:
            run_batch(*given, seeds[part], first - 1, *unread, before[part], threads)
        if progress:
            progress(min(start + chunk, count), count, "Running with and without")
    block = Block(
        horizon=Horizon(comparison.programme_months, comparison.months, comparison.reporting),
        totals=totals,
        sums=sums,
        classes=classes,
        figures=figures,
        seeds=seeds,
        missed=np.array([each["report_missed"] for each in values]),
        double=np.array([each["report_double"] for each in values]),
        pupils_per_teacher=np.full(count, plan.zone.school.pupils_per_teacher.value),
        more_teachers=np.zeros((count, scenarios, months)),
    )
    listed = (classes - before)[:, 1, : len(LISTED)]
    factors = (_sizes(plan, sets), _factors(plan, sets, "reach"), _factors(plan, sets, "protected"))
    return Runs(block, member, listed, values, *(each[member] for each in factors))


def _sizes(plan: Plan, sets: Draws) -> Floats:
    """Children of the area in each set of assumptions, against the number that is run.

    The engine runs every set at the size in the zone file, since counts grow in proportion; how large the area may be
    (its range in the file, triangular) enters here.
    """
    children = plan.zone.population.children
    low, mode, high = float(children.low), float(children.value), float(children.high)
    if high <= low:
        return np.ones(len(sets))
    chance = _uniform(plan, sets, "figure:population.children")
    rising = low + np.sqrt(chance * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - chance) * (high - low) * (high - mode))
    return np.asarray(np.where(chance < (mode - low) / (high - low), rising, falling) / mode)


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
