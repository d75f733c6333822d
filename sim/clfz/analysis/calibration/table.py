"""The table of single-zone runs that every fit reads: made once by the study runner, resumed like any study.

Row r of every zone has the same shared unknowns (model parameters, levels and spreads of what programmes do) and what
the zone alone has: its figures, its programme. Rows are drawn from the prior. Zones are run at no more than `CHILDREN`
children: counts grow in proportion (`tests/calibration/test_table.py`), and size enters afterwards, in
`clfz.analysis.calibration.reporting`. Nothing is missed or counted twice in these runs: that, too, comes afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.calibration.unknowns import Unknowns, own_parameters
from clfz.inputs import Zone, load_zone
from clfz.inputs.indicators import COUNTED
from clfz.inputs.parameters import draw, uniform
from clfz.runs.runner import run
from clfz.runs.store import load
from clfz.runs.study import make_study

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHILDREN = 2500
YEARS = (1, 2, 3)
DRAWS = 2
"""Draws of parameters and figures for each row's programme."""
PROGRAMME = "area-based"
STRENGTHS = ("awareness", "school_strengthening", "adult_wages", "age_checks")
STARTS = ("children@start", "out_of_school_rate@start", "work_only_rate@start")
BAND_5_14 = 10.0 / 13.0  # of the 13 years of age 5-17


@dataclass(frozen=True)
class Table:
    """The runs, zone by zone.

    Attributes:
        zones: Names.
        u: [N, U] shares of the shared unknowns, in the order of `names`; the same in every zone.
        names: Which unknowns.
        events: [Z, N, 3 years, 3 kinds] children counted, in a zone of its profile's size.
        starts: [Z, N, 2] out of school at 5-14, only working at 5-17, likewise.
        bridge: [Z, N] whether there was a bridge school.
        children: [Z, 3] low, most likely and high number of children of the profile.
        row: [N] row of the design.
        draw: [N] draw of the row.
        seed: Of the design.
        failed: Runs that failed.
    """

    zones: tuple[str, ...]
    u: Floats
    names: tuple[str, ...]
    events: Floats
    starts: Floats
    bridge: NDArray[np.bool_]
    children: Floats
    row: NDArray[np.int64]
    draw: NDArray[np.int64]
    seed: int
    failed: int

    def __len__(self) -> int:
        return len(self.u)

    def some(self, rows: NDArray[Any]) -> Table:
        """The same table with some rows only."""
        return replace(
            self,
            u=self.u[rows],
            events=self.events[:, rows],
            starts=self.starts[:, rows],
            bridge=self.bridge[:, rows],
            row=self.row[rows],
            draw=self.draw[rows],
        )

    def apart(self, truths: int, judges: int) -> tuple[Table, Table, Table]:
        """Three slices by number of the row: to learn from, to choose the epoch by, and known truths.

        The first `truths` rows of the design have no part in learning, not even in the choice of the epoch; the next
        `judges` rows choose it; all others are learned from.
        """
        known = self.row < truths
        judging = ~known & (self.row < truths + judges)
        return (
            self.some(np.flatnonzero(~known & ~judging)),
            self.some(np.flatnonzero(judging)),
            self.some(np.flatnonzero(known)),
        )


def _scale(children: float) -> float:
    """How much smaller than its profile a zone is run."""
    return min(1.0, CHILDREN / children)


def levels_of(seed: int, row: int) -> dict[str, float]:
    """What the programmes of a row have in common, from the prior."""
    shared = [each for each in own_parameters() if each.scope == "shared"]
    return draw(shared, seed, row)


def row_seed(seed: int, row: int) -> int:
    """Seed of a row: its own parameters, zone inputs and random draws."""
    return seed * 1_000_000 + row


