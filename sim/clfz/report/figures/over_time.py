"""Figures of time: an indicator over the years (fan), the zone test, what stays after the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clfz.report.figures import UPRIGHT, Grid, groups_of, time_axis, time_label
from clfz.report.labels import many, years
from clfz.report.numbers import Numbers
from clfz.report.phrases import TOO_FEW, Phrases, plain, ranged
from clfz.report.plot import BASE_DASH, BLUE, GREEN, SOFT, STYLES, Plot, line, patch
from clfz.report.rounding import clear_step, number, step_in_100
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Colour, marker, place beside the year, words.
_LOOK = {
    "child_labour": (BLUE, "o", -0.12, "not in child labour"),
    "school": (GREEN, "^", 0.12, "in school"),
}


def _looks(numbers: Numbers) -> dict[str, tuple[str, Any, str]]:
    """Colour, dash and marker of each scenario; plans in panels of their own look alike."""
    alike = len(groups_of(numbers)) > 1
    looks = {numbers.baseline.name: (SOFT, BASE_DASH, "")}
    return looks | {plan.name: STYLES[0 if alike else at] for at, plan in enumerate(numbers.plans)}


def _key(numbers: Numbers) -> list[Any]:
    """The lines of the key."""
    looks = _looks(numbers)
    if len(groups_of(numbers)) > 1:
        base = line(numbers.baseline.title, SOFT, BASE_DASH)
        return [base, line("with the programme", BLUE)]
    return [line(s.title, *looks[s.name][:2]) for s in numbers.everyone]


def fan(numbers: Numbers, indicator: str, name: str) -> Plot:
    """Draw an indicator over the years, each plan against no programme."""
    import pandas as pd

    phrases, entry = Phrases(numbers), describe(indicator)
    data = numbers.over_time(indicator, entry.age_band)
    said = {s.name: plain(phrases.rate(f"{indicator}@end", s.name)) for s in numbers.everyone}
    groups, looks = groups_of(numbers), _looks(numbers)
    single = len(groups) > 1
    band = phrases.range_words
    key = [*_key(numbers), patch(band, BLUE if single else SOFT, alpha=0.2)]
    if single:
        key.append(patch("middle half of the runs", BLUE, alpha=0.45))
    heads = [[g[0].title, said[g[0].name]] if single else [""] for g in groups]
    grid = Grid(heads, 75 if single else 190, keys=len(key))

    percent = {
        str(name): 100 * rows.set_index("month").drop(columns="scenario")
        for name, rows in data.groupby("scenario")
    }

    def draw(figure: Figure, narrow: bool) -> None:
        panels = grid.draw(figure, narrow, x=time_label(numbers), y="children in 100")
        for axes, group in zip(panels, groups, strict=True):
            for scenario in (numbers.baseline, *group):
                color, dash, marker = looks[scenario.name]
                rows = percent[scenario.name]
                time, strong = rows.index / 12, single and marker
                alpha = 0.18 if strong else 0.11
                axes.fill_between(time, rows["p05"], rows["p95"], color=color, alpha=alpha, lw=0)
                if strong:
                    axes.fill_between(time, rows["p25"], rows["p75"], color=color, alpha=0.33, lw=0)
                axes.plot(time, rows["mean"], color=color, linestyle=dash)
                end: dict[str, Any] = {
                    "marker": marker,
                    "markeredgecolor": "white",
                    "markeredgewidth": 0.8,
                }
                axes.plot([numbers.end / 12], [rows["mean"][numbers.end]], color=color, **end)
            time_axis(axes, numbers)
            axes.set_ylim(0, 108 * data["p95"].max())

    rows = []
    shown = data[(data["month"] % 12 == 0) | (data["month"] == data["month"].max())]
    for scenario in numbers.everyone:
        row = {f"Children in 100, average ({band})": scenario.title}
        for cells in shown[shown["scenario"] == scenario.name].to_dict("records"):
            values = [100 * cells[column] for column in ("mean", "p05", "p95")]
            month = int(cells["month"])
            when = f"month {month}" if month % 12 else f"year {month // 12}"
            row[when] = ranged(values, step_in_100(*values[1:]))
        rows.append(row)
    then = " and after" if numbers.after else ""
    spoken = "; ".join(f"{s.title}: {said[s.name]}" for s in numbers.everyone)
    bands = "Band: 9 of 10 runs."
    if single:
        bands = "Dark band: the middle half of the runs. Pale band: 9 of 10 runs."
    rule = "The nearer the line comes to 0" if entry.direction < 0 else "The higher the line"
    ages = entry.age_band.replace("-", " to ")
    upright = f" {UPRIGHT}" if numbers.after else ""
    return Plot(
        name=name,
        title=f"Children {entry.label[0].lower()}{entry.label[1:]}, of every 100 aged {ages}",
        label=f"Lines with bands over {years(numbers.end)} of programme{then}. "
        f"At the end of it: {spoken}.",
        note=phrases.stands_on(f"Line: average of the runs. {bands}{upright}"),
        data=data,
        draw=draw,
        height=grid.height,
        key=key,
        unit="share of children (0 to 1)",
        description=(f"{rule}, the better; the wider the band, the less is known.",),
        definition_id=entry.definition_id,
        table=pd.DataFrame(rows),
    )


def zone_status(numbers: Numbers) -> Plot:
    """Draw the share of runs in which the zone passes the test, month by month."""
    import pandas as pd

    phrases, data, runs = Phrases(numbers), numbers.zone_status(), numbers.runs
    groups, looks = groups_of(numbers), _looks(numbers)
    single = len(groups) > 1
    at_end = data[data["month"] == numbers.end].set_index("scenario")
    last = data[data["month"] == data["month"].max()].set_index("scenario")

    def count(frame: pd.DataFrame, name: str, column: str = "passes") -> str:
        return f"{round(float(frame[column][name]) * runs)} of {runs} runs"

    said = {s.name: f"{count(at_end, s.name)} at the end" for s in numbers.everyone}
    heads = [[g[0].title, said[g[0].name]] if single else [""] for g in groups]
    key = _key(numbers)
    grid = Grid(heads, 65 if single else 150, keys=len(key))

    def draw(figure: Figure, narrow: bool) -> None:
        panels = grid.draw(figure, narrow, x=time_label(numbers), y="of 100 runs")
        for axes, group in zip(panels, groups, strict=True):
            for scenario in (numbers.baseline, *group):
                color, dash, _ = looks[scenario.name]
                rows = data[data["scenario"] == scenario.name]
                axes.plot(rows["month"] / 12, 100 * rows["passes"], color=color, linestyle=dash)
            time_axis(axes, numbers)
            axes.set(ylim=(-2, 103), yticks=(0, 50, 100))

    rows = []
    for s in numbers.everyone:
        half = data[(data["scenario"] == s.name) & (data["passes"] >= 0.5)]
        row = {"Programme": s.title, "passes when the programme ends": count(at_end, s.name)}
        row["passes in the last year shown"] = count(last, s.name)
        row["passed at any time"] = count(last, s.name, "ever")
        first = "never" if half.empty else f"year {-(-int(half['month'].min()) // 12)}"
        rows.append(row | {"half of the runs pass from": first})
    spoken = "; ".join(f"{s.title}: {said[s.name]}" for s in numbers.everyone)
    upright = f" {UPRIGHT}" if numbers.after else ""
    good = f"A run passes in a month when the {numbers.zone_test.months} months up to it were all good."
    return Plot(
        name="zone-status",
        title="How many of 100 runs pass the test of a child-labour-free zone",
        label=f"Share of runs in which the zone passes the test, over the years. {spoken}.",
        note=phrases.stands_on(good + upright),
        data=data,
        draw=draw,
        height=grid.height,
        key=key,
        unit="share of runs (0 to 1)",
        description=(zone_test_words(numbers),),
        table=pd.DataFrame(rows),
    )


def zone_test_words(numbers: Numbers) -> str:
    """Say what the zone test asks, in one sentence."""
    test = numbers.zone_test
    out, labour = number(100 * test.out_of_school, 1), number(100 * test.child_labour, 1)
    return (
        f"The test: for {test.months} months in a row at most {out} in 100 children of 5 to 14 are "
        f"out of school, and at most {labour} in 100 are in child labour."
    )


def stays(numbers: Numbers) -> Plot | None:
    """Draw what is left of the gain after the programme ends; None without years after it."""
    import pandas as pd

    data, phrases = numbers.stays(), Phrases(numbers)
    times = sorted(set(data["years_after"]))
    if len(times) < 2 or not numbers.plans:
        return None

    def step(entry: Mapping[Any, Any]) -> float:
        return clear_step(entry["lower"], entry["upper"], entry["mean"])

    def moment(entry: Mapping[Any, Any]) -> str:
        after = int(entry["years_after"])
        when = f"after {many(after, 'year')}" if after else "at the end"
        left = number(entry["mean"], step(entry)) if entry["clear"] else "none that is clear"
        return f"{left} {when}"

    said = {}
    for plan in numbers.plans:
        rows = data[(data["scenario"] == plan.name) & (data["what"] == "child_labour")]
        ends = [moment(rows.iloc[at].to_dict()) for at in (0, -1)]
        said[plan.name] = [TOO_FEW] if phrases.unsure == TOO_FEW else ends
    heads = [[plan.title, *said[plan.name]] for plan in numbers.plans]
    key = [line(text, color, "", marker) for color, marker, _, text in _LOOK.values()]
    grid = Grid(heads, 85, keys=len(key))

    def draw(figure: Figure, narrow: bool) -> None:
        panels = grid.draw(figure, narrow, x="Years after the end", y="better off, in 100")
        for axes, plan in zip(panels, numbers.plans, strict=True):
            axes.axhline(0, color=SOFT, linestyle=BASE_DASH, linewidth=0.8)
            for what, (color, marker, shift, _) in _LOOK.items():
                rows = data[(data["scenario"] == plan.name) & (data["what"] == what)]
                mean, time = rows["mean"], rows["years_after"] + shift
                ends = [mean - rows["lower"], rows["upper"] - mean]
                axes.errorbar(time, mean, ends, fmt="none", ecolor=color, elinewidth=1.2)
                axes.plot(time, mean, marker, color=color, markersize=5)
            axes.set_xticks(times, ["end" if time == 0 else str(time) for time in times])

    table = []
    first = f"Better off, in 100: average ({phrases.range_words})"
    for (name, what), rows in data.groupby(["scenario", "what"], sort=False):
        title = next(plan.title for plan in numbers.plans if plan.name == name)
        row = {first: title, "": _LOOK[str(what)][3]}
        for entry in rows.to_dict("records"):
            after = entry["years_after"]
            cells = [
                number(entry[k], clear_step(entry["lower"], entry["upper"], entry[k]))
                for k in ("mean", "lower", "upper")
            ]
            when = f"after {after} y" if after else "at the end"
            row[when] = f"{cells[0]} ({cells[1]} to {cells[2]})"
        table.append(row)
    table.sort(key=lambda row: [plan.title for plan in numbers.plans].index(row[first]))
    spoken = "; ".join(f"{p.title}: {'; '.join(said[p.name])}" for p in numbers.plans)
    return Plot(
        name="what-stays",
        title="Children in 100 who are better off than without a programme",
        label=f"Children in 100 who are better off than without programme, by year. {spoken}.",
        note=phrases.stands_on(
            "Mark: average of the runs, against no programme in the same run. Line: 9 of 10 runs."
        ),
        data=data,
        draw=draw,
        height=grid.height,
        key=key,
        unit="percentage points, positive is better",
        description=(
            "A line that touches 0 means: by then the programme cannot be told apart from no "
            "programme.",
        ),
        definition_id="sdg871-ea",
        table=pd.DataFrame(table),
    )
