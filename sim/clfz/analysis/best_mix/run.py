"""The best mix for a budget, and how sure that is.

    best = experiments.optimise("budhpura", [50_000, 150_000], "results/mix")
    best.answer(); best.frontier; best.alternatives

Three stages, each with draws and luck of its own, so that no number flatters what was chosen by it:

1. *search*: all budgets look for mixes with the same few draws (`search`);
2. *choose*: the finalists of each budget meet fresh draws; the best of those that it still pays for is the answer;
3. *judge*: answer and rivals meet fresh draws once more; these are the numbers that are told, and rivals whose score
   differs from the answer's by no more than chance are told as near-best (paired bootstrap over draws).
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.best_mix.runs import Bench, bench
from clfz.analysis.best_mix.search import AIMS, GENERATIONS, MIXES, Aim, Pool, price, score, search
from clfz.analysis.best_mix.space import PROGRAMMES, Mix, Parts, Prices
from clfz.inputs import InputError, Problem
from clfz.inputs.problems import did_you_mean
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEASURE = "child_years_in_school_gained"
DRAWS = 24
CLOSE = 0.05
FEWEST_DRAWS = 4
FRESH = 8
"""Times as many draws choose and judge as search."""
BOOTSTRAPS = 2000
MOST_BUDGETS = 20


@dataclass(frozen=True)
class Candidate:
    """One mix of one budget, as the last stage saw it.

    Attributes:
        mix: Intensities.
        values: [draws] of the measure (more is better).
        cost: Expected EUR.
        score: What was to be made large.
        low: 2.5th percentile of the score over bootstraps.
        high: 97.5th percentile.
        behind: Score of the answer less this one.
        behind_low: Lower end of that difference, all rivals of the budget together at 95 %.
        behind_high: Upper end.
        by_part: [parts] about what each part costs, EUR.
    """

    mix: Mix
    values: Floats
    cost: float
    score: float
    low: float
    high: float
    behind: float
    behind_low: float
    behind_high: float
    by_part: Floats

    @property
    def apart(self) -> bool:
        """Whether it can be told apart from the answer."""
        return not self.behind_low <= 0.0 <= self.behind_high


@dataclass(frozen=True)
class Answer:
    """What was found for one budget.

    Attributes:
        budget: EUR.
        best: The mix that the fresh draws chose.
        rivals: The other finalists, nearest first.
        searched: What the search thought the score of its own favourite was.
    """

    budget: float
    best: Candidate
    rivals: tuple[Candidate, ...]
    searched: float

    @property
    def close(self) -> tuple[Candidate, ...]:
        """Rivals that are behind beyond chance, but by no more than 5 of 100."""
        limit = CLOSE * abs(self.best.score)
        return tuple(each for each in self.rivals if each.apart and each.behind <= limit)

    @property
    def near(self) -> tuple[Candidate, ...]:
        """Rivals that cannot be told apart from the best."""
        return tuple(each for each in self.rivals if not each.apart)


@dataclass(frozen=True)
class Best:
    """Everything that was found.

    Attributes:
        bench: Where and how mixes were run.
        aim: What was made as large as possible.
        answers: One a budget, the smallest first.
        prices: What parts cost alone.
        tried: Mix -> (mean over draws, expected cost) of the search.
        draws: Of search, choice and judgement.
        replicates: Lucks of each draw.
        seed: Of everything.
    """

    bench: Bench
    aim: Aim
    answers: tuple[Answer, ...]
    prices: Prices
    tried: dict[Mix, tuple[float, float]]
    draws: tuple[int, int, int]
    replicates: int
    seed: int

    def answer(self) -> list[str]:
        """The finding in plain words."""
        from clfz.analysis.best_mix.words import answer

        return answer(self)


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
        replicates: Lucks of each draw.
        programme_months: Length of the programme.
        after_months: Months after it.
        seed: Of everything.
        settings: As for `experiments.run` (jobs, cluster, progress, ...).

    Raises:
        InputError: A name, budget or aim that cannot be used.
        StudyError: A budget that buys nothing, or a folder that cannot be used.
    """
    from clfz.analysis.best_mix.write import write
    from clfz.analysis.folder import own_folder

    needs_cmaes()
    own_folder(Path(out), "studies")
    wanted = read_budgets(budgets)
    chosen = read_aim(aim)
    if draws < FEWEST_DRAWS:
        raise _wrong(f"{draws} draws are too few to be sure of a mix; take {FEWEST_DRAWS} or more.")
    place = bench(
        zone,
        Parts.of(programmes, programme_months),
        measure,
        Path(out),
        programme_months=programme_months,
        after_months=after_months,
        settings=dict(settings),
    )
    best = best_mixes(place, wanted, chosen, draws, replicates, seed)
    write(best, Path(out))
    return best


