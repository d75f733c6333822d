"""The numbers of every run in one block, so that scenarios can be compared inside each world.

A *world* is one (draw, replicate): the same people and the same luck in every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.runs.indicators import INDICATORS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Worlds:
    """World values of every measure and scenario.

    Attributes:
        measures: names such as `child_labour_rate@end` or `cost_total`.
        scenarios: names, the first written first.
        baseline: the scenario without programme.
        draws: [worlds], the parameter draw of each world, sorted.
        replicates: [worlds].
        block: [measures, scenarios, worlds].
    """

    measures: tuple[str, ...]
    scenarios: tuple[str, ...]
    baseline: str
    draws: Ints
    replicates: Ints
    block: Array

    def __contains__(self, measure: object) -> bool:
        return measure in self.measures

    def of(self, measure: str, scenario: str) -> Array:
        """Return [worlds]: the measure in that scenario."""
        row: Array = self.block[self.measures.index(measure), self.scenarios.index(scenario)]
        return row.copy()

    def against(self, measure: str, scenario: str, other: str | None = None) -> Array:
        """Return [worlds]: the measure minus what it is in the other scenario (the baseline)."""
        return self.of(measure, scenario) - self.of(measure, other or self.baseline)


def moments(meta: Mapping[str, Any]) -> dict[str, int]:
    """Return the quoted moments: name -> month (0 is the month before the programme)."""
    end = int(meta["programme_months"])
    last = end + int(meta.get("after_months", 0))
    wanted = {"start": 0, "end": end, "1y": end + 12, "2y": end + 24, "5y": end + 60}
    return {name: month for name, month in wanted.items() if month <= last}


def world_values(
    indicators: pd.DataFrame, outcomes: pd.DataFrame, costs: pd.DataFrame, meta: Mapping[str, Any]
) -> Worlds:
    """Gather the three tables into one block.

    Indicators appear as `name@moment` in the age band of the catalogue, outcomes under their name,
    money year by year added up as `cost_spent`. An outcome that a scenario never has (nobody is
    reported without a programme) is 0. A world that lacks a scenario is left out.

    Raises:
        ValueError: when the tables hold more than one zone.
    """
    import numpy as np
    import pandas as pd

    if len(pd.unique(indicators["zone"])) > 1:
        raise ValueError("a comparison is about one zone; give each zone its own result")

    by_run = costs.groupby(["scenario", "draw", "replicate"], observed=True)["amount"].sum()
    spent = by_run.rename("value").reset_index().assign(measure="cost_spent")
    named = outcomes.rename(columns={"outcome": "measure"})
    columns = ["measure", "scenario", "draw", "replicate", "value"]
    parts = [_at_moments(indicators, meta), named, spent]
    rows = pd.concat(
        [part[columns].astype({"measure": str, "scenario": str}) for part in parts],
        ignore_index=True,
    )
    scenario, scenarios = pd.factorize(rows["scenario"])
    measure, measures = pd.factorize(rows["measure"])
    pair = rows[["draw", "replicate"]].astype(np.int64).to_numpy()
    pairs, world = np.unique(pair, axis=0, return_inverse=True)
    block = np.full((len(measures), len(scenarios), len(pairs)), np.nan)
    block[measure, scenario, world.reshape(-1)] = rows["value"].to_numpy(dtype=np.float64)
    names = tuple(str(name) for name in measures)
    monthly = np.array(["@" in name for name in names])
    whole = ~np.isnan(block[monthly]).any(axis=(0, 1))
    block, pairs = block[:, :, whole], pairs[whole]
    block[np.isnan(block).all(axis=2) & ~monthly[:, None]] = 0.0
    return Worlds(
        measures=names,
        scenarios=tuple(str(name) for name in scenarios),
        baseline=str(meta.get("baseline", "none")),
        draws=pairs[:, 0],
        replicates=pairs[:, 1],
        block=block,
    )


def _at_moments(indicators: pd.DataFrame, meta: Mapping[str, Any]) -> pd.DataFrame:
    """Return the whole-zone rows of the quoted moments with their measure name."""
    at = {month: name for name, month in moments(meta).items()}
    rows = indicators[indicators["month"].isin(list(at)) & (indicators["sex"] == "all")]
    rows = rows.astype({"indicator": str, "age_band": str})
    bands = {entry.name: entry.age_band for entry in INDICATORS}
    rows = rows[rows["age_band"] == rows["indicator"].map(bands).fillna("5-17")]
    return rows.assign(measure=rows["indicator"] + "@" + rows["month"].map(at))


def series(
    indicators: pd.DataFrame, worlds: Worlds, indicator: str, sex: str, age_band: str
) -> tuple[Ints, Array]:
    """Return one indicator of one group over time.

    Args:
        indicators: the contract's indicators table.
        worlds: which scenarios and worlds, in which order.
        indicator: its name.
        sex: all, girls or boys.
        age_band: 5-17, 5-14, 5-11, 12-14 or 15-17.

    Returns:
        (months [months], values [scenarios, worlds, months]); NaN where a number is missing.
    """
    import numpy as np

    rows = indicators[
        (indicators["indicator"] == indicator)
        & (indicators["sex"] == sex)
        & (indicators["age_band"] == age_band)
    ]
    months, month = np.unique(rows["month"].to_numpy(dtype=np.int64), return_inverse=True)
    names = rows["scenario"].astype("category").cat.rename_categories(str)
    scenario = names.cat.set_categories(worlds.scenarios).cat.codes.to_numpy()
    width = int(max(worlds.replicates.max(), rows["replicate"].max())) + 1
    known = worlds.draws * width + worlds.replicates
    asked = rows["draw"].to_numpy(dtype=np.int64) * width + rows["replicate"].to_numpy(np.int64)
    world = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    kept = (known[world] == asked) & (scenario >= 0)
    values = np.full((len(worlds.scenarios), len(known), len(months)), np.nan)
    numbers = rows["value"].to_numpy(dtype=np.float64)
    values[scenario[kept], world[kept], month[kept]] = numbers[kept]
    return months, values
