"""Numbers as words: "7 in 100, likely 5 to 9"; and how sure such words may be.

Every number is wrapped in a `<data>` element that names the summary cell it came from, so that a
test can hold the page against the result. Figures use the same phrases without the tags.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from clfz.report.labels import many
from clfz.report.numbers import UNIT_COST, Numbers
from clfz.report.rounding import finer, money, number, step, step_in_100
from clfz.runs.summary import FEWEST, FREE, NO_GAIN, NOT_APART, SAME, describe

NOBODY = Markup("–")
_NOTHING = Markup("")
TOO_FEW = "too few runs to say"
LIKELY, BY_CHANCE, SEEN = "likely", "by chance", "in the runs"
# Fewer runs or sets of assumptions than these: a range is not "likely", or it is rough.
LIKELY_RUNS, LIKELY_DRAWS = 20, 5
ENOUGH_RUNS, ENOUGH_DRAWS = 50, 20
_MEAN = ("mean", "lower", "upper")
_DIFFERENCE = ("difference", "difference_lower", "difference_upper")


def _in_100(lower: float, upper: float, _middle: float) -> float:
    return step_in_100(lower, upper)


def _whole(lower: float, upper: float, middle: float) -> float:
    return max(1.0, step(lower, upper, middle))


def tagged(text: str, value: float, key: str) -> Markup:
    """Return a number with its exact value and the cell it came from."""
    return Markup('<data value="{}" data-key="{}">{}</data>').format(repr(float(value)), key, text)


def plain(text: Markup | Phrase | str) -> str:
    """Return a phrase without tags, for figures and terminals."""
    return Markup(text.text if isinstance(text, Phrase) else text).striptags()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A number with its range, or the words that stand in its place.

    Attributes:
        middle: the number in its form, "7 in 100".
        span: "5 to 9"; empty when the range is the number.
        word: of the range: likely, by chance, in the runs.
        number: the number alone.
    """

    middle: Markup
    span: Markup = _NOTHING
    word: str = LIKELY
    number: Markup = _NOTHING

    @property
    def text(self) -> Markup:
        """Return "7 in 100, likely 5 to 9"."""
        return self._with("{}, {} {}")

    @property
    def bracketed(self) -> Markup:
        """Return "7 in 100 (likely 5 to 9)", for sentences."""
        return self._with("{} ({} {})")

    def _with(self, form: str) -> Markup:
        return Markup(form).format(self.middle, self.word, self.span) if self.span else self.middle

    @property
    def stacked(self) -> Markup:
        """Put the range below the number, for tables."""
        form = Markup('{}<span class="range">{}</span>') if self.span else Markup("{}")
        return form.format(self.middle, self.span)

    @property
    def lines(self) -> list[str]:
        """Return the number and its range as lines without tags, for narrow panels."""
        found = [plain(self.middle)]
        return [*found, f"{self.word} {plain(self.span)}"] if self.span else found


