"""Money by year and by line, as it is paid out: averages and likely ranges over the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clfz.report.numbers import Numbers
from clfz.runs.summary import HIGH, LOW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def by_year(numbers: Numbers) -> pd.DataFrame:
    """Return scenario, year (1 is the first), mean, lower, upper of the money spent."""
    costs = _costs(numbers).assign(year=lambda rows: (rows["month"] - 1) // 12 + 1)
    return _over_worlds(numbers, costs, "year")


def by_line(numbers: Numbers) -> pd.DataFrame:
    """Return scenario, line, mean, lower, upper of the money spent, all years added up."""
    return _over_worlds(numbers, _costs(numbers).astype({"line": str}), "line")


def _costs(numbers: Numbers) -> pd.DataFrame:
    costs = numbers.result.costs.astype({"scenario": str})
    return costs[costs["scenario"] != numbers.baseline.name]


def _over_worlds(numbers: Numbers, costs: pd.DataFrame, key: str) -> pd.DataFrame:
    """Add up within each world, then average over worlds; a world without a row spent nothing."""
    import numpy as np
    import pandas as pd

    worlds = numbers.result.worlds
    pairs = zip(worlds.draws, worlds.replicates, strict=True)
    place = {pair: at for at, pair in enumerate(pairs)}
    sums = costs.groupby(["scenario", key, "draw", "replicate"], observed=True, sort=False)
    paid: dict[tuple[str, Any], npt.NDArray[np.float64]] = {}
    for row in sums["amount"].sum().reset_index().itertuples(index=False, name=None):
        scenario, label, draw, replicate, amount = row
        if (draw, replicate) in place:
            amounts = paid.setdefault((scenario, label), np.zeros(numbers.runs))
            amounts[place[draw, replicate]] = amount
    rows = [
        (*names, amounts.mean(), *np.quantile(amounts, [LOW, HIGH]))
        for names, amounts in paid.items()
    ]
    return pd.DataFrame(rows, columns=["scenario", key, "mean", "lower", "upper"])
