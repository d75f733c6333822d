"""The sentences of the report, made from the numbers; no sentence is written by hand.

Rule: nothing is ranked when the paired difference has zero in its likely range. Then the words are
"cannot be told apart".
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from markupsafe import Markup

from sim.report.labels import place, spelled, years
from sim.report.numbers import HEADLINE, UNIT_COST, Numbers, Scenario
from sim.report.phrases import Phrases, bracketed, listed, ranged, tagged
from sim.summary import FREE

_ENOUGH = 50
_LATEST = (("5y", "Five years"), ("2y", "Two years"), ("1y", "One year"))


class Words:
    """The sentences about one result."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.phrases = Phrases(numbers)
        self.manifest = numbers.manifest
        self.span = years(numbers.end)

    def title(self) -> Markup:
        """Return the answer as a headline."""
        where, count = place(self.manifest), len(self.numbers.plans)
        best = self.numbers.best
        if not count:
            rate = self.phrases.rate(HEADLINE, self.numbers.baseline.name)[0]
            form = "In {}, {} in 100 children are in child labour after {} without a programme"
            return Markup(form).format(where, rate, self.span)
        if not best:
            which = f"none of the {spelled(count)} programmes"
            which = {1: "the programme", 2: "neither programme"}.get(count, which)
            sure = "is clearly" if count > 1 else "is not clearly"
            return Markup("In {}, {} {} better than no programme").format(where, which, sure)
        if len(best) == 1:
            form = "In {}, “{}” leaves {} in 100 children in child labour after {}, against {} "
            with_plan = self.phrases.rate(HEADLINE, best[0].name)[0]
            without = self.phrases.rate(HEADLINE, self.numbers.baseline.name)[0]
            text = Markup(form + "without a programme")
            return text.format(where, best[0].title, with_plan, self.span, without)
        if len(best) <= 3:
            form = "In {}, {} do most against child labour; which of them does more cannot be told"
            return Markup(form).format(where, listed(_quoted(best)))
        form = "In {}, {} of the {} programmes help, and which of these does most cannot be told"
        return Markup(form).format(where, spelled(len(best)), spelled(count))

    def answer(self) -> list[Markup]:
        """Return the three sentences of the answer."""
        base = self.numbers.baseline.name
        form = "Without a programme, of all children aged 5 to 17, {} are in child labour after {}."
        rate = bracketed(self.phrases.rate_text(HEADLINE, base))
        start = Markup(form).format(rate, self.span)
        return [start, self._effect(), self._afterwards()]

    def _effect(self) -> Markup:
        """Say what the best plans change."""
        best = self.numbers.best
        if not self.numbers.plans:
            return Markup("No programme was compared.")
        if not best:
            names = self._leaders()
            changes = [self._one_change(plan) for plan in names]
            form = "No programme is clearly better than that: {}."
            return Markup(form).format(Markup("; ").join(changes))
        parts = [self._one_change(plan) for plan in best[:3]]
        text = Markup("; ").join(parts)
        if len(best) > 1:
            first, second = best[:2]
            if self.numbers.pair(HEADLINE, first.name, second.name)["share"] < 0.5:
                first, second = second, first
            wins = self.phrases.pair_wins(HEADLINE, first.name, second.name)
            form = "{}. Which of them does more cannot be told: “{}” is ahead of “{}” in {}"
            text = Markup(form).format(text, first.title, second.title, wins)
        return _sentence(text)

    def _leaders(self) -> list[Scenario]:
        """Return up to two plans with the lowest averages, in file order, to name them."""
        ordered = sorted(
            self.numbers.plans, key=lambda s: self.numbers.row(HEADLINE, s.name)["mean"]
        )
        return [plan for plan in self.numbers.plans if plan in ordered[:2]]

    def _one_change(self, plan: Scenario) -> Markup:
        """Say "with A it is 7 in 100, likely 5 to 9: 14 fewer, better in 97 of 100 runs"."""
        rate = bracketed(self.phrases.rate_text(HEADLINE, plan.name))
        wins = self.phrases.wins(HEADLINE, plan.name)
        if self.numbers.row(HEADLINE, plan.name)["note"]:
            form = "with “{}” it is {}, which cannot be told apart from no programme (better in {})"
            return Markup(form).format(plan.title, rate, wins)
        change = bracketed(self.phrases.change_text(HEADLINE, plan.name))
        form = "with “{}” it is {}; run by run, {}, and better in {}"
        return Markup(form).format(plan.title, rate, change, wins)

    def _afterwards(self) -> Markup:
        """Say what stays, for the best plans."""
        best = self.numbers.best[:2]
        latest = next((key for key in _LATEST if self.numbers.has(_stay(key[0]))), None)
        if not best or latest is None:
            return Markup("")
        moment, spoken = latest
        parts = []
        for plan in best:
            row = self.numbers.row(_stay(moment), plan.name)
            name = Markup(" with “{}”").format(plan.title) if len(best) > 1 else Markup("")
            if row["note"]:
                parts.append(Markup("nothing{} that can be told apart from none").format(name))
                continue
            three = self.phrases.points(_stay(moment), plan.name)
            parts.append(bracketed(ranged(Markup("{} fewer in 100"), *three)) + name)
        form = "{} after the programme ended, what stays is {}, against no programme."
        return Markup(form).format(spoken, Markup(" and ").join(parts))

    def unclear(self) -> Markup:
        """Name the plans that cannot be told apart from no programme; empty when there are none."""
        plans = self.numbers.unclear(HEADLINE)
        if not plans or not self.numbers.best:
            return Markup("")
        form = "{} cannot be told apart from no programme."
        return Markup(form).format(listed(_quoted(plans)))

    def cost(self) -> Markup:
        """Return the sentence on cost."""
        best = self.numbers.best or self._leaders()
        if not best or not self.numbers.has("cost_total") or not self.numbers.has(UNIT_COST):
            return Markup("")
        parts = []
        for plan in best[:3]:
            note = self.numbers.row(UNIT_COST, plan.name)["note"]
            total = bracketed(self.phrases.amount_text("cost_total", plan.name))
            if note == FREE:
                parts.append(Markup("“{}” costs nothing").format(plan.title))
            elif note:
                form = (
                    "“{}” costs {}; what it gains cannot be told apart from nothing, so there is "
                )
                form += "no price for a child-year"
                parts.append(Markup(form).format(plan.title, total))
            else:
                unit = bracketed(self.phrases.amount_text(UNIT_COST, plan.name))
                form = "“{}” costs {}; each year of one child out of child labour costs {}"
                parts.append(Markup(form).format(plan.title, total, unit))
        return _sentence(Markup("; ").join(parts))

    def unknown(self) -> Markup:
        """Return the sentence on what we do not know, what has no number first."""
        text = Markup(
            "The largest unknown has no number here: work that is hidden, or that moves out of the "
            "zone, is not seen."
        )
        plans = self.numbers.best or self._leaders()
        if not plans:
            return text
        plan = plans[0]
        share = self.numbers.unknown_share(HEADLINE, plan.name)
        if isnan(share):
            return text
        tenths = round(10 * share)
        if tenths in {0, 10}:
            source = "luck" if tenths == 0 else "what we do not know of the people and places"
            form = "{} Of what we can count, nearly all uncertainty about “{}” comes from {}."
            return Markup(form).format(text, plan.title, source)
        key = f"{plan.name}|{HEADLINE}|unknown|10"
        form = (
            "{} Of what we can count, {} in 10 parts of the uncertainty about “{}” come from what "
            "we do not know of families, schools and employers; the rest is luck."
        )
        return Markup(form).format(text, tagged(str(tenths), 10 * share, key), plan.title)

    def rough(self) -> Markup:
        """Warn when there are too few runs to trust the ranges; empty when there are enough."""
        runs = self.numbers.runs
        if runs >= _ENOUGH:
            return Markup("")
        form = "Only {} run{}: the ranges are rough. Take more draws or replicates before deciding."
        return Markup(form).format(runs, "" if runs == 1 else "s")

    def reading(self) -> Markup:
        """Explain "likely" and what a run is."""
        form = (
            "“Likely” is the range of 9 in 10 of {} runs. In each run the same children meet the "
            "same luck with every programme, so a difference is the programme’s doing. Numbers are "
            "rounded to what their range supports, so they need not add up exactly."
        )
        return Markup(form).format(self.numbers.runs)


def _stay(moment: str) -> str:
    return f"stays_{moment}_child_labour_points"


def _quoted(plans: Sequence[Scenario]) -> list[Markup]:
    return [Markup("“{}”").format(plan.title) for plan in plans]


def _sentence(text: Markup) -> Markup:
    """Begin with a capital and end with a full stop."""
    return Markup(text[:1].upper() + text[1:] + ".")
