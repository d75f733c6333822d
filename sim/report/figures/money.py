"""Figures of money: what a plan gains for its cost (plane), and when it is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.figures.canvas import BLUE, FAINT, INK, SMALL, SOFT, STYLES, Head, Key, Sheet
from sim.report.figures.common import groups_of, run_note
from sim.report.figures.plot import Plot, render
from sim.report.numbers import GAIN, UNIT_COST, Numbers, Scenario
from sim.report.phrases import Phrases, plain
from sim.report.rounding import money, step
from sim.summary import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

THOUSAND = 1000.0
_MOST = 200


def plane(numbers: Numbers) -> Plot:
    """Draw extra cost against extra child-years out of child labour, one dot a run."""
    import pandas as pd

    phrases = Phrases(numbers)
    worlds = numbers.result.worlds
    data = pd.concat(
        [
            pd.DataFrame(
                {
                    "scenario": plan.name,
                    "draw": worlds.draws,
                    "replicate": worlds.replicates,
                    "extra_cost": worlds.against("cost_total", plan.name),
                    "child_years_gained": worlds.against(GAIN, plan.name),
                }
            )
            for plan in numbers.plans
        ],
        ignore_index=True,
    )
    centres = [_centre(numbers, plan) for plan in numbers.plans]
    edge = frontier([(0.0, 0.0), *centres])
    groups = groups_of(numbers)
    single = len(groups) > 1
    lines = {p.name: plain(unit_cost_line(phrases, p.name)) for p in numbers.plans}
    title = "What we get for our money: cost and child-years out of child labour"
    keys = [Key("most gain for each amount, on average", "line", INK, (0, (1, 1.5)))]
    if single:
        keys = [
            Key("one run of the plan", "dot", BLUE, alpha=0.5),
            Key("average", "ring", INK),
            Key("averages of other plans", "dot", FAINT),
            *keys,
        ]

    def draw(sheet: Sheet) -> None:
        heads = [Head(g[0].title, (lines[g[0].name],)) if single else Head("") for g in groups]
        right = 8.0 if single else (72.0 if sheet.narrow else 130.0)
        panels = sheet.panels(
            heads,
            92 if single else 200,
            left=42,
            right=right,
            x_label=f"cost, thousand {numbers.currency}",
            y_label="child-years gained",
        )
        _limits(panels[0], data)
        for axes, group in zip(panels, groups, strict=True):
            axes.plot(*_columns(edge), color=INK, lw=0.9, ls=(0, (1, 1.5)))
            if single:
                axes.plot(*_columns(centres), "o", color=FAINT, ms=3, mew=0)
            for plan, (color, _, marker) in zip(group, STYLES, strict=False):
                rows = data[data["scenario"] == plan.name]
                rows = rows.iloc[:: -(-len(rows) // _MOST)]
                x, y = rows["extra_cost"] / THOUSAND, rows["child_years_gained"]
                axes.plot(x, y, marker, color=color, ms=2.6, alpha=0.5, mew=0)
                cost, gain = _centre(numbers, plan)
                at = ([cost / THOUSAND], [gain])
                axes.plot(*at, marker, mfc="white", mec=INK, ms=5, mew=1.1)
                if not single:
                    axes.annotate(
                        plan.title,
                        (at[0][0], gain),
                        xytext=(7, 3),
                        textcoords="offset points",
                        fontsize=SMALL,
                        color=INK,
                    )
            axes.axhline(0, color=SOFT, lw=0.8)

    said = "; ".join(f"{p.title}: {lines[p.name]}" for p in numbers.plans)
    text = f"Cost of each plan against the child-years out of child labour it gains. {said}."
    note = run_note(numbers, "Dots: one run each. Ring: average of the runs.")
    wide, narrow = render("cost-and-effect", title, text, note, keys, draw)
    how = (
        "Higher is more gained, further right is dearer. A dot below the line at 0 is a run in "
        "which more children worked than without the plan. Plans on the dotted line give most, on "
        "average, for their cost; plans with dots at the same height cannot be ranked."
    )
    return Plot(
        name="cost-and-effect",
        title=title,
        unit=f"{numbers.currency}; child-years",
        label=text,
        description=(how,),
        note=note,
        definition_id=describe(GAIN).definition_id,
        data=data,
        table=_plane_table(numbers, phrases),
        wide=wide,
        narrow=narrow,
    )


def unit_cost_line(phrases: Phrases, plan: str) -> str:
    """Return "€75 for a child-year, likely €60 to €100", or that there is no such price."""
    numbers = phrases.numbers
    if numbers.row(UNIT_COST, plan)["note"]:
        return "gain cannot be told apart from none"
    middle, low, high = phrases.amount(UNIT_COST, plan)
    return middle + " a child-year, likely " + low + " to " + high


def _centre(numbers: Numbers, plan: Scenario) -> tuple[float, float]:
    """Return the average extra cost and gain of a plan."""
    cost = float(numbers.row("cost_total", plan.name)["difference"])
    return cost, float(numbers.row(GAIN, plan.name)["difference"])


def frontier(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the upper hull of (cost, gain) from nothing to the greatest gain, rising only."""
    hull: list[tuple[float, float]] = []
    for point in sorted(points):
        if hull and point[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _turns_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _turns_up(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0])


