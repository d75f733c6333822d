"""The pictures of a calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.interval import interval
from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN
from clfz.report.figures.canvas import BLUE, VERMILLION, Head, Key, Sheet
from clfz.report.figures.panel import FAINT, INK, Axis
from clfz.report.figures.plot import render

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KINDS = {
    WITHDRAWN: "Withdrawn to school",
    PROTECTED: "Protected from dropout",
    BRIDGED: "In bridge school",
}
MOST = 16  # unknowns in the picture of what was learned


def left_out(rows: list[dict[str, Any]], seen: dict[str, Floats]) -> tuple[str, str]:
    """Each record predicted by a fit that did not see it: interval, and what was reported."""
    records = [row["record"] for row in rows]
    ends = [interval(row[who].counts)[1] for row in rows for who in ("model", "prior")]
    top = float(_log(max(np.max(ends), max(np.max(each) for each in seen.values())))) + 0.1
    ticks = [
        (0.0, "0"),
        (1.0, "10"),
        (2.0, "100"),
        (3.0, "1000"),
    ]  # the next would touch a neighbour's 0
    x = Axis(0.0, max(top, 3.5), "children", ticks, grid=True)
    names = [(float(-k), name) for k, name in enumerate(records)]
    y = Axis(-len(records) + 0.4, 0.6, "", names)
    keys = [
        Key("reported", "mark", VERMILLION, marker="D"),
        Key("predicted without this record, 90 %", "line", BLUE),
        Key("before calibration, 90 %", "line", FAINT),
    ]

    def draw(sheet: Sheet) -> None:
        heads = [Head(title) for title in KINDS.values()]
        panels = sheet.panels(
            heads, 170.0, x, y, left=44.0, right=16.0, columns=1 if sheet.narrow else 3
        )
        for kind, panel in zip(KINDS, panels, strict=True):
            for k, row in enumerate(rows):
                for who, color, width, up in (
                    ("prior", FAINT, 2.0, -0.18),
                    ("model", BLUE, 3.5, 0.12),
                ):
                    drawn = row[who].counts[:, kind]
                    low, high = _log(interval(drawn))
                    middle = _log(np.median(drawn))
                    panel.levels([-k + up], [low], [high], color, width)
                    if who == "model":
                        panel.marks([middle], [-k + up], "|", INK, 6, mew=1.2, mec=INK)
                panel.marks(
                    [float(_log(seen[row["record"]][kind]))], [-k + 0.12], "D", VERMILLION, 4.5
                )

    title = "Can each record be predicted from the others?"
    note = "Upright stroke: middle of the prediction. Each step is ten times as many (log10 of 1 + count)."
    return render("left-out", title, "Reported counts against predictions.", note, keys, draw)


def learned(names: list[str], value: Floats) -> tuple[str, str]:
    """How much narrower each unknown became."""
    order = np.argsort(-value)[:MOST]
    ticks = [(float(-k), names[i]) for k, i in enumerate(order)]
    x = Axis(0.0, 1.0, "share learned", grid=True)
    y = Axis(-len(order) + 0.4, 0.6, "", ticks)

    def draw(sheet: Sheet) -> None:
        (panel,) = sheet.panels(
            [Head("")], 15.0 * len(order), x, y, left=124.0, right=16.0, columns=1
        )
        for k, i in enumerate(order):
            panel.levels([-k], [0.0], [max(0.0, value[i])], BLUE, 2.0)
            panel.marks([max(0.0, value[i])], [-k], "o", BLUE, 5.5)

    title = "What do the records teach?"
    note = "Share of what was not known that the records take away: 0.1 and less counts as nothing, 1 is known exactly."
    return render("learned", title, "Contraction of the unknowns.", note, (), draw)


def truths(names: list[str], each: dict[str, Floats], order: list[int]) -> tuple[str, str]:
    """Truth against estimate on synthetic data sets, for what is learned most."""
    x = Axis(
        0.0,
        1.0,
        "truth",
        [(0, "0"), (0.5, "0.5"), (1, "1")],
        grid=True,
    )
    y = Axis(0.0, 1.0, "", [(0, "0"), (0.5, "0.5"), (1, "1")], grid=True)

    def draw(sheet: Sheet) -> None:
        heads = [Head(names[i].replace("_", " ")) for i in order]
        panels = sheet.panels(
            heads, 90.0, x, y, left=26.0, right=14.0, columns=2 if sheet.narrow else 3
        )
        for i, panel in zip(order, panels, strict=True):
            panel.line([0, 1], [0, 1], FAINT, (0, (2, 2)), 1.0)
            panel.marks(each["truth"][:, i], each["mean"][:, i], "o", BLUE, 3, alpha=0.55)

    title = "Is a known truth found again?"
    sets = len(each["truth"])
    note = (
        f"{sets} synthetic data sets. Upright: mean of the posterior; both as shares of the prior that lie below."
        " On the dotted line they are equal."
    )
    return render("truths", title, "Truth against estimate.", note, (), draw)


def _log(values: Any) -> Any:
    return np.log10(1.0 + np.asarray(values, float))