def design(zone: Zone, rows: int, seed: int) -> pd.DataFrame:
    """Rows of one zone's study: programmes scattered around the row's levels, and the zone's own strengths."""
    scale = _scale(zone.population.children.value)
    normal = NormalDist().inv_cdf
    local = [each for each in own_parameters() if each.scope == "zone"]
    found = []
    for row in range(rows):
        level = levels_of(seed, row)
        own = draw(local, seed, row, zone=zone.name)
        apart = [normal(uniform(seed, row, name, zone.name)) for name in ("visits", "seats")]
        has_bridge = uniform(seed, row, "bridge", zone.name) < level["bridge_share"]
        visits = np.exp(level["visits_level"] + level["visits_spread"] * apart[0])
        seats = np.exp(level["seats_level"] + level["seats_spread"] * apart[1])
        found.append(
            {
                "seed": row_seed(seed, row),
                "population.children": round(zone.population.children.value * scale),
                "population.villages": max(1, round(zone.population.villages.value * scale)),
                "community_group.visits_per_100_households": min(visits, 400.0),
                "bridge_schools.seats_per_1000_children": min(seats, 1000.0) if has_bridge else 0.0,
                **{f"{name}.intensity": own["support"] for name in STRENGTHS},
            }
        )
    return pd.DataFrame(found)


def make(
    folder: Path,
    zones: Sequence[str],
    rows: int,
    seed: int = 1,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> None:
    """Run what is missing of the table; the same call resumes."""
    each = rows * DRAWS * 2  # a study runs each replication without its programme too
    for at, name in enumerate(zones):
        zone = load_zone(name)
        study = make_study(
            f"runs-{zone.name}",
            zones=name,
            programmes=["none", PROGRAMME],
            points=design(zone, rows, seed),
            draws=DRAWS,
            programme_months=12 * len(YEARS),
            after_months=0,
            set={"report_missed": 0.0, "report_double": 0.0},
            measures=[*(f"{kind}_year{year}" for year in YEARS for kind in COUNTED), *STARTS],
        )

        def shown(done: int, total: int, what: str, first: int = at * each) -> None:
            if progress:
                progress(first + done, each * len(zones), f"{what}: table of runs")

        run(study, folder / zone.name, jobs=jobs, cluster=cluster, progress=shown)


def load_table(
    folder: str | os.PathLike[str], zones: Sequence[str], unknowns: Unknowns, seed: int = 1
) -> Table:
    """Read the table; a row in which some zone's run failed is left out in all zones."""
    profiles = [load_zone(name) for name in zones]
    studies = [load(Path(folder) / zone.name) for zone in profiles]
    tables = [study.joined() for study in studies]
    tables = [
        runs[runs["scenario"] == PROGRAMME].set_index(["draw", "row"]).sort_index()
        for runs in tables
    ]
    index = sorted(set.intersection(*(set(runs.index) for runs in tables)))
    ranges = [zone.population.children for zone in profiles]
    larger = np.array([each.value / round(each.value * _scale(each.value)) for each in ranges])

    def column(name: str) -> Floats:
        return np.stack([runs.loc[index, name].to_numpy(np.float64) for runs in tables])

    events = np.stack([column(f"{name}_year{year}") for year in YEARS for name in COUNTED], axis=-1)
    events = events.reshape(*events.shape[:2], len(YEARS), len(COUNTED))
    children, out, work = (column(name) for name in STARTS)
    starts = np.stack([children * BAND_5_14 * out, children * work], axis=-1)
    values = np.zeros((len(index), len(unknowns)))
    for at, (drawn, row) in enumerate(index):
        # the same draw that the study made, since a draw is a function of (seed, draw, name)
        own_draw = draw(unknowns.model, row_seed(seed, int(row)), int(drawn))
        values[at, : len(own_draw)] = list(own_draw.values())
        level = levels_of(seed, int(row))
        for own in unknowns.own:
            values[at, unknowns.at(own.name)] = level[own.name]
    draws, rows = np.array(index, np.int64).reshape(-1, 2).T
    return Table(
        zones=tuple(zones),
        u=unknowns.shares(values)[:, [unknowns.at(name) for name in unknowns.simulated]],
        names=unknowns.simulated,
        events=events * larger[:, None, None, None],
        starts=starts * larger[:, None, None],
        bridge=column("bridge_schools.seats_per_1000_children") > 0,
        children=np.array([[each.low, each.value, each.high] for each in ranges], float),
        row=rows,
        draw=draws,
        seed=seed,
        failed=sum(len(study.failures) for study in studies),
    )
