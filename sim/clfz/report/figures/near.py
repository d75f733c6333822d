"""How near each programme comes to the zone test, drawn when no run passes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.report import zone
from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.common import run_note
from clfz.report.figures.panel import INK, SMALL, SOFT, Axis
from clfz.report.figures.plot import Plot, render
from clfz.report.figures.text import text_width
from clfz.report.numbers import Numbers
from clfz.report.rounding import number, step_in_100
from clfz.report.sureness import range_words

if TYPE_CHECKING:
    import pandas as pd


def nearness(numbers: Numbers) -> Plot:
    """Draw the two shares that the test asks for, at the end of each programme, and its limit."""
    data = zone.nearness(numbers)
    title = "How near it comes: children of 5 to 14 at the end, of every 100"
    keys = [
        Key(f"average and {range_words(numbers.runs)}", "dot", BLUE),
        Key(numbers.baseline.title, "dot", SOFT, marker="s"),
        Key("most that passes the test", "line", VERMILLION, (0, (4, 2))),
    ]
    names = [s.title for s in numbers.everyone]
    longest = max(text_width(name, SMALL) for name in names)

    def draw(sheet: Sheet) -> None:
        left = min(longest + 10, 0.5 * sheet.width)
        fits = [_short(name, left - 8) for name in names]
        y = Axis(-len(names) + 0.4, 0.6, ticks=[(-i, t) for i, t in enumerate(fits)], grid=True)
        top = 104 * max(float(data["upper"].max()), float(data["limit"].max()))
        heads = [Head(words) for _, words in zone.ASKED]
        across = 1 if sheet.narrow else 2
        x = Axis(0, top, "children in 100")
        panels = sheet.panels(heads, 13 * len(names) + 6, x, y, left=left, columns=across)
        for panel, (indicator, _) in zip(panels, zone.ASKED, strict=True):
            rows = data[data["indicator"] == indicator].set_index("scenario")
            panel.rule(x=100 * float(rows["limit"].iloc[0]), color=VERMILLION, dash=(0, (4, 2)))
            for at, scenario in enumerate(numbers.everyone):
                row = 100 * rows.loc[scenario.name, ["mean", "lower", "upper"]].astype(float)
                base = scenario is numbers.baseline
                color = SOFT if base else BLUE
                panel.levels([-at], [row["lower"]], [row["upper"]], color, 1.6)
                panel.marks([row["mean"]], [-at], "s" if base else "o", color, 5, mec=INK, mew=0.4)

    said = "; ".join(
        f"{row['Children of 5 to 14, in 100']}: {row['out of school']} out of school, "
        f"{row['in child labour']} in child labour"
        for row in _table(numbers, data).to_dict("records")
    )
    label = f"Shares of children of 5 to 14 at the end of each programme. {said}."
    note = run_note(numbers, "Line: 9 of 10 runs.")
    wide, narrow = render("zone-nearness", title, label, note, keys, draw)
    return Plot(
        name="zone-nearness",
        title=title,
        unit="share of children (0 to 1)",
        label=label,
        description=(zone.asked_words(numbers), "Both must be left of the dashed line."),
        note=note,
        definition_id="sdg414-2020",
        data=data,
        table=_table(numbers, data),
        wide=wide,
        narrow=narrow,
    )


def _short(name: str, room: float) -> str:
    """Cut a name that is too long for its place."""
    if text_width(name, SMALL) <= room:
        return name
    while name and text_width(name + "…", SMALL) > room:
        name = name[:-1]
    return name.rstrip() + "…"


def _table(numbers: Numbers, data: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for scenario in numbers.everyone:
        row = {"Children of 5 to 14, in 100": scenario.title}
        for indicator, words in zone.ASKED:
            mine = data[(data["scenario"] == scenario.name) & (data["indicator"] == indicator)]
            mean, low, high = (100 * float(mine[k].iloc[0]) for k in ("mean", "lower", "upper"))
            by = step_in_100(low, high)
            row[words] = f"{number(mean, by)} ({number(low, by)} to {number(high, by)})"
        rows.append(row)
    return pd.DataFrame(rows)
