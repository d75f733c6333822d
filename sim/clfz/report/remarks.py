"""What belongs to the answer: the other programmes, the zone test, the cost, the unknown."""

from __future__ import annotations

from math import isnan

from markupsafe import Markup

from clfz.report import worth, zone
from clfz.report.labels import spelled
from clfz.report.numbers import HEADLINE, UNIT_COST, Numbers, Scenario
from clfz.report.phrases import bracketed, listed, tagged
from clfz.report.words import Words, quoted, sentence
from clfz.runs.plan import BY_HAND
from clfz.runs.summary import FEWEST, FREE, NO_GAIN, SAME

_SCHOOL = "full_time_school_rate@end"


class Remarks:
    """The sentences that stand below the answer."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.numbers: Numbers = words.numbers
        self.phrases = words.phrases

    def all(self) -> list[Markup]:
        """Return every remark that there is something to say about."""
        said = (
            self.others(),
            self.zone(),
            self.cost(),
            self.cheapest(),
            self.calibrated(),
            self.unknown(),
        )
        return [remark for remark in said if remark]

    def calibrated(self) -> Markup:
        """Say that the assumptions were learned from reported outcomes, where they were."""
        told = self.numbers.manifest.get("posterior")
        if not told:
            return Markup("")
        text = "The assumptions are those that calibration left likely (posterior of {}), in place of the prior."
        return Markup(text).format(told["name"])

    def others(self) -> Markup:
        """Say what the programmes do that are not among the best."""
        best = self.numbers.best
        if not best:
            return Markup("")
        rest = [plan for plan in self.numbers.plans if plan not in best]
        unclear = self.numbers.unclear(HEADLINE)
        clear = [plan for plan in rest if plan not in unclear]
        helps = [plan for plan in clear if self._better(plan)]
        harms = [plan for plan in clear if plan not in helps]
        parts = [self._less(helps)] if helps else []
        if unclear:
            form = "{} cannot be told apart from no programme."
            parts.append(sentence(Markup(form).format(listed(quoted(unclear)))[:-1]))
        for plan in harms:
            change = bracketed(self.phrases.change_text(HEADLINE, plan.name))
            parts.append(Markup("With “{}” things get worse: {}.").format(plan.title, change))
        return Markup(" ").join(parts)

    def _better(self, plan: Scenario) -> bool:
        return bool(self.numbers.row(HEADLINE, plan.name)["difference"] < 0)

    def _less(self, plans: list[Scenario]) -> Markup:
        """Say how little the other programmes that help change."""
        if len(plans) == 1:
            change = bracketed(self.phrases.change_text(HEADLINE, plans[0].name))
            return Markup("“{}” changes less: {}.").format(plans[0].title, change)
        ordered = sorted(
            plans, key=lambda plan: -float(self.numbers.row(HEADLINE, plan.name)["difference"])
        )
        least, most = (self.phrases.change(HEADLINE, p.name)[0] for p in (ordered[0], ordered[-1]))
        form = "{} other programmes change less: on average {} (“{}”) to {} (“{}”) fewer in 100."
        count = spelled(len(plans)).capitalize()
        return Markup(form).format(count, least, ordered[0].title, most, ordered[-1].title)

    def zone(self) -> Markup:
        """Say whether any programme makes the zone free of child labour."""
        numbers = self.numbers
        if not (numbers.has("out_of_school_rate@end") and numbers.has(_SCHOOL)):
            return Markup("")
        if not zone.possible(numbers):
            months = zone.zone_test(numbers).months
            form = (
                "Whether the zone becomes free of child labour cannot be seen: the test asks for "
            )
            return Markup(form + "{} good months in a row, and the runs are shorter.").format(
                months
            )
        ever = zone.passing(numbers)
        free = [plan for plan in numbers.plans if ever[plan.name]]
        if free:
            counts = [
                Markup("{} with “{}”").format(
                    self.phrases.of_runs(ever[p.name] / numbers.runs, f"{p.name}|zone|ever|1"),
                    p.title,
                )
                for p in free
            ]
            text = Markup(
                "The zone test (every child of 5 to 14 in full-time school) is passed in "
            )
            text += listed(counts)
            return text + ("." if len(free) == len(numbers.plans) else "; with no other programme.")
        base = numbers.baseline.name
        form = "{} none of {} runs is every child of 5 to 14 in "
        who = "The zone does not become free of child labour without a programme: in"
        if numbers.plans:
            who = "No programme makes the zone free of child labour: in"
        if numbers.runs < FEWEST:
            who = "In"
        allowed = round(100 * zone.zone_test(numbers).out_of_school)
        form += "full-time school (the zone test, which forgives {} in 100)."
        text = Markup(form).format(who, numbers.runs, allowed)
        near = zone.nearest(numbers)
        if near is None:
            return text
        if self.numbers.row(_SCHOOL, near.name)["note"] == SAME:
            rate = bracketed(self.phrases.rate_text(_SCHOOL, base))
            return Markup("{} It is {}, with any programme and without.").format(text, rate)
        rate = bracketed(self.phrases.rate_text(_SCHOOL, near.name))
        without = self.phrases.rate(_SCHOOL, base)[0]
        form = "{} At most it is {}, with “{}”, against {} without a programme."
        return Markup(form).format(text, rate, near.title, without)

    def cost(self) -> Markup:
        """Return the sentence on cost."""
        best = self.numbers.best or self.words.leaders()
        if not best or not self.numbers.has("cost_total") or not self.numbers.has(UNIT_COST):
            return Markup("")
        return sentence(Markup("; ").join(self._one_cost(plan) for plan in best[:3]))

    def _one_cost(self, plan: Scenario) -> Markup:
        note = self.numbers.row(UNIT_COST, plan.name)["note"]
        total = bracketed(self.phrases.amount_text("cost_total", plan.name))
        if note == FREE and plan.name == BY_HAND:
            return Markup("what “{}” would cost is not known").format(plan.title)
        if note == FREE:
            return Markup("“{}” costs nothing").format(plan.title)
        if note and self.numbers.runs < FEWEST:
            form = "“{}” costs {}; so few runs give no price for a child-year"
            return Markup(form).format(plan.title, total)
        if note == NO_GAIN:
            return Markup("“{}” costs {} and gains no child-years").format(plan.title, total)
        if note:
            form = "“{}” costs {}; what it gains cannot be told apart from nothing, so there is "
            form += "no price for a child-year"
            return Markup(form).format(plan.title, total)
        unit = bracketed(self.phrases.amount_text(UNIT_COST, plan.name))
        form = "“{}” costs {}; each year of one child out of child labour costs {}"
        return Markup(form).format(plan.title, total, unit)

    def cheapest(self) -> Markup:
        """Say which programmes give a child-year for least money, as far as it can be told."""
        plans = worth.cheapest(self.numbers)
        if len(self.numbers.plans) < 2 or not plans:
            return Markup("")
        if len(plans) == 1:
            form = "Of all programmes, “{}” gives a child-year for least money."
            return Markup(form).format(plans[0].title)
        form = "Which of {} gives a child-year for least money cannot be told."
        return Markup(form).format(listed(quoted(plans), "and"))

    def unknown(self) -> Markup:
        """Return the sentence on what we do not know, what has no number first."""
        text = Markup(
            "The largest unknown has no number here: work that is hidden, or that moves out of the "
            "zone, is not seen."
        )
        plans = self.numbers.best or self.words.leaders()
        if not plans or self.numbers.runs < FEWEST:
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
