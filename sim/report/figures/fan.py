"""The fan: an indicator over the years, how fast and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.figures.canvas import (
    BASE_DASH,
    BLUE,
    INK,
    SMALL,
    SOFT,
    STYLES,
    Head,
    Key,
    Sheet,
    wrap,
)
from sim.report.figures.common import BANDS, YEARS, groups_of, mark_end, run_note, spread
from sim.report.figures.plot import Plot, render
from sim.report.numbers import Numbers, Scenario
from sim.report.phrases import Phrases, plain
from sim.report.rounding import number, step_in_100
from sim.summary import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def fan(numbers: Numbers, indicator: str, name: str) -> Plot:
    """Draw an indicator over the years, each plan against no programme."""
    phrases = Phrases(numbers)
    entry = describe(indicator)
    data = numbers.over_time(indicator, entry.age_band)
    ages = entry.age_band.replace("-", " to ")
    title = f"Children {_lower(entry.label)}, of every 100 aged {ages}"
    groups = groups_of(numbers)
    single = len(groups) > 1
    base = numbers.baseline
    keys = [Key("9 of 10 runs", "band", SOFT, alpha=0.2)]
    if single:
        keys = [
            Key(base.title, "line", SOFT, BASE_DASH),
            Key("with the plan", "line", BLUE),
            Key("middle half of the runs", "band", BLUE, alpha=0.45),
            Key("9 of 10 runs", "band", BLUE, alpha=0.18),
        ]

    def draw(sheet: Sheet) -> None:
        heads = [
            Head(
                group[0].title,
                (plain(phrases.rate_text(f"{indicator}@end", group[0].name)),),
            )
            if single
            else Head("")
            for group in groups
        ]
        height = 92 if single else (170 if sheet.narrow else 190)
        right = 8.0 if single else (70.0 if sheet.narrow else 130.0)
        panels = sheet.panels(heads, height, right=right, x_label=YEARS, y_label="children in 100")
        panels[0].set_ylim(0, 108 * float(data["p95"].max()))
        for axes, group in zip(panels, groups, strict=True):
            _band(axes, data, base.name, SOFT, BASE_DASH, single=False)
            for plan, (color, dash, marker) in zip(group, STYLES, strict=False):
                _band(axes, data, plan.name, color, dash, single=single)
                end = _at(data, plan.name, numbers.end)
                axes.plot([numbers.end / 12], [end], marker, color=color, ms=4.5, mec="white")
            mark_end(axes, numbers)
            if not single:
                _label_ends(axes, data, [base, *group], height, right)

    ends = "; ".join(
        f"{s.title}: {plain(phrases.rate_text(f'{indicator}@end', s.name))}"
        for s in numbers.everyone
    )
    years = numbers.end // 12
    label = f"Lines with bands over {years} programme years and after. At the end of it: {ends}."
    note = run_note(numbers, f"{BANDS} Dotted upright line: the programme ends.")
    wide, narrow = render(name, title, label, note, keys, draw)
    rule = "The nearer the line comes to 0, the better."
    if entry.direction > 0:
        rule = "The higher the line, the better."
    return Plot(
        name=name,
        title=title,
        unit="share of children (0 to 1)",
        label=label,
        description=(f"{title}, year by year. {rule}",),
        note=note,
        definition_id=entry.definition_id,
        data=data,
        table=_yearly_table(numbers, data),
        wide=wide,
        narrow=narrow,
    )


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _at(data: pd.DataFrame, scenario: str, month: int) -> float:
    """Return the average in a month, children in 100."""
    rows = data[(data["scenario"] == scenario) & (data["month"] == month)]
    return float(rows["mean"].iloc[0]) * 100


def _band(
    axes: Axes, data: pd.DataFrame, scenario: str, color: str, dash: object, *, single: bool
) -> None:
    """Draw the line and the bands of one scenario."""
    rows = data[data["scenario"] == scenario]
    years = rows["month"].to_numpy() / 12
    part = {key: rows[key].to_numpy() * 100 for key in ("mean", "p05", "p25", "p75", "p95")}
    axes.fill_between(
        years, part["p05"], part["p95"], color=color, alpha=0.18 if single else 0.13, lw=0
    )
    if single:
        axes.fill_between(years, part["p25"], part["p75"], color=color, alpha=0.33, lw=0)
    axes.plot(years, part["mean"], color=color, ls=dash, lw=1.6)


def _label_ends(
    axes: Axes, data: pd.DataFrame, scenarios: list[Scenario], height: float, room: float
) -> None:
    """Name each line at its right end; names that would touch are moved apart."""
    month, top = int(data["month"].max()), axes.get_ylim()[1]
    ends = sorted((_at(data, s.name, month), s.title) for s in scenarios)
    named = [(value / top * height, wrap(title, SMALL, room - 8)) for value, title in ends]
    sizes = [9.0 * len(lines) + 2 for _, lines in named]
    places = spread([y for y, _ in named], sizes, height)
    for y, (_, lines) in zip(places, named, strict=True):
        axes.annotate(
            "\n".join(lines),
            (1, y / height),
            xytext=(5, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=INK,
            va="center",
            linespacing=1.05,
        )


def _yearly_table(numbers: Numbers, data: pd.DataFrame) -> pd.DataFrame:
    """Return the figure's numbers once a year as text: one row a plan, one column a year."""
    import pandas as pd

    rows = []
    for scenario in numbers.everyone:
        mine = data[(data["scenario"] == scenario.name) & (data["month"] % 12 == 0)]
        row = {"Children in 100, average (9 of 10 runs)": scenario.title}
        for entry in mine.to_dict("records"):
            by = step_in_100(100 * entry["p05"], 100 * entry["p95"])
            cells = [number(100 * entry[key], by) for key in ("mean", "p05", "p95")]
            row[f"year {int(entry['month']) // 12}"] = f"{cells[0]} ({cells[1]} to {cells[2]})"
        rows.append(row)
    return pd.DataFrame(rows)
