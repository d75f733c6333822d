"""Figures of spread: where could we end (dots), is a plan really better (differences), how near the zone test."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from clfz.report.figures import Rows, spoken, text_table
from clfz.report.figures.over_time import zone_test_words
from clfz.report.labels import years
from clfz.report.numbers import HEADLINE, ZONE_TEST, Numbers
from clfz.report.phrases import Phrases, plain, ranged
from clfz.report.plot import BLUE, INK, SOFT, TEXT, VERMILLION, Plot, head, line, wrap
from clfz.report.rounding import number, step_in_100
from clfz.runs.summary import FEWEST, describe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.figure import Figure

    Array = npt.NDArray[np.float64]

DOTS, MOST = 50, 200
_HEIGHT, _FLOOR = 44.0, 10.0
_SIZES = (4.6, 4.0, 3.4, 2.8, 2.3, 1.8)
_SHOWN = (0.0, 0.08, 0.25, 0.5, 0.75, 0.92, 1.0)


def dots(numbers: Numbers) -> Plot:
    """Draw 50 equally likely outcomes of each plan at the end of the programme."""
    import numpy as np
    import pandas as pd

    phrases, measured = Phrases(numbers), numbers.result.run_measures
    # Fewer runs than dots: each run is a dot, nothing is filled in between.
    each = numbers.runs <= DOTS
    chances = (np.arange(DOTS) + 0.5) / DOTS
    places = {}
    for s in numbers.everyone:
        values = 100 * measured.of(HEADLINE, s.name)
        places[s.name] = np.sort(values) if each else np.quantile(values, chances)
    said = {s.name: [plain(phrases.rate(HEADLINE, s.name))] for s in numbers.everyone}
    limit = 1.05 * max(float(values.max()) for values in places.values())
    lines = Rows([[s.title, *said[s.name]] for s in numbers.everyone], _HEIGHT)

    def draw(figure: Figure, narrow: bool) -> None:
        axes, floors = lines.draw(figure, narrow, x="children in 100 who are in child labour")
        means = [100 * numbers.row(HEADLINE, s.name)["mean"] for s in numbers.everyone]
        for floor, scenario in zip(floors, numbers.everyone, strict=True):
            color = SOFT if scenario is numbers.baseline else BLUE
            x, y, size = pile(places[scenario.name], limit, lines.width(narrow), _HEIGHT)
            axes.plot(x, floor + y, "o", color=color, markersize=0.88 * size, markeredgewidth=0)
        axes.vlines(means, floors, [floor + _HEIGHT for floor in floors], INK, linewidth=0.9)
        axes.set_xlim(0, limit)

    count = numbers.runs if each else DOTS
    data = pd.DataFrame(
        {
            "scenario": np.repeat(list(places), count),
            "dot": np.tile(np.arange(count) + 1, len(places)),
            "value": np.concatenate(list(places.values())) / 100,
        }
    )
    ranks = sorted({round(1 + share * (count - 1)) for share in _SHOWN})
    shown = data[data["dot"].isin(ranks)]
    shown = shown.assign(
        rank=[f"dot {rank}" for rank in shown["dot"]],
        said=[number(100 * value, 0.1) for value in shown["value"]],
    )
    dot = "Each dot is one run" if each else "Each dot is one equally likely outcome"
    how = f"{dot}. Where dots pile up, the zone is likely to end."
    if each and numbers.runs < FEWEST:
        how = f"{dot}. So few say little about where the zone is likely to end."
    return Plot(
        name="dots-child-labour",
        title=f"Where it could end: children in child labour after {years(numbers.end)}",
        label=f"{dot} ({count} for each programme). {spoken(numbers.everyone, said)}.",
        note=phrases.stands_on(f"{dot}: {count} for each programme. Line: average."),
        data=data,
        draw=draw,
        height=lines.height,
        unit="share of children (0 to 1)",
        description=(how,),
        definition_id=describe(HEADLINE).definition_id,
        table=text_table("Children in 100", numbers.everyone, shown, "rank", itemgetter("said")),
    )


def differences(numbers: Numbers) -> Plot:
    """Draw, run by run, how many children fewer are in child labour than without programme."""
    import pandas as pd

    phrases, measured = Phrases(numbers), numbers.result.run_measures
    fewer = {s.name: -100 * measured.against(HEADLINE, s.name) for s in numbers.plans}
    said = {
        s.name: [
            plain(phrases.change(HEADLINE, s.name)),
            f"better in {plain(phrases.wins(HEADLINE, s.name))}",
        ]
        for s in numbers.plans
    }
    low = min(0.0, *(float(values.min()) for values in fewer.values()))
    high = max(0.0, *(float(values.max()) for values in fewer.values()))
    room = 0.06 * max(high - low, 1e-9)
    key = [
        line("a run, better with the programme", BLUE, "", "o"),
        line("a run, no better", SOFT, "", "s", markerfacecolor="white"),
        line(f"{phrases.range_words}, and average", INK, marker="o", markersize=4),
    ]
    lines = Rows([[s.title, *said[s.name]] for s in numbers.plans], _HEIGHT, len(key))

    def draw(figure: Figure, narrow: bool) -> None:
        axes, floors = lines.draw(figure, narrow, x="fewer children in child labour, of every 100")
        axes.axvline(0, color=SOFT, linestyle=(0, (4, 2)), linewidth=1.0)
        span, tall = high - low + 2 * room, _HEIGHT - _FLOOR
        for floor, plan in zip(floors, numbers.plans, strict=True):
            values = thin(fewer[plan.name])
            x, y, size = pile(values, span, lines.width(narrow), tall)
            better, up = values > 0, floor + _FLOOR + y
            look: dict[str, Any] = {"linestyle": "", "markeredgewidth": 0.0}
            axes.plot(x[better], up[better], "o", color=BLUE, markersize=0.88 * size, **look)
            look |= {"markersize": 0.7 * size, "markeredgewidth": 0.8, "markerfacecolor": "white"}
            axes.plot(x[~better], up[~better], "s", color=SOFT, **look)
        middle = [floor + 5 for floor in floors]
        mean, left, right = (
            [-100 * numbers.row(HEADLINE, plan.name)[f"difference{end}"] for plan in numbers.plans]
            for end in ("", "_upper", "_lower")
        )
        axes.hlines(middle, left, right, INK, linewidth=1.4)
        axes.plot(mean, middle, "o", color=INK, markersize=4)
        axes.set_xlim(low - room, high + room)

    runs = {"draw": measured.draws, "replicate": measured.replicates}
    parts = [
        pd.DataFrame({"scenario": name} | runs | {"fewer": v / 100}) for name, v in fewer.items()
    ]
    one = "One dot a run" if numbers.runs <= MOST else f"{MOST} dots, equally likely"
    return Plot(
        name="differences-child-labour",
        title=f"Is it better than no programme? Each run with and without, after {years(numbers.end)}",
        label=f"Difference to no programme in each run. {spoken(numbers.plans, said)}.",
        note=phrases.stands_on(
            f"{one}: the same children and the same random draws, with and without the programme. "
            "Black line: 9 of 10 runs; black dot: average."
        ),
        data=pd.concat(parts, ignore_index=True),
        draw=draw,
        height=lines.height,
        key=key,
        unit="share of children (0 to 1), without the programme minus with it",
        description=(
            "Right of the dashed line the programme does better than no programme, left of it "
            "worse. When the black line crosses the dashed line, the two cannot be told apart.",
        ),
        definition_id=describe(HEADLINE).definition_id,
        table=pd.DataFrame(
            {
                "Programme": [s.title for s in numbers.plans],
                "Against no programme": ["; ".join(said[s.name]) for s in numbers.plans],
            }
        ),
    )


def thin(values: Array) -> Array:
    """Return the values, or equally likely ones when there are too many to see."""
    import numpy as np

    if len(values) <= MOST:
        return values
    return np.asarray(np.quantile(values, (np.arange(MOST) + 0.5) / MOST), dtype=np.float64)


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


def nearness(numbers: Numbers) -> Plot:
    """Draw the two shares that the zone test asks for, at the end of each programme, and its limit."""
    phrases, data = Phrases(numbers), numbers.nearness()
    titles = [wrap(s.title, 110) for s in numbers.everyone]
    key = [
        line(f"average and {phrases.range_words}", BLUE, marker="o"),
        line(numbers.baseline.title, SOFT, marker="s"),
        line("most that passes the test", VERMILLION, (0, (4, 2))),
    ]
    top = 104 * max(float(data["upper"].max()), float(data["limit"].max()))

    def draw(figure: Figure, narrow: bool) -> None:
        shape = (2, 1) if narrow else (1, 2)
        panels = figure.subplots(*shape, sharex=True, sharey=True)
        for axes, (indicator, words) in zip(panels, ZONE_TEST.items(), strict=True):
            head(axes, words)
            rows = data[data["indicator"] == indicator].set_index("scenario")
            axes.axvline(100 * rows["limit"].iloc[0], color=VERMILLION, linestyle=(0, (4, 2)))
            for at, s in enumerate(numbers.everyone):
                color, marker = (SOFT, "s") if s is numbers.baseline else (BLUE, "o")
                row = 100 * rows.loc[s.name, ["mean", "lower", "upper"]]
                axes.plot([row["lower"], row["upper"]], [at, at], color=color)
                axes.plot([row["mean"]], [at], marker=marker, color=color)
            axes.set(xlim=(0, top), ylim=(len(titles) - 0.4, -0.6))
            axes.set_yticks(range(len(titles)), titles, fontsize=TEXT)
        panels[-1].set_xlabel("children in 100")

    def cell(row: Mapping[str, float]) -> str:
        values = [100 * row[k] for k in ("mean", "lower", "upper")]
        return ranged(values, step_in_100(*values[1:]))

    words = data.assign(words=data["indicator"].map(ZONE_TEST))
    table = text_table("Children of 5 to 14, in 100", numbers.everyone, words, "words", cell)
    said = {
        str(name): [", ".join(f"{row[words]} {words}" for words in ZONE_TEST.values())]
        for name, row in table.iterrows()
    }
    tall = sum(10.0 * title.count("\n") + 16 for title in titles)
    return Plot(
        name="zone-nearness",
        title="How near it comes: children of 5 to 14 at the end, of every 100",
        label=f"Shares of children of 5 to 14 at the end of each programme. {spoken(numbers.everyone, said)}.",
        note=phrases.stands_on("Line: 9 of 10 runs."),
        data=data,
        draw=draw,
        height=(120 + tall, 190 + 2 * tall),
        key=key,
        unit="share of children (0 to 1)",
        description=(zone_test_words(numbers), "Both must be left of the dashed line."),
        definition_id="sdg414-2020",
        table=table,
    )
