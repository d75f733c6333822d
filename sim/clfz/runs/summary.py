"""From the numbers of each run to `comparison.csv`: averages, ranges, paired differences.

A replication is a (draw, replicate): the same people and the same random draws in every scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clfz.inputs.indicators import INDICATORS, RATIOS, Indicator, find, moments

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

LOW, HIGH = 0.05, 0.95
# With fewer replications even a plan without any effect wins in all of them too easily.
FEWEST = 5
NOT_APART = "cannot be told apart"
SAME = "the same in every run"
FREE = "costs nothing"
NO_GAIN = "gains nothing"
COLUMNS = (
    *("scenario", "measure", "definition_id", "unit", "mean", "lower", "upper"),
    *("baseline", "difference", "difference_lower", "difference_upper", "share_better"),
    *("sd_parameters", "sd_luck", "n", "median"),
    *("difference_sd_parameters", "difference_sd_luck", "note"),
)


@dataclass(frozen=True)
class RunMeasures:
    """Values of every measure, scenario and replication.

    Attributes:
        measures: names such as `child_labour_rate@end` or `cost_total`.
        scenarios: names, the first written first.
        baseline: the scenario without programme.
        draws: [W], the parameter draw of each replication, sorted.
        replicates: [W].
        block: [measures, scenarios, W].
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
        """Return [W]: the measure in that scenario."""
        row: Array = self.block[self.measures.index(measure), self.scenarios.index(scenario)]
        return row.copy()

    def against(self, measure: str, scenario: str, other: str | None = None) -> Array:
        """Return [W]: the measure minus what it is in the other scenario (the baseline)."""
        return self.of(measure, scenario) - self.of(measure, other or self.baseline)


