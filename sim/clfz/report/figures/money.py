"""Figures of money: what a plan gains for its cost (plane), and when it is spent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from clfz.report.figures.canvas import BLUE, STYLES, Head, Key, Sheet
from clfz.report.figures.common import groups_of, run_note, two_lines
from clfz.report.figures.panel import FAINT, INK, Axis
from clfz.report.figures.plot import Plot, render
from clfz.report.numbers import GAIN, UNIT_COST, Numbers, Scenario
from clfz.report.phrases import Phrases, plain, ranged
from clfz.report.rounding import money, step
from clfz.report.spent import by_year
from clfz.report.sureness import TOO_FEW, range_words
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd

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
    title = "Cost, and child-years out of child labour gained"
    keys = [Key("most gain for each amount, on average", "line", INK, (0, (1, 1.5)))]
    looks = [
        Key(plan.title, "dot", color, marker=marker)
        for plan, (color, _, marker) in zip(numbers.plans, STYLES, strict=False)
    ]
    if single:
        keys = [
            Key("one run of the programme", "dot", BLUE, alpha=0.5),
            Key("average", "ring", INK),
            Key("averages of other programmes", "dot", FAINT),
            *keys,
        ]
    else:
        keys = [*looks, Key("average", "ring", INK), *keys]

    def draw(sheet: Sheet) -> None:
        heads = [
            Head(g[0].title, two_lines(lines[g[0].name])) if single else Head("") for g in groups
        ]
        x, y = _limits(data, numbers.currency)
        panels = sheet.panels(heads, (84 if sheet.narrow else 70) if single else 190, x, y, left=42)
        for panel, group in zip(panels, groups, strict=True):
            panel.rule(y=0)
            panel.line(*_columns(edge), INK, (0, (1, 1.5)), 0.9)
            if single:
                panel.marks(*_columns(centres), "o", FAINT, 3)
            for plan, (color, _, marker) in zip(group, STYLES, strict=False):
                rows = data[data["scenario"] == plan.name]
                rows = rows.iloc[:: -(-len(rows) // _MOST)]
                cost, gain = rows["extra_cost"] / THOUSAND, rows["child_years_gained"]
                panel.marks(cost, gain, marker, color, 2.6, alpha=0.5)
                middle = _columns([_centre(numbers, plan)])
                panel.marks(*middle, marker, INK, 5, mfc="white", mew=1.1)

    said = "; ".join(f"{p.title}: {lines[p.name]}" for p in numbers.plans)
    text = f"Cost of each programme against the child-years out of child labour it gains. {said}."
    note = run_note(numbers, "Dots: one run each. Ring: average of the runs.")
    wide, narrow = render("cost-and-effect", title, text, note, keys, draw)
    how = (
        "Higher is more gained, further right is dearer. A dot below the line at 0 is a run in "
        "which more children worked than without the programme. Programmes on the dotted line give "
        "most, on average, for their cost; where dots share a height, no ranking is possible."
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
        few = phrases.unsure == TOO_FEW
        return "too few runs for a price" if few else "gain cannot be told apart from none"
    return ranged(Markup("{} a child-year"), *phrases.amount(UNIT_COST, plan), phrases.word)


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


def _limits(data: pd.DataFrame, currency: str) -> tuple[Axis, Axis]:
    """Return the axes of cost and gain; both hold zero."""
    cost, gain = data["extra_cost"] / THOUSAND, data["child_years_gained"]
    top, bottom = max(float(gain.max()), 1e-9), min(0.0, float(gain.min()))
    room = top - bottom
    x = Axis(min(0.0, float(cost.min())), 1.08 * max(float(cost.max()), 1e-9))
    y = Axis(bottom - 0.04 * room, top + 0.08 * room, "child-years gained", grid=True)
    return replace(x, label=f"cost, thousand {currency}"), y


def _plane_table(numbers: Numbers, phrases: Phrases) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "Programme": plan.title,
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
    data = by_year(numbers)
    if data.empty:
        return None
    years = int(data["year"].max())
    title = f"When the money is spent: thousand {numbers.currency} a year"

    def draw(sheet: Sheet) -> None:
        heads = [
            Head(p.title, two_lines(plain(phrases.amount_text("cost_spent", p.name))))
            for p in numbers.plans
        ]
        ticks = [(float(year), str(year)) for year in range(1, years + 1, max(1, years // 6))]
        top = 1.1 * float(data["upper"].max()) / THOUSAND
        y = Axis(0, top, f"thousand {numbers.currency}", grid=True)
        x = Axis(0.4, years + 0.6, "Year", ticks)
        for panel, plan in zip(sheet.panels(heads, 52, x, y, left=42), numbers.plans, strict=True):
            rows = data[data["scenario"] == plan.name]
            year = rows["year"].to_numpy()
            mean, low, high = (rows[k].to_numpy() / THOUSAND for k in ("mean", "lower", "upper"))
            for at, height in zip(year, mean, strict=True):
                panel.bar(at - 0.36, 0, at + 0.36, height, BLUE)
            panel.uprights(year, low, high, INK, 1.2)

    table = []
    for plan in numbers.plans:
        row = {f"Average ({range_words(numbers.runs)})": plan.title}
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
        description=(
            "Above each panel: all years together. Money is shown in full, whenever it is spent.",
        ),
        note=note,
        definition_id=describe("cost_spent").definition_id,
        data=data,
        table=pd.DataFrame(table).fillna("–"),
        wide=wide,
        narrow=narrow,
    )
