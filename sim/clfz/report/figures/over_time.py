"""Figures of time: an indicator over the years (fan), the zone test, what stays after the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from clfz.report.figures import UPRIGHT, Grid, groups_of, spoken, text_table, time_axis
from clfz.report.labels import many, years
from clfz.report.numbers import Numbers
from clfz.report.phrases import TOO_FEW, Phrases, plain, ranged
from clfz.report.plot import BASE_DASH, BLUE, GREEN, SOFT, STYLES, Plot, line, patch
from clfz.report.rounding import finer, number, step_in_100
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Colour, marker, place beside the year, words.
_LOOK = {
    "child_labour": (BLUE, "o", -0.12, "not in child labour"),
    "school": (GREEN, "^", 0.12, "in school"),
}


def _lines(
    numbers: Numbers, data: pd.DataFrame, middle: str, said: Mapping[str, list[str]], band: str = ""
) -> tuple[Grid, list[Any], Callable[..., None]]:
    """Lines over the years, each plan against no programme: few plans in one panel, many in one each.

    Args:
        numbers: the result.
        data: scenario, month, the middle and, for bands, p05, p25, p75, p95; shares.
        middle: column of the line.
        said: of each scenario, above panels of its own.
        band: what the bands hold; none are drawn when empty.

    Returns:
        The panels, their key, and `draw(figure, narrow, y=label, **settings of the axes)`.
    """
    groups, base = groups_of(numbers), numbers.baseline
    single = len(groups) > 1
    looks: dict[str, tuple[str, Any, str]] = {base.name: (SOFT, BASE_DASH, "")}
    looks |= {plan.name: STYLES[0 if single else at] for at, plan in enumerate(numbers.plans)}
    key = [line(s.title, *looks[s.name][:2]) for s in numbers.everyone]
    if single:
        key = [key[0], line("with the programme", BLUE)]
    if band:
        key.append(patch(band, BLUE if single else SOFT, alpha=0.2))
        key += [patch("middle half of the runs", BLUE, alpha=0.45)] if single else []
    heads = [[g[0].title, *said[g[0].name]] if single else [""] for g in groups]
    shared, own = (190, 75) if band else (150, 65)
    grid = Grid(heads, own if single else shared, keys=len(key))
    percent = {
        str(name): 100 * rows.set_index("month").drop(columns="scenario")
        for name, rows in data.groupby("scenario")
    }
    months = numbers.end + numbers.after <= 24

    def draw(figure: Figure, narrow: bool, *, y: str, **settings: Any) -> None:
        x = f"{'Months' if months else 'Years'} from the start"
        for axes, group in zip(grid.draw(figure, narrow, x=x, y=y), groups, strict=True):
            for scenario in (base, *group):
                color, dash, marker = looks[scenario.name]
                rows, strong = percent[scenario.name], single and scenario is not base
                time = rows.index / 12
                if band:
                    alpha = 0.18 if strong else 0.11
                    axes.fill_between(
                        time, rows["p05"], rows["p95"], color=color, alpha=alpha, lw=0
                    )
                if band and strong:
                    axes.fill_between(time, rows["p25"], rows["p75"], color=color, alpha=0.33, lw=0)
                axes.plot(time, rows[middle], color=color, linestyle=dash)
                edge: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 0.8}
                at_end = rows[middle][numbers.end]
                axes.plot([numbers.end / 12], [at_end], marker, color=color, **edge)
            time_axis(axes, numbers)
            axes.set(**settings)

    return grid, key, draw


def fan(numbers: Numbers, indicator: str, name: str) -> Plot:
    """Draw an indicator over the years, each plan against no programme."""
    phrases, entry = Phrases(numbers), describe(indicator)
    data, band = numbers.over_time(indicator, entry.age_band), phrases.range_words
    said = {s.name: [plain(phrases.rate(f"{indicator}@end", s.name))] for s in numbers.everyone}
    grid, key, draw = _lines(numbers, data, "mean", said, band)
    top = 108 * data["p95"].max()

    def cell(row: Mapping[str, float]) -> str:
        values = [100 * row[column] for column in ("mean", "p05", "p95")]
        return ranged(values, step_in_100(*values[1:]))

    shown = data[(data["month"] % 12 == 0) | (data["month"] == data["month"].max())]
    when = [f"month {m}" if m % 12 else f"year {m // 12}" for m in shown["month"]]
    corner = f"Children in 100, average ({band})"
    then = " and after" if numbers.after else ""
    bands = "Band: 9 of 10 runs."
    if len(groups_of(numbers)) > 1:
        bands = "Dark band: the middle half of the runs. Pale band: 9 of 10 runs."
    rule = "The nearer the line comes to 0" if entry.direction < 0 else "The higher the line"
    ages = entry.age_band.replace("-", " to ")
    upright = f" {UPRIGHT}" if numbers.after else ""
    return Plot(
        name=name,
        title=f"Children {entry.label[0].lower()}{entry.label[1:]}, of every 100 aged {ages}",
        label=f"Lines with bands over {years(numbers.end)} of programme{then}. "
        f"At the end of it: {spoken(numbers.everyone, said)}.",
        note=phrases.stands_on(f"Line: average of the runs. {bands}{upright}"),
        data=data,
        draw=partial(draw, y="children in 100", ylim=(0, top)),
        height=grid.height,
        key=key,
        unit="share of children (0 to 1)",
        description=(f"{rule}, the better; the wider the band, the less is known.",),
        definition_id=entry.definition_id,
        table=text_table(corner, numbers.everyone, shown.assign(when=when), "when", cell),
    )


def zone_status(numbers: Numbers) -> Plot:
    """Draw the share of runs in which the zone passes the test, month by month."""
    import pandas as pd

    phrases, data, runs = Phrases(numbers), numbers.zone_status(), numbers.runs
    rows, said = [], {}
    for s in numbers.everyone:
        mine = data[data["scenario"] == s.name].set_index("month")
        last = mine.index[-1]
        at_end, in_last, ever = (
            f"{round(share * runs)} of {runs} runs"
            for share in (mine["passes"][numbers.end], mine["passes"][last], mine["ever"][last])
        )
        half = mine.index[mine["passes"] >= 0.5]
        said[s.name] = [f"{at_end} at the end"]
        rows.append(
            {
                "Programme": s.title,
                "passes when the programme ends": at_end,
                "passes in the last year shown": in_last,
                "passed at any time": ever,
                "half of the runs pass from": f"year {-(-half[0] // 12)}" if len(half) else "never",
            }
        )
    grid, key, draw = _lines(numbers, data, "passes", said)
    upright = f" {UPRIGHT}" if numbers.after else ""
    good = f"A run passes in a month when the {numbers.zone_test.months} months up to it were all good."
    return Plot(
        name="zone-status",
        title="How many of 100 runs pass the test of a child-labour-free zone",
        label="Share of runs in which the zone passes the test, over the years. "
        f"{spoken(numbers.everyone, said)}.",
        note=phrases.stands_on(good + upright),
        data=data,
        draw=partial(draw, y="of 100 runs", ylim=(-2, 103), yticks=(0, 50, 100)),
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

    def write(row: Mapping[Any, Any], column: str) -> str:
        low, high, value = row["lower"], row["upper"], row[column]
        return number(value, finer(step_in_100(low, high), low, high, value))

    groups = {key: rows for key, rows in data.groupby(["scenario", "what"])}
    first = f"Better off, in 100: average ({phrases.range_words})"
    said, table = {}, []
    for plan in numbers.plans:
        told = []
        for row in groups[plan.name, "child_labour"].to_dict("records"):
            left = write(row, "mean") if row["clear"] else "none that is clear"
            when = (
                f"after {many(row['years_after'], 'year')}" if row["years_after"] else "at the end"
            )
            told.append(f"{left} {when}")
        said[plan.name] = [TOO_FEW] if phrases.unsure == TOO_FEW else [told[0], told[-1]]
        for what, (*_, words) in _LOOK.items():
            cells = {first: plan.title, "": words}
            for row in groups[plan.name, what].to_dict("records"):
                when = f"after {row['years_after']} y" if row["years_after"] else "at the end"
                mean, low, high = (write(row, column) for column in ("mean", "lower", "upper"))
                cells[when] = f"{mean} ({low} to {high})"
            table.append(cells)
    heads = [[plan.title, *said[plan.name]] for plan in numbers.plans]
    key = [line(text, color, "", marker) for color, marker, _, text in _LOOK.values()]
    grid = Grid(heads, 85, keys=len(key))

    def draw(figure: Figure, narrow: bool) -> None:
        panels = grid.draw(figure, narrow, x="Years after the end", y="better off, in 100")
        for axes, plan in zip(panels, numbers.plans, strict=True):
            axes.axhline(0, color=SOFT, linestyle=BASE_DASH, linewidth=0.8)
            for what, (color, marker, shift, _) in _LOOK.items():
                rows = groups[plan.name, what]
                mean, time = rows["mean"], rows["years_after"] + shift
                ends = [mean - rows["lower"], rows["upper"] - mean]
                axes.errorbar(time, mean, ends, fmt="none", ecolor=color, elinewidth=1.2)
                axes.plot(time, mean, marker, color=color, markersize=5)
            axes.set_xticks(times, ["end" if time == 0 else str(time) for time in times])

    return Plot(
        name="what-stays",
        title="Children in 100 who are better off than without a programme",
        label=f"Children in 100 who are better off than without programme, by year. {spoken(numbers.plans, said)}.",
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
