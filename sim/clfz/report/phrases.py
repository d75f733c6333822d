"""Numbers as words: "7 in 100, likely 5 to 9".

Every number is wrapped in a `<data>` element that names the summary cell it came from, so that a
test can hold the page against the result. Figures use the same phrases without the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import floor, log10
from typing import Any

from markupsafe import Markup, escape

from clfz.report.numbers import Numbers
from clfz.report.rounding import money, number, step, step_in_100
from clfz.report.sureness import LIKELY, SPANS, span_word, unsure_words
from clfz.runs.summary import FEWEST, FREE, NO_GAIN, NOT_APART, SAME, describe

NOBODY = Markup("–")
_SPAN = re.compile(rf", (?=(?:{'|'.join(SPANS)}) )")


def tagged(text: str, value: float, key: str) -> Markup:
    """Return a number with its exact value and the cell it came from."""
    return Markup('<data value="{}" data-key="{}">{}</data>').format(repr(float(value)), key, text)


def plain(text: Markup | str) -> str:
    """Return a phrase without tags, for figures."""
    return Markup(text).striptags()


def split_range(phrase: Markup) -> tuple[Markup, Markup]:
    """Cut "7 in 100, likely 5 to 9" before its range; the second part is empty without one."""
    parts = _SPAN.split(str(phrase), maxsplit=1)
    return Markup(parts[0]), Markup(parts[1] if len(parts) > 1 else "")


def bracketed(phrase: Markup) -> Markup:
    """Put the range in brackets, for sentences."""
    middle, span = split_range(phrase)
    return Markup("{} ({})").format(middle, span) if span else phrase


def stacked(phrase: Markup) -> Markup:
    """Put the range, without its word, below the number, for tables."""
    middle, span = split_range(phrase)
    for word in SPANS:
        span = Markup(str(span).removeprefix(f"{word} "))
    return Markup('{}<span class="range">{}</span>').format(middle, span) if span else phrase


def listed(names: Iterable[Markup | str], last: str = "and") -> Markup:
    """Join names as a sentence does: a, b and c."""
    items = [escape(name) for name in names]
    if len(items) < 2:
        return Markup("").join(items)
    return Markup("{} {} {}").format(Markup(", ").join(items[:-1]), last, items[-1])


class Phrases:
    """Phrases about one result."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.word = span_word(numbers.runs, numbers.draws)
        self.unsure = unsure_words(numbers.runs)

    def _three(
        self,
        measure: str,
        scenario: str,
        columns: tuple[str, str, str],
        scale: float,
        write: Callable[[float, float], str],
        rule: Callable[[float, float, float], float],
    ) -> tuple[Markup, Markup, Markup]:
        """Write the middle and the ends of the range of a summary row, all rounded alike."""
        row = self.numbers.row(measure, scenario)
        values = [float(row[column]) * scale for column in columns]
        by = rule(values[1], values[2], values[0])
        keys = [f"{scenario}|{measure}|{column}|{scale:g}" for column in columns]
        steps = [by] * 3
        if rule is clear_step:
            steps = [clear_step(values[1], values[2], value) for value in values]
        elif rule in (step_of, _count):
            steps = [_seen(by, values[1], values[2], value) for value in values]
        each = zip(values, keys, steps, strict=True)
        middle, low, high = (tagged(write(value, size), value, key) for value, key, size in each)
        return (middle, high, low) if values[1] > values[2] else (middle, low, high)

    def rate(self, measure: str, scenario: str) -> tuple[Markup, Markup, Markup]:
        """Return children in 100: middle, low, high."""
        columns = ("mean", "lower", "upper")
        rule = _in_100 if self.numbers.runs >= FEWEST else _whole
        return self._three(measure, scenario, columns, 100.0, number, rule)

    def rate_text(self, measure: str, scenario: str) -> Markup:
        """Return "7 in 100, likely 5 to 9"."""
        return ranged(Markup("{} in 100"), *self.rate(measure, scenario), self.word)

    def change(self, measure: str, scenario: str) -> tuple[Markup, Markup, Markup]:
        """Return how many children in 100 are better off than without programme."""
        sign = describe(measure).direction
        columns = ("difference", "difference_lower", "difference_upper")
        return self._three(measure, scenario, columns, 100.0 * sign, number, clear_step)

    def change_text(self, measure: str, scenario: str) -> Markup:
        """Return "14 fewer in 100, likely 11 to 17", or that it cannot be told apart."""
        row = self.numbers.row(measure, scenario)
        if row["note"]:
            return self.note_text(str(row["note"]))
        sign = describe(measure).direction
        grows = row["difference"] > 0
        word = "more" if grows else "fewer"
        columns = ("difference", "difference_lower", "difference_upper")
        flip = 100.0 if grows else -100.0
        three = self._three(measure, scenario, columns, flip, number, clear_step)
        worse = "" if sign == (1 if grows else -1) else " (worse)"
        return ranged(Markup("{} " + word + " in 100" + worse), *three, self.word)

    def points(self, measure: str, scenario: str) -> tuple[Markup, Markup, Markup]:
        """Return an outcome in percentage points as children in 100 who are better off."""
        sign = float(describe(measure).direction)
        return self._three(measure, scenario, ("mean", "lower", "upper"), sign, number, clear_step)

    def count(self, measure: str, scenario: str) -> tuple[Markup, Markup, Markup]:
        """Return a count of children or child-years: middle, low, high."""
        return self._three(measure, scenario, ("mean", "lower", "upper"), 1.0, number, _count)

    def count_text(self, measure: str, scenario: str) -> Markup:
        """Return "540, likely 350 to 740"; a gain that may be none cannot be told apart."""
        row = self.numbers.row(measure, scenario)
        if row["note"] == NOT_APART and describe(measure).unit == "child-years":
            return self.note_text(NOT_APART)
        return ranged(Markup("{}"), *self.count(measure, scenario), self.word)

    def amount(self, measure: str, scenario: str) -> tuple[Markup, Markup, Markup]:
        """Return money: middle, low, high."""
        columns = ("mean", "lower", "upper")

        def write(value: float, by: float) -> str:
            return money(value, by, self.numbers.currency)

        return self._three(measure, scenario, columns, 1.0, write, step_of)

    def amount_text(self, measure: str, scenario: str) -> Markup:
        """Return "€310,000, likely €290,000 to €330,000", or why there is no amount."""
        note = self.numbers.row(measure, scenario)["note"]
        if measure.startswith("cost_per_child_") and note:
            return self.note_text(note)
        if note == SAME and self.numbers.row(measure, scenario)["mean"] == 0:
            return Markup("nothing")
        return ranged(Markup("{}"), *self.amount(measure, scenario), self.word)

    def wins(self, measure: str, scenario: str) -> Markup:
        """Return "97 of 100 runs": how often the plan does better than no programme."""
        share = float(self.numbers.row(measure, scenario)["share_better"])
        return self.of_runs(share, f"{scenario}|{measure}|share_better|{self.numbers.runs}")

    def pair_wins(self, measure: str, first: str, second: str) -> Markup:
        """Return "97 of 100 runs": how often the first plan does better than the second."""
        share = self.numbers.pair(measure, first, second)["share"]
        return self.of_runs(share, f"{first}|{measure}|pair:{second}|{self.numbers.runs}")

    def of_runs(self, share: float, key: str) -> Markup:
        """Return "97 of 100 runs" for a share of the runs."""
        runs = self.numbers.runs
        found = tagged(str(round(share * runs)), share * runs, key)
        return Markup("{} of {} runs").format(found, runs)

    def note_text(self, note: str) -> Markup:
        """Return the note of a summary row for a reader."""
        return NOBODY if note in {SAME, FREE, NO_GAIN} else Markup(self.unsure)

    def of_100_text(self, measure: str, scenario: str) -> Markup:
        """Return "7, likely 5 to 9": children of 100, for a column that says so."""
        return ranged(Markup("{}"), *self.rate(measure, scenario), self.word)

    def fewer_text(self, measure: str, scenario: str) -> Markup:
        """Return "14, likely 11 to 17": children of 100 who are better off than without."""
        note = self.numbers.row(measure, scenario)["note"]
        if note:
            return self.note_text(str(note))
        return ranged(Markup("{}"), *self.change(measure, scenario), self.word)

    def left_text(self, measure: str, scenario: str) -> Markup:
        """Return "5, likely 2 to 9": the same, for an outcome in percentage points."""
        note = self.numbers.row(measure, scenario)["note"]
        if note:
            return self.note_text(str(note))
        return ranged(Markup("{}"), *self.points(measure, scenario), self.word)

    def cell(self, kind: str, measure: str, scenario: str) -> Markup:
        """Return a table cell by kind (of_100, fewer, left, count, amount); a dash where there is none."""
        if not self.numbers.has(measure):
            return NOBODY
        phrase: Any = getattr(self, f"{kind}_text")
        return stacked(phrase(measure, scenario))


