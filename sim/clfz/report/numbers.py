"""Every number of the report: looked up or computed here, in one method each.

Text, tables and figures ask this module, so they cannot disagree. A *run* is one replication: the
same children and the same random draws with every programme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import floor, log10, sqrt
from typing import TYPE_CHECKING, Any

from clfz.inputs.indicators import ZoneTest
from clfz.runs.results import ComparisonResult, ResultError
from clfz.runs.summary import FEWEST, HIGH, LOW, NOT_APART, describe, series

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[np.float64]

HEADLINE = "child_labour_rate@end"
GAIN = "child_years_out_of_labour_gained"
COST, UNIT_COST = "cost_total", "cost_per_child_year_out_of_labour"
SCHOOL = "full_time_school_rate@end"
OUT_OF_SCHOOL = "out_of_school_rate@end"
YEARS_AFTER = {"end": 0, "1y": 1, "2y": 2, "5y": 5}
LATER = {
    "stays_1y_child_labour_points": "one year after",
    "stays_2y_child_labour_points": "two years after",
    "stays_5y_child_labour_points": "five years after",
}
"""What is left of the effect on child labour: measure -> when."""
ZONE_TEST = {"out_of_school_rate": "out of school", "child_labour_rate": "in child labour"}
"""Indicators of children of 5 to 14 that the zone test asks for, with their words."""


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
        manifest: of the result.
        baseline: the scenario without programme.
        plans: the others, in the order of the comparison file (never ranked).
        everyone: the baseline, then the plans.
        runs: how many replications each plan was run in.
        draws: how many sets of assumptions.
        currency: ISO code of the money.
        end: the last month of the programme.
        after: how many months are simulated after the programme.
        zone_test: when a zone counts as free of child labour.
    """

    def __init__(self, result: ComparisonResult) -> None:
        self.result = result
        self.manifest = result.manifest
        measured = result.run_measures
        if not len(measured.draws):
            text = "No run is finished in every programme; there is nothing to report yet."
            raise ResultError(text)
        if HEADLINE not in measured:
            raise ResultError(f"The result has no {HEADLINE.split('@', maxsplit=1)[0]}.")
        told = {str(entry["name"]): entry for entry in self.manifest.get("scenarios", ())}
        known = [name for name in told if name in measured.scenarios]
        scenarios = []
        for name in [*known, *(name for name in measured.scenarios if name not in told)]:
            entry = told.get(name, {})
            title, summary = str(entry.get("title") or name), str(entry.get("summary") or "")
            sentences = tuple(str(sentence) for sentence in entry.get("sentences") or ())
            scenarios.append(Scenario(name, title, summary, sentences))
        self.baseline = next(s for s in scenarios if s.name == measured.baseline)
        self.plans = [s for s in scenarios if s is not self.baseline]
        self.everyone = [self.baseline, *self.plans]
        self.runs, self.draws = len(measured.draws), len(set(measured.draws.tolist()))
        self.currency = str(self.manifest.get("reporting", {}).get("currency", "EUR"))
        self.end = int(self.manifest["programme_months"])
        self.after = int(self.manifest.get("after_months", 0))
        self.zone_test = ZoneTest(**self.manifest.get("zone_test", {}))
        self._rows = {
            (row["measure"], row["scenario"]): row for row in result.summary.to_dict("records")
        }

    def has(self, measure: str) -> bool:
        """Whether the result has that measure."""
        return (measure, self.baseline.name) in self._rows

    def row(self, measure: str, scenario: str) -> Mapping[Any, Any]:
        """Return the summary row of a measure and scenario."""
        return self._rows[measure, scenario]

    def series(
        self, indicator: str, sex: str, age_band: str
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return months and [scenarios, runs, months] of an indicator of one group."""
        result = self.result
        return series(result.indicators, result.run_measures, indicator, sex, age_band)

    # Which programme is better

    def pair(self, measure: str, first: str, second: str) -> dict[str, float]:
        """Compare two plans inside each run: mean, range and share of runs where first wins."""
        import numpy as np

        difference = self.result.run_measures.against(measure, first, second)
        mean, lower, upper = spread(difference)
        wins = np.mean(difference * (describe(measure).direction or 1) > 0)
        apart = float((lower > 0 or upper < 0) and self.runs >= FEWEST)
        return dict(mean=mean, lower=lower, upper=upper, share=float(wins), apart=apart)

    @cached_property
    def best(self) -> list[Scenario]:
        """The plan with the best average, with all that cannot be told apart from it.

        Empty when that group holds the baseline: then nothing clearly helps.
        """
        sign = describe(HEADLINE).direction
        leader = max(self.everyone, key=lambda s: sign * self.row(HEADLINE, s.name)["mean"])
        group = [
            scenario
            for scenario in self.everyone
            if scenario is leader or not self.pair(HEADLINE, leader.name, scenario.name)["apart"]
        ]
        return [] if self.baseline in group else group

    @property
    def leaders(self) -> list[Scenario]:
        """Up to two plans with the lowest averages, in file order, to name them."""
        ordered = sorted(self.plans, key=lambda s: float(self.row(HEADLINE, s.name)["mean"]))
        return [plan for plan in self.plans if plan in ordered[:2]]

    def unclear(self, measure: str) -> list[Scenario]:
        """Plans that cannot be told apart from no programme."""
        return [s for s in self.plans if self.row(measure, s.name)["note"] == NOT_APART]

    def noted(self, measure: str) -> list[Scenario]:
        """Plans whose difference to no programme has a note: unclear, or none at all."""
        return [s for s in self.plans if self.row(measure, s.name)["note"]]

    @property
    def others(self) -> tuple[list[Scenario], list[Scenario]]:
        """Plans that clearly change something but are not among the best: (help, harm), weakest help first."""
        out = [*self.best, *self.unclear(HEADLINE)]
        effect = {s.name: float(self.row(HEADLINE, s.name)["difference"]) for s in self.plans}
        rest = [plan for plan in self.plans if plan not in out]
        helps = [plan for plan in rest if effect[plan.name] < 0]
        return sorted(helps, key=lambda s: -effect[s.name]), [s for s in rest if s not in helps]

    @property
    def later(self) -> list[tuple[str, str]]:
        """Measure and words of the moments after the end that the runs reach."""
        return [entry for entry in LATER.items() if self.has(entry[0])]

    @property
    def most_often_first(self) -> tuple[Scenario, int]:
        """Who leaves fewest children in child labour in most sets of assumptions, and in how many."""
        import numpy as np

        _, place = np.unique(self.result.run_measures.draws, return_inverse=True)
        values = [self.result.run_measures.of(HEADLINE, s.name) for s in self.everyone]
        ahead = np.array([np.bincount(place, weights=each) for each in values]).argmin(axis=0)
        first = int(np.bincount(ahead).argmax())
        return self.everyone[first], int((ahead == first).sum())

    # How uncertain

    def swing(self, plan: str) -> tuple[float, float]:
        """Return the standard deviations of a plan's effect between assumptions and between random draws.

        In children of 100; one-way random-effects analysis of variance over the parameter draws.
        """
        row = self.row(HEADLINE, plan)
        known, chance = (100 * float(row[f"difference_sd_{k}"]) for k in ("parameters", "luck"))
        return known, chance

    def unknown_share(self, measure: str, scenario: str) -> float:
        """Return the share of the variance of the effect that comes from the assumptions."""
        row = self.row(measure, scenario)
        known, chance = row["difference_sd_parameters"] ** 2, row["difference_sd_luck"] ** 2
        return float(known / (known + chance)) if known + chance > 0 else float("nan")

    def standard_error(self, plan: str) -> float:
        """Return the standard error of a plan's average effect, in children of 100."""
        known, chance = self.swing(plan)
        return sqrt(known**2 / self.draws + chance**2 / self.runs)

    # Over time, by group, by money

    def over_time(self, indicator: str, age_band: str) -> pd.DataFrame:
        """Return scenario, month, mean, p05, p25, p75, p95 of an indicator, as it is counted."""
        import numpy as np

        months, block = self.series(indicator, "all", age_band)
        low, lower, upper, high = np.quantile(block, [LOW, 0.25, 0.75, HIGH], axis=1)
        mean = block.mean(axis=1)
        return self._by_month(months, mean=mean, p05=low, p25=lower, p75=upper, p95=high)

    def _by_month(self, months: Any, **columns: Array) -> pd.DataFrame:
        """Return scenario, month and columns that are [scenarios, months]."""
        import pandas as pd

        names = [self.result.run_measures.scenarios, months]
        index = pd.MultiIndex.from_product(names, names=["scenario", "month"])
        flat = {name: values.reshape(-1) for name, values in columns.items()}
        return pd.DataFrame(flat, index).reset_index()

    def at_end(self, indicator: str, sex: str, age_band: str) -> tuple[int, Array]:
        """Return the last month at or before the programme's end for which a group is kept, and [scenarios, runs].

        Groups are kept once a year: the month is 0 when the programme is shorter.
        """
        months, block = self.series(indicator, sex, age_band)
        last = int((months <= self.end).nonzero()[0][-1])
        return int(months[last]), block[:, :, last]

    def equity(self) -> pd.DataFrame:
        """Return scenario, sex, age_band, start, month, without, with, difference and its range.

        Shares in child labour before the programme and at its end (`at_end`), as group means.
        """
        import pandas as pd

        names = self.result.run_measures.scenarios
        base = names.index(self.baseline.name)
        rows: list[dict[str, Any]] = []
        for sex, band in product(("girls", "boys"), ("5-11", "12-14", "15-17")):
            start = self.series("child_labour_rate", sex, band)[1][base, :, 0].mean()
            month, values = self.at_end("child_labour_rate", sex, band)
            for name, mine in zip(names, values, strict=True):
                row = {"scenario": name, "sex": sex, "age_band": band, "start": start}
                row |= {"month": month, "without": values[base].mean(), "with": mine.mean()}
                paired = spread(mine - values[base])
                rows.append(row | dict(zip(("difference", "lower", "upper"), paired, strict=True)))
        return pd.DataFrame(rows)

    def stays(self) -> pd.DataFrame:
        """Return scenario, what, years_after, measure, mean, lower, upper, clear.

        Children in 100 better off; `clear` is false when it cannot be told apart from none.
        """
        import pandas as pd

        rows = []
        kinds = {"child_labour": "child_labour_rate", "school": "school_attendance_rate"}
        for (what, indicator), (moment, years) in product(kinds.items(), YEARS_AFTER.items()):
            measure, columns = f"stays_{moment}_{what}_points", ("mean", "lower", "upper")
            scale = describe(indicator).direction
            if moment == "end":
                measure, scale = f"{indicator}@end", 100 * scale
                columns = ("difference", "difference_lower", "difference_upper")
            for plan in self.plans if self.has(measure) else ():
                row = self.row(measure, plan.name)
                mean, *ends = (scale * row[column] for column in columns)
                entry = (plan.name, what, years, measure, mean, min(ends), max(ends))
                rows.append((*entry, not row["note"]))
        names = ["scenario", "what", "years_after", "measure", "mean", "lower", "upper", "clear"]
        return pd.DataFrame(rows, columns=names)

    def spent(self, by: str) -> pd.DataFrame:
        """Return scenario, `by`, mean, lower, upper of the money as it is paid out.

        Args:
            by: "year" (1 is the first) or "line" (all years added up).
        """
        import numpy as np
        import pandas as pd

        costs = self.result.costs.astype({"scenario": str, "line": str})
        costs = costs[costs["scenario"] != self.baseline.name]
        costs = costs.assign(year=(costs["month"] - 1) // 12 + 1)
        sums = costs.groupby(["scenario", by, "draw", "replicate"], sort=False)["amount"].sum()
        paid = sums.unstack(["draw", "replicate"], fill_value=0)
        order = pd.MultiIndex.from_frame(costs[["scenario", by]].drop_duplicates())
        measured = self.result.run_measures
        runs = pd.MultiIndex.from_arrays([measured.draws, measured.replicates])
        paid = paid.reindex(index=order, columns=runs, fill_value=0.0)  # no row: nothing spent
        rows = [
            (*names, *spread(values))
            for names, values in zip(paid.index, np.ascontiguousarray(paid), strict=True)
        ]
        return pd.DataFrame(rows, columns=["scenario", by, "mean", "lower", "upper"])

    @property
    def paid_in_full(self) -> bool:
        """Whether later money counts as much as money of the first year."""
        pairs = [
            (self.row(COST, s.name)["mean"], self.row("cost_spent", s.name)["mean"])
            for s in self.plans
        ]
        return all(abs(a - b) <= 1e-6 * max(abs(b), 1.0) for a, b in pairs)

    # The zone test: is every child of 5 to 14 in full-time school?

    @property
    def zone_possible(self) -> bool:
        """Whether the horizon is long enough for the test to be passed at all."""
        return self.end + self.after >= self.zone_test.months

    @cached_property
    def _passes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Months, and whether a run passes in a month [scenarios, runs, months]."""
        import numpy as np

        test = self.zone_test
        months, out = self.series("out_of_school_rate", "all", "5-14")
        _, labour = self.series("child_labour_rate", "all", "5-14")
        good = (out <= test.out_of_school) & (labour <= test.child_labour)
        # Month 0 stands for the time before; a year in a row is counted from month 1 on.
        good[:, :, 0] = False
        passes = np.zeros_like(good)
        row = np.lib.stride_tricks.sliding_window_view(good, test.months, axis=2)
        passes[:, :, test.months - 1 :] = row.all(axis=3)
        return months, passes

    def zone_status(self) -> pd.DataFrame:
        """Return scenario, month, share of runs that pass the zone test, share that ever did."""
        import numpy as np

        months, passes = self._passes
        ever = np.maximum.accumulate(passes, axis=2)
        return self._by_month(months, passes=passes.mean(axis=1), ever=ever.mean(axis=1))

    @cached_property
    def passing(self) -> dict[str, int]:
        """For each scenario in how many runs the zone passes the test at any time."""
        ever = self._passes[1].any(axis=2).sum(axis=1)
        return dict(zip(self.result.run_measures.scenarios, map(int, ever), strict=True))

    @property
    def free(self) -> list[Scenario]:
        """Plans with which the zone passes the test in some run."""
        return [plan for plan in self.plans if self.passing[plan.name]]

    def nearness(self) -> pd.DataFrame:
        """Return scenario, indicator, limit, mean, lower, upper: shares at 5-14 at the programme's end.

        Both are what the test asks for; `limit` is the largest share that passes.
        """
        import pandas as pd

        test, names = self.zone_test, self.result.run_measures.scenarios
        rows = []
        for indicator, limit in zip(
            ZONE_TEST, (test.out_of_school, test.child_labour), strict=True
        ):
            values = self.at_end(indicator, "all", "5-14")[1]
            spreads = zip(names, map(spread, values), strict=True)
            rows += [(name, indicator, limit, *three) for name, three in spreads]
        columns = ["scenario", "indicator", "limit", "mean", "lower", "upper"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def nearest(self) -> Scenario | None:
        """The plan that leaves fewest children of 5 to 14 out of full-time school, on average."""
        if not self.plans or not self.has(SCHOOL):
            return None
        return max(self.plans, key=lambda plan: float(self.row(SCHOOL, plan.name)["mean"]))

    # Value for money. The net benefit of a programme is gain times willingness to pay minus cost
    # (cost-effectiveness acceptability: Fenwick, O'Brien and Briggs 2004, Health Economics
    # 13:405-415). Cost and gain are taken run by run against no programme.

    @cached_property
    def _priced(self) -> list[Scenario]:
        """Plans for which a child-year has a price."""
        if not self.has(UNIT_COST) or not self.has(COST):
            return []
        return [plan for plan in self.plans if not self.row(UNIT_COST, plan.name)["note"]]

    @cached_property
    def flips(self) -> list[tuple[float, Scenario]]:
        """(Willingness to pay, plan that becomes the best buy from there on), by averages, ascending."""
        points = {
            plan.name: tuple(float(self.row(m, plan.name)["difference"]) for m in (COST, GAIN))
            for plan in (self._priced if self.runs >= FEWEST else ())
        }
        found: list[tuple[float, Scenario]] = []
        at = (0.0, 0.0)
        while better := {n: p for n, p in points.items() if p[1] > at[1] + 1e-9 and p[0] >= at[0]}:
            price = {n: (p[0] - at[0]) / (p[1] - at[1]) for n, p in better.items()}
            name = min(price, key=lambda n: (price[n], -better[n][1]))
            found.append((price[name], next(s for s in self.plans if s.name == name)))
            at = (better[name][0], better[name][1])
        return found

    def buys(self, most: int = 6) -> list[tuple[float, Scenario, float]]:
        """Return the best buy at round prices from below the first flip to well above the last.

        Each is (willingness to pay for a child-year, scenario with the greatest net benefit on
        average, share of the runs in which it is the best); the baseline means "buy nothing".
        """
        import numpy as np

        if not self.flips:
            return []
        low, high = self.flips[0][0] / 2, self.flips[-1][0] * 4
        power = floor(log10(max(low, 1e-6)))
        round_ones = [m * 10.0**p for p in range(power, power + 40) for m in (1, 1.5, 2, 3, 5, 7)]
        prices = [price for price in round_ones if low <= price <= high]
        prices = prices[: most - 1] + prices[-1:] if len(prices) > most else prices
        measured = self.result.run_measures
        cost, gain = (
            np.array([measured.against(measure, s.name) for s in self.everyone])
            for measure in (COST, GAIN)
        )
        found = []
        for price in prices:
            benefit = price * gain - cost
            best = int(benefit.mean(axis=1).argmax())
            share = float((benefit.argmax(axis=0) == best).mean())
            found.append((price, self.everyone[best], share))
        return found

    @property
    def cheapest(self) -> list[Scenario]:
        """The plans that gain most child-years for a unit of money, as far as can be told."""
        measured = self.result.run_measures
        if not self._priced:
            return []
        leader = min(self._priced, key=lambda p: float(self.row(UNIT_COST, p.name)["mean"]))
        found = []
        for plan in self._priced:
            best, mine = (
                measured.against(GAIN, each.name) / measured.against(COST, each.name)
                for each in (leader, plan)
            )
            _, low, high = spread(best - mine)
            if low <= 0 <= high:
                found.append(plan)
        return found


def spread(values: Array) -> tuple[float, float, float]:
    """Return mean, 5th and 95th percentile."""
    import numpy as np

    lower, upper = np.quantile(values, [LOW, HIGH])
    return float(values.mean()), float(lower), float(upper)