def _columns(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [cost / THOUSAND for cost, _ in points], [gain for _, gain in points]


def _limits(axes: Axes, data: pd.DataFrame) -> None:
    cost, gain = data["extra_cost"] / THOUSAND, data["child_years_gained"]
    top, bottom = max(float(gain.max()), 1e-9), min(0.0, float(gain.min()))
    axes.set_xlim(min(0.0, float(cost.min())), 1.08 * max(float(cost.max()), 1e-9))
    axes.set_ylim(bottom - 0.04 * (top - bottom), top + 0.08 * (top - bottom))


def _plane_table(numbers: Numbers, phrases: Phrases) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "Plan": plan.title,
            "Cost": plain(phrases.amount_text("cost_total", plan.name)),
            "Child-years out of child labour, gained": plain(phrases.count_text(GAIN, plan.name)),
            "Cost of one": plain(phrases.amount_text(UNIT_COST, plan.name)),
        }
        for plan in numbers.plans
    ]
    return pd.DataFrame(rows)


def spending(numbers: Numbers) -> Plot | None:
    """Draw the money spent in each year; None when nothing is ever spent."""
    import pandas as pd

    phrases = Phrases(numbers)
    data = numbers.spending()
    if data.empty:
        return None
    years = int(data["year"].max())
    title = f"When the money is spent: thousand {numbers.currency} a year"

    def draw(sheet: Sheet) -> None:
        heads = [
            Head(p.title, (plain(phrases.amount_text("cost_spent", p.name)),))
            for p in numbers.plans
        ]
        panels = sheet.panels(
            heads, 70, left=42, x_label="Year", y_label=f"thousand {numbers.currency}"
        )
        panels[0].set_xlim(0.4, years + 0.6)
        panels[0].set_xticks(range(1, years + 1, max(1, years // 6)))
        panels[0].set_ylim(0, 1.1 * float(data["upper"].max()) / THOUSAND)
        for axes, plan in zip(panels, numbers.plans, strict=True):
            rows = data[data["scenario"] == plan.name]
            mean = rows["mean"].to_numpy() / THOUSAND
            low, high = rows["lower"].to_numpy() / THOUSAND, rows["upper"].to_numpy() / THOUSAND
            axes.bar(rows["year"].to_numpy(), mean, width=0.7, color=BLUE)
            axes.vlines(rows["year"].to_numpy(), low, high, color=INK, lw=1.2)

    table = []
    for plan in numbers.plans:
        row = {"Average (9 of 10 runs)": plan.title}
        for entry in data[data["scenario"] == plan.name].to_dict("records"):
            by = step(entry["lower"], entry["upper"], entry["mean"])
            cells = [money(entry[k], by, numbers.currency) for k in ("mean", "lower", "upper")]
            row[f"year {entry['year']}"] = f"{cells[0]} ({cells[1]} to {cells[2]})"
        table.append(row)
    said = "; ".join(
        f"{p.title}: {plain(phrases.amount_text('cost_spent', p.name))}" for p in numbers.plans
    )
    text = f"Bars of the money spent in each year. All years together: {said}."
    note = run_note(numbers, "Bar: average of the runs. Upright line: 9 of 10 runs.")
    wide, narrow = render("spending", title, text, note, (), draw)
    return Plot(
        name="spending",
        title=title,
        unit=numbers.currency,
        label=text,
        description=("Money of the price year, as it is paid out; nothing is discounted here.",),
        note=note,
        definition_id=describe("cost_spent").definition_id,
        data=data,
        table=pd.DataFrame(table).fillna("–"),
        wide=wide,
        narrow=narrow,
    )
