"""The page of a calibration: what was learned, what is predicted, and every check. It opens offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from clfz.analysis.calibration import checks as asked
from clfz.analysis.calibration.posterior import LEARNED, MOVED, STAYS, whole
from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN, interval
from clfz.report.fill import fill
from clfz.report.plot import BLUE, FAINT, INK, SOFT, VERMILLION, Plot, head, line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clfz.analysis.calibration.run import Fitter, Settings
    from clfz.analysis.calibration.unknowns import Unknowns

NAME = "report.html"
KINDS = {
    WITHDRAWN: "Withdrawn to school",
    PROTECTED: "Protected from dropout",
    BRIDGED: "In bridge school",
}
MOST = 16  # unknowns in the figure of what was learned
ENDS = (0.05, 0.5, 0.95)


def build(out: Path, checks: asked.Checks, fitter: Fitter, settings: Settings) -> Path:
    """Write the page, whole or not at all.

    Raises:
        OSError: The folder cannot be written.
    """
    found, targets, unknowns = checks.found, fitter.scheme.targets, fitter.scheme.unknowns
    each = found.get("synthetic")
    seen = dict(zip(targets.records, targets.counts, strict=True))
    plots = {
        "learned": learned(unknowns.names, found["contraction"]),
        "left_out": left_out(found["left out"], seen),
        "truths": truths(unknowns.names, each, found["recovery"][0]) if each else None,
    }
    text = fill(
        Path(__file__).with_name("page.html"),
        targets=targets,
        drawn=fitter.rows,
        settings=settings,
        found={"known truth": None} | found,
        unknowns=unknown_rows(unknowns, found, found["fits"]["all"].flat),
        learned_from=LEARNED,
        bar=asked.CRPS,
        shuffles=len(found["torn"]),
        fitted=len(each["truth"]) if each else 0,
        diverged=[name for name, fit in found["fits"].items() if not fit.converged],
        plots=plots,
        rows=checks.rows,
        folder=out.name,
    )
    whole(out / NAME, lambda path: path.write_text(text, encoding="utf-8"))
    return out / NAME


def unknown_rows(unknowns: Unknowns, found: dict[str, Any], z: Any) -> list[dict[str, Any]]:
    """What is said of each unknown, the most informed first.

    Returns:
        name, meaning, unit; before, after (5 %, middle, 95 %); share learned; moved; said: "changed", "moved" (as wide
        as before) or "nothing"; torn: (mean, least, most) learned from counts dealt out anew; source of it.
    """
    value, moved, torn = (found[name] for name in ("contraction", "moved", "torn"))
    before = np.array([unknowns.values(np.full(len(value), each)) for each in ENDS])
    after = np.quantile(unknowns.values(ndtr(z)), ENDS, axis=0)
    rows = []
    for i in np.argsort(-value):
        said = "moved" if abs(moved[i]) >= MOVED else "nothing"
        parameter = unknowns.parameters[i]
        row = {
            "name": unknowns.names[i],
            "meaning": parameter.meaning,
            "unit": parameter.unit,
            "before": before[:, i],
            "after": after[:, i],
            "share": value[i],
            "moved": moved[i],
            "said": "changed" if value[i] >= STAYS else said,
        }
        if len(torn):
            mean, least, most = torn[:, i].mean(), torn[:, i].min(), torn[:, i].max()
            row["torn"] = mean, least, most
            row["source"] = "from the counts of each kind alone"
            if value[i] > most and value[i] - mean >= 0.1:
                row["source"] = "from what belongs together in a record too"
            elif value[i] < least and mean - value[i] >= 0.1:
                row["source"] = "less than from torn records"
        rows.append(row)
    return rows


def left_out(rows: list[dict[str, Any]], seen: dict[str, Any]) -> Plot:
    """Each record predicted by a fit that did not see it: range, middle, and what was reported."""
    found = []
    for row in rows:
        for kind, title in KINDS.items():
            for who in ("model", "prior"):
                drawn = row[who].counts[:, kind]
                ends = (*interval(drawn), np.median(drawn))
                found.append(
                    [row["record"], title, who, seen[row["record"]][kind], *map(float, ends)]
                )
    names = ["record", "kind", "who", "reported", "low", "high", "middle"]
    data = pd.DataFrame(found, columns=names)

    def draw(figure: Figure, narrow: bool) -> None:
        from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

        shape = (3, 1) if narrow else (1, 3)
        panels = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False).ravel()
        for panel, title in zip(panels, KINDS.values(), strict=True):
            head(panel, title)
            own = data[data["kind"] == title]
            model, prior = (own[own["who"] == who] for who in ("model", "prior"))
            y = np.arange(len(model))
            panel.hlines(y + 0.25, prior["low"], prior["high"], color=SOFT, linewidth=1.2)
            panel.hlines(y - 0.15, model["low"], model["high"], color=BLUE, linewidth=3.0)
            panel.plot(model["middle"], y - 0.15, "|", color=INK, markersize=6)
            marks = panel.plot(model["reported"], y - 0.15, "D", color=VERMILLION, markersize=4)
            marks[0].set_clip_on(False)  # whole at zero, too
            # the scale log(1 + count) shows zeros, too
            panel.set_xscale("function", functions=(np.log1p, np.expm1))
            panel.xaxis.set_major_locator(FixedLocator([0, 10, 100, 1000, 10_000]))
            panel.xaxis.set_minor_locator(NullLocator())
            panel.xaxis.set_major_formatter(ScalarFormatter())
            panel.set_xlim(0, 1.3 * max(3000.0, data[["high", "reported"]].to_numpy().max()))
            panel.set_yticks(y, model["record"])
            panel.grid(axis="x")
        panels[0].invert_yaxis()
        for panel in panels[-1:] if narrow else panels:
            panel.set_xlabel("children")

    return Plot(
        name="left-out",
        title="Can each record be predicted from the others?",
        label="Reported counts against predictions.",
        note="Upright stroke: middle of the prediction. Each step is about ten times as many (logarithm of 1 + count).",
        data=data,
        draw=draw,
        height=(310.0, 700.0),
        key=[
            line("reported", VERMILLION, "", "D"),
            line("predicted without this record, 90 %", BLUE, linewidth=3.0),
            line("before calibration, 90 %", SOFT, linewidth=1.2),
        ],
        description=(
            "A fit that has not seen a record predicts it. Nine in ten diamonds should lie on a blue line. "
            "Zones were described with their records in sight, so their sizes know a little of what they should "
            "predict.",
        ),
    )


def learned(names: Sequence[str], value: Any) -> Plot:
    """How much narrower each unknown became."""
    order = np.argsort(-value)[:MOST]
    data = pd.DataFrame({"unknown": [names[i] for i in order], "learned": value[order].clip(0.0)})

    def draw(figure: Figure, _: bool) -> None:
        axes = figure.subplots()
        axes.hlines(data["unknown"], 0.0, data["learned"], color=BLUE)
        axes.plot(data["learned"], data["unknown"], "o", color=BLUE, markersize=5.5)
        axes.set(xlim=(0.0, 1.0), xlabel="share learned")
        axes.invert_yaxis()
        axes.grid(axis="x")

    return Plot(
        name="learned",
        title="What do the records teach?",
        label="Contraction of the unknowns.",
        note=(
            "Share of what was not known that the records take away: 0.1 and less counts as nothing, "
            "1 is known exactly."
        ),
        data=data,
        draw=draw,
        height=(300.0, 320.0),
        description=("The most informed unknowns.",),
    )


def truths(names: Sequence[str], each: dict[str, Any], shrunk: Any) -> Plot:
    """Truth against estimate on synthetic data sets, for what is learned most (contractions `shrunk`)."""
    data = pd.concat(
        [
            pd.DataFrame(
                {"unknown": names[i], "truth": each["truth"][:, i], "estimate": each["mean"][:, i]}
            )
            for i in np.argsort(-shrunk)[:6]
        ]
    )

    def draw(figure: Figure, narrow: bool) -> None:
        shape = (3, 2) if narrow else (2, 3)
        panels = figure.subplots(*shape, sharex=True, sharey=True).ravel()
        for panel, (name, own) in zip(panels, data.groupby("unknown", sort=False), strict=False):
            head(panel, str(name).replace("_", " "))
            panel.axline((0, 0), slope=1.0, color=FAINT, linestyle=(0, (2, 2)))
            panel.plot(own["truth"], own["estimate"], "o", color=BLUE, markersize=3, alpha=0.55)
            panel.set(xlim=(0, 1), ylim=(0, 1), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        figure.supylabel("estimate")
        panels[-1].set_xlabel("truth")

    return Plot(
        name="truths",
        title="Is a known truth found again?",
        label="Truth against estimate.",
        note=(
            f"{len(each['truth'])} synthetic data sets. Upright: mean of the posterior; both as shares of the prior "
            "that lie below. On the dotted line they are equal."
        ),
        data=data,
        draw=draw,
        height=(300.0, 420.0),
        description=(
            "Data sets were made by the model with a truth that is known, and fitted as the records are.",
        ),
    )
