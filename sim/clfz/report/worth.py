"""What a child-year is worth to the reader, and which programme is then the best buy.

The net benefit of a programme is gain times worth minus cost (the cost-effectiveness acceptability
of health economics: Fenwick, O'Brien and Briggs 2004, Health Economics 13:405-415). Cost and gain
are taken run by run against no programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

from clfz.report.numbers import GAIN, UNIT_COST, Numbers, Scenario
from clfz.runs.summary import FEWEST, HIGH, LOW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Buy:
    """The best buy at one worth of a child-year.

    Attributes:
        worth: of one child-year out of child labour, in the currency.
        best: with the greatest net benefit on average; the baseline means "buy nothing".
        share: of runs in which it is the best.
    """

    worth: float
    best: Scenario
    share: float


def buys(numbers: Numbers) -> list[Buy]:
    """Return the best buy at round worths around the points where the choice flips."""
    import numpy as np

    points = flips(numbers)
    if not points:
        return []
    cost = np.array([numbers.result.worlds.against("cost_total", s.name) for s in numbers.everyone])
    gain = np.array([numbers.result.worlds.against(GAIN, s.name) for s in numbers.everyone])
    found = []
    for worth in round_worths(points):
        benefit = worth * gain - cost
        best = int(benefit.mean(axis=1).argmax())
        share = float((benefit.argmax(axis=0) == best).mean())
        found.append(Buy(worth, numbers.everyone[best], share))
    return found


def flips(numbers: Numbers) -> list[tuple[float, Scenario]]:
    """Return (worth, programme that becomes the best buy from there on), by averages, ascending."""
    if numbers.runs < FEWEST or not numbers.has(UNIT_COST) or not numbers.has("cost_total"):
        return []
    points = {
        plan.name: (
            float(numbers.row("cost_total", plan.name)["difference"]),
            float(numbers.row(GAIN, plan.name)["difference"]),
        )
        for plan in numbers.plans
        if not numbers.row(UNIT_COST, plan.name)["note"]
    }
    found: list[tuple[float, Scenario]] = []
    at = (0.0, 0.0)
    while better := {n: p for n, p in points.items() if p[1] > at[1] + 1e-9 and p[0] >= at[0]}:
        price = {n: (p[0] - at[0]) / (p[1] - at[1]) for n, p in better.items()}
        name = min(price, key=lambda n: (price[n], -better[n][1]))
        found.append((price[name], next(s for s in numbers.plans if s.name == name)))
        at = points[name]
    return found


def round_worths(points: list[tuple[float, Scenario]], most: int = 6) -> list[float]:
    """Return round numbers from below the first flip to well above the last."""
    low, high = points[0][0] / 2, points[-1][0] * 4
    steps: list[float] = []
    power = floor(log10(max(low, 1e-6)))
    while not steps or steps[-1] < high:
        steps += [m * 10.0**power for m in (1, 1.5, 2, 3, 5, 7)]
        power += 1
    inside = [step for step in steps if low <= step <= high]
    return inside[: most - 1] + inside[-1:] if len(inside) > most else inside


def cheapest(numbers: Numbers) -> list[Scenario]:
    """Return the plans that gain most child-years for a unit of money, as far as can be told."""
    import numpy as np

    if not numbers.has(UNIT_COST):
        return []
    worlds = numbers.result.worlds
    priced = [plan for plan in numbers.plans if not numbers.row(UNIT_COST, plan.name)["note"]]
    if not priced:
        return []
    gain = {p.name: worlds.against(GAIN, p.name) for p in priced}
    yields = {p.name: gain[p.name] / worlds.against("cost_total", p.name) for p in priced}
    leader = min(priced, key=lambda p: float(numbers.row(UNIT_COST, p.name)["mean"]))

    def close(plan: Scenario) -> bool:
        low, high = np.quantile(yields[leader.name] - yields[plan.name], [LOW, HIGH])
        return bool(low <= 0 <= high)

    return [plan for plan in priced if plan is leader or close(plan)]
