"""Figures of spread: where could we end (dots), and is a plan really better (differences)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.report.figures.canvas import BLUE, FAINT, INK, PALE, SOFT, Head, Key, Sheet
from sim.report.figures.common import run_note
from sim.report.figures.plot import Plot, render
from sim.report.numbers import HEADLINE, Numbers
from sim.report.phrases import Phrases, plain
from sim.report.rounding import number
from sim.summary import describe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

    Array = npt.NDArray[np.float64]

DOTS = 50
_MOST = 200
_HEIGHT = 44.0
_FLOOR = 10.0
_SIZES = (4.6, 4.0, 3.4, 2.8, 2.3, 1.8)


def dots(numbers: Numbers) -> Plot:
    """Draw 50 equally likely outcomes of each plan at the end of the programme."""
    import numpy as np
    import pandas as pd

    phrases = Phrases(numbers)
    chances = (np.arange(DOTS) + 0.5) / DOTS
    worlds = numbers.result.worlds
    places = {
        s.name: 100 * np.quantile(worlds.of(HEADLINE, s.name), chances) for s in numbers.everyone
    }
    lines = {s.name: plain(phrases.rate_text(HEADLINE, s.name)) for s in numbers.everyone}
    heads = [Head(s.title, (lines[s.name],)) for s in numbers.everyone]
    title = f"Where it could end: children in child labour after {_years(numbers)}"

    def draw(sheet: Sheet) -> None:
        label = "children in 100 who are in child labour"
        panels = sheet.panels(
            heads, _HEIGHT, left=4, columns=1 if sheet.narrow else 2, right=12, x_label=label
        )
        limit = 1.05 * max(float(values.max()) for values in places.values())
        width = panels[0].get_position().width * sheet.width
        for axes, scenario in zip(panels, numbers.everyone, strict=True):
            axes.set_xlim(0, limit)
            color = SOFT if scenario is numbers.baseline else BLUE
            x, y, size = pile(places[scenario.name], limit, width, _HEIGHT)
            axes.plot(x, y, "o", color=color, ms=0.88 * size, mew=0)
            axes.axvline(100 * numbers.row(HEADLINE, scenario.name)["mean"], color=INK, lw=0.9)
            _flat(axes)

    data = pd.DataFrame(
        [
            (name, rank + 1, value / 100)
            for name, row in places.items()
            for rank, value in enumerate(row)
        ],
        columns=["scenario", "dot", "value"],
    )
    said = "; ".join(f"{s.title}: {lines[s.name]}" for s in numbers.everyone)
    text = f"Each dot is one equally likely outcome ({DOTS} dots). {said}."
    meaning = f"Each dot is one equally likely outcome: {DOTS} dots a plan. Line: average."
    note = run_note(numbers, meaning)
    wide, narrow = render("dots-child-labour", title, text, note, (), draw)
    how = "Each dot is one equally likely outcome. Where dots pile up, the zone is likely to end."
    return Plot(
        name="dots-child-labour",
        title=title,
        unit="share of children (0 to 1)",
        label=text,
        description=(how,),
        note=note,
        definition_id=describe(HEADLINE).definition_id,
        data=data,
        table=_dot_table(numbers, places),
        wide=wide,
        narrow=narrow,
    )


def differences(numbers: Numbers) -> Plot:
    """Draw, run by run, how many children fewer are in child labour than without programme."""
    import pandas as pd

    phrases = Phrases(numbers)
    worlds = numbers.result.worlds
    fewer = {s.name: -100 * worlds.against(HEADLINE, s.name) for s in numbers.plans}
    lines = {s.name: plain(difference_line(phrases, s.name)) for s in numbers.plans}
    heads = [Head(s.title, tuple(lines[s.name].split("; "))) for s in numbers.plans]
    title = f"Is it better than no programme? Each run with and without, after {_years(numbers)}"
    keys = [
        Key("a run, better with the plan", "dot", BLUE),
        Key("a run, no better", "ring", SOFT, marker="s"),
        Key("9 of 10 runs, and average", "line", INK),
    ]

    def draw(sheet: Sheet) -> None:
        panels = sheet.panels(
            heads,
            _HEIGHT,
            left=4,
            right=12,
            columns=1 if sheet.narrow else 2,
            x_label="fewer children in child labour, of every 100",
        )
        low = min(0.0, *(float(values.min()) for values in fewer.values()))
        high = max(0.0, *(float(values.max()) for values in fewer.values()))
        room = 0.06 * max(high - low, 1e-9)
        span = high - low + 2 * room
        width = panels[0].get_position().width * sheet.width
        for axes, plan in zip(panels, numbers.plans, strict=True):
            axes.set_xlim(low - room, high + room)
            axes.axvline(0, color=SOFT, lw=1.0, ls=(0, (4, 2)))
            values = thin(fewer[plan.name])
            x, y, size = pile(values, span, width, _HEIGHT - _FLOOR)
            better = values > 0
            axes.plot(x[better], y[better] + _FLOOR, "o", color=BLUE, ms=0.88 * size, mew=0)
            worse: dict[str, Any] = {"mfc": "white", "mec": SOFT, "ms": 0.7 * size, "mew": 0.8}
            axes.plot(x[~better], y[~better] + _FLOOR, "s", **worse)
            row = numbers.row(HEADLINE, plan.name)
            ends = [-100 * row[f"difference_{end}"] for end in ("lower", "upper")]
            axes.plot(ends, [5, 5], color=INK, lw=1.4, solid_capstyle="butt")
            axes.plot([-100 * row["difference"]], [5], "o", color=INK, ms=4)
            _flat(axes)

    data = pd.DataFrame(
        [
            (name, int(draw_id), int(replicate), value / 100)
            for name, row in fewer.items()
            for draw_id, replicate, value in zip(worlds.draws, worlds.replicates, row, strict=True)
        ],
        columns=["scenario", "draw", "replicate", "fewer"],
    )
    said = "; ".join(f"{s.title}: {lines[s.name]}" for s in numbers.plans)
    text = f"Difference to no programme in each run. {said}."
    one = "One dot a run" if numbers.runs <= _MOST else f"{_MOST} dots, equally likely"
    note = run_note(
        numbers,
        f"{one}: the same children and the same luck, with and "
        "without the plan. Black line: 9 of 10 runs; black dot: average.",
    )
    wide, narrow = render("differences-child-labour", title, text, note, keys, draw)
    how = (
        "Right of the dashed line the plan does better than no programme, left of it worse. "
        "When the black line crosses the dashed line, the two cannot be told apart."
    )
    return Plot(
        name="differences-child-labour",
        title=title,
        unit="share of children (0 to 1), without the plan minus with it",
        label=text,
        description=(how,),
        note=note,
        definition_id=describe(HEADLINE).definition_id,
        data=data,
        table=pd.DataFrame(
            {
                "Plan": [s.title for s in numbers.plans],
                "Against no programme": [lines[s.name] for s in numbers.plans],
            }
        ),
        wide=wide,
        narrow=narrow,
    )


def difference_line(phrases: Phrases, plan: str) -> str:
    """Return "14 fewer in 100, likely 11 to 17; better in 97 of 100 runs"."""
    return phrases.change_text(HEADLINE, plan) + "; better in " + phrases.wins(HEADLINE, plan)


def _years(numbers: Numbers) -> str:
    years = numbers.end / 12
    return f"{years:g} year{'' if years == 1 else 's'}"


def thin(values: Array) -> Array:
    """Return the values, or equally likely ones when there are too many to see."""
    import numpy as np

    if len(values) <= _MOST:
        return values
    chances = (np.arange(_MOST) + 0.5) / _MOST
    return np.asarray(np.quantile(values, chances), dtype=np.float64)


def pile(values: Array, span: float, width: float, height: float) -> tuple[Array, Array, float]:
    """Pile dots up, as large as fits, without moving any by more than half a dot.

    Args:
        values: places along the axis.
        span: of the axis, in the unit of the values.
        width: of the axis, points.
        height: that may be used, points.

    Returns:
        (x, y, size): x in the unit of the values, y in points above the floor, size in points.
    """
    import numpy as np

    for size in _SIZES:
        column = span * size / width
        bins = np.round(values / column).astype(np.int64)
        sizes = np.unique(bins, return_counts=True)[1]
        if sizes.max() * size + 0.1 * size <= height:
            break
    rank = np.empty(len(values), dtype=np.float64)
    starts = np.cumsum(sizes) - sizes
    rank[np.argsort(bins, kind="stable")] = np.arange(len(values)) - np.repeat(starts, sizes)
    step = min(size, (height - size) / max(int(sizes.max()) - 1, 1))
    return np.asarray(bins * column, dtype=np.float64), rank * step + 0.6 * size, size


def _flat(axes: Axes) -> None:
    """A strip of dots has no upright axis."""
    axes.set_ylim(0, _HEIGHT)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.spines["bottom"].set_color(FAINT)


def _dot_table(numbers: Numbers, places: dict[str, Array]) -> pd.DataFrame:
    """Return the dots as text: the lowest, some in between, the highest."""
    import pandas as pd

    ranks: Sequence[int] = (1, 5, 13, 25, 38, 46, 50)
    rows = []
    for scenario in numbers.everyone:
        values = places[scenario.name]
        row = {"Children in 100": scenario.title}
        rows.append(row | {f"dot {rank}": number(values[rank - 1], 0.1) for rank in ranks})
    return pd.DataFrame(rows)