class Phrases:
    """Phrases about one result.

    Attributes:
        word: before a range. The range of 100 runs in 25 sets of assumptions may be called likely;
            that of two runs may not, and runs that share one set show chance alone.
        unsure: of a difference that has zero in its range, or rests on too few runs.
        range_words: what a drawn range holds.
    """

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        runs, draws = numbers.runs, numbers.draws
        self.word = LIKELY if runs >= LIKELY_RUNS and draws >= LIKELY_DRAWS else SEEN
        if draws == 1 and runs >= FEWEST:
            self.word = BY_CHANCE
        self.unsure = TOO_FEW if runs < FEWEST else NOT_APART
        self.range_words = "9 of 10 runs" if runs >= LIKELY_RUNS else "the spread of the runs"

    def rate(self, measure: str, scenario: str, form: str = "{} in 100") -> Phrase:
        """Return children in 100: "7 in 100, likely 5 to 9"."""
        # Very few runs support no decimals, however near they lie.
        rule = _in_100 if self.numbers.runs >= FEWEST else _whole
        return self._said(measure, scenario, _MEAN, 100, form, rule, finer_near_zero=False)

    def of_100(self, measure: str, scenario: str) -> Phrase:
        """Return "7, likely 5 to 9": children of 100, for a column that says so."""
        return self.rate(measure, scenario, "{}")

    def change(self, measure: str, scenario: str) -> Phrase:
        """Return "14 fewer in 100, likely 11 to 17", or that it cannot be told apart."""
        grows = bool(self.numbers.row(measure, scenario)["difference"] > 0)
        worse = "" if describe(measure).direction == (1 if grows else -1) else " (worse)"
        form = f"{{}} {'more' if grows else 'fewer'} in 100{worse}"
        return self._noted(measure, scenario) or self._said(
            measure, scenario, _DIFFERENCE, 100 if grows else -100, form
        )

    def fewer(self, measure: str, scenario: str, form: str = "{}") -> Phrase:
        """Return "14, likely 11 to 17": children of 100 who are better off than without.

        A rate is compared here; an outcome in percentage points is a difference already.
        """
        entry = describe(measure)
        columns, scale = (_MEAN, 1) if entry.unit == "percentage points" else (_DIFFERENCE, 100)
        return self._noted(measure, scenario) or self._said(
            measure, scenario, columns, scale * entry.direction, form
        )

    def count(self, measure: str, scenario: str) -> Phrase:
        """Return "540, likely 350 to 740"; a gain that may be none cannot be told apart."""
        unclear = self.numbers.row(measure, scenario)["note"] == NOT_APART
        if unclear and describe(measure).unit == "child-years":
            return Phrase(self.note(NOT_APART))
        return self._said(measure, scenario, _MEAN, 1, rule=_whole)

    def amount(self, measure: str, scenario: str, form: str = "{}") -> Phrase:
        """Return "€310,000, likely €290,000 to €330,000", or why there is no amount."""
        row = self.numbers.row(measure, scenario)
        if measure.startswith("cost_per_child_") and row["note"]:
            return Phrase(self.note(row["note"]))
        if row["note"] == SAME and row["mean"] == 0:
            return Phrase(Markup("nothing"))
        return self._said(measure, scenario, _MEAN, 1, form, step, self.money)

    def money(self, value: float, by: float | None = None) -> str:
        """Write an amount in the currency of the result."""
        return money(value, step(value, value, value) if by is None else by, self.numbers.currency)

    def unit_cost(self, plan: str) -> Phrase:
        """Return "€75 a child-year, likely €60 to €100", or that there is no such price."""
        if not self.numbers.row(UNIT_COST, plan)["note"]:
            return self.amount(UNIT_COST, plan, "{} a child-year")
        few = self.unsure == TOO_FEW
        said = "too few runs for a price" if few else "gain cannot be told apart from none"
        return Phrase(Markup(said))

    def wins(self, measure: str, scenario: str, other: str = "") -> Markup:
        """Return "97 of 100 runs": how often a plan does better than another one, or than no programme."""
        share = self.numbers.row(measure, scenario)["share_better"]
        if other:
            share = self.numbers.pair(measure, scenario, other)["share"]
        column = f"pair:{other}" if other else "share_better"
        return self.of_runs(share, f"{scenario}|{measure}|{column}|{self.numbers.runs}")

    def of_runs(self, share: float, key: str) -> Markup:
        """Return "97 of 100 runs" for a share of the runs."""
        runs = self.numbers.runs
        found = tagged(str(round(share * runs)), share * runs, key)
        return Markup("{} of {} runs").format(found, runs)

    def note(self, note: str) -> Markup:
        """Return the note of a summary row for a reader."""
        return NOBODY if note in {SAME, FREE, NO_GAIN} else Markup(self.unsure)

    def cell(self, kind: str, measure: str, scenario: str) -> Markup:
        """Return a table cell by kind (of_100, fewer, count, amount); a dash where nothing is compared."""
        if scenario == self.numbers.baseline.name and kind != "of_100":
            return NOBODY
        phrase: Phrase = getattr(self, kind)(measure, scenario)
        return phrase.stacked

    def stands_on(self, meaning: str) -> str:
        """Say how many runs a figure stands on and what its marks mean."""
        draws, runs = self.numbers.draws, self.numbers.runs
        times = f" × {many(runs // draws, 'replicate')}" if runs % draws == 0 else ""
        meaning = meaning.replace("9 of 10 runs", self.range_words)
        sets = many(draws, "set")
        return f"{many(runs, 'run')} for each programme ({sets} of assumptions{times}). {meaning}"

    def _noted(self, measure: str, scenario: str) -> Phrase | None:
        note = self.numbers.row(measure, scenario)["note"]
        return Phrase(self.note(str(note))) if note else None

    def _said(
        self,
        measure: str,
        scenario: str,
        columns: tuple[str, str, str],
        scale: float,
        form: str = "{}",
        rule: Callable[[float, float, float], float] = _in_100,
        write: Callable[[float, float], str] = number,
        *,
        finer_near_zero: bool = True,
    ) -> Phrase:
        """Write the middle and the ends of the range of a summary row.

        `rule` gives the step of rounding from lower end, upper end and middle: ends are rounded
        like the middle, unless that would hide that they are not zero.
        """
        row = self.numbers.row(measure, scenario)
        middle, low, high = values = [float(row[column]) * scale for column in columns]
        by = rule(low, high, middle)
        steps = [finer(by, low, high, value) if finer_near_zero else by for value in values]
        written = [write(*pair) for pair in zip(values, steps, strict=True)]
        keys = [f"{scenario}|{measure}|{column}|{scale:g}" for column in columns]
        said, *ends = [tagged(*each) for each in zip(written, values, keys, strict=True)]
        ends = ends[::-1] if low > high else ends
        span = Markup("{} to {}").format(*ends) if len(set(written)) > 1 else _NOTHING
        return Phrase(Markup(form).format(said), span, self.word, said)


def ranged(values: Any, by: float, write: Callable[[float, float], str] = number) -> str:
    """Return "7 (5 to 9)" for middle, lower and upper, all rounded alike."""
    middle, *ends = (write(float(value), by) for value in values)
    return f"{middle} ({ends[0]} to {ends[1]})"
