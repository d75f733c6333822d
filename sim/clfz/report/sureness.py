"""What the number of runs allows to be said: the word before a range, and the warnings.

The range of 100 runs in 25 sets of assumptions may be called likely. The range of two runs may not,
and runs that share one set of assumptions show luck alone, however many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.runs.summary import FEWEST, NOT_APART

if TYPE_CHECKING:
    from clfz.report.numbers import Numbers

LIKELY, BY_LUCK, SEEN = "likely", "by luck", "in the runs"
SPANS = (LIKELY, BY_LUCK, SEEN)
NINE = "9 of 10 runs"
TOO_FEW = "too few runs to say"
_RUNS, _DRAWS = 20, 5
_ENOUGH_RUNS, _ENOUGH_DRAWS = 50, 20


def span_word(runs: int, draws: int) -> str:
    """Return the word before a range: "likely", "by luck" or "in the runs"."""
    if draws == 1 and runs >= FEWEST:
        return BY_LUCK
    return LIKELY if runs >= _RUNS and draws >= _DRAWS else SEEN


def unsure_words(runs: int) -> str:
    """Return what is said of a difference that has zero in its range, or rests on too few runs."""
    return TOO_FEW if runs < FEWEST else NOT_APART


def range_words(runs: int) -> str:
    """Say what a drawn range holds."""
    return NINE if runs >= _RUNS else "the spread of the runs"


def warnings(numbers: Numbers) -> list[str]:
    """Warn of what the number of runs leaves open; the gravest first, empty when it is enough."""
    runs, draws = numbers.runs, numbers.draws
    if runs < FEWEST:
        count = "Only one run" if runs == 1 else f"Only {runs} runs"
        if not numbers.plans:
            return [f"{count}: other runs may end elsewhere. Take --draws 25 --replicates 4."]
        return [
            f"{count} of each programme: this shows how a report looks, and says nothing about "
            "which programme is better. Take --draws 25 --replicates 4."
        ]
    found = []
    if draws == 1:
        found.append(
            "All runs share one set of assumptions, the middle values. The ranges show luck alone; "
            "what we do not know about families, schools and employers is not in them, and is "
            "mostly the larger part. Take --draws 25."
        )
    rough = []
    if runs < _ENOUGH_RUNS:
        rough.append(f"{runs} runs")
    if 1 < draws < _ENOUGH_DRAWS:
        rough.append(f"{draws} sets of assumptions")
    if rough:
        found.append(
            f"Only {' in '.join(rough)}: the ranges are rough. Take --draws 25 --replicates 4 "
            "before deciding."
        )
    return found


def reading(numbers: Numbers) -> str:
    """Explain the word before the ranges, and what a run is."""
    runs = numbers.runs
    word = span_word(runs, numbers.draws)
    meant = {
        LIKELY: f"“Likely” is the range of 9 in 10 of {runs} runs (5 in 100 lie below, 5 above; "
        "climate reports call this very likely), as far as the model holds.",
        BY_LUCK: "“By luck” is the range of 9 in 10 runs that differ in luck alone.",
        SEEN: f"“In the runs” is the spread of these {runs} runs; others would spread further.",
    }[word]
    if runs == 1:
        meant = "There is one run, so no range can be given."
    same = (
        " In each run the same children meet the same luck with every programme, so a difference "
        "is the programme’s doing."
    )
    rounded = (
        " Numbers are rounded to what their range supports, so they need not add up exactly."
        if runs > 1
        else ""
    )
    return meant + (same if numbers.plans else "") + rounded
