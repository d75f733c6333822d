"""What the indices say: in sentences, in two figures, and in one HTML file that opens offline."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.folder import in_words, listed, measure_in_words, sentences, write_folder
from clfz.analysis.sensitivity.indices import ALL, LOG_VARIANCE, MEAN, Z
from clfz.report.fill import fill
from clfz.report.labels import spelled
from clfz.report.plot import BLUE, SOFT, Plot, head, line, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clfz.analysis.sensitivity.run import Found

FIVE, MOST, TRIES, SURE = 5, 15, 2000, 0.9
LOW_END = -0.1
"""Where the axes of indices begin; what lies beyond an axis is cut."""
UNIT = "share of the variance (0 to 1)"
SHOWN = {
    "ST": ("sobol", "ST"),
    "S1": ("sobol", "S1"),
    "mu_star": ("morris", "mu_star"),
    "pawn_median": ("pawn", "median"),
}
"""Column of a table for readers -> method and index."""


@dataclass(frozen=True)
class Story:
    """One measure of one programme.

    Attributes:
        label: The measure in words.
        facts: What `sensitivity.json` says of it: `scenario`, `measure`, ...
        indices: Its rows of all indices.
        rows: One row a factor, what matters most first: ST, S1, mu_star, pawn_median, each with `_low`, `_high` and
            `_zero`, and `five`, the share of resamplings in which it is among the five largest.
        five: The factors that matter most and can be told from zero.
        sentences: The answer.
        checks: What other ways of looking say.
    """

    label: str
    facts: dict[str, Any]
    indices: pd.DataFrame
    rows: Any  # a data frame
    five: list[str]
    sentences: list[str]
    checks: list[str]


def stories(found: Found) -> list[Story]:
    """Every measure that has indices."""
    return [_story(found, facts) for facts in found.facts["measures"] if facts["analysed"]]


def _story(found: Found, facts: dict[str, Any]) -> Story:
    x = found.indices
    mine = x[(x["scenario"] == facts["scenario"]) & (x["measure"] == facts["measure"])]
    whole = mine[mine["seed"] == ALL]
    rows = _rows(whole[whole["quantity"] == MEAN], found.plan.spec.seed)
    known = rows[rows["ST"].notna()]
    zero = known["ST_zero"].astype(bool)
    five = [str(name) for name in known.index[~zero][:FIVE]]
    spread = whole[(whole["quantity"] == LOG_VARIANCE) & (whole["index"] == "ST")]
    spread = spread[spread["n"] == spread["n"].max()].sort_values("value", ascending=False)
    pawn = rows["pawn_median"].dropna().sort_values(ascending=False).index[:FIVE]
    given: dict[str, Any] = {
        "label": measure_in_words(facts["measure"]),
        "facts": facts,
        "plan": found.plan,
        "rows": rows,
        "five": five,
        "named": [f"{in_words(name)} ({percent(rows['ST'][name])})" for name in five],
        "unsure": [name for name in five if rows["five"][name] < SURE],
        "rivals": rows.index[(rows["five"] > 1.0 - SURE) & ~rows.index.isin(five)],
        "known": len(known),
        "zero": list(known.index[zero]),
        "left": rows["mu_star"][rows["ST"].isna()].dropna(),
        "widest": (rows["ST_high"] - rows["ST"])[five].max() if five else 0.0,
        "pawn": len(set(five) & set(pawn)) if len(pawn) else None,
        "spread": list(spread["factor"][~spread["zero"].astype(bool)][:3]) if len(spread) else None,
    }
    filters: dict[str, Any] = {"percent": percent, "spelled": spelled, "in_words": in_words}
    filters["names"] = lambda names: listed([in_words(name) for name in names])
    answer, checks = (
        sentences(Path(__file__).with_name(name), filters, **given)
        for name in ("answer.txt", "checks.txt")
    )
    return Story(given["label"], facts, mine, rows, five, answer, checks)


def _rows(whole: pd.DataFrame, seed: int) -> Any:
    """One row a factor."""
    parts = []
    for column, (method, index) in SHOWN.items():
        part = whole[(whole["method"] == method) & (whole["index"] == index)]
        part = part[part["n"] == part["n"].max()].set_index("factor")
        part = part[["value", "low", "high", "zero"]]
        parts.append(part.set_axis([column, *(f"{column}_{x}" for x in part.columns[1:])], axis=1))
    rows = pd.concat(parts, axis=1)
    rows = rows.sort_values(["ST", "mu_star"], ascending=False, na_position="last", kind="stable")
    # draws within the intervals of the total indices
    value = rows["ST"].to_numpy(np.float64)
    error = (rows["ST_high"].to_numpy(np.float64) - value) / Z
    known = np.isfinite(value) & np.isfinite(error)
    normal = np.random.default_rng(seed).normal(size=(TRIES, int(known.sum())))
    order = np.argsort(-(value[known] + error[known] * normal), axis=1)[:, :FIVE]
    rows["five"] = np.nan
    rows.loc[known, "five"] = [(order == at).any(axis=1).mean() for at in range(known.sum())]
    return rows


def percent(share: float) -> str:
    """A share in per cent, whole ones from 2 up."""
    value = 100.0 * share
    text = f"{value:.0f}" if abs(value) >= 2 or value == 0 else f"{value:.1f}"
    return f"{text}\u00a0%"


def index_text(row: Any, index: str) -> str:
    """An index with its interval, or a dash."""
    value, low, high = (row[index + end] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return "–"
    text = f"{value:.2f} ({low:.2f} to {high:.2f})" if low < high else f"{value:.2f}"
    return text.replace("-", "−")


def build(found: Found) -> Path:
    """Write `report.html` into the folder of a finished analysis."""
    return write_folder(found.folder, page=html(found))


def facts(found: Found) -> dict[str, Any]:
    """What was found, as one plain object."""
    return {
        "name": found.plan.spec.name,
        "runs": found.facts["runs"],
        "seeds": found.plan.spec.replicates,
        "samples": found.plan.samples,
        "factors": [each.name for each in found.plan.factors],
        "notes": found.facts["notes"],
        "measures": [
            {
                **{name: each.facts[name] for name in ("scenario", "measure", "luck")},
                **{"five": each.five, "sentences": each.sentences, "checks": each.checks},
            }
            for each in stories(found)
        ],
    }


def paragraphs(found: Found) -> Iterator[str]:
    """What was found, in words."""
    yield from (f"Note: {text}" for text in found.facts["notes"])
    for each in stories(found):
        yield " ".join(each.sentences)
        yield " ".join(each.checks)


def html(found: Found) -> str:
    """The page as text."""
    told = stories(found)
    return fill(
        Path(__file__).with_name("page.html"),
        found=found,
        plan=found.plan,
        spec=found.plan.spec,
        told=[(each, drivers(each, found), curve(each)) for each in told],
        factors={each.name: each for each in found.plan.factors},
        in_words=in_words,
        percent=percent,
        index_text=index_text,
    )


def drivers(story: Story, found: Found) -> Plot:
    """Total and first-order indices of the factors that matter most, with those of each seed alone."""
    rows = story.rows[story.rows["ST"].notna()].iloc[:MOST]
    single = story.indices[story.indices["seed"] != ALL]
    top = float(np.clip(np.nanmax(rows[["ST_high", "S1_high"]].to_numpy()), 0.2, 1.0))
    y = pd.Series(np.arange(len(rows)), rows.index)
    shown = {
        "ST": ("Total index", "alone and with others"),
        "S1": ("First-order index", "alone"),
    }

    def draw(figure: Figure, narrow: bool) -> None:
        shape = (2, 1) if narrow else (1, 2)
        axes = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False).ravel()
        for panel, (index, words) in zip(axes, shown.items(), strict=True):
            head(panel, *words)
            panel.axvline(0.0, color=SOFT, linewidth=0.8)
            alone = single[(single["index"] == index) & single["factor"].isin(rows.index)]
            panel.plot(alone["value"], alone["factor"].map(y), "|", color="#aaaaaa", markersize=6)
            panel.hlines(y, rows[f"{index}_low"], rows[f"{index}_high"], color=BLUE)
            fills = ["white" if zero else BLUE for zero in rows[f"{index}_zero"]]
            value = rows[index].clip(LOW_END, top)
            look: Any = {"edgecolors": BLUE, "linewidths": 1.0, "clip_on": False, "zorder": 3}
            panel.scatter(value, y, 20, fills, **look)
            panel.set(xlim=(LOW_END, top), ylim=(len(rows) - 0.5, -0.5))
            panel.grid(axis="both")
        room = 24 if narrow else 38
        names = [textwrap.shorten(in_words(name), room, placeholder="…") for name in rows.index]
        axes[0].set_yticks(y, names)
        for panel in axes[narrow:]:  # on a phone they stand on one axis
            panel.set_xlabel("share of the spread")

    samples, seeds = found.plan.samples, found.plan.spec.replicates
    five = ", ".join(in_words(name) for name in story.five) or "nothing"
    return Plot(
        name=f"drivers-{story.facts['scenario']}-{story.facts['measure']}",
        title=f"What moves it: {story.label}",
        label=f"Sobol indices of the {len(rows)} things that matter most. First: {five}.",
        note=f"{samples} base samples, {seeds} common seeds, {found.facts['runs']:,} runs in all. Lines: 95 % "
        "intervals over samples and seeds; beyond the frame they are cut.",
        data=rows.reset_index(),
        draw=draw,
        height=(130 + 15 * len(rows), 200 + 28 * len(rows)),
        key=(
            line("Sobol index", BLUE, "", "o"),
            line("not told from zero", BLUE, "", "o", markerfacecolor="white"),
            line("each seed alone", "#aaaaaa", "", "|"),
        ),
        unit=UNIT,
        description=(
            "Right: further from zero, more of the spread goes with it.",
            "A line that crosses zero cannot be told from zero.",
        ),
        definition_id="sobol-index",
    )


def curve(story: Story) -> Plot | None:
    """Total indices of the five along the number of samples; None when there is one number only."""
    x = story.indices
    part = x[(x["method"] == "sobol") & (x["index"] == "ST") & (x["quantity"] == MEAN)]
    part = part[(part["seed"] == ALL) & part["factor"].isin(story.five)]
    sizes = sorted(part["n"].unique().tolist())
    if len(sizes) < 2:
        return None
    top = float(np.clip(part.loc[part["n"] > sizes[0], "high"].max(), 0.2, 1.2))

    def draw(figure: Figure, narrow: bool) -> None:
        grid = panels(figure, len(story.five), 2 if narrow else 3)
        for panel, name in zip(grid, story.five, strict=True):
            mine = part[part["factor"] == name].sort_values("n")
            room = 20 if narrow else 28
            head(panel, textwrap.shorten(in_words(name), room, placeholder="…"))
            panel.axhline(0.0, color=SOFT, linewidth=0.8)
            value = mine["value"].clip(LOW_END, top)
            panel.fill_between(mine["n"], mine["low"], mine["high"], color=BLUE, alpha=0.18)
            panel.plot(mine["n"], value, "o-", color=BLUE, markersize=4, clip_on=False)
            panel.set_xscale("log", base=2)
            shown = sizes[:: -1 if len(sizes) < 5 else -2]
            panel.set_xticks(shown, [str(size) for size in shown])
            panel.minorticks_off()
            panel.set_ylim(LOW_END, top)
        figure.supylabel("total index", fontsize=8.5)

    return Plot(
        name=f"curve-{story.facts['scenario']}-{story.facts['measure']}",
        title="Would more samples change it?",
        label=f"Total indices of {len(story.five)} factors for {sizes[0]} to {sizes[-1]} base samples.",
        note="Along: base samples. Band: 95 % interval over samples and seeds, cut at the frame.",
        data=part,
        draw=draw,
        height=(70 + 105 * -(-len(story.five) // 3), 70 + 105 * -(-len(story.five) // 2)),
        unit=UNIT,
        description=(
            "When the line is level and the band narrow, more samples would change little.",
        ),
        definition_id="sobol-index",
    )
