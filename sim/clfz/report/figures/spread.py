"""Figures of spread: where could we end (dots), and is a plan really better (differences)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.report.figures.canvas import BLUE, Head, Key, Sheet
from clfz.report.figures.common import run_note
from clfz.report.figures.panel import INK, SOFT, Axis
from clfz.report.figures.plot import Plot, render
from clfz.report.labels import years
from clfz.report.numbers import HEADLINE, Numbers
from clfz.report.phrases import Phrases, plain
from clfz.report.rounding import number
from clfz.report.sureness import range_words
from clfz.runs.summary import FEWEST, describe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[np.float64]

DOTS = 50
_MOST = 200
_HEIGHT = 44.0
_FLOOR = 10.0
_FLAT = Axis(0, _HEIGHT, ticks=(), line=False)
_SHOWN = (0.0, 0.08, 0.25, 0.5, 0.75, 0.92, 1.0)
_SIZES = (4.6, 4.0, 3.4, 2.8, 2.3, 1.8)


def dots(numbers: Numbers) -> Plot:
    """Draw 50 equally likely outcomes of each plan at the end of the programme."""
    import numpy as np
    import pandas as pd

    phrases = Phrases(numbers)
    worlds = numbers.result.worlds
    # Fewer runs than dots: each run is a dot, nothing is filled in between.
    each = numbers.runs <= DOTS
    chances = (np.arange(DOTS) + 0.5) / DOTS
    places = {}
    for s in numbers.everyone:
        values = 100 * worlds.of(HEADLINE, s.name)
        places[s.name] = np.sort(values) if each else np.quantile(values, chances)
    lines = {s.name: plain(phrases.rate_text(HEADLINE, s.name)) for s in numbers.everyone}
    heads = [Head(s.title, (lines[s.name],)) for s in numbers.everyone]
    title = f"Where it could end: children in child labour after {years(numbers.end)}"

    def draw(sheet: Sheet) -> None:
        limit = 1.05 * max(float(values.max()) for values in places.values())
        x_axis = Axis(0, limit, "children in 100 who are in child labour", grid=True)
        columns = 1 if sheet.narrow else 2
        panels = sheet.panels(heads, _HEIGHT, x_axis, _FLAT, left=4, right=12, columns=columns)
        for panel, scenario in zip(panels, numbers.everyone, strict=True):
            color = SOFT if scenario is numbers.baseline else BLUE
            x, y, size = pile(places[scenario.name], limit, panel.box[2], _HEIGHT)
            panel.marks(x, y, "o", color, 0.88 * size)
            mean = 100 * numbers.row(HEADLINE, scenario.name)["mean"]
            panel.rule(x=mean, color=INK, width=0.9)

    data = pd.DataFrame(
        [
            (name, rank + 1, value / 100)
            for name, row in places.items()
            for rank, value in enumerate(row)
        ],
        columns=["scenario", "dot", "value"],
    )
    said = "; ".join(f"{s.title}: {lines[s.name]}" for s in numbers.everyone)
    dot = "Each dot is one run" if each else "Each dot is one equally likely outcome"
    count = numbers.runs if each else DOTS
    text = f"{dot} ({count} for each programme). {said}."
    meaning = f"{dot}: {count} for each programme. Line: average."
    note = run_note(numbers, meaning)
    wide, narrow = render("dots-child-labour", title, text, note, (), draw)
    how = f"{dot}. Where dots pile up, the zone is likely to end."
    if each and numbers.runs < FEWEST:
        how = f"{dot}. So few say little about where the zone is likely to end."
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
    title = f"Is it better than no programme? Each run with and without, after {years(numbers.end)}"
    keys = [
        Key("a run, better with the programme", "dot", BLUE),
        Key("a run, no better", "ring", SOFT, marker="s"),
        Key(f"{range_words(numbers.runs)}, and average", "line", INK),
    ]

    def draw(sheet: Sheet) -> None:
        low = min(0.0, *(float(values.min()) for values in fewer.values()))
        high = max(0.0, *(float(values.max()) for values in fewer.values()))
        room = 0.06 * max(high - low, 1e-9)
        span = high - low + 2 * room
        words = "fewer children in child labour, of every 100"
        columns = 1 if sheet.narrow else 2
        x_axis = Axis(low - room, high + room, words, grid=True)
        panels = sheet.panels(heads, _HEIGHT, x_axis, _FLAT, left=4, right=12, columns=columns)
        for panel, plan in zip(panels, numbers.plans, strict=True):
            panel.rule(x=0, dash=(0, (4, 2)), width=1.0)
            values = thin(fewer[plan.name])
            x, y, size = pile(values, span, panel.box[2], _HEIGHT - _FLOOR)
            better, up = values > 0, y + _FLOOR
            panel.marks(x[better], up[better], "o", BLUE, 0.88 * size)
            panel.marks(x[~better], up[~better], "s", SOFT, 0.7 * size, mfc="white", mew=0.8)
            row = numbers.row(HEADLINE, plan.name)
            ends = (-100 * row["difference_lower"], -100 * row["difference_upper"])
            panel.levels([5], [ends[0]], [ends[1]], INK, 1.4)
            panel.marks([-100 * row["difference"]], [5], "o", INK, 4)

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
        "without the programme. Black line: 9 of 10 runs; black dot: average.",
    )
    wide, narrow = render("differences-child-labour", title, text, note, keys, draw)
    how = (
        "Right of the dashed line the programme does better than no programme, left of it worse. "
        "When the black line crosses the dashed line, the two cannot be told apart."
    )
    return Plot(
        name="differences-child-labour",
        title=title,
        unit="share of children (0 to 1), without the programme minus with it",
        label=text,
        description=(how,),
        note=note,
        definition_id=describe(HEADLINE).definition_id,
        data=data,
        table=pd.DataFrame(
            {
                "Programme": [s.title for s in numbers.plans],
                "Against no programme": [lines[s.name] for s in numbers.plans],
            }
        ),
        wide=wide,
        narrow=narrow,
    )


def difference_line(phrases: Phrases, plan: str) -> str:
    """Return "14 fewer in 100, likely 11 to 17; better in 97 of 100 runs"."""
    return phrases.change_text(HEADLINE, plan) + "; better in " + phrases.wins(HEADLINE, plan)


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


def _dot_table(numbers: Numbers, places: dict[str, Array]) -> pd.DataFrame:
    """Return the dots as text: the lowest, some in between, the highest."""
    import pandas as pd

    count = len(places[numbers.baseline.name])
    ranks = sorted({round(1 + share * (count - 1)) for share in _SHOWN})
    rows = []
    for scenario in numbers.everyone:
        values = places[scenario.name]
        row = {"Children in 100": scenario.title}
        rows.append(row | {f"dot {rank}": number(values[rank - 1], 0.1) for rank in ranks})
    return pd.DataFrame(rows)
