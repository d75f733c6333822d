"""Pictures of the best mixes: what more money buys, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clfz.analysis.best_mix import words
from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import INK, SMALL, Axis, Panel
from clfz.report.figures.plot import Plot, render

if TYPE_CHECKING:
    from clfz.analysis.best_mix.run import Answer, Best, Candidate

# Colour and hatch go together: never colour alone.
FILLS = (
    ("#0072B2", ""),
    ("#E69F00", "////"),
    ("#009E73", ""),
    ("#CC79A7", "...."),
    ("#56B4E9", "\\\\\\\\"),
    ("#D55E00", ""),
    ("#999999", "xxxx"),
    ("#F0E442", ""),
    ("#1b1b1b", ""),
)


def pictures(best: Best) -> list[Plot]:
    """The frontier, and where the money goes."""
    return [_frontier(best), _money(best)]


def _frontier(best: Best) -> Plot:
    found = best.answers
    cost = np.array([each.best.cost for each in found]) / 1000
    scale, percent = (100.0, ", percent") if words.is_share(best) else (1.0, "")
    mean = scale * np.array([words.middle(best, each.best) for each in found])
    low, high = scale * np.array([words.ends(best, each.best) for each in found]).T
    near_x = np.array([each.cost for a in found for each in a.near]) / 1000
    near_y = scale * np.array([words.middle(best, each) for a in found for each in a.near])
    tried = np.array(list(best.tried.values()))
    x = Axis(0.0, 1.06 * float(max(cost.max(), 1.0)), "expected cost, thousand euro")
    inside = (tried[:, 1] / 1000 <= x.high) & (tried[:, 1] > 0)
    shown = tried[inside]
    every = np.concatenate([low, high, scale * best.bench.sign * shown[:, 0]])
    # what is gained is seen from nothing up; what there is less of, between its ends
    ends = [0.0] if best.bench.sign > 0 else []
    bottom, top = float(min(*every, *ends)), float(max(*every, *ends))
    room = 0.05 * (top - bottom or 1.0)
    y = Axis(bottom - room, top + room, "", grid=True)
    title = f"What more money buys: {words.unit(best)}{percent}"
    better, luckiest = ("above", "highest") if best.bench.sign > 0 else ("below", "lowest")
    note = (
        f"Bar: 9 of 10 sets of what is not known ({best.draws[2]} sets that chose nothing). Grey: "
        f"{len(shown)} mixes of the search, each the average of {best.draws[0]} sets."
    )

    def draw(sheet: Sheet) -> None:
        (panel,) = sheet.panels([Head("")], 200.0, x, y, left=44.0, right=12.0, columns=1)
        panel.marks(
            shown[:, 1] / 1000,
            scale * best.bench.sign * shown[:, 0],
            "o",
            "#9a9a9a",
            2.0,
            alpha=0.35,
        )
        panel.uprights(cost, low, high, BLUE, 2.2)
        panel.line(cost, mean, BLUE)
        if len(near_x):
            panel.marks(near_x, near_y, "D", VERMILLION, 4.2, mfc="white", mew=1.1)
        panel.marks(cost, mean, "o", BLUE, 5.5)

    keys = [
        Key("best mix of a budget, average", "dot", BLUE),
        Key("cannot be told apart from it", "ring", VERMILLION, marker="D"),
        Key("tried", "dot", "#9a9a9a", alpha=0.6),
    ]
    label = f"{words.unit(best)} of the best mix of {len(found)} budgets, by cost."
    wide, narrow = render("frontier", title, label, note, keys, draw)
    data = pd.DataFrame({"budget": [a.budget for a in found], "cost": cost * 1000, "mean": mean})
    data["low"], data["high"] = low, high
    return Plot(
        "frontier",
        title,
        words.unit(best),
        label,
        (
            "Each blue dot is the best mix of one budget, the average of sets that had no part in choosing it.",
            f"Grey dots {better} the blue line flatter themselves: few sets made them, "
            f"and the luckiest stand {luckiest}.",
        ),
        note,
        "model-state",
        data,
        data.round(1),
        wide,
        narrow,
    )


def _money(best: Best) -> Plot:
    rows: list[tuple[str, Candidate]] = []
    for each in best.answers:
        rows.append((f"{words.euro(each.budget)}: best", each.best))
        rows += [(f"like it, {number}", near) for number, near in enumerate(each.near, start=1)]
    used = [k for k in range(len(best.bench.parts.items)) if any(c.mix[k] > 0 for _, c in rows)]
    title = "Where the money goes"
    note = "About: what each part costs alone, scaled to the cost of the whole mix. Percent of its cost."
    x = Axis(0.0, 100.0, "percent of the cost of the mix")
    y = Axis(0.0, float(len(rows)), "", [], line=False)

    def draw(sheet: Sheet) -> None:
        (panel,) = sheet.panels([Head("")], 15.0 * len(rows) + 4, x, y, left=88.0, columns=1)
        for at, (name, each) in enumerate(rows):
            bottom = len(rows) - at - 1
            _stack(panel, each, used, bottom)
            height = panel.box[1] + (bottom + 0.34) / len(rows) * panel.box[3]
            weight = "bold" if name.endswith("best") else "normal"
            panel.page.text(
                panel.box[0] - 5, height, name, ha="right", fontsize=SMALL, color=INK, weight=weight
            )

    keys = [
        Key(
            best.bench.parts.titles[k].lower(),
            "bar",
            FILLS[k % len(FILLS)][0],
            hatch=FILLS[k % len(FILLS)][1],
        )
        for k in used
    ]
    label = f"Share of the money of each part, in the best mixes of {len(best.answers)} budgets."
    wide, narrow = render("money", title, label, note, keys, draw)
    data = pd.DataFrame(
        [
            {"mix": name, **dict(zip(best.bench.parts.kinds, each.by_part, strict=True))}
            for name, each in rows
        ]
    )
    return Plot(
        "money",
        title,
        "euro",
        label,
        (
            "One bar a mix. Under the best mix of a budget stand those that cannot be told apart from it:",
            "where their bars differ, the model does not know better.",
        ),
        note,
        "model-state",
        data,
        data.round(0),
        wide,
        narrow,
    )


def _stack(panel: Panel, each: Candidate, used: list[int], bottom: float) -> None:
    left, whole = 0.0, float(each.by_part.sum()) or 1.0
    for k in used:
        right = left + 100.0 * float(each.by_part[k]) / whole
        if right > left:
            color, hatch = FILLS[k % len(FILLS)]
            panel.bar(left, bottom + 0.14, right, bottom + 0.86, color, hatch)
        left = right


def numbered(each: Answer) -> list[tuple[str, Candidate]]:
    """The best mix and its rivals, with names for a table."""
    return [("best", each.best), *((f"rival {n}", c) for n, c in enumerate(each.rivals, 1))]
