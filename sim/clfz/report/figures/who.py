"""Figures of people: who gains (equity), and what the counted children owe to the programme."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

from clfz.report.figures.canvas import BLUE, GREEN, PURPLE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.common import run_note
from clfz.report.figures.panel import FAINT, INK, SOFT, Axis
from clfz.report.figures.plot import Plot, render
from clfz.report.numbers import Numbers
from clfz.report.phrases import Phrases, plain
from clfz.report.rounding import number, step_in_100
from clfz.runs.summary import HIGH, LOW

if TYPE_CHECKING:
    import pandas as pd

PALE_BLUE = "#80b8d8"
_STRIP = Axis(0, 1, ticks=(), line=False)
_COLUMNS = ("mean", "lower", "upper")
# What became of a child on the list: measure, words, colour, hatch.
PARTS: tuple[tuple[str, str, str, str], ...] = (
    ("attribution_changed", "changed by the programme", BLUE, ""),
    ("attribution_deadweight", "would have happened anyway", FAINT, ""),
    ("attribution_displaced", "moved to other work", VERMILLION, "////"),
    ("attribution_relapsed", "went back within a year", PURPLE, "\\\\\\\\"),
)
SPILL = ("attribution_spill_over", "not on the list, helped all the same", GREEN, "xxx")
HARM = ("attribution_harmed", "not on the list, worse off", INK, "....")
_HARMS = ("attribution_work_moved_in", "attribution_lost_school")


def equity(numbers: Numbers) -> Plot | None:
    """Draw, for girls and boys of three ages, child labour without and with each plan.

    None when the programme is over before the first month in which groups are kept.
    """
    import pandas as pd

    data = numbers.equity()
    month = int(data["month"].max())
    if month == 0:
        return None
    when = "at the programme’s end" if month == numbers.end else "the last kept by group"
    groups = list(dict.fromkeys(zip(data["sex"], data["age_band"], strict=True)))
    names = [f"{sex} {band.replace('-', '–')}" for sex, band in groups]
    places = [-(index + 0.6 * (sex == "boys")) for index, (sex, _) in enumerate(groups)]
    title = "Children in child labour, of every 100 in each group"
    base = numbers.baseline.title
    keys = [
        Key("before the programme", "tick", FAINT),
        Key(base, "ring", SOFT),
        Key("with the programme", "dot", BLUE, marker="s"),
    ]
    plans = numbers.plans or [numbers.baseline]

    def draw(sheet: Sheet) -> None:
        heads = [Head(plan.title) for plan in plans]
        top = 106 * float(data[["start", "without", "with"]].max().max())
        y = Axis(places[-1] - 0.6, 0.6, ticks=list(zip(places, names, strict=True)), grid=True)
        panels = sheet.panels(heads, 80, Axis(0, top, "children in 100"), y, left=62)
        for panel, plan in zip(panels, plans, strict=True):
            rows = data[data["scenario"] == plan.name]
            start, without, end = (100 * rows[k].to_numpy() for k in ("start", "without", "with"))
            panel.levels(places, without, end, PALE_BLUE, 1.8)
            panel.marks(start, places, "|", FAINT, 8, mew=1.6)
            panel.marks(without, places, "o", SOFT, 4.5, mfc="white", mew=1.1)
            panel.marks(end, places, "s", BLUE, 4.2)

    table = [
        {"Children in 100": plan.title} | dict(zip(names, _cells(data, plan.name), strict=True))
        for plan in plans
    ]
    said = "; ".join(_extremes(data, names, plan.name, plan.title) for plan in plans)
    text = f"Child labour by sex and age, without and with each programme. {said}."
    note = run_note(
        numbers,
        f"Average of the runs in month {month}, {when}.",
    )
    wide, narrow = render("who-gains", title, text, note, keys, draw)
    how = (
        "The longer the bar, the more the programme changed for that group; to the left is better."
    )
    return Plot(
        name="who-gains",
        title=title,
        unit="share of children (0 to 1)",
        label=text,
        description=(how,),
        note=note,
        definition_id="sdg871-ea",
        data=data,
        table=pd.DataFrame(table),
        wide=wide,
        narrow=narrow,
    )


def _cells(data: pd.DataFrame, plan: str) -> list[str]:
    """Return for each group "18 to 6: 12 fewer (9 to 15)"."""
    cells = []
    for row in data[data["scenario"] == plan].to_dict("records"):
        by = step_in_100(100 * row["lower"], 100 * row["upper"])
        without, with_plan = (number(100 * row[key], by) for key in ("without", "with"))
        fewer = [number(-100 * row[key], by) for key in ("difference", "upper", "lower")]
        apart = row["lower"] > 0 or row["upper"] < 0
        change = f"{fewer[0]} fewer ({fewer[1]} to {fewer[2]})" if apart else "no clear change"
        cells.append(f"{without} to {with_plan}: {change}")
    return cells


def _extremes(data: pd.DataFrame, names: list[str], plan: str, title: str) -> str:
    """Name the group that gains most and the one that gains least."""
    change = data[data["scenario"] == plan]["difference"].to_numpy()
    most, least = names[int(change.argmin())], names[int(change.argmax())]
    return f"{title}: {most} gain most, {least} least"


def attribution(numbers: Numbers) -> Plot | None:
    """Draw what became of the children on the programme’s list; None when nobody is listed."""
    import pandas as pd

    phrases = Phrases(numbers)
    measures = [*(part[0] for part in PARTS), SPILL[0], "attribution_counted"]
    plans = numbers.plans
    if not plans or not all(numbers.has(measure) for measure in measures):
        return None
    data = pd.concat([_attributed(numbers, plan.name) for plan in plans], ignore_index=True)
    means = data.set_index(["scenario", "measure"])["mean"].to_dict()
    lists = {plan.name: means[plan.name, "attribution_counted"] > 0 for plan in plans}
    pieces = (*PARTS, SPILL, HARM)
    title = "What became of the children that the programme counts"
    keys = [Key(words, "bar", color, hatch=hatch) for _, words, color, hatch in pieces]

    def line(plan: str) -> str:
        if not lists[plan]:
            return "keeps no list of children"
        listed = plain(phrases.count_text("attribution_counted", plan))
        changed = plain(phrases.count_text("attribution_changed", plan))
        return f"counted: {listed}; changed by the programme: {changed}"

    def draw(sheet: Sheet) -> None:
        heads = [Head(p.title, tuple(line(p.name).split("; "))) for p in plans]
        ends = [sum(means[p.name, piece[0]] for piece in pieces) for p in plans]
        longest = max(*ends, 1.0)
        gap, columns = 0.012 * longest, 1 if sheet.narrow else 2
        x_axis = Axis(0, 1.04 * longest + 2 * gap, "children")
        panels = sheet.panels(heads, 20, x_axis, _STRIP, left=4, right=14, columns=columns)
        for panel, plan in zip(panels, plans, strict=True):
            x = 0.0
            for measure, _, color, hatch in pieces:
                width = float(means[plan.name, measure])
                x += gap if measure in {SPILL[0], HARM[0]} and x > 0 else 0.0
                panel.bar(x, 0.1, x + width, 0.9, color, hatch)
                x += width

    table = []
    for plan in plans:
        whole = add_up([means[plan.name, part[0]] for part in PARTS])
        row = {"Children, average": plan.title, "counted": f"{sum(whole):,}"}
        row |= {part[1]: f"{count:,}" for part, count in zip(PARTS, whole, strict=True)}
        row |= {words: f"{round(means[plan.name, key]):,}" for key, words, _, _ in (SPILL, HARM)}
        table.append(row)
    said = "; ".join(f"{p.title}: {line(p.name).replace('; ', ', ')}" for p in plans)
    text = f"Stacked bars of what became of the children on the programme’s list. {said}."
    note = run_note(
        numbers,
        "Bars: averages. Each child is compared with the same child, with the same luck, without "
        "the programme.",
    )
    wide, narrow = render("changed-or-anyway", title, text, note, keys, draw)
    how = (
        "The first four pieces add up to the children on the programme’s list. Only the first "
        "piece is the programme’s own work. The last two are children who are not on the list. A "
        "programme without a list reports nobody, whatever it changes."
    )
    return Plot(
        name="changed-or-anyway",
        title=title,
        unit="children",
        label=text,
        description=(how,),
        note=note,
        definition_id="paired-children",
        data=data,
        table=pd.DataFrame(table),
        wide=wide,
        narrow=narrow,
    )


def _attributed(numbers: Numbers, plan: str) -> pd.DataFrame:
    """Return scenario, measure, mean, lower, upper of the classes; the harmed as one class."""
    import numpy as np
    import pandas as pd

    known = [*(part[0] for part in PARTS), SPILL[0], "attribution_counted"]
    rows = [(plan, key, *(numbers.row(key, plan)[k] for k in _COLUMNS)) for key in known]
    worlds = numbers.result.worlds
    harmed = np.zeros(numbers.runs)
    for key in _HARMS:
        harmed += worlds.of(key, plan) if key in worlds else 0.0
    rows.append((plan, HARM[0], harmed.mean(), *np.quantile(harmed, [LOW, HIGH])))
    return pd.DataFrame(rows, columns=["scenario", "measure", *_COLUMNS])


def add_up(parts: Sequence[float]) -> list[int]:
    """Round parts to whole numbers that add up to their rounded sum (largest remainders)."""
    whole = [floor(part) for part in parts]
    missing = round(sum(parts)) - sum(whole)
    order = sorted(range(len(parts)), key=lambda at: whole[at] - parts[at])
    for at in order[:missing]:
        whole[at] += 1
    return whole
