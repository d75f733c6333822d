"""The best mixes in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.best_mix.space import TOP
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from clfz.analysis.best_mix.run import Answer, Best, Candidate

AIMS = {
    "mean": "the average over everything that is not known",
    "p10": "the value that 9 of 10 sets of what is not known exceed",
    "regret": "the smallest loss, in all but 1 of 10 sets, against the best of the mixes in each set",
}


def aim(best: Best) -> str:
    """What was looked for."""
    if best.aim == "p10" and best.bench.sign < 0:
        return "the value that 9 of 10 sets of what is not known stay below"
    return AIMS[best.aim]


def answer(best: Best) -> list[str]:
    """What was found, a few sentences."""
    said = [for_budget(best, each) for each in best.answers]
    if len(best.answers) > 1:
        said.insert(0, frontier(best))
    said.append(sure(best))
    return said


def frontier(best: Best) -> str:
    """What more money buys."""
    first, last = best.answers[0], best.answers[-1]
    text = (
        f"From {euro(first.budget)} to {euro(last.budget)}, what the best mix does ({label(best)}) goes from "
        f"{amount(best, middle(best, first.best))} to {amount(best, middle(best, last.best))}."
    )
    pairs = list(zip(best.answers, best.answers[1:], strict=False))
    steps = [
        1000 * (middle(best, after.best) - middle(best, before.best)) / dearer
        for before, after in pairs
        if (dearer := after.best.cost - before.best.cost) > 0
    ]
    if best.bench.sign > 0 and steps:
        text += (
            f" The first step buys {steps[0]:.2g} for each further 1,000 euro, the last one {steps[-1]:.2g}."
            if len(steps) > 1
            else f" That is {steps[0]:.2g} for each further 1,000 euro."
        )
    same = [before for before, after in pairs if before.best.mix == after.best.mix]
    if same:
        text += f" Above {euro(same[0].budget)} the next budget has the same best mix: nothing dearer does more."
    return text


def for_budget(best: Best, each: Answer) -> str:
    """One budget: what to buy, what to expect, and what cannot be told apart from it."""
    low, high = ends(best, each.best)
    text = (
        f"With {euro(each.budget)}: {bought(best, each.best)}. To be expected: "
        f"{amount(best, middle(best, each.best))} {unit(best)}, in 9 of 10 sets between {amount(best, low)} and "
        f"{amount(best, high)}, for {euro(each.best.cost)}."
    )
    if each.best.cost > each.budget:
        text += (
            " That is a little above the budget: it was chosen in other sets, where it cost less."
        )
    if not each.rivals:
        return f"{text} No other kind of mix came near."
    told = [text]
    if each.near:
        count = len(each.near)
        alike = f"{count} other kind{'s' if count > 1 else ''} of mix"
        told.append(f"{alike} cannot be told apart from it. {shared(best, each)}")
    if each.close:
        told.append(_close(each))
    if len(told) == 1:
        told.append(
            f"It does more than the other {len(each.rivals)} kinds of mix that were left, beyond chance and by more "
            "than 5 of 100."
        )
    return " ".join(told)


def _close(each: Answer) -> str:
    """Rivals that are nearly as good, and the cheapest of them."""
    count = len(each.close)
    cheap = min(each.close, key=lambda one: one.cost)
    text = f"{count} other{'s are' if count > 1 else ' is'} behind beyond chance, but by no more than 5 of 100"
    if cheap.cost < 0.9 * each.best.cost:
        text += f"; one of them costs only {euro(cheap.cost)}"
    return f"{text}."


def bought(best: Best, each: Candidate) -> str:
    """The parts, the dearest first, with intensity and about what they cost."""
    order = np.argsort(-each.by_part, kind="stable")
    told = [
        f"{best.bench.parts.titles[k].lower()} × {each.mix[k]:.2g} (about {euro(each.by_part[k])})"
        for k in order
        if each.mix[k] > 0
    ]
    return ", ".join(told)


def shared(best: Best, each: Answer) -> str:
    """What the near-best mixes have in common."""
    mixes = [each.best.mix, *(near.mix for near in each.near)]
    titles = [title.lower() for title in best.bench.parts.titles]
    always = [t for k, t in enumerate(titles) if all(mix[k] > 0 for mix in mixes)]
    never = [t for k, t in enumerate(titles) if not any(mix[k] > 0 for mix in mixes)]
    parts = []
    if always:
        parts.append(f"all of them have {_and(always)}")
    if never:
        parts.append(f"none has {_or(never)}")
    text = ", and ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else "They have nothing in common."


def sure(best: Best) -> str:
    """How the numbers were made."""
    search, choose, judge = best.draws
    return (
        f"Looked for: {aim(best)}. {len(best.tried)} mixes were tried in {search} sets of what is not "
        f"known, the finalists were chosen in {choose} fresh sets and counted in {judge} others, so that luck in "
        "the search does not flatter them. × says how large a part is against its programme; no part is "
        f"larger than × {TOP:g}."
    )


def middle(best: Best, each: Candidate) -> float:
    """Mean of the measure, with its own sign."""
    return float(best.bench.sign * each.values.mean())


def ends(best: Best, each: Candidate) -> tuple[float, float]:
    """5th and 95th percentile of the measure over draws."""
    low, high = np.quantile(best.bench.sign * each.values, [0.05, 0.95])
    return float(low), float(high)


def label(best: Best) -> str:
    """The measure in words."""
    text = describe(best.bench.measure.partition("@")[0]).label
    return (text[0].lower() + text[1:]).replace(", gained", " gained")


def unit(best: Best) -> str:
    """What is counted."""
    moment = best.bench.measure.partition("@")[2]
    when = f" ({moment})" if moment else ""
    return f"{label(best)}{when}"


def euro(amount: float) -> str:
    """Money to three digits, such as € 148,000."""
    digits = 0 if amount < 1 else -max(0, len(str(round(abs(amount)))) - 3)
    return f"€\u00a0{round(amount, digits):,.0f}"


def amount(best: Best, value: float) -> str:
    """The measure to three digits, shares in percent."""
    return f"{number(100 * value)}\u00a0%" if is_share(best) else number(value)


def gap(best: Best, value: float) -> str:
    """A difference of the measure; of shares, in percentage points."""
    return number(100 * value if is_share(best) else value)


def scored(best: Best, value: float, ends: tuple[float, float] | None = None) -> str:
    """A score as people read it: the measure with its own sign, or what is lost; with its range if there is one."""
    sign = -1.0 if best.aim == "regret" else best.bench.sign
    text = amount(best, sign * value)
    if ends is None:
        return text
    low, high = sorted(sign * end for end in ends)
    return f"{text} ({amount(best, low)} to {amount(best, high)})"


def is_share(best: Best) -> bool:
    """Whether the measure is a share, told in percent."""
    return describe(best.bench.measure.partition("@")[0]).unit == "share"


def number(value: float) -> str:
    """A number to three digits."""
    if abs(value) >= 1000:
        return f"{round(value, -1):,.0f}"
    return f"{value:.3g}"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
