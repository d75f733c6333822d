"""The folder of a discovery: tidy tables, one JSON object, figures, and a page in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.folder import in_words, sentences, write_folder
from clfz.report.fill import fill
from clfz.report.plot import BASE_DASH, BLUE, INK, VERMILLION, Plot, head, line, panels, patch, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clfz.analysis.discovery.run import Discovery

HERE = Path(__file__).parent
MOST_DOTS, SHADE = 500, 0.13


def write(found: Discovery, folder: Path) -> None:
    """Write tables, figures and the page; each file whole or not at all, the page last."""
    plots = pictures(found)
    study = found.done.study
    page = fill(
        HERE / "page.html",
        found=found,
        answer=answer(found),
        place=study.zones[0].title,
        told=study.told(),
        plots=plots,
        failures=found.done.failures,
        spec=study.spec,
        percent=percent,
        doubtful=doubtful,
    )
    write_folder(
        folder,
        tables={"points.parquet": points(found), "restrictions.parquet": found.limits},
        data={"discovery.json": facts(found)},
        plots=plots,
        citation=f"clfz discovery: {found.goal.text}",
        page=page,
    )


def answer(found: Discovery) -> list[str]:
    """What was found, in a few sentences."""
    return sentences(HERE / "answer.txt", {"percent": percent, "told": found.told}, found=found)


def percent(share: float) -> str:
    """A share in natural frequencies."""
    return f"{100 * share:.0f} of 100"


def doubtful(found: Discovery, box: int) -> list[dict[str, Any]]:
    """Limits not to be trusted that came back in at least one half of five; the others were chance and nothing more."""
    return [each for each in found.rows(box, False) if each["found_in"] >= 0.2]


def points(found: Discovery) -> pd.DataFrame:
    """One row a point: what was tried, what came out, and the box it lies in (0 for none)."""
    frame = found.tried.reset_index()
    frame["value"], frame["fails"], frame["box"] = found.value, found.fails, 0
    for number in reversed(found.boxes.index):
        within = np.all([found.holds(limit) for limit in found.rows(number, True)], axis=0)
        frame.loc[within, "box"] = number
    return frame


def facts(found: Discovery) -> dict[str, Any]:
    """Everything in one plain object."""
    return {
        "goal": found.goal.text,
        "programme": found.scenario,
        "zone": found.done.study.zones[0].name,
        "points": len(found.fails),
        "failing": int(found.fails.sum()),
        "failed_runs": len(found.done.failures),
        "decided_by_luck": round(found.mixed, 4),
        "uncertain": len(found.tried.columns),
        "answer": answer(found),
        "boxes": [
            {
                **{name: round(box[name], 4) for name in box if name != "points_seen"},
                "limits": [
                    {
                        "factor": each["factor"],
                        "above" if each["above"] else "up_to": each["limit"],
                        "p_value": each["p_value"],
                        "found_in": each["found_in"],
                    }
                    for each in found.rows(number, True)
                ],
            }
            for number, box in enumerate(found.boxes.to_dict("records"), start=1)
        ],
    }


def pictures(found: Discovery) -> list[Plot]:
    """The first box and every limit of all boxes; the least doubtful limits when there is no box."""
    limits = found.limits
    if not len(found.boxes):
        shown = limits.sort_values("p_value", kind="stable")[:3]
        title = "What the search looked at, and could not trust"
        return [_alone(found, shown, title)] if len(shown) else []
    every = limits[limits["trusted"].astype(bool)]
    plots = [_alone(found, every, "What goes with failure, one by one")]
    first = every[every["box"] == 1].sort_values("density_without", kind="stable")
    factors = list(first["factor"].unique()[:2])
    return [_plane(found, *factors), *plots] if len(factors) == 2 else plots


def _alone(found: Discovery, shown: pd.DataFrame, title: str) -> Plot:
    """One panel a limit: the values that were tried against what came out."""
    limits, count = shown.to_dict("records"), len(shown)

    def draw(figure: Figure, narrow: bool) -> None:
        columns = 1 if count == 1 else 2 if narrow or count in (2, 4) else 3
        for each, panel in zip(limits, panels(figure, count, columns), strict=True):
            column = found.tried[each["factor"]]
            side = f"{'above' if each['above'] else 'up to'} {each['limit']:.3g}"
            of = f"box {each['box']}: " if each["box"] and len(found.boxes) > 1 else ""
            name = wrap(in_words(each["factor"]), (240 if narrow else 480) / columns - 20)
            head(panel, name, of + side)
            panel.axhline(found.goal.threshold, color=INK, linestyle=BASE_DASH, linewidth=1)
            _dots(panel, found, column, found.value)
            panel.margins(x=0.03)
            low, high = panel.get_xlim()
            ends = (each["limit"], high) if each["above"] else (low, each["limit"])
            panel.axvspan(*ends, color=VERMILLION, alpha=SHADE)
            panel.set_xlim(low, high)

    keys = [line("the goal", INK, BASE_DASH)]
    if len(found.boxes):
        keys.append(patch("side of the limit where it fails", VERMILLION, alpha=SHADE))
    side = "below" if found.goal.at_least else "above"
    rows = [-(-count // columns) for columns in (3, 2)]
    return _plot(
        found,
        list(shown["factor"]),
        keys,
        name="limits",
        title=title,
        label=f"{found.goal.label}, along {count} uncertain things, with the limits found.",
        unit=found.goal.name,
        description=(
            f"Up and down: {found.goal.label}. Left to right: the values that were tried.",
            f"The shaded side is part of a box; dots {side} the dashed line miss the goal.",
        ),
        draw=draw,
        height=(90 + 150 * rows[0], 120 + 150 * rows[1]),
    )


def _plane(found: Discovery, across: str, upright: str) -> Plot:
    """The first box as a rectangle in the plane of its two strongest factors."""
    limits, labels = found.rows(1, True), found.labels

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        x, y = found.tried[across], found.tried[upright]
        _dots(axes, found, x, y)
        axes.margins(0.03)
        x_ends, y_ends = list(axes.get_xlim()), list(axes.get_ylim())
        axes.set(xlim=x_ends, ylim=y_ends)
        for limit in limits:
            for factor, ends in ((across, x_ends), (upright, y_ends)):
                if limit["factor"] == factor:
                    ends[0 if limit["above"] else 1] = limit["limit"]
        axes.fill_between(x_ends, y_ends[0], y_ends[1], color=VERMILLION, alpha=SHADE)
        axes.set_xlabel(in_words(across))
        width = 240 if narrow else 480
        head(axes, "", wrap(f"Upwards: {labels[upright]} ({upright})", width))

    says = [f"Left to right: {labels[across]} ({across})."]
    if more := sum(limit["factor"] not in (across, upright) for limit in limits):
        says.append(f"The box has {more} more limit{'s' if more > 1 else ''}, not seen here.")
    return _plot(
        found,
        [across, upright],
        [patch("the box", VERMILLION, alpha=SHADE)],
        name="box",
        title="Where it fails",
        label=f"Draws in the plane of {across} and {upright}; those in the box mostly fail.",
        description=tuple(says),
        draw=draw,
        height=(330, 340),
    )


def _plot(found: Discovery, factors: list[str], keys: list[Any], **more: Any) -> Plot:
    """What both figures share: their numbers, the look of a dot, and the note."""
    shown, count = min(MOST_DOTS, len(found.fails)), len(found.fails)
    part = f"{shown} of {count} sets are drawn" if shown < count else f"{count} sets"
    repeats = found.done.study.spec.replicates
    data = found.tried[list(dict.fromkeys(factors))].reset_index()
    data["value"], data["fails"] = found.value, found.fails
    dots = line("reaches the goal", BLUE, "", "o"), line("fails", VERMILLION, "", "s")
    return Plot(
        note=f"Each dot is one set of what is not known, the average of {repeats} repeats; {part}.",
        data=data,
        table=data.round(3),
        key=[*dots, *keys],
        **more,
    )


def _dots(axes: Axes, found: Discovery, x: Any, y: Any) -> None:
    drawn = np.arange(len(x)) < MOST_DOTS
    for which, marker, color in ((~found.fails, "o", BLUE), (found.fails, "s", VERMILLION)):
        look: Any = {"color": color, "alpha": 0.55, "markersize": 3, "markeredgewidth": 0}
        axes.plot(x[drawn & which], y[drawn & which], marker, **look)
