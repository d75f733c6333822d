"""Figures of people: who gains (equity), and what the counted children owe to the programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import TYPE_CHECKING, Any

from clfz.report.figures import Grid, Rows, spoken, text_table
from clfz.report.numbers import Numbers, spread
from clfz.report.phrases import Phrases, plain
from clfz.report.plot import BLUE, GREEN, INK, PURPLE, SOFT, VERMILLION, Plot, line, patch
from clfz.report.rounding import number, step_in_100

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PALE_BLUE = "#80b8d8"
# What became of a child: measure, words, colour, hatch. The first four are on the programme's list.
PARTS: tuple[tuple[str, str, str, str], ...] = (
    ("attribution_changed", "changed by the programme", BLUE, ""),
    ("attribution_deadweight", "would have happened anyway", "#8c8c8c", ""),
    ("attribution_displaced", "moved to other work", VERMILLION, "////"),
    ("attribution_relapsed", "went back within a year", PURPLE, "\\\\\\\\"),
    ("attribution_spill_over", "not on the list, helped all the same", GREEN, "xxx"),
    ("attribution_harmed", "not on the list, worse off", INK, "---"),
)
LISTED = 4
_HARMS = ("attribution_work_moved_in", "attribution_lost_school")
_COUNTED = "attribution_counted"


def equity(numbers: Numbers) -> Plot | None:
    """Draw, for girls and boys of three ages, child labour without and with each plan.

    None when the programme is over before the first month in which groups are kept.
    """
    data = numbers.equity()
    month = int(data["month"].max())
    if month == 0:
        return None
    group = data["sex"] + " " + data["age_band"].str.replace("-", "–")
    names = group.unique().tolist()
    places = [-(at + 0.6 * name.startswith("boys")) for at, name in enumerate(names)]
    plans = numbers.plans or [numbers.baseline]
    ring: dict[str, Any] = {"markerfacecolor": "white", "markeredgewidth": 1.1}
    key = [
        line("before the programme", "#8c8c8c", "", "|", markersize=8, markeredgewidth=1.6),
        line(numbers.baseline.title, SOFT, "", "o", **ring),
        line("with the programme", BLUE, "", "s"),
    ]
    grid = Grid([[plan.title] for plan in plans], 95, keys=len(key))
    top = 106 * float(data[["start", "without", "with"]].max().max())

    def draw(figure: Figure, narrow: bool) -> None:
        panels = grid.draw(figure, narrow, x="children in 100")
        for axes, plan in zip(panels, plans, strict=True):
            rows = 100 * data[data["scenario"] == plan.name][["start", "without", "with"]]
            axes.hlines(places, rows["without"], rows["with"], color=PALE_BLUE, linewidth=1.8)
            tick: dict[str, Any] = {"markersize": 8, "markeredgewidth": 1.6}
            axes.plot(rows["start"], places, "|", color="#8c8c8c", **tick)
            axes.plot(rows["without"], places, "o", color=SOFT, **ring)
            axes.plot(rows["with"], places, "s", color=BLUE, markersize=4.2)
            axes.set_xlim(0, top)
            axes.set_yticks(places, names)

    def cell(row: Mapping[str, float]) -> str:
        by = step_in_100(100 * row["lower"], 100 * row["upper"])
        without, with_plan = (number(100 * row[key], by) for key in ("without", "with"))
        fewer, low, high = (number(-100 * row[key], by) for key in ("difference", "upper", "lower"))
        apart = row["lower"] > 0 or row["upper"] < 0
        change = f"{fewer} fewer ({low} to {high})" if apart else "no clear change"
        return f"{without} to {with_plan}: {change}"

    said = {}
    for plan in plans:
        effect = data["difference"][data["scenario"] == plan.name].to_numpy()
        most, least = names[int(effect.argmin())], names[int(effect.argmax())]
        said[plan.name] = [f"{most} gain most, {least} least"]
    when = "at the programme’s end" if month == numbers.end else "the last kept by group"
    about = "Child labour by sex and age, without and with each programme."
    return Plot(
        name="who-gains",
        title="Children in child labour, of every 100 in each group",
        label=f"{about} {spoken(plans, said)}.",
        note=Phrases(numbers).stands_on(f"Average of the runs in month {month}, {when}."),
        data=data,
        draw=draw,
        height=grid.height,
        key=key,
        unit="share of children (0 to 1)",
        description=(
            "The longer the bar, the more the programme changed for that group; to the left is "
            "better.",
        ),
        definition_id="sdg871-ea",
        table=text_table("Children in 100", plans, data.assign(group=group), "group", cell),
    )


def attribution(numbers: Numbers) -> Plot | None:
    """Draw what became of the children on the programme’s list; None when nobody is listed."""
    import numpy as np
    import pandas as pd

    phrases, plans, measured = Phrases(numbers), numbers.plans, numbers.result.run_measures
    measures = [*(part[0] for part in PARTS[:-1]), _COUNTED]
    if not plans or not all(numbers.has(measure) for measure in measures):
        return None
    rows = []
    for plan in plans:
        for measure in measures:
            row = numbers.row(measure, plan.name)
            rows.append((plan.name, measure, row["mean"], row["lower"], row["upper"]))
        harms = [measured.of(key, plan.name) for key in _HARMS if key in measured]
        rows.append(
            (plan.name, PARTS[-1][0], *spread(np.sum([np.zeros(numbers.runs), *harms], axis=0)))
        )
    data = pd.DataFrame(rows, columns=["scenario", "measure", "mean", "lower", "upper"])
    means = data.set_index(["scenario", "measure"])["mean"].to_dict()
    said = {}
    for plan in plans:
        counts = [plain(phrases.count(key, plan.name)) for key in (_COUNTED, PARTS[0][0])]
        said[plan.name] = ["keeps no list of children"]
        if means[plan.name, _COUNTED] > 0:
            said[plan.name] = [f"counted: {counts[0]}", f"changed by the programme: {counts[1]}"]
    key = [patch(words, color, hatch=hatch, edgecolor="white") for _, words, color, hatch in PARTS]
    lines = Rows([[plan.title, *said[plan.name]] for plan in plans], 24, len(key))
    longest = max(*(sum(means[p.name, part[0]] for part in PARTS) for p in plans), 1.0)

    def draw(figure: Figure, narrow: bool) -> None:
        axes, floors = lines.draw(figure, narrow, x="children")
        middle, left = np.array(floors) + 13, np.zeros(len(plans))
        for at, (measure, _, color, hatch) in enumerate(PARTS):
            width = np.array([float(means[plan.name, measure]) for plan in plans])
            left += 0.012 * longest * ((left > 0) & (at >= LISTED))
            look: dict[str, Any] = {"color": color, "hatch": hatch, "edgecolor": "white"}
            axes.barh(middle, width, 20, left, **look)
            left += width
        axes.set_xlim(0, 1.07 * longest)

    table = []
    for plan in plans:
        whole = add_up([means[plan.name, part[0]] for part in PARTS[:LISTED]])
        whole += [round(means[plan.name, part[0]]) for part in PARTS[LISTED:]]
        row = {"Children, average": plan.title, "counted": f"{sum(whole[:LISTED]):,}"}
        table.append(row | {p[1]: f"{n:,}" for p, n in zip(PARTS, whole, strict=True)})
    about = "Stacked bars of what became of the children on the programme’s list."
    return Plot(
        name="changed-or-anyway",
        title="What became of the children that the programme counts",
        label=f"{about} {spoken(plans, said)}.",
        note=phrases.stands_on(
            "Bars: averages. Each child is compared with the same child, with the same random "
            "draws, without the programme."
        ),
        data=data,
        draw=draw,
        height=lines.height,
        key=key,
        unit="children",
        description=(
            "The first four pieces add up to the children on the programme’s list. Only the first "
            "piece is the programme’s own work. The last two are children who are not on the list. "
            "A programme without a list reports nobody, whatever it changes.",
        ),
        definition_id="paired-children",
        table=pd.DataFrame(table),
    )


def add_up(parts: Sequence[float]) -> list[int]:
    """Round parts to whole numbers that add up to their rounded sum (largest remainders)."""
    whole = [floor(part) for part in parts]
    missing = round(sum(parts)) - sum(whole)
    order = sorted(range(len(parts)), key=lambda at: whole[at] - parts[at])
    for at in order[:missing]:
        whole[at] += 1
    return whole
