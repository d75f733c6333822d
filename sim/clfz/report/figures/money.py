"""Figures of money: what a plan gains for its cost (plane), and when it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clfz.report.figures import Grid, groups_of, spoken, text_table
from clfz.report.numbers import COST, GAIN, UNIT_COST, Numbers
from clfz.report.phrases import Phrases, plain, ranged
from clfz.report.plot import BLUE, INK, SOFT, STYLES, Plot, line
from clfz.report.rounding import step
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THOUSAND = 1000.0
_MOST = 200


def plane(numbers: Numbers) -> Plot:
    """Draw extra cost against extra child-years out of child labour, one dot a run."""
    import pandas as pd

    phrases, measured, plans = Phrases(numbers), numbers.result.run_measures, numbers.plans
    parts = [
        {
            "scenario": plan.name,
            "draw": measured.draws,
            "replicate": measured.replicates,
            "extra_cost": measured.against(COST, plan.name),
            "child_years_gained": measured.against(GAIN, plan.name),
        }
        for plan in plans
    ]
    data = pd.concat(map(pd.DataFrame, parts), ignore_index=True)
    centres = {
        plan.name: tuple(float(numbers.row(m, plan.name)["difference"]) for m in (COST, GAIN))
        for plan in plans
    }
    edge = frontier([(0.0, 0.0), *((cost, gain) for cost, gain in centres.values())])
    groups = groups_of(numbers)
    single = len(groups) > 1
    prices = {p.name: phrases.unit_cost(p.name) for p in plans}
    ring: dict[str, Any] = {"markerfacecolor": "white", "markersize": 5, "markeredgewidth": 1.1}
    hull = line("most gain for each amount, on average", INK, (0, (1, 1.5)), linewidth=0.9)
    key = [line("average", INK, "", "o", **ring), hull]
    if single:
        dot = line("one run of the programme", BLUE, "", "o", alpha=0.5)
        key = [dot, line("averages of other programmes", SOFT, "", "o", markersize=3), *key]
    else:
        looks = zip(plans, STYLES, strict=False)
        key = [*(line(p.title, color, "", mark) for p, (color, _, mark) in looks), *key]
    heads = [[g[0].title, *prices[g[0].name].lines] if single else [""] for g in groups]
    grid = Grid(heads, 95 if single else 190, keys=len(key))

    def draw(figure: Figure, narrow: bool) -> None:
        x = f"cost, thousand {numbers.currency}"
        panels = grid.draw(figure, narrow, x=x, y="child-years gained")
        for axes, group in zip(panels, groups, strict=True):
            axes.axhline(0, color=SOFT, linewidth=0.8)
            costs, gains = [cost / THOUSAND for cost, _ in edge], [gain for _, gain in edge]
            axes.plot(costs, gains, color=INK, linestyle=(0, (1, 1.5)), lw=0.9)
            if single:
                for cost, gain in centres.values():
                    axes.plot(cost / THOUSAND, gain, "o", color=SOFT, markersize=3)
            for plan, (color, _, mark) in zip(group, STYLES, strict=False):
                rows = data[data["scenario"] == plan.name]
                rows = rows.iloc[:: -(-len(rows) // _MOST)]
                look: dict[str, Any] = {"linestyle": "", "marker": mark}
                spots = rows["extra_cost"] / THOUSAND, rows["child_years_gained"]
                axes.plot(*spots, color=color, markersize=2.6, alpha=0.5, **look)
                cost, gain = centres[plan.name]
                axes.plot([cost / THOUSAND], [gain], color=INK, **look, **ring)
            left, right = data["extra_cost"].min(), 1.05 * data["extra_cost"].max()
            axes.set_xlim(min(0.0, left) / THOUSAND, max(right, 1.0) / THOUSAND)
            axes.yaxis.set_major_formatter("{x:,.0f}")

    rows = [
        {
            "Programme": plan.title,
            "Cost": plain(phrases.amount(COST, plan.name)),
            "Child-years out of child labour, gained": plain(phrases.count(GAIN, plan.name)),
            "Cost of one": plain(phrases.amount(UNIT_COST, plan.name)),
        }
        for plan in plans
    ]
    said = spoken(plans, {p.name: [plain(prices[p.name])] for p in plans})
    about = "Cost of each programme against the child-years out of child labour it gains."
    return Plot(
        name="cost-and-effect",
        title="Cost, and child-years out of child labour gained",
        label=f"{about} {said}.",
        note=phrases.stands_on("Dots: one run each. Ring: average of the runs."),
        data=data,
        draw=draw,
        height=grid.height,
        key=key,
        unit=f"{numbers.currency}; child-years",
        description=(
            "Higher is more gained, further right is dearer. A dot below the line at 0 is a run in "
            "which more children worked than without the programme. Programmes on the dotted line "
            "give most, on average, for their cost; where dots share a height, no ranking is "
            "possible.",
        ),
        definition_id=describe(GAIN).definition_id,
        table=pd.DataFrame(rows),
    )


def frontier(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the upper hull of (cost, gain) from nothing to the greatest gain, rising only."""
    hull: list[tuple[float, float]] = []
    for c in sorted(points):
        if hull and c[1] <= hull[-1][1]:
            continue
        while len(hull) > 1:
            a, b = hull[-2:]
            if (b[0] - a[0]) * (c[1] - a[1]) < (b[1] - a[1]) * (c[0] - a[0]):
                break
            hull.pop()
        hull.append(c)
    return hull


def spending(numbers: Numbers) -> Plot | None:
    """Draw the money spent in each year; None when nothing is ever spent."""
    phrases, data, plans = Phrases(numbers), numbers.spent("year"), numbers.plans
    if data.empty:
        return None
    total = {p.name: phrases.amount("cost_spent", p.name) for p in plans}
    grid = Grid([[p.title, *total[p.name].lines] for p in plans], 75)

    def draw(figure: Figure, narrow: bool) -> None:
        from matplotlib.ticker import MaxNLocator

        panels = grid.draw(figure, narrow, x="Year", y=f"thousand {numbers.currency}")
        for axes, plan in zip(panels, plans, strict=True):
            rows = data[data["scenario"] == plan.name]
            mean, low, high = (rows[k] / THOUSAND for k in ("mean", "lower", "upper"))
            ends = [(mean - low).clip(lower=0), (high - mean).clip(lower=0)]
            axes.bar(rows["year"], mean, 0.72, yerr=ends, color=BLUE, ecolor=INK)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
            axes.yaxis.set_major_formatter("{x:,g}")
            axes.set_xlim(0.4, data["year"].max() + 0.6)

    def cell(row: Mapping[str, float]) -> str:
        by = step(row["lower"], row["upper"], row["mean"])
        return ranged([row[k] for k in ("mean", "lower", "upper")], by, phrases.money)

    by_year = data.assign(when=[f"year {year}" for year in data["year"]])
    corner = f"Average ({phrases.range_words})"
    said = spoken(plans, {p.name: [plain(total[p.name])] for p in plans})
    return Plot(
        name="spending",
        title=f"When the money is spent: thousand {numbers.currency} a year",
        label=f"Bars of the money spent in each year. All years together: {said}.",
        note=phrases.stands_on("Bar: average of the runs. Upright line: 9 of 10 runs."),
        data=data,
        draw=draw,
        height=grid.height,
        unit=numbers.currency,
        description=(
            "Above each panel: all years together. Money is shown in full, whenever it is spent.",
        ),
        definition_id=describe("cost_spent").definition_id,
        table=text_table(corner, plans, by_year, "when", cell),
    )
