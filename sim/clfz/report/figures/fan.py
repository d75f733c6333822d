"""The fan: an indicator over the years, how fast and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.report.figures.canvas import BASE_DASH, BLUE, STYLES, Head, Key, Sheet
from clfz.report.figures.common import (
    BAND,
    BANDS,
    UPRIGHT,
    groups_of,
    mark_end,
    name_ends,
    run_note,
    year_axis,
)
from clfz.report.figures.panel import SOFT, Axis, Panel
from clfz.report.figures.pen import Dash
from clfz.report.figures.plot import Plot, render
from clfz.report.labels import years
from clfz.report.numbers import Numbers
from clfz.report.phrases import Phrases, plain
from clfz.report.rounding import number, step_in_100
from clfz.report.sureness import range_words
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd


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
    keys = [Key(range_words(numbers.runs), "band", SOFT, alpha=0.2)]
    if single:
        keys = [
            Key(base.title, "line", SOFT, BASE_DASH),
            Key("with the programme", "line", BLUE),
            Key("middle half of the runs", "band", BLUE, alpha=0.45),
            Key(range_words(numbers.runs), "band", BLUE, alpha=0.18),
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
        height = (84 if sheet.narrow else 64) if single else (170 if sheet.narrow else 190)
        right = 8.0 if single else (88.0 if sheet.narrow else 140.0)
        y = Axis(0, 108 * float(data["p95"].max()), "children in 100", grid=True)
        panels = sheet.panels(heads, height, year_axis(numbers), y, right=right)
        for panel, group in zip(panels, groups, strict=True):
            _band(panel, data, base.name, SOFT, BASE_DASH, single=False)
            for plan, (color, dash, marker) in zip(group, STYLES, strict=False):
                _band(panel, data, plan.name, color, dash, single=single)
                end = _at(data, plan.name, numbers.end)
                place = ([numbers.end / 12], [end])
                panel.marks(*place, marker, color, 4.5, mec="white", mew=0.8)
            mark_end(panel, numbers)
            if not single:
                last = int(data["month"].max())
                looks = [(SOFT, BASE_DASH), *((color, dash) for color, dash, _ in STYLES)]
                ends = [
                    (_at(data, s.name, last), s.title, *look)
                    for s, look in zip((base, *group), looks, strict=False)
                ]
                name_ends(panel, ends, right)

    said = "; ".join(
        f"{s.title}: {plain(phrases.rate_text(f'{indicator}@end', s.name))}"
        for s in numbers.everyone
    )
    span = years(numbers.end)
    then = " and after" if numbers.manifest.get("after_months") else ""
    label = f"Lines with bands over {span} of programme{then}. At the end of it: {said}."
    note = run_note(numbers, f"{BANDS if single else BAND} {UPRIGHT}")
    wide, narrow = render(name, title, label, note, keys, draw)
    rule = "The nearer the line comes to 0, the better; the wider the band, the less is known."
    if entry.direction > 0:
        rule = "The higher the line, the better; the wider the band, the less is known."
    return Plot(
        name=name,
        title=title,
        unit="share of children (0 to 1)",
        label=label,
        description=(rule,),
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
    panel: Panel, data: pd.DataFrame, scenario: str, color: str, dash: Dash, *, single: bool
) -> None:
    """Draw the line and the bands of one scenario."""
    rows = data[data["scenario"] == scenario]
    years = rows["month"].to_numpy() / 12
    part = {key: rows[key].to_numpy() * 100 for key in ("mean", "p05", "p25", "p75", "p95")}
    panel.band(years, part["p05"], part["p95"], color, 0.18 if single else 0.11)
    if single:
        panel.band(years, part["p25"], part["p75"], color, 0.33)
    panel.line(years, part["mean"], color, dash)


def _yearly_table(numbers: Numbers, data: pd.DataFrame) -> pd.DataFrame:
    """Return the figure's numbers once a year as text: one row a plan, one column a year."""
    import pandas as pd

    rows = []
    for scenario in numbers.everyone:
        shown = (data["month"] % 12 == 0) | (data["month"] == data["month"].max())
        mine = data[(data["scenario"] == scenario.name) & shown]
        row = {f"Children in 100, average ({range_words(numbers.runs)})": scenario.title}
        for entry in mine.to_dict("records"):
            by = step_in_100(100 * entry["p05"], 100 * entry["p95"])
            cells = [number(100 * entry[key], by) for key in ("mean", "p05", "p95")]
            month = int(entry["month"])
            when = f"month {month}" if month % 12 else f"year {month // 12}"
            row[when] = f"{cells[0]} ({cells[1]} to {cells[2]})"
        rows.append(row)
    return pd.DataFrame(rows)