def step_of(lower: float, upper: float, value: float) -> float:
    """Return the rounding step of an amount."""
    return step(lower, upper, value)


def _count(lower: float, upper: float, value: float) -> float:
    """Return the rounding step of a count: never less than a whole child."""
    return max(1.0, step(lower, upper, value))


def clear_step(lower: float, upper: float, value: float) -> float:
    """Return the rounding step of a difference in children in 100.

    It is finer for a number that rounding would write as zero though the range holds no zero.
    """
    by = step_in_100(lower, upper)
    return by / 10 if lower * upper > 0 and abs(value) < by / 2 else by


def _seen(by: float, lower: float, upper: float, value: float) -> float:
    """Return a finer step for a number that would be written as zero though the range holds no zero."""
    hidden = lower * upper > 0 and abs(value) < by / 2
    return float(10.0 ** floor(log10(abs(value)))) if hidden else by


def _whole(lower: float, upper: float, value: float) -> float:
    """Return a whole child: very few runs support no decimals, however near they lie."""
    return 1.0


def _in_100(lower: float, upper: float, value: float) -> float:
    return step_in_100(lower, upper)


def ranged(form: Markup, middle: Markup, low: Markup, high: Markup, word: str = LIKELY) -> Markup:
    """Return the middle with its range, unless the range is the middle."""
    written = form.format(middle)
    if plain(low) == plain(middle) == plain(high):
        return written
    return Markup("{}, {} {} to {}").format(written, word, low, high)
