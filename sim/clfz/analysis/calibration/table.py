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

from clfz.analysis.calibration.unknowns import SIMULATED, Unknowns, own_parameters
from clfz.inputs.parameters import draw, uniform
from clfz.runs.measures import COUNTED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clfz.inputs import Zone

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


def levels_of(seed: int, row: int) -> dict[str, float]:
    """What the programmes of a row have in common, from the prior."""
    shared = [each for each in own_parameters() if each.scope == "shared"]
    return draw(shared, seed, row)


def row_seed(seed: int, row: int) -> int:
    """Seed of a row: its own parameters, figures and luck."""
    return seed * 1_000_000 + row


def design(zone: Zone, rows: int, seed: int) -> pd.DataFrame:
    """Rows of one zone's study: programmes scattered around the row's levels, and the zone's own strengths."""
    import pandas as pd

    scale = min(1.0, CHILDREN / zone.population.children.value)
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


def measures() -> list[str]:
    """What is kept of each run."""
    return [*(f"{name}_year{year}" for year in YEARS for name in COUNTED), *STARTS]


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
    from clfz.inputs import load_zone
    from clfz.runs.runner import run
    from clfz.runs.study import make_study

    each = rows * DRAWS * 2  # a study runs each world without its programme too
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
            measures=measures(),
        )

        def shown(done: int, total: int, what: str, first: int = at * each) -> None:
            if progress:
                progress(first + done, each * len(zones), f"{what}: table of runs")

        run(study, folder / zone.name, jobs=jobs, cluster=cluster, progress=shown)


def load_table(
    folder: str | os.PathLike[str], zones: Sequence[str], unknowns: Unknowns, seed: int = 1
) -> Table:
    """Read the table; a row in which some zone's run failed is left out in all zones."""
    from clfz.inputs import load_zone
    from clfz.runs.store import load

    found: list[
        tuple[Any, float]
    ] = []  # runs of a zone, and how much larger the zone is than they were
    sizes: list[list[float]] = []
    whole: set[Any] | None = None
    failed = 0
    for name in zones:
        zone = load_zone(name)
        done = load(Path(folder) / zone.name)
        failed += len(done.failures)
        runs = done.joined()
        runs = runs[runs["scenario"] == PROGRAMME].set_index(["draw", "row"]).sort_index()
        keys = set(runs.index)
        whole = keys if whole is None else whole & keys
        scale = zone.population.children.value / round(
            zone.population.children.value * min(1.0, CHILDREN / zone.population.children.value)
        )
        found.append((runs, scale))
        sizes.append(
            [
                zone.population.children.low,
                zone.population.children.value,
                zone.population.children.high,
            ]
        )
    index = sorted(whole or ())
    counts = np.stack([_events(runs.loc[index]) * scale for runs, scale in found])
    starts = np.stack([_starts(runs.loc[index]) * scale for runs, scale in found])
    bridge = np.stack(
        [
            runs.loc[index, "bridge_schools.seats_per_1000_children"].to_numpy() > 0
            for runs, _ in found
        ]
    )
    names = tuple(p.name for p in unknowns.model) + SIMULATED
    values = np.zeros((len(index), len(unknowns)))
    for at, (drawn, row) in enumerate(index):
        # the same draw that the study made, since a draw is a function of (seed, draw, name)
        own_draw = draw(unknowns.model, row_seed(seed, int(row)), int(drawn))
        values[at, : len(own_draw)] = list(own_draw.values())
        level = levels_of(seed, int(row))
        for own in unknowns.own:
            values[at, unknowns.at(own.name)] = level[own.name]
    columns = [unknowns.at(name) for name in names]
    u = unknowns.shares(values)[:, columns]
    drawn, rows = np.array(index, np.int64).reshape(-1, 2).T
    return Table(
        tuple(zones),
        u,
        names,
        counts,
        starts,
        bridge,
        np.array(sizes, float),
        rows,
        drawn,
        seed,
        failed,
    )


def _events(runs: Any) -> Floats:
    columns = [f"{name}_year{year}" for year in YEARS for name in COUNTED]
    found: Floats = runs[columns].to_numpy(dtype=np.float64)
    return found.reshape(-1, len(YEARS), len(COUNTED))


def _starts(runs: Any) -> Floats:
    children, out, work = (runs[name].to_numpy(dtype=np.float64) for name in STARTS)
    return np.stack([children * BAND_5_14 * out, children * work], axis=-1)
