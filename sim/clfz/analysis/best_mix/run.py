"""The best mix for a budget, and how sure that is.

    from clfz.analysis import best_mix

    best = best_mix.optimise("budhpura", [50_000, 150_000], "results/mix")
    best.answer(); best.mixes

Three stages, each with draws and seeds of its own, so that no number flatters what was chosen by it:

1. *search*: all budgets look for mixes with the same few draws (`search`);
2. *choose*: the finalists of each budget meet fresh draws; the best of those that it still pays for is the answer;
3. *judge*: answer and rivals meet fresh draws once more; these are the numbers that are told, and rivals whose score
   differs from the answer's by no more than chance are told as near-best (paired bootstrap over draws).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clfz.analysis.best_mix import write
from clfz.analysis.best_mix.search import AIMS, Floats, Pool, price, score, search
from clfz.analysis.best_mix.space import PROGRAMMES, Mix, Parts, Prices, name_of
from clfz.analysis.folder import own_folder, wrong
from clfz.inputs.problems import did_you_mean
from clfz.inputs.study import MOST_PROGRAMMES
from clfz.runs.runner import run as run_study
from clfz.runs.study import Study, StudyError, make_study
from clfz.runs.summary import describe

MEASURE, COST = "child_years_in_school_gained", "cost_spent"
GENERATIONS, MIXES = 24, 12
DRAWS, FEWEST_DRAWS = 24, 4
FRESH = 8
"""Times as many draws choose and judge as search."""
CLOSE, BOOTSTRAPS, MOST_BUDGETS = 0.05, 2000, 20
ROUND = ("search", "mended")
"""What a round of the search runs: its mixes, then those that cost too much bought again."""
STAGES = {"prices": "Prices of the parts", "choose": "Choosing", "judge": "Judging"}


@dataclass(frozen=True)
class Evaluator:
    """Runs mixes: each is a scenario beside the same zone without a programme.

    One call is one study in its own folder: what is on the disk is not run again, and what was cut short is finished.
    All studies of a stage have the same seed, so mixes of different calls meet the same draws and the same chance.

    Attributes:
        parts: What mixes are made of.
        folder: Of all studies.
        study: The study without mixes: zone, length, measures.
        measure: What is to be large (or small, by its catalogue entry).
        settings: For `clfz.run_study`; `progress` is called with (studies done, studies in all, what is going on).
    """

    parts: Parts
    folder: Path
    study: Study
    measure: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sign(self) -> float:
        """1 when more is better, -1 when less is."""
        return float(describe(self.measure.partition("@")[0]).direction)

    def stage(self, seed: int, draws: int, replicates: int) -> Callable[..., Any]:
        """A function that runs mixes with a seed of its own."""
        stage = {"seed": seed, "draws": draws, "replicates": replicates}

        def evaluate(what: str, mixes: list[Mix]) -> tuple[Floats, Floats]:
            step = MOST_PROGRAMMES - 1
            parts = [mixes[first : first + step] for first in range(0, len(mixes), step)]
            names = [what] if len(parts) == 1 else [f"{what}-{k}" for k in range(len(parts))]
            found = [self._run(stage, *each) for each in zip(names, parts, strict=True)]
            values, costs = zip(*found, strict=True)
            return np.concatenate(values), np.concatenate(costs)

        return evaluate

    def _run(self, stage: dict[str, Any], what: str, mixes: list[Mix]) -> tuple[Floats, Floats]:
        """Values [mixes, draws] (replicates averaged) and expected costs [mixes]."""
        base, names = self.study, [name_of(mix) for mix in mixes]
        spec = {**stage, "name": what, "programmes": (*base.spec.programmes, *names)}
        study = replace(
            base,
            spec=base.spec.model_copy(update=spec),
            programmes=(*base.programmes, *map(self.parts.programme, mixes)),
        )
        settings = self.settings | {"progress": self._progress(what)}
        done = run_study(study, self.folder / what, **settings)
        runs = done.runs
        if len(runs) < study.runs:
            reason = done.failures.iloc[0]["reason"] if len(done.failures) else "they are missing"
            raise StudyError(
                f"{study.runs - len(runs)} runs of {self.folder / what} failed ({reason}), so its mixes "
                "cannot be compared."
            )
        runs = runs.assign(scenario=runs["scenario"].astype(str))
        means = runs.groupby(["scenario", "point"])[[self.measure, COST]].mean()
        value, cost = (means[each].unstack("point").loc[names] for each in (self.measure, COST))
        return self.sign * value.to_numpy(np.float64), cost.mean(axis=1).to_numpy(np.float64)

    def _progress(self, what: str) -> Callable[[int, int, str], None] | None:
        """Tells the stage, with one scale for all rounds of the search, and whether its runs were there already."""
        tell = self.settings.get("progress")
        if tell is None:
            return None
        before: bool | None = None
        kind, _, number = what.partition("-")

        def told(done: int, total: int, now: str) -> None:
            nonlocal before
            before = done >= total if before is None else before
            stage = "Search, rounds" if kind in ROUND else STAGES.get(kind, kind)
            if kind in ROUND:
                step = len(ROUND) * int(number[:2]) + ROUND.index(kind)
                done, total = step + done // max(total, 1), len(ROUND) * GENERATIONS
            tell(done, total, f"{stage} (run before)" if before else stage)

        return told


@dataclass(frozen=True)
class Best:
    """Everything that was found.

    Attributes:
        evaluator: Where and how mixes were run.
        aim: What was made as large as possible.
        mixes: What the last stage saw, a row a budget and finalist, the smallest budget and its best mix first, then
            rivals, nearest first. Columns: budget (EUR); mix (`best`, `rival 1`, ...); told_apart (from the best);
            cost_spent (expected EUR); mean, p05 and p95 of the measure over draws; score (what was to be made large)
            and behind (score of the best less this one), each with the ends of a 95 % interval (`_low`, `_high`; of
            `behind` for all rivals of the budget together); and of each part its intensity and about what it costs.
        searched: Budget -> what the search thought the score of its own favourite was.
        tried: Mix -> (mean over draws, expected cost) of the search.
        draws: Of search, choice and judgement.
        replicates: Seeds of each draw.
        seed: Of everything.
    """

    evaluator: Evaluator
    aim: str
    mixes: pd.DataFrame
    searched: dict[float, float]
    tried: dict[Mix, tuple[float, float]]
    draws: tuple[int, int, int]
    replicates: int
    seed: int

    def budgets(self) -> list[dict[str, Any]]:
        """What was found for each budget, as rows of `mixes`.

        `best`; its `rivals`, of which some are `near` (cannot be told apart from it) and some `close` (behind beyond
        chance, but by no more than 5 of 100); and what the search promised (`searched`).
        """
        found = []
        for budget, searched in self.searched.items():
            best, *rivals = self.mixes[self.mixes["budget"] == budget].to_dict("records")
            near = [each for each in rivals if not each["told_apart"]]
            limit = CLOSE * abs(best["score"])
            close = [each for each in rivals if each["told_apart"] and each["behind"] <= limit]
            found.append(
                {
                    **{"budget": budget, "best": best, "rivals": rivals, "near": near},
                    **{"close": close, "searched": searched},
                }
            )
        return found

    def answer(self) -> list[str]:
        """The finding in plain words."""
        return write.answer(self)


def optimise(
    zone: str,
    budgets: Sequence[float] | float,
    out: str | os.PathLike[str],
    *,
    programmes: Sequence[str] = PROGRAMMES,
    measure: str = MEASURE,
    aim: str = "mean",
    draws: int = DRAWS,
    replicates: int = 1,
    programme_months: int = 48,
    after_months: int = 12,
    seed: int = 1,
    **settings: Any,
) -> Best:
    """Find the best mix of interventions for each budget; the same call resumes.

    Args:
        zone: Name or path of a zone.
        budgets: EUR, for the whole horizon, as they are paid out.
        out: Folder of the results.
        programmes: Where the parts come from, each at up to twice its size there.
        measure: What is to be large (or small, where less is better).
        aim: `mean`, `p10` (the value that 9 of 10 draws exceed) or `regret` (loss against the best mix of each draw).
        draws: Sets of everything uncertain in the search; eight times as many choose, and as many again judge.
        replicates: Seeds of each draw.
        programme_months: Length of the programme.
        after_months: Months after it.
        seed: Of everything.
        settings: As for `clfz.run_study` (jobs, cluster, progress, ...).

    Raises:
        InputError: A name, budget or aim that cannot be used.
        StudyError: A budget that buys nothing, or a folder that cannot be used.
    """
    try:  # before anything runs
        import cmaes  # noqa: F401
    except ImportError:
        raise StudyError(
            "Optimisation needs the package cmaes. Install it with: pip install 'clfz[optimise]'"
        ) from None
    folder = Path(out)
    own_folder(folder, ("studies",))
    wanted = read_budgets(budgets)
    if aim not in AIMS:
        raise wrong(f'the aim is "{aim}". {did_you_mean(aim, AIMS)}It can be {", ".join(AIMS)}.')
    if draws < FEWEST_DRAWS:
        raise wrong(f"{draws} draws are too few to be sure of a mix; take {FEWEST_DRAWS} or more.")
    parts = Parts.of(programmes, programme_months)
    months = {"programme_months": programme_months, "after_months": after_months}
    place = evaluator(zone, parts, measure, folder, months, settings)
    best = best_mixes(place, wanted, aim, draws, replicates, seed)
    write.write(best, folder)
    return best


def evaluator(
    zone: str,
    parts: Parts,
    measure: str,
    out: Path,
    months: dict[str, Any],
    settings: dict[str, Any],
) -> Evaluator:
    """Make an evaluator.

    Raises:
        InputError: A zone or measure that cannot be used.
    """
    if measure.startswith("cost"):
        raise wrong(
            f"the measure is {measure}, but the cost is what the budget limits. Take a gain."
        )
    study = make_study(
        "mixes",
        zones=zone,
        programmes=["none"],
        measures=[measure, COST],
        **months,
    )
    made = Evaluator(parts, out / "studies", study, measure, settings)
    if made.sign == 0:
        raise wrong(
            f"of {measure} neither more nor less is better, so there is no best mix for it."
        )
    return made


def read_budgets(budgets: Sequence[float] | float) -> tuple[float, ...]:
    """Budgets, the smallest first, each once.

    Raises:
        InputError: One that is no amount of money.
    """
    given = [budgets] if isinstance(budgets, int | float) else list(budgets)
    if not given:
        raise wrong("give at least one budget, in euro.")
    if len(given) > MOST_BUDGETS:
        raise wrong(f"{len(given)} budgets are more than {MOST_BUDGETS}.")
    for each in given:
        if not 0 < each < math.inf:
            raise wrong(f"a budget is {each:g}, but it must be an amount of euro above 0.")
    return tuple(sorted({float(each) for each in given}))


def best_mixes(
    place: Evaluator, budgets: Sequence[float], aim: str, draws: int, replicates: int, seed: int
) -> Best:
    """Search, choose and judge.

    Raises:
        StudyError: A budget that buys nothing, or a measure that nothing moves.
    """
    pool = Pool(place.stage(seed, draws, replicates))
    prices = price(pool, len(place.parts.items))
    cheapest = int(np.argmin(prices.least))
    least = float(prices.least[cheapest]) / 0.98
    if poor := [budget for budget in budgets if budget < least]:
        raise StudyError(
            f"{poor[0]:,.0f} euro buy nothing here: the cheapest part ({place.parts.titles[cheapest].lower()}) "
            f"costs about {least:,.0f} euro however small it is. Take a larger budget or a shorter programme."
        )
    if np.ptp([value.mean() for value in pool.value.values()]) == 0:
        raise StudyError(f"No part moves {place.measure} in these runs, so no mix is best.")
    found = search(pool, prices, budgets, aim, seed, GENERATIONS, MIXES)
    if empty := [budget for budget, mixes in found.items() if not mixes]:
        raise StudyError(
            f"No mix that was tried costs less than {empty[0]:,.0f} euro. Take a larger budget."
        )
    every = [mix for mixes in found.values() for mix in mixes]
    second = Pool(place.stage(seed + 1, FRESH * draws, replicates))
    second.try_("choose", every)
    third = Pool(place.stage(seed + 2, FRESH * draws, replicates))
    third.try_("judge", every)
    judged = [
        _judged(budget, found[budget], aim, (second, third), prices, place, seed)
        for budget in budgets
    ]
    searched = {
        budget: float(pool.scores(mixes[:1], aim, pool.affordable(budget))[0])
        for budget, mixes in found.items()
    }
    tried = {mix: (float(value.mean()), pool.cost[mix]) for mix, value in pool.value.items()}
    many = (draws, FRESH * draws, FRESH * draws)
    mixes = pd.concat(judged, ignore_index=True)
    return Best(place, aim, mixes, searched, tried, many, replicates, seed)


def _judged(
    budget: float,
    mixes: list[Mix],
    aim: str,
    pools: tuple[Pool, Pool],
    prices: Prices,
    place: Evaluator,
    seed: int,
) -> pd.DataFrame:
    """Choose by the second stage, tell by the third: the rows of one budget in `Best.mixes`."""
    second, third = pools
    paid = [mix for mix in mixes if second.cost[mix] <= budget] or [
        min(mixes, key=lambda mix: second.cost[mix])
    ]
    best = paid[int(np.argmax(second.scores(paid, aim, paid)))]
    paid = [best, *(mix for mix in paid if mix != best)]
    values = np.array([third.value[mix] for mix in paid])
    top = values.max(axis=0)
    scores = score(values, aim, top)
    # scores of draws taken again, the same for all mixes
    generator, count = np.random.default_rng(seed), values.shape[1]
    picks = [generator.integers(0, count, count) for _ in range(BOOTSTRAPS)]
    spread = np.array([score(values[:, pick], aim, top[pick]) for pick in picks]).T
    tail = 2.5 / max(1, len(paid) - 1)  # Bonferroni: all rivals together at 95 %
    low, high = np.percentile(spread, [2.5, 97.5], axis=1)
    gap_low, gap_high = np.percentile(spread[0] - spread, [tail, 100 - tail], axis=1)
    measured, cost = place.sign * values, np.array([third.cost[mix] for mix in paid])
    p05, p95 = np.quantile(measured, [0.05, 0.95], axis=1)
    columns = {
        **{"budget": budget, "mix": "best", "told_apart": (gap_low > 0) | (gap_high < 0)},
        **{"cost_spent": cost, "mean": measured.mean(axis=1), "p05": p05, "p95": p95},
        **{"score": scores, "score_low": low, "score_high": high},
        **{"behind": scores[0] - scores, "behind_low": gap_low, "behind_high": gap_high},
    }
    alone = np.array([prices.cost(mix) for mix in paid])
    about = alone / np.maximum(1e-9, alone.sum(axis=1, keepdims=True)) * cost[:, None]
    for what, numbers in (("intensity", np.array(paid)), ("about_eur", about)):
        columns |= {f"{k}.{what}": numbers[:, at] for at, k in enumerate(place.parts.kinds)}
    rows = pd.DataFrame(columns)
    rivals = rows[1:].sort_values("behind", kind="stable")
    rivals["mix"] = [f"rival {number}" for number in range(1, len(paid))]
    return pd.concat([rows[:1], rivals])
