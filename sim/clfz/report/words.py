"""The sentences of the report, made from the numbers; no sentence is written by hand.

Rule: nothing is ranked when the paired difference has zero in its likely range. Then the words are
"cannot be told apart".
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from clfz.report.labels import place, spelled, years
from clfz.report.numbers import HEADLINE, Numbers, Scenario
from clfz.report.phrases import Phrases, bracketed, listed, ranged
from clfz.runs.summary import FEWEST, SAME

_AFTER = {"1y": "one year after", "2y": "two years after", "5y": "five years after"}


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
            if self.numbers.runs < FEWEST:
                which = "the programme helps" if count == 1 else "a programme helps"
                return Markup("In {}: too few runs to say whether {}").format(where, which)
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
            return Markup(form).format(where, listed(quoted(best)))
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
            names = self.leaders()
            changes = [self._one_change(plan) for plan in names]
            form = "No programme is clearly better than that: {}."
            if self.numbers.runs < FEWEST:
                form = "Whether a programme changes that cannot be said from so few runs: {}."
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
        return sentence(text)

    def leaders(self) -> list[Scenario]:
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
            if self.numbers.runs < FEWEST:
                form = "with “{}” it is {}, better in {}"
                return Markup(form).format(plan.title, rate, wins)
            if self.numbers.row(HEADLINE, plan.name)["note"] == SAME:
                form = "with “{}” it is {}, the same as without in every run"
                return Markup(form).format(plan.title, rate)
            form = "with “{}” it is {}, which cannot be told apart from no programme (better in {})"
            return Markup(form).format(plan.title, rate, wins)
        change = bracketed(self.phrases.change_text(HEADLINE, plan.name))
        form = "with “{}” it is {}; run by run, {}, and better in {}"
        return Markup(form).format(plan.title, rate, change, wins)

    def _afterwards(self) -> Markup:
        """Say what stays, for the best plans."""
        best = self.numbers.best[:3]
        moments = [key for key in _AFTER if self.numbers.has(_stay(key))]
        if not best:
            return Markup("")
        if not moments:
            return Markup("What stays when the programme ends is not part of these runs.")
        if len(best) == 1:
            parts = [self._stays(key, best[0].name, key == moments[-1]) for key in moments]
            said = [
                Markup("{} {}").format(part, _AFTER[key])
                for key, part in zip(moments, parts, strict=True)
            ]
            return Markup("What is left of that: {} the programme ended.").format(listed(said))
        last = moments[-1]
        gone = [plan for plan in best if self.numbers.row(_stay(last), plan.name)["note"]]
        said = [
            Markup("{} with “{}”").format(self._stays(last, plan.name, True), plan.title)
            for plan in best
            if plan not in gone
        ]
        if gone:
            form = "nothing that can be told apart from none with {}"
            said.append(Markup(form).format(listed(quoted(gone), "or")))
        form = "{} the programme ended, what stays is {}, against no programme."
        return Markup(form).format(_AFTER[last].capitalize(), listed(said))

    def _stays(self, moment: str, plan: str, whole: bool) -> Markup:
        """Say how many fewer children are in child labour then; the range with the last."""
        measure = _stay(moment)
        row = self.numbers.row(measure, plan)
        if row["note"]:
            return Markup("nothing that can be told apart from none")
        middle, low, high = self.phrases.points(measure, plan)
        form = "{} fewer in 100" if row["mean"] < 0 else "{} (more, not fewer) in 100"
        if not whole:
            return Markup(form).format(middle)
        return bracketed(ranged(Markup(form), middle, low, high, self.phrases.word))


def _stay(moment: str) -> str:
    return f"stays_{moment}_child_labour_points"


def quoted(plans: Sequence[Scenario]) -> list[Markup]:
    """Put the titles of plans in quotation marks."""
    return [Markup("“{}”").format(plan.title) for plan in plans]


def sentence(text: Markup) -> Markup:
    """Begin with a capital and end with a full stop."""
    return Markup(text[:1].upper() + text[1:] + ".")