def best_mixes(
    place: Bench, budgets: Sequence[float], aim: Aim, draws: int, replicates: int, seed: int
) -> Best:
    """Search, choose and judge.

    Raises:
        StudyError: A budget that buys nothing, or a measure that nothing moves.
    """
    pool = Pool(place.stage(seed, draws, replicates))
    prices = price(pool, len(place.parts.items))
    _refuse_poor(budgets, prices, place.parts)
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
    answers = []
    for budget in budgets:
        mixes = found[budget]
        searched = float(pool.scores(mixes[:1], aim, pool.affordable(budget))[0])
        answers.append(_judged(budget, mixes, aim, second, third, prices, searched, seed))
    tried = {mix: (float(value.mean()), pool.cost[mix]) for mix, value in pool.value.items()}
    many = (draws, FRESH * draws, FRESH * draws)
    return Best(place, aim, tuple(answers), prices, tried, many, replicates, seed)


def _judged(
    budget: float,
    mixes: list[Mix],
    aim: Aim,
    second: Pool,
    third: Pool,
    prices: Prices,
    searched: float,
    seed: int,
) -> Answer:
    """Choose by the second stage, tell by the third."""
    paid = [mix for mix in mixes if second.cost[mix] <= budget] or [
        min(mixes, key=lambda mix: second.cost[mix])
    ]
    best = paid[int(np.argmax(second.scores(paid, aim, paid)))]
    rivals = [mix for mix in paid if mix != best]
    values = np.array([third.value[mix] for mix in (best, *rivals)])
    top = values.max(axis=0)
    scores = score(values, aim, top)
    spread = _bootstrapped(values, aim, top, seed)
    tail = 2.5 / max(1, len(rivals))  # Bonferroni: all rivals together at 95 %
    made = []
    for k, mix in enumerate((best, *rivals)):
        low, high = np.percentile(spread[k], [2.5, 97.5])
        gap_low, gap_high = np.percentile(spread[0] - spread[k], [tail, 100 - tail])
        cost = third.cost[mix]
        about = prices.cost(mix)
        made.append(
            Candidate(
                mix,
                values[k],
                cost,
                float(scores[k]),
                float(low),
                float(high),
                float(scores[0] - scores[k]),
                float(gap_low),
                float(gap_high),
                about / max(1e-9, about.sum()) * cost,
            )
        )
    return Answer(budget, made[0], tuple(sorted(made[1:], key=lambda c: c.behind)), searched)


def _bootstrapped(values: Floats, aim: Aim, top: Floats, seed: int) -> Floats:
    """Scores [mixes, bootstraps] of draws taken again, the same for all mixes."""
    generator = np.random.default_rng(seed)
    count = values.shape[1]
    found = np.empty((len(values), BOOTSTRAPS))
    for b in range(BOOTSTRAPS):
        again = generator.integers(0, count, count)
        found[:, b] = score(values[:, again], aim, top[again])
    return found


def read_budgets(budgets: Sequence[float] | float) -> tuple[float, ...]:
    """Budgets, the smallest first, each once.

    Raises:
        InputError: One that is no amount of money.
    """
    given = [budgets] if isinstance(budgets, int | float) else list(budgets)
    if not given:
        raise _wrong("give at least one budget, in euro.")
    if len(given) > MOST_BUDGETS:
        raise _wrong(f"{len(given)} budgets are more than {MOST_BUDGETS}.")
    for each in given:
        if not math.isfinite(each):
            raise _wrong(f"a budget is {each}, but it must be a number of euro.")
        if each <= 0:
            raise _wrong(f"a budget is {each:g}, but it must be more than 0 euro.")
    return tuple(sorted({float(each) for each in given}))


def read_aim(aim: str) -> Aim:
    """One of the aims.

    Raises:
        InputError: Another word.
    """
    for each in AIMS:
        if aim == each:
            return each
    raise _wrong(f'the aim is "{aim}". {did_you_mean(aim, AIMS)}It can be {", ".join(AIMS)}.')


def needs_cmaes() -> None:
    """Refuse before anything runs when the search cannot be done.

    Raises:
        StudyError: How to install what is missing.
    """
    try:
        import cmaes  # noqa: F401
    except ImportError:
        raise StudyError(
            "Optimisation needs the package cmaes. Install it with: pip install 'clfz[optimise]'"
        ) from None


def _refuse_poor(budgets: Sequence[float], prices: Prices, parts: Parts) -> None:
    cheapest = int(np.argmin(prices.least))
    least = float(prices.least[cheapest]) / 0.98
    if poor := [budget for budget in budgets if budget < least]:
        raise StudyError(
            f"{poor[0]:,.0f} euro buy nothing here: the cheapest part ({parts.titles[cheapest].lower()}) "
            f"costs about {least:,.0f} euro however small it is. Take a larger budget or a shorter programme."
        )


def _wrong(text: str) -> InputError:
    return InputError([Problem("", 0, 0, text)])
