"""What would change the answer, and what to do next: made from the numbers, like every sentence."""

from __future__ import annotations

from markupsafe import Markup

from clfz.report import worth, zone
from clfz.report.drivers import FEWEST_DRAWS, drivers
from clfz.report.numbers import HEADLINE, Numbers, Scenario
from clfz.report.phrases import listed
from clfz.report.rounding import money, step
from clfz.report.words import Words, quoted
from clfz.runs.summary import FEWEST

_LONG = "stays_5y_child_labour_points"


def changes(words: Words) -> list[Markup]:
    """Return what would change the answer."""
    numbers = words.numbers
    if not numbers.plans or numbers.runs < FEWEST:
        return []
    leader = (numbers.best or words.leaders())[0]
    found = [_assumptions(numbers, leader), _draws(numbers), _worth(numbers)]
    found.append(
        Markup(
            "Work that moves out of the zone, or is hidden better. A count in the places around, "
            "before and after, would show it; the model cannot."
        )
    )
    return [line for line in found if line]


def _assumptions(numbers: Numbers, plan: Scenario) -> Markup:
    """Name the assumptions that go with the effect of the plan."""
    if numbers.draws < FEWEST_DRAWS:
        form = "Which assumptions matter most cannot be seen from {} of them: it takes at least {}."
        sets = "one set" if numbers.draws == 1 else f"{numbers.draws} sets"
        return Markup(form).format(sets, FEWEST_DRAWS)
    seen = drivers(numbers, plan)
    if seen is None:
        return Markup("")
    if not seen.found:
        form = (
            "No single assumption decides how much “{}” changes: of {} that were varied, none "
            "stands out in {} sets of assumptions. Weaker links need more sets (--draws 200)."
        )
        return Markup(form).format(plan.title, seen.varied, numbers.draws)
    named = [
        Markup("{} ({} when it is higher)").format(words, "more" if link > 0 else "less")
        for words, link in seen.found
    ]
    form = "How much “{}” changes goes with: {}. Find out about {} first."
    return Markup(form).format(
        plan.title, Markup("; ").join(named), "this" if len(named) == 1 else "these"
    )


def _draws(numbers: Numbers) -> Markup:
    """Say in how many sets of assumptions the same programme leads."""
    import numpy as np

    if len(numbers.plans) < 2 or numbers.draws < 2:
        return Markup("")
    worlds = numbers.result.worlds
    ids, place = np.unique(worlds.draws, return_inverse=True)
    means = np.array(
        [np.bincount(place, weights=worlds.of(HEADLINE, s.name)) for s in numbers.everyone]
    )
    ahead = means.argmin(axis=0)
    first = int(np.bincount(ahead).argmax())
    count, who = int((ahead == first).sum()), numbers.everyone[first]
    form = "The assumptions as a whole: in {} of {} sets of them “{}” leaves fewest children in "
    return Markup(form + "child labour.").format(count, len(ids), who.title)


def _worth(numbers: Numbers) -> Markup:
    """Say where the choice flips with the worth of a child-year."""
    flips = worth.flips(numbers)
    if not flips:
        return Markup("")
    prices = [money(price, step(price, price, price), numbers.currency) for price, _ in flips]
    named = quoted([plan for _, plan in flips])
    form = (
        "The worth of a child-year out of child labour. Below about {} no programme is worth its "
    )
    form += "cost, on average; above it {} is the best buy"
    text = Markup(form).format(prices[0], named[0])
    for price, name in zip(prices[1:], named[1:], strict=True):
        text += Markup(", and from about {} {}").format(price, name)
    return text + "."


def next_steps(words: Words) -> list[Markup]:
    """Return what to do with the report."""
    numbers = words.numbers
    found = []
    if numbers.draws < 20 or numbers.runs < 50:
        form = "Run again with enough runs to decide on: the same command with <code>{}</code>."
        found.append(Markup(form).format("--draws 25 --replicates 4"))
    if numbers.runs >= FEWEST and len(numbers.best) > 1:
        form = "Choose between {} by what the model does not hold: more luck will not part them."
        if len(numbers.best) <= 3:
            found.append(Markup(form).format(listed(quoted(numbers.best))))
    found += [line for line in (_fading(numbers), _stronger(numbers)) if line]
    assumed = len(numbers.manifest.get("assumptions", ()))
    if assumed:
        form = (
            "Put in what you know: {} figures of this zone are assumed (listed below). Each that "
            "is counted instead makes the answer yours; <code>{}</code> tests your file."
        )
        found.append(Markup(form).format(assumed, "clfz check FILE"))
    form = "Take the assumptions to those who know the place, and ask which they would not sign."
    return [*found, Markup(form)]


def _fading(numbers: Numbers) -> Markup:
    """Warn when most of the gain of the best plan goes after its end."""
    if len(numbers.best) != 1 or not numbers.has(_LONG):
        return Markup("")
    plan = numbers.best[0]
    end = -100 * float(numbers.row(HEADLINE, plan.name)["difference"])
    left = -float(numbers.row(_LONG, plan.name)["mean"])
    if end <= 0 or left > end / 2:
        return Markup("")
    form = (
        "Plan for the time after: more than half of what “{}” gains is gone five years after its "
        "end. Try a longer one (<code>{}</code> in the comparison file), or one whose parts go on."
    )
    return Markup(form).format(plan.title, "programme_months")


def _stronger(numbers: Numbers) -> Markup:
    """Propose more when no programme passes the zone test."""
    if not numbers.plans or not numbers.has("out_of_school_rate@end"):
        return Markup("")
    if numbers.runs < FEWEST or not zone.possible(numbers) or any(zone.passing(numbers).values()):
        return Markup("")
    return Markup(
        "Try more: no programme here reaches a zone in which every child is in full-time school. "
        "Copy the one closest to your plan, raise its figures, and compare again."
    )
