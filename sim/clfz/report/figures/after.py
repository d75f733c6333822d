"""Figures of time and what remains: when the zone passes its test, what stays after the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clfz.report import zone
from clfz.report.figures.canvas import BASE_DASH, BLUE, GREEN, STYLES, Head, Key, Sheet
from clfz.report.figures.common import UPRIGHT, groups_of, mark_end, name_ends, run_note, year_axis
from clfz.report.figures.panel import SOFT, Axis
from clfz.report.figures.pen import Shape
from clfz.report.figures.plot import Plot, render
from clfz.report.numbers import Numbers
from clfz.report.phrases import Phrases, clear_step
from clfz.report.rounding import number
from clfz.report.sureness import TOO_FEW, range_words

if TYPE_CHECKING:
    import pandas as pd

_LOOK: dict[str, tuple[str, Shape, float, str]] = {
    "child_labour": (BLUE, "o", -0.12, "not in child labour"),
    "school": (GREEN, "^", 0.12, "in school"),
}


def zone_status(numbers: Numbers) -> Plot:
    """Draw the share of runs in which the zone passes the test, month by month."""
    import pandas as pd

    data = zone.zone_status(numbers)
    groups = groups_of(numbers)
    single = len(groups) > 1
    at_end = data[data["month"] == numbers.end].set_index("scenario")
    last = data[data["month"] == data["month"].max()].set_index("scenario")
    runs = numbers.runs

    def count(frame: pd.DataFrame, name: str, column: str) -> str:
        return f"{round(float(frame[column][name]) * runs)}"

    def line(name: str) -> str:
        return f"{count(at_end, name, 'passes')} of {runs} runs at the end"

    title = "How many of 100 runs pass the test of a child-labour-free zone"
    keys = [Key(numbers.baseline.title, "line", SOFT, BASE_DASH)]
    if single:
        keys.append(Key("with the programme", "line", BLUE))

    def draw(sheet: Sheet) -> None:
        heads = [Head(g[0].title, (line(g[0].name),)) if single else Head("") for g in groups]
        right = 8.0 if single else (88.0 if sheet.narrow else 140.0)
        height = 56.0 if single else 150.0
        y = Axis(0, 100, "of 100 runs", [(0, "0"), (50, "50"), (100, "100")], grid=True)
        panels = sheet.panels(heads, height, year_axis(numbers), y, right=right)
        for panel, group in zip(panels, groups, strict=True):
            ends: list[tuple[float, str, str, Any]] = []
            drawn = [(p, c, d) for p, (c, d, _) in zip(group, STYLES, strict=False)]
            for scenario, color, dash in [(numbers.baseline, SOFT, BASE_DASH), *drawn]:
                rows = data[data["scenario"] == scenario.name]
                years, share = rows["month"].to_numpy() / 12, 100 * rows["passes"].to_numpy()
                if single and scenario is not numbers.baseline:
                    panel.band(years, 0 * share, share, color, 0.15)
                panel.line(years, share, color, dash, 1.7)
                ends.append((float(share[-1]), scenario.title, color, dash))
            mark_end(panel, numbers)
            if not single:
                name_ends(panel, ends, right)

    rows = [
        {
            "Programme": s.title,
            "passes when the programme ends": f"{count(at_end, s.name, 'passes')} of {runs} runs",
            "passes in the last year shown": f"{count(last, s.name, 'passes')} of {runs} runs",
            "passed at any time": f"{count(last, s.name, 'ever')} of {runs} runs",
            "half of the runs pass from": _half(data, s.name),
        }
        for s in numbers.everyone
    ]
    said = "; ".join(f"{s.title}: {line(s.name)}" for s in numbers.everyone)
    text = f"Share of runs in which the zone passes the test, over the years. {said}."
    note = run_note(
        numbers,
        f"A run passes in a month when the {zone.zone_test(numbers).months} months up to it were all "
        f"good. {UPRIGHT}",
    )
    wide, narrow = render("zone-status", title, text, note, keys, draw)
    return Plot(
        name="zone-status",
        title=title,
        unit="share of runs (0 to 1)",
        label=text,
        description=(zone.asked_words(numbers),),
        note=note,
        definition_id="model-state",
        data=data,
        table=pd.DataFrame(rows),
        wide=wide,
        narrow=narrow,
    )


def _half(data: pd.DataFrame, scenario: str) -> str:
    """Return the first year by which half of the runs pass."""
    rows = data[(data["scenario"] == scenario) & (data["passes"] >= 0.5)]
    return "never" if rows.empty else f"year {-(-int(rows['month'].min()) // 12)}"


def stays(numbers: Numbers) -> Plot | None:
    """Draw what is left of the gain after the programme ends; None without years after it."""
    import pandas as pd

    data = numbers.stays()
    times = sorted(set(data["years_after"]))
    if len(times) < 2 or not numbers.plans:
        return None
    phrases = Phrases(numbers)
    title = "Children in 100 who are better off than without a programme"
    keys = [Key(text, "dot", color, marker=marker) for color, marker, _, text in _LOOK.values()]

    def cells(entry: Mapping[Any, Any]) -> list[str]:
        values = [entry[key] for key in ("mean", "lower", "upper")]
        return [number(value, clear_step(values[1], values[2], value)) for value in values]

    def moment(entry: Mapping[Any, Any]) -> str:
        years = int(entry["years_after"])
        when = "at the end" if years == 0 else f"after {years} year{'' if years == 1 else 's'}"
        return f"{cells(entry)[0] if entry['clear'] else 'none that is clear'} {when}"

    def line(name: str) -> str:
        rows = data[(data["scenario"] == name) & (data["what"] == "child_labour")]
        if phrases.unsure == TOO_FEW:
            return TOO_FEW
        return "; ".join(moment(rows.iloc[at].to_dict()) for at in (0, -1))

    def draw(sheet: Sheet) -> None:
        heads = [Head(plan.title, tuple(line(plan.name).split("; "))) for plan in numbers.plans]
        low, high = min(0.0, data["lower"].min()), max(0.0, data["upper"].max())
        room = max(high - low, 1e-9)
        ticks = [(float(t), "end" if t == 0 else str(t)) for t in times]
        x_axis = Axis(-0.5, max(times) + 0.5, "Years after the end", ticks)
        y_axis = Axis(low - 0.05 * room, high + 0.08 * room, "better off, in 100", grid=True)
        panels = sheet.panels(heads, 72 if sheet.narrow else 60, x_axis, y_axis)
        for panel, plan in zip(panels, numbers.plans, strict=True):
            panel.rule(y=0, dash=BASE_DASH)
            for what, (color, marker, shift, _) in _LOOK.items():
                rows = data[(data["scenario"] == plan.name) & (data["what"] == what)]
                x = rows["years_after"].to_numpy() + shift
                panel.uprights(x, rows["lower"].to_numpy(), rows["upper"].to_numpy(), color, 1.4)
                panel.marks(x, rows["mean"].to_numpy(), marker, color, 4.5, mec="white", mew=0.5)

    table = []
    for plan in numbers.plans:
        for what, (_, _, _, text) in _LOOK.items():
            row = {
                f"Better off, in 100: average ({range_words(numbers.runs)})": plan.title,
                "": text,
            }
            for entry in data.to_dict("records"):
                if entry["scenario"] == plan.name and entry["what"] == what:
                    mean, lower, upper = cells(entry)
                    years = entry["years_after"]
                    when = "at the end" if years == 0 else f"after {years} y"
                    row[when] = f"{mean} ({lower} to {upper})"
            table.append(row)
    said = "; ".join(f"{p.title}: {line(p.name)}" for p in numbers.plans)
    label = f"Children in 100 who are better off than without programme, by year. {said}."
    note = run_note(
        numbers,
        "Mark: average of the runs, against no programme in the same run. Line: 9 of 10 runs.",
    )
    wide, narrow = render("what-stays", title, label, note, keys, draw)
    how = (
        "A line that touches 0 means: by then the programme cannot be told apart from no programme."
    )
    return Plot(
        name="what-stays",
        title=title,
        unit="percentage points, positive is better",
        label=label,
        description=(how,),
        note=note,
        definition_id="sdg871-ea",
        data=data,
        table=pd.DataFrame(table),
        wide=wide,
        narrow=narrow,
    )