def gather(
    indicators: pd.DataFrame, outcomes: pd.DataFrame, costs: pd.DataFrame, meta: Mapping[str, Any]
) -> RunMeasures:
    """Gather the three tables into one block.

    Indicators appear as `name@moment` in the age band of the catalogue, outcomes under their name,
    money year by year added up as `cost_spent`. An outcome that a scenario never has (nobody is
    reported without a programme) is 0. A replication that lacks a scenario is left out.

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
    pairs, at = np.unique(pair, axis=0, return_inverse=True)
    block = np.full((len(measures), len(scenarios), len(pairs)), np.nan)
    block[measure, scenario, at.reshape(-1)] = rows["value"].to_numpy(dtype=np.float64)
    names = tuple(str(name) for name in measures)
    monthly = np.array(["@" in name for name in names])
    whole = ~np.isnan(block[monthly]).any(axis=(0, 1))
    block, pairs = block[:, :, whole], pairs[whole]
    block[np.isnan(block).all(axis=2) & ~monthly[:, None]] = 0.0
    return RunMeasures(
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
    indicators: pd.DataFrame, measured: RunMeasures, indicator: str, sex: str, age_band: str
) -> tuple[Ints, Array]:
    """Return one indicator of one group over time.

    Args:
        indicators: the contract's indicators table.
        measured: which scenarios and replications, in which order.
        indicator: its name.
        sex: all, girls or boys.
        age_band: 5-17, 5-14, 5-11, 12-14 or 15-17.

    Returns:
        (months [months], values [scenarios, W, months]); NaN where a number is missing.
    """
    import numpy as np

    rows = indicators[
        (indicators["indicator"] == indicator)
        & (indicators["sex"] == sex)
        & (indicators["age_band"] == age_band)
    ]
    months, month = np.unique(rows["month"].to_numpy(dtype=np.int64), return_inverse=True)
    names = rows["scenario"].astype("category").cat.rename_categories(str)
    scenario = names.cat.set_categories(measured.scenarios).cat.codes.to_numpy()
    width = int(max(measured.replicates.max(), rows["replicate"].max())) + 1
    known = measured.draws * width + measured.replicates
    asked = rows["draw"].to_numpy(dtype=np.int64) * width + rows["replicate"].to_numpy(np.int64)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    kept = (known[at] == asked) & (scenario >= 0)
    values = np.full((len(measured.scenarios), len(known), len(months)), np.nan)
    numbers = rows["value"].to_numpy(dtype=np.float64)
    values[scenario[kept], at[kept], month[kept]] = numbers[kept]
    return months, values


def summarise(measured: RunMeasures) -> pd.DataFrame:
    """Return `comparison.csv`: one row for each scenario and measure.

    Columns `COLUMNS`. `lower` and `upper` are the 5th and 95th percentile over replications. `note` is "cannot be told
    apart" when the paired difference to no programme has zero in its range, or when there are fewer than `FEWEST`
    replications.
    """
    import numpy as np
    import pandas as pd

    count, n = len(measured.scenarios), len(measured.draws)
    reference = measured.block[:, [measured.scenarios.index(measured.baseline)], :]
    values = measured.block.reshape(-1, n)
    difference = (measured.block - reference).reshape(-1, n)
    entries = [describe(measure) for measure in measured.measures for _ in range(count)]
    direction = np.array([float(entry.direction) for entry in entries])
    low, middle, high = _quantiles(values)
    difference_low, _, difference_high = _quantiles(difference)
    parameters, random_draws = split_variance(values, measured.draws)
    apart_parameters, apart_random_draws = split_variance(difference, measured.draws)
    better = np.mean(difference * direction[:, None] > 0, axis=1)
    unsure = (difference_low <= 0) & (difference_high >= 0) | (n < FEWEST)
    straddles = np.where(unsure, NOT_APART, "")
    frame = pd.DataFrame(
        {
            "scenario": list(measured.scenarios) * len(measured.measures),
            "measure": np.repeat(np.array(measured.measures, dtype=object), count),
            "definition_id": [entry.definition_id for entry in entries],
            "unit": [entry.unit for entry in entries],
            "mean": values.mean(axis=1),
            "lower": low,
            "upper": high,
            "baseline": np.repeat(reference.mean(axis=2), count, axis=1).reshape(-1),
            "difference": difference.mean(axis=1),
            "difference_lower": difference_low,
            "difference_upper": difference_high,
            "share_better": np.where(direction == 0, np.nan, better),
            "sd_parameters": parameters,
            "sd_luck": random_draws,
            "n": n,
            "median": middle,
            "difference_sd_parameters": apart_parameters,
            "difference_sd_luck": apart_random_draws,
            "note": np.where((difference == 0).all(axis=1), SAME, straddles).astype(object),
        }
    )
    ratios = pd.DataFrame(_ratio_rows(measured))
    whole = pd.concat([frame, ratios], ignore_index=True) if len(ratios) else frame
    return whole[list(COLUMNS)]


def describe(measure: str) -> Indicator:
    """Return the catalogue entry, or a bare one for a measure that a user added."""
    try:
        return find(measure)
    except KeyError:
        return Indicator(measure, measure, "", 0, "model-state")


def split_variance(values: Array, draws: npt.NDArray[Any]) -> tuple[Array, Array]:
    """Split the spread of each row in two: one-way random-effects analysis of variance.

    Args:
        values: [rows, W], sorted by draw.
        draws: [W], the draw of each replication.

    Returns:
        (sd_parameters, sd_luck), each [rows]: the standard deviation between draws (what we do
        not know) and between replicates of one draw (random draws). NaN where the design cannot tell.
    """
    import numpy as np

    _, first, sizes = np.unique(draws, return_index=True, return_counts=True)
    groups, total = len(sizes), values.shape[1]
    unknown = np.full(values.shape[0], np.nan)
    if total == groups:
        return unknown, unknown.copy()
    if groups == 1:
        return unknown, np.asarray(values.std(axis=1, ddof=1), dtype=np.float64)
    means = np.add.reduceat(values, first, axis=1) / sizes
    between = (sizes * (means - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    within = ((values - np.repeat(means, sizes, axis=1)) ** 2).sum(axis=1) / (total - groups)
    typical = (total - (sizes**2).sum() / total) / (groups - 1)
    drawn = np.maximum(between / (groups - 1) - within, 0.0) / typical
    return np.sqrt(drawn), np.sqrt(within)


def _quantiles(values: Array) -> Array:
    """Return the 5th, 50th and 95th percentile of each row: [3, rows]."""
    import numpy as np

    return np.asarray(np.quantile(values, [LOW, 0.5, HIGH], axis=1), dtype=np.float64)


def _ratio_rows(measured: RunMeasures) -> list[dict[str, Any]]:
    """Return the summary rows of cost divided by gain; columns left out become NaN."""
    rows: list[dict[str, Any]] = []
    for entry in RATIOS:
        if not set(measured.measures).issuperset(entry.numerator + entry.denominator):
            continue
        for scenario in measured.scenarios:
            cost = sum(measured.against(name, scenario) for name in entry.numerator)
            gain = sum(measured.against(name, scenario) for name in entry.denominator)
            named = {"scenario": scenario, "measure": entry.name, "n": len(measured.draws)}
            kind = {"definition_id": entry.definition_id, "unit": entry.unit}
            rows.append(dict.fromkeys(COLUMNS, float("nan")) | named | kind | ratio(cost, gain))
    return rows


def ratio(cost: Any, gain: Any) -> dict[str, Any]:
    """Divide extra cost by gain, or say why that has no meaning.

    The middle is average cost by average gain (a mean of ratios has no mean when a gain is near
    zero); the range comes from the gain of one unit of money, which stays finite when a few runs
    gain nothing. There is no ratio when the range of the gain holds zero.

    Args:
        cost: [W], extra cost against no programme.
        gain: [W], gain against no programme.

    Returns:
        mean, lower, upper, median (NaN when there is no ratio), and the note that says why not.
    """
    import numpy as np

    nothing = dict.fromkeys(("mean", "lower", "upper", "median"), float("nan"))
    if not cost.any():
        return nothing | {"note": FREE}
    if not gain.any():
        return nothing | {"note": NO_GAIN}
    if not (cost > 0).all() or len(gain) < FEWEST:
        return nothing | {"note": NOT_APART}
    if np.quantile(gain, HIGH) < 0:
        return nothing | {"note": NO_GAIN}
    low, middle, high = np.quantile(gain / cost, [LOW, 0.5, HIGH])
    if not (low > 0 and np.quantile(gain, LOW) > 0):
        return nothing | {"note": NOT_APART}
    with np.errstate(over="ignore", divide="ignore"):
        numbers = np.array([cost.mean() / gain.mean(), 1 / high, 1 / low, 1 / middle])
    # A gain next to nothing has no price.
    if not np.isfinite(numbers).all():
        return nothing | {"note": NOT_APART}
    return dict(zip(nothing, numbers.tolist(), strict=True)) | {"note": ""}
