"""The folder of an optimisation: tidy tables, mixes as programme files, one JSON object, figures, a page in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.best_mix.search import AIMS
from clfz.analysis.best_mix.space import TOP
from clfz.analysis.folder import listed, sentences, write_folder
from clfz.inputs import to_yaml
from clfz.report.fill import fill
from clfz.report.plot import BLUE, VERMILLION, Plot, line, patch
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clfz.analysis.best_mix.run import Best

HERE = Path(__file__).parent
GREY = "#9a9a9a"
# Colour and hatch go together: never colour alone.
FILLS = (
    *(("#0072B2", ""), ("#E69F00", "////"), ("#009E73", ""), ("#CC79A7", "....")),
    *(("#56B4E9", "\\\\\\\\"), ("#D55E00", ""), ("#999999", "xxxx"), ("#F0E442", "")),
    ("#1b1b1b", ""),
)


def write(best: Best, folder: Path) -> None:
    """Write everything; each file whole or not at all, the page last."""
    plots = [_frontier(best), _money(best)]
    tried = pd.DataFrame(
        list(best.tried), columns=[f"{k}.intensity" for k in best.evaluator.parts.kinds]
    )
    found = np.array(list(best.tried.values()))
    tried[best.evaluator.measure] = best.evaluator.sign * found[:, 0]
    tried["cost_spent"] = found[:, 1]
    write_folder(
        folder,
        tables={"mixes.parquet": best.mixes, "tried.parquet": tried},
        data={"optimise.json": facts(best)},
        texts={
            f"programmes/mix-{row['budget']:.0f}.yaml": programme_file(best, row)
            for row in best.mixes[best.mixes["mix"] == "best"].to_dict("records")
        },
        plots=plots,
        citation=f"clfz optimise: {best.evaluator.measure}",
        page=html(best, plots),
    )


def facts(best: Best) -> dict[str, Any]:
    """Everything in one plain object."""

    def told(row: dict[str, Any]) -> dict[str, Any]:
        sizes = {kind: row[f"{kind}.intensity"] for kind in best.evaluator.parts.kinds}
        return {
            "intensity": {kind: size for kind, size in sizes.items() if size > 0},
            "cost": round(row["cost_spent"], 1),
            **{name: row[name] for name in ("mean", "p05", "p95", "score")},
            "score_interval": [row["score_low"], row["score_high"]],
            "behind": row["behind"],
            "behind_interval": [row["behind_low"], row["behind_high"]],
        }

    return {
        "zone": best.evaluator.study.zones[0].name,
        "measure": best.evaluator.measure,
        "aim": best.aim,
        "mixes_tried": len(best.tried),
        "draws": dict(zip(("search", "choose", "judge"), best.draws, strict=True)),
        "replicates": best.replicates,
        "seed": best.seed,
        "answer": answer(best),
        "budgets": [
            {
                "budget": each["budget"],
                "searched_score": each["searched"],
                "best": told(each["best"]),
                "cannot_be_told_apart": [told(row) for row in each["near"]],
                "worse": [told(row) for row in each["rivals"] if row["told_apart"]],
            }
            for each in best.budgets()
        ],
    }


def programme_file(best: Best, row: Mapping[Any, Any]) -> str:
    """The best mix of a budget as a file that `clfz run` and `clfz compare` take."""
    parts, budget = best.evaluator.parts, row["budget"]
    fields = {
        "name": f"mix-{budget:.0f}",
        "title": f"Best mix for {budget:,.0f} euro",
        "summary": f"Found by clfz optimise for {label(best)}; see report.html beside it.",
    }
    mix = tuple(row[f"{kind}.intensity"] for kind in parts.kinds)
    return to_yaml(parts.programme(mix).model_copy(update=fields))


# In words: what the templates of the answer and the page use.


def filters(best: Best) -> dict[str, Callable[..., str]]:
    """How numbers, mixes and scores of an optimisation are told."""
    parts = best.evaluator.parts
    titles = {k: title.lower() for k, title in zip(parts.kinds, parts.titles, strict=True)}
    share = is_share(best)
    sign = -1.0 if best.aim == "regret" else best.evaluator.sign

    def gap(value: float) -> str:  # of shares, in percentage points
        value = 100 * value if share else value
        return f"{round(value, -1):,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

    def amount(value: float) -> str:
        return f"{gap(value)}\u00a0%" if share else gap(value)

    def scored(value: float) -> str:
        """A score as people read it: the measure with its own sign, or what is lost."""
        return amount(sign * value)

    def scored_range(low: float, high: float) -> str:
        low, high = sorted((sign * low, sign * high))
        return f"{amount(low)} to {amount(high)}"

    def bought(row: dict[str, Any]) -> str:
        """The parts, the dearest first, with intensity and about what they cost."""
        used = [k for k in titles if row[f"{k}.intensity"] > 0]
        used.sort(key=lambda k: -row[f"{k}.about_eur"])
        return ", ".join(
            f"{titles[k]} × {row[f'{k}.intensity']:.2g} (about {euro(row[f'{k}.about_eur'])})"
            for k in used
        )

    def shared(rows: list[dict[str, Any]]) -> str:
        """What some mixes have in common."""
        has = {title: [row[f"{k}.intensity"] > 0 for row in rows] for k, title in titles.items()}
        always = [title for title, each in has.items() if all(each)]
        never = [title for title, each in has.items() if not any(each)]
        said = [f"all of them have {listed(always)}"] if always else []
        said += [f"none has {listed(never, ' or ')}"] if never else []
        text = ", and ".join(said) or "they have nothing in common"
        return f"{text[0].upper()}{text[1:]}."

    used = (gap, amount, scored, scored_range, bought, shared, euro)
    return {each.__name__: each for each in used}


def answer(best: Best) -> list[str]:
    """What was found, a few sentences."""
    budgets = best.budgets()
    pairs = [(one["best"], other["best"]) for one, other in pairwise(budgets)]
    steps = [
        1000 * (after["mean"] - before["mean"]) / (after["cost_spent"] - before["cost_spent"])
        for before, after in pairs
        if after["cost_spent"] > before["cost_spent"]
    ]
    sizes = [f"{kind}.intensity" for kind in best.evaluator.parts.kinds]
    return sentences(
        HERE / "answer.txt",
        filters(best),
        best=best,
        budgets=budgets,
        label=label(best),
        unit=unit(best),
        aim=aim(best),
        steps=steps if best.evaluator.sign > 0 else [],
        same=[one["budget"] for one, other in pairs if all(one[k] == other[k] for k in sizes)],
        top=f"{TOP:g}",
    )


def html(best: Best, plots: list[Plot]) -> str:
    """The page as text."""
    study = best.evaluator.study
    return fill(
        HERE / "page.html",
        best=best,
        budgets=best.budgets(),
        answer=answer(best),
        label=label(best),
        aim=aim(best),
        place=study.zones[0].title,
        spec=study.spec,
        plots=plots,
        **filters(best),
    )


def aim(best: Best) -> str:
    """What was looked for."""
    if best.aim == "p10" and best.evaluator.sign < 0:
        return "the value that 9 of 10 sets of what is not known stay below"
    return AIMS[best.aim]


def label(best: Best) -> str:
    """The measure in words."""
    text = describe(best.evaluator.measure.partition("@")[0]).label
    return (text[0].lower() + text[1:]).replace(", gained", " gained")


def unit(best: Best) -> str:
    """What is counted."""
    moment = best.evaluator.measure.partition("@")[2]
    return f"{label(best)} ({moment})" if moment else label(best)


def is_share(best: Best) -> bool:
    """Whether the measure is a share, told in percent."""
    return describe(best.evaluator.measure.partition("@")[0]).unit == "share"


def euro(money: float) -> str:
    """Money to three digits, such as € 148,000."""
    digits = 0 if money < 1 else -max(0, len(str(round(abs(money)))) - 3)
    return f"€\u00a0{round(money, digits):,.0f}"


# Figures.


def _frontier(best: Best) -> Plot:
    """What more money buys."""
    scale, percent = (100.0, ", percent") if is_share(best) else (1.0, "")
    names = {"cost_spent": "cost", "p05": "low", "p95": "high"}
    shown = best.mixes[["budget", "mix", "told_apart", "cost_spent", "mean", "p05", "p95"]]
    shown = shown[~shown["told_apart"]].rename(columns=names)
    shown[["mean", "low", "high"]] *= scale
    near = shown[shown["mix"] != "best"]
    data = shown[shown["mix"] == "best"].drop(columns=["mix", "told_apart"]).reset_index(drop=True)
    tried = np.array(list(best.tried.values()))[:, ::-1] * [1.0, best.evaluator.sign]
    most = 1.06 * max(data["cost"].max(), 1000.0)
    tried = tried[(tried[:, 0] <= most) & (tried[:, 0] > 0)]

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        x = data["cost"] / 1000
        axes.plot(*(tried / [1000, 1 / scale]).T, "o", color=GREY, markersize=3, alpha=0.5, mew=0)
        axes.vlines(x, data["low"], data["high"], color=BLUE, linewidth=2)
        axes.plot(x, data["mean"], "o-", color=BLUE)
        axes.plot(near["cost"] / 1000, near["mean"], "D", color=VERMILLION, mfc="white", zorder=3)
        axes.set_xlim(0, most / 1000)
        if best.evaluator.sign > 0:  # what is gained is seen from nothing up
            axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        axes.set_xlabel("expected cost, thousand euro")

    above = ("above", "highest") if best.evaluator.sign > 0 else ("below", "lowest")
    return Plot(
        name="frontier",
        title=f"What more money buys: {unit(best)}{percent}",
        label=f"{unit(best)} of the best mix of {len(data)} budgets, by cost.",
        note=f"Bar: 9 of 10 sets of what is not known ({best.draws[2]} sets that chose nothing). Grey: "
        f"{len(tried)} mixes of the search, each the average of {best.draws[0]} sets.",
        data=data,
        draw=draw,
        height=(310, 340),
        key=(
            line("best mix of a budget, average", BLUE, "", "o"),
            line("cannot be told apart from it", VERMILLION, "", "D", markerfacecolor="white"),
            line("tried", GREY, "", "o", alpha=0.6),
        ),
        unit=unit(best),
        description=(
            "Each blue dot is the best mix of one budget, the average of sets that had no part in choosing it.",
            f"Grey dots {above[0]} the blue line flatter themselves: few sets made them, "
            f"and the most flattered stand {above[1]}.",
        ),
        table=data.round(1),
    )


def _money(best: Best) -> Plot:
    """Where the money goes, in each best mix and those that cannot be told apart from it."""
    parts = best.evaluator.parts
    rows = best.mixes[~best.mixes["told_apart"]]
    names = [
        f"like it, {number}" if number else f"{euro(budget)}: best"
        for budget, number in zip(rows["budget"], rows.groupby("budget").cumcount(), strict=True)
    ]
    money = rows[[f"{kind}.about_eur" for kind in parts.kinds]].to_numpy()
    share = 100.0 * money / np.maximum(money.sum(axis=1, keepdims=True), 1e-9)
    used = [at for at, kind in enumerate(parts.kinds) if rows[f"{kind}.intensity"].gt(0).any()]
    looks = [FILLS[k % len(FILLS)] for k in range(len(parts.items))]

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        left = np.zeros(len(rows))
        for k in used:
            color, hatch = looks[k]
            axes.barh(
                range(len(rows)), share[:, k], 0.7, left, color=color, hatch=hatch, ec="white"
            )
            left += share[:, k]
        axes.set_yticks(range(len(rows)), names)
        for text, name in zip(axes.get_yticklabels(), names, strict=True):
            text.set_fontweight("bold" if name.endswith("best") else "normal")
        axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel("percent of the cost of the mix")
        axes.grid(visible=False)

    data = pd.DataFrame(money, columns=list(parts.kinds))
    data.insert(0, "mix", names)
    return Plot(
        name="money",
        title="Where the money goes",
        label=f"Share of the money of each part, in the best mixes of {len(best.searched)} budgets.",
        note="About: what each part costs alone, scaled to the cost of the whole mix. Percent of its cost.",
        data=data,
        draw=draw,
        height=(120 + 17 * len(rows), 130 + 17 * len(rows) + 14 * len(used)),
        key=[
            patch(parts.titles[k].lower(), looks[k][0], hatch=looks[k][1], edgecolor="white")
            for k in used
        ],
        unit="euro",
        description=(
            "One bar a mix. Under the best mix of a budget stand those that cannot be told apart from it:",
            "where their bars differ, the model does not know better.",
        ),
        table=data.round(0),
    )
