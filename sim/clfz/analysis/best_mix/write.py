"""The folder of an optimisation: tidy tables, mixes as programme files, one JSON object, figures, a page in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.best_mix.space import TOP
from clfz.analysis.folder import listed, sentences, write_folder
from clfz.inputs import to_yaml
from clfz.report.fill import fill
from clfz.report.plot import BLUE, VERMILLION, Plot, line, patch
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clfz.analysis.best_mix.run import Answer, Best, Candidate

HERE = Path(__file__).parent
AIMS = {
    "mean": "the average over everything that is not known",
    "p10": "the value that 9 of 10 sets of what is not known exceed",
    "regret": "the smallest loss, in all but 1 of 10 sets, against the best of the mixes in each set",
}
TOLD = [*("mean", "p05", "p95", "score", "score_low", "score_high")]
TOLD += ["behind", "behind_low", "behind_high"]
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
        tables={"mixes.parquet": mixes(best), "tried.parquet": tried},
        data={"optimise.json": facts(best)},
        texts={
            f"programmes/mix-{each.budget:.0f}.yaml": programme_file(best, each)
            for each in best.answers
        },
        plots=plots,
        citation=f"clfz optimise: {best.evaluator.measure}",
        page=html(best, plots),
    )


def mixes(best: Best) -> pd.DataFrame:
    """One row a budget and finalist, the best first: intensities, money, value, and how it compares."""
    kinds = best.evaluator.parts.kinds
    return pd.DataFrame(
        {
            **{"budget": each.budget, "mix": name, "told_apart": one.apart},
            "cost_spent": one.cost,
            **{column: getattr(one, column) for column in TOLD},
            **{f"{k}.intensity": size for k, size in zip(kinds, one.mix, strict=True)},
            **{f"{k}.about_eur": money for k, money in zip(kinds, one.by_part, strict=True)},
        }
        for each in best.answers
        for name, one in numbered(each)
    )


def facts(best: Best) -> dict[str, Any]:
    """Everything in one plain object."""

    def told(one: Candidate) -> dict[str, Any]:
        sizes = dict(zip(best.evaluator.parts.kinds, one.mix, strict=True))
        return {
            "intensity": {kind: size for kind, size in sizes.items() if size > 0},
            "cost": round(one.cost, 1),
            **{name: getattr(one, name) for name in ("mean", "p05", "p95", "score")},
            "score_interval": [one.score_low, one.score_high],
            "behind": one.behind,
            "behind_interval": [one.behind_low, one.behind_high],
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
                "budget": each.budget,
                "searched_score": each.searched,
                "best": told(each.best),
                "cannot_be_told_apart": [told(near) for near in each.near],
                "worse": [told(one) for one in each.rivals if one.apart],
            }
            for each in best.answers
        ],
    }


def programme_file(best: Best, each: Answer) -> str:
    """The best mix of a budget as a file that `clfz run` and `clfz compare` take."""
    fields = {
        "name": f"mix-{each.budget:.0f}",
        "title": f"Best mix for {each.budget:,.0f} euro",
        "summary": f"Found by clfz optimise for {label(best)}; see report.html beside it.",
    }
    return to_yaml(best.evaluator.parts.programme(each.best.mix).model_copy(update=fields))


def numbered(each: Answer) -> list[tuple[str, Candidate]]:
    """The best mix and its rivals, with names for a table."""
    return [("best", each.best), *((f"rival {n}", c) for n, c in enumerate(each.rivals, 1))]


# In words: what the templates of the answer and the page use.


def filters(best: Best) -> dict[str, Callable[..., str]]:
    """How numbers, mixes and scores of an optimisation are told."""
    titles = [title.lower() for title in best.evaluator.parts.titles]
    share, sign = is_share(best), best.evaluator.sign

    def gap(value: float) -> str:  # of shares, in percentage points
        value = 100 * value if share else value
        return f"{round(value, -1):,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

    def amount(value: float) -> str:
        return f"{gap(value)}\u00a0%" if share else gap(value)

    def scored(value: float, low: float | None = None, high: float | None = None) -> str:
        """A score as people read it: the measure with its own sign, or what is lost; with its range."""
        turn = -1.0 if best.aim == "regret" else sign
        text = amount(turn * value)
        if low is None or high is None:
            return text
        low, high = sorted((turn * low, turn * high))
        return f"{text} ({amount(low)} to {amount(high)})"

    def bought(one: Candidate) -> str:
        """The parts, the dearest first, with intensity and about what they cost."""
        order = np.argsort(-one.by_part, kind="stable")
        return ", ".join(
            f"{titles[k]} × {one.mix[k]:.2g} (about {euro(one.by_part[k])})"
            for k in order
            if one.mix[k] > 0
        )

    def shared(each: Answer) -> str:
        """What the near-best mixes have in common."""
        mixes = [each.best.mix, *(near.mix for near in each.near)]
        sizes = list(zip(titles, zip(*mixes, strict=True), strict=True))  # of each part in turn
        always = [title for title, has in sizes if all(has)]
        never = [title for title, has in sizes if not any(has)]
        said = [f"all of them have {listed(always)}"] if always else []
        said += [f"none has {listed(never, ' or ')}"] if never else []
        text = ", and ".join(said) or "they have nothing in common"
        return f"{text[0].upper()}{text[1:]}."

    used = (gap, amount, scored, bought, shared, euro)
    return {each.__name__: each for each in used}


def answer(best: Best) -> list[str]:
    """What was found, a few sentences."""
    pairs = list(zip(best.answers, best.answers[1:], strict=False))
    steps = [
        1000 * (after.best.mean - before.best.mean) / (after.best.cost - before.best.cost)
        for before, after in pairs
        if after.best.cost > before.best.cost
    ]
    return sentences(
        HERE / "answer.txt",
        filters(best),
        best=best,
        label=label(best),
        unit=unit(best),
        aim=aim(best),
        steps=steps if best.evaluator.sign > 0 else [],
        same=[before for before, after in pairs if before.best.mix == after.best.mix],
        top=f"{TOP:g}",
    )


def html(best: Best, plots: list[Plot]) -> str:
    """The page as text."""
    study = best.evaluator.study
    return fill(
        HERE / "page.html",
        best=best,
        answer=answer(best),
        numbered=numbered,
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
    data = pd.DataFrame(
        [(a.budget, a.best.cost, a.best.mean, a.best.p05, a.best.p95) for a in best.answers],
        columns=["budget", "cost", "mean", "low", "high"],
    )
    data[["mean", "low", "high"]] *= scale
    near = np.array([(c.cost, c.mean) for a in best.answers for c in a.near]).reshape(-1, 2)
    tried = np.array(list(best.tried.values()))[:, ::-1] * [1.0, best.evaluator.sign]
    most = 1.06 * max(data["cost"].max(), 1000.0)
    tried = tried[(tried[:, 0] <= most) & (tried[:, 0] > 0)]

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        x = data["cost"] / 1000
        axes.plot(*(tried / [1000, 1 / scale]).T, "o", color=GREY, markersize=3, alpha=0.5, mew=0)
        axes.vlines(x, data["low"], data["high"], color=BLUE, linewidth=2)
        axes.plot(x, data["mean"], "o-", color=BLUE)
        axes.plot(*(near / [1000, 1 / scale]).T, "D", color=VERMILLION, mfc="white", zorder=3)
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
    rows: list[tuple[str, Candidate]] = []
    for each in best.answers:
        rows.append((f"{euro(each.budget)}: best", each.best))
        rows += [(f"like it, {number}", near) for number, near in enumerate(each.near, start=1)]
    parts = best.evaluator.parts
    money = np.array([one.by_part for _, one in rows])
    share = 100.0 * money / np.maximum(money.sum(axis=1, keepdims=True), 1e-9)
    used = [k for k in range(len(parts.items)) if any(one.mix[k] > 0 for _, one in rows)]
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
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        for text, (name, _) in zip(axes.get_yticklabels(), rows, strict=True):
            text.set_fontweight("bold" if name.endswith("best") else "normal")
        axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel("percent of the cost of the mix")
        axes.grid(visible=False)

    data = pd.DataFrame(money, columns=list(parts.kinds))
    data.insert(0, "mix", [name for name, _ in rows])
    return Plot(
        name="money",
        title="Where the money goes",
        label=f"Share of the money of each part, in the best mixes of {len(best.answers)} budgets.",
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
