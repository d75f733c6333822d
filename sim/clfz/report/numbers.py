"""Every number of the report: looked up or computed here, in one function each.

Text, tables and figures ask this module, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clfz.runs.results import ComparisonResult, ResultError
from clfz.runs.summary import FEWEST, HIGH, LOW, NOT_APART, describe, series

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

HEADLINE = "child_labour_rate@end"
GAIN = "child_years_out_of_labour_gained"
UNIT_COST = "cost_per_child_year_out_of_labour"
YEARS_AFTER = {"end": 0, "1y": 1, "2y": 2, "5y": 5}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan as the reader meets it."""

    name: str
    title: str
    summary: str
    sentences: tuple[str, ...]


class Numbers:
    """The numbers of one result, by name.

    Attributes:
        result: the result.
        baseline: the scenario without programme.
        plans: the others, in the order of the comparison file (never ranked).
    """

    def __init__(self, result: ComparisonResult) -> None:
        self.result = result
        self.manifest = result.manifest
        worlds = result.worlds
        if not len(worlds.draws):
            raise ResultError(
                "No run is finished in every programme; there is nothing to report yet."
            )
        if HEADLINE not in worlds:
            raise ResultError(f"The result has no {HEADLINE.split('@', maxsplit=1)[0]}.")
        told = {str(entry["name"]): entry for entry in self.manifest.get("scenarios", ())}
        scenarios = {name: _scenario(name, told.get(name, {})) for name in worlds.scenarios}
        order = [name for name in told if name in scenarios]
        order += [name for name in worlds.scenarios if name not in told]
        self.baseline = scenarios[worlds.baseline]
        self.plans = [scenarios[name] for name in order if name != worlds.baseline]
        self._rows = {
            (row["measure"], row["scenario"]): row for row in result.summary.to_dict("records")
        }

    @property
    def everyone(self) -> list[Scenario]:
        """The baseline, then the plans."""
        return [self.baseline, *self.plans]

    @property
    def runs(self) -> int:
        """How many worlds each plan was run in."""
        return len(self.result.worlds.draws)

    @property
    def draws(self) -> int:
        """How many sets of assumptions."""
        return len(set(self.result.worlds.draws.tolist()))

    @property
    def currency(self) -> str:
        """ISO code of the money."""
        return str(self.manifest.get("reporting", {}).get("currency", "EUR"))

    @property
    def end(self) -> int:
        """The last month of the programme."""
        return int(self.manifest["programme_months"])

    def has(self, measure: str) -> bool:
        """Whether the result has that measure."""
        return (measure, self.baseline.name) in self._rows

    def row(self, measure: str, scenario: str) -> Mapping[Any, Any]:
        """Return the summary row of a measure and scenario."""
        return self._rows[measure, scenario]

    def pair(self, measure: str, first: str, second: str) -> dict[str, float]:
        """Compare two plans inside each world: mean, range and share of worlds where first wins."""
        import numpy as np

        difference = self.result.worlds.against(measure, first, second)
        lower, upper = np.quantile(difference, [LOW, HIGH])
        wins = np.mean(difference * (describe(measure).direction or 1) > 0)
        return {
            "mean": float(difference.mean()),
            "lower": float(lower),
            "upper": float(upper),
            "share": float(wins),
            "apart": float((lower > 0 or upper < 0) and self.runs >= FEWEST),
        }

    @cached_property
    def best(self) -> list[Scenario]:
        """The plan with the best average, with all that cannot be told apart from it.

        Empty when that group holds the baseline: then nothing clearly helps.
        """
        if not self.plans:
            return []
        sign = describe(HEADLINE).direction
        leader = max(self.everyone, key=lambda s: sign * self.row(HEADLINE, s.name)["mean"])
        group = [
            scenario
            for scenario in self.everyone
            if scenario is leader or not self.pair(HEADLINE, leader.name, scenario.name)["apart"]
        ]
        return [] if self.baseline in group else group

    def unclear(self, measure: str) -> list[Scenario]:
        """Plans that cannot be told apart from no programme."""
        return [s for s in self.plans if self.row(measure, s.name)["note"] == NOT_APART]

    def unknown_share(self, measure: str, scenario: str) -> float:
        """Return the share of the variance of the effect that comes from the assumptions."""
        row = self.row(measure, scenario)
        known, luck = row["difference_sd_parameters"] ** 2, row["difference_sd_luck"] ** 2
        return float(known / (known + luck)) if known + luck > 0 else float("nan")

    def over_time(self, indicator: str, age_band: str) -> pd.DataFrame:
        """Return scenario, month, mean, p05, p25, p75, p95 of an indicator, as it is counted."""
        import numpy as np
        import pandas as pd

        months, block = self.series(indicator, "all", age_band)
        quantiles = np.quantile(block, [LOW, 0.25, 0.75, HIGH], axis=1)
        names = self.result.worlds.scenarios
        frame = pd.DataFrame(
            {
                "scenario": np.repeat(np.array(names, dtype=object), len(months)),
                "month": np.tile(months, len(names)),
                "mean": block.mean(axis=1).reshape(-1),
            }
        )
        for column, values in zip(("p05", "p25", "p75", "p95"), quantiles, strict=True):
            frame[column] = values.reshape(-1)
        return frame

    def series(
        self, indicator: str, sex: str, age_band: str
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return months and [scenarios, worlds, months] of an indicator of one group."""
        result = self.result
        return series(result.indicators, result.worlds, indicator, sex, age_band)

    def equity(self) -> pd.DataFrame:
        """Return scenario, sex, age_band, start, without, with, difference and its range.

        Shares in child labour before the programme and at its end, as group means. Groups are kept
        once a year: `month` is the last one kept before the end, 0 when the programme is shorter.
        """
        import numpy as np
        import pandas as pd

        base = self.result.worlds.scenarios.index(self.baseline.name)
        rows = []
        for sex in ("girls", "boys"):
            for band in ("5-11", "12-14", "15-17"):
                months, block = self.series("child_labour_rate", sex, band)
                last = int(np.flatnonzero(months <= self.end)[-1])
                for index, name in enumerate(self.result.worlds.scenarios):
                    paired = block[index, :, last] - block[base, :, last]
                    lower, upper = np.quantile(paired, [LOW, HIGH])
                    row: dict[str, Any] = {"scenario": name, "sex": sex, "age_band": band}
                    row |= {"start": block[base, :, 0].mean(), "month": int(months[last])}
                    row |= {"without": block[base, :, last].mean()}
                    row |= {"with": block[index, :, last].mean(), "difference": paired.mean()}
                    rows.append(row | {"lower": lower, "upper": upper})
        return pd.DataFrame(rows)

    def stays(self) -> pd.DataFrame:
        """Return scenario, what, years_after, measure, mean, lower, upper, clear.

        Children in 100 better off; `clear` is false when it cannot be told apart from none.
        """
        import pandas as pd

        rows = []
        kinds = {"child_labour": "child_labour_rate", "school": "school_attendance_rate"}
        for what, indicator in kinds.items():
            sign = describe(indicator).direction
            for moment, years in YEARS_AFTER.items():
                measure = f"stays_{moment}_{what}_points"
                scale, column = 1.0, ""
                if moment == "end":
                    measure, scale, column = f"{indicator}@end", 100.0, "difference"
                if not self.has(measure):
                    continue
                for plan in self.plans:
                    row = self.row(measure, plan.name)
                    ends = [scale * sign * row[f"{column}_{k}".strip("_")] for k in _RANGE]
                    mean = scale * sign * row[column or "mean"]
                    low, high = min(ends), max(ends)
                    rows.append((plan.name, what, years, measure, mean, low, high, not row["note"]))
        names = ["scenario", "what", "years_after", "measure", "mean", "lower", "upper", "clear"]
        return pd.DataFrame(rows, columns=names)


_RANGE = ("lower", "upper")


def _scenario(name: str, told: Mapping[str, Any]) -> Scenario:
    """Read a scenario of the manifest; its name stands in for a missing title."""
    return Scenario(
        name,
        str(told.get("title") or name),
        str(told.get("summary") or ""),
        tuple(str(sentence) for sentence in told.get("sentences") or ()),
    )
