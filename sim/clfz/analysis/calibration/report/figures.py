"""The pictures of a calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.calibration.interval import interval
from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN
from clfz.report.plot import BLUE, FAINT, INK, VERMILLION, Plot, line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COUNTS = {
    WITHDRAWN: "Withdrawn to school",
    PROTECTED: "Protected from dropout",
    BRIDGED: "In bridge school",
}
MOST = 16  # unknowns in the picture of what was learned


def left_out(rows: list[dict[str, Any]], seen: dict[str, Floats]) -> Plot:
    """Each record predicted by a fit that did not see it: 90 % interval, and what was reported."""
    table = pd.DataFrame(
        [
            {
                "record": row["record"],
                "count": title,
                "by": who,
                "low": ends[0],
                "high": ends[1],
                "middle": np.median(row[who].counts[:, kind]),
                "reported": seen[row["record"]][kind],
            }
            for row in rows
            for kind, title in COUNTS.items()
            for who in ("prior", "model")
            for ends in [interval(row[who].counts[:, kind])]
        ]
    )

    def draw(figure: Any, narrow: bool) -> None:
        shape = (3, 1) if narrow else (1, 3)
        panels = figure.subplots(*shape, sharex=True, sharey=True).ravel()
        for panel, title in zip(panels, COUNTS.values(), strict=True):
            for who, color, width, up in (("prior", FAINT, 2.0, -0.18), ("model", BLUE, 3.5, 0.12)):
                part = table[(table["count"] == title) & (table["by"] == who)]
                at = np.arange(len(part)) - up
                panel.hlines(at, part["low"], part["high"], color=color, linewidth=width)
            panel.plot(part["middle"], at, "|", color=INK, markersize=6)
            panel.plot(part["reported"], at, "D", color=VERMILLION)
            panel.set_title(title)
            panel.set_xscale("symlog", linthresh=10)  # zeros are reported too
            panel.set_xlim(0)
            panel.set_yticks(range(len(rows)), [row["record"] for row in rows])
            panel.set_xlabel("children")
        panels[0].invert_yaxis()

    return Plot(
        name="left-out",
        title="Can each record be predicted from the others?",
        label="Reported counts against predictions.",
        note="Upright stroke: middle of the prediction. Beyond 10 each step is ten times as many.",
        data=table,
        draw=draw,
        height=(260.0, 620.0),
        key=[
            line("reported", VERMILLION, "", "D"),
            line("predicted without this record, 90 %", BLUE, linewidth=3.5),
            line("before calibration, 90 %", FAINT, linewidth=2.0),
        ],
        unit="children",
    )


def learned(names: list[str], value: Floats) -> Plot:
    """How much narrower each unknown became."""
    order = np.argsort(-value)[:MOST]
    table = pd.DataFrame({"unknown": [names[i] for i in order], "learned": value[order].clip(0.0)})

    def draw(figure: Any, narrow: bool) -> None:
        axes = figure.subplots()
        axes.barh(table["unknown"], table["learned"], height=0.5, color=BLUE)
        axes.set(xlim=(0, 1), xlabel="share learned")
        axes.invert_yaxis()
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")

    return Plot(
        name="learned",
        title="What do the records teach?",
        label="Contraction of the unknowns.",
        note="Share of what was not known that the records take away: 0.1 and less counts as nothing, 1 is "
        "known exactly.",
        data=table,
        draw=draw,
        height=(90.0 + 15 * len(order), 120.0 + 15 * len(order)),
        unit="share",
    )


def truths(names: list[str], each: dict[str, Floats], order: list[int]) -> Plot:
    """Truth against estimate on synthetic data sets, for what is learned most."""
    table = pd.DataFrame(
        {
            "unknown": np.repeat([names[i] for i in order], len(each["truth"])),
            "truth": each["truth"][:, order].T.ravel(),
            "estimate": each["mean"][:, order].T.ravel(),
        }
    )

    def draw(figure: Any, narrow: bool) -> None:
        columns = 2 if narrow else 3
        panels = figure.subplots(
            -(-len(order) // columns), columns, sharex=True, sharey=True, squeeze=False
        ).ravel()
        for panel, i in zip(panels, order, strict=False):
            panel.plot([0, 1], [0, 1], color=FAINT, linestyle=(0, (2, 2)))
            panel.plot(each["truth"][:, i], each["mean"][:, i], "o", markersize=3, alpha=0.55)
            panel.set_title(names[i].replace("_", " "))
            panel.set(xlim=(0, 1), ylim=(0, 1))
        for panel in panels[len(order) :]:
            panel.set_axis_off()
        figure.supylabel("mean of the posterior")

    return Plot(
        name="truths",
        title="Is a known truth found again?",
        label="Truth against estimate.",
        note=f"{len(each['truth'])} synthetic data sets. Left to right: the truth. Both are shares of the prior "
        "that lie below; on the dotted line they are equal.",
        data=table,
        draw=draw,
        height=(310.0, 420.0),
        unit="share of the prior",
    )
