"""What the command line says of a result: the answer in sentences, the programmes in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from clfz.report import sureness
from clfz.report.numbers import HEADLINE, UNIT_COST, Numbers
from clfz.report.phrases import Phrases, plain, split_range
from clfz.report.remarks import Remarks
from clfz.report.words import Words

if TYPE_CHECKING:
    from clfz.runs.results import ComparisonResult

_LATEST = ("5y", "2y", "1y")
UNCLEAR = "unclear"


def sentences(result: ComparisonResult) -> list[str]:
    """Return warnings, answer and remarks of the report as plain text, in its order."""
    words = Words(Numbers(result))
    said = [sentence for sentence in words.answer() if sentence]
    return [
        *_warnings(words.numbers),
        *(plain(sentence) for sentence in [*said, *Remarks(words).all()]),
    ]


def _warnings(numbers: Numbers) -> list[str]:
    """What to beware of, that runs are missing first."""
    found = sureness.warnings(numbers)
    if numbers.result.complete:
        return found
    reason = numbers.manifest.get("incomplete_reason") or "some runs are missing"
    return [f"Not complete: {reason}. The numbers stand on the runs that are finished.", *found]


def paragraphs(result: ComparisonResult) -> list[str]:
    """Return the same, with the sentences of the answer together."""
    words = Words(Numbers(result))
    count, before = sum(map(bool, words.answer())), len(_warnings(words.numbers))
    said = sentences(result)
    return [*said[:before], " ".join(said[before : before + count]), *said[before + count :]]


def table(
    result: ComparisonResult, *, wide: bool = True
) -> tuple[list[str], list[list[str]]] | None:
    """Return (head, rows) of the programmes; None without any. Not wide: within 80 columns."""
    numbers = Numbers(result)
    if not numbers.plans:
        return None
    phrases = Phrases(numbers)
    late = next((k for k in _LATEST if numbers.has(f"stays_{k}_child_labour_points")), None)
    columns = [("of 100", "of_100", HEADLINE)] if wide else []
    columns.append(("fewer", "fewer", HEADLINE))
    if late:
        columns.append((f"{late} later", "left", f"stays_{late}_child_labour_points"))
    for head, measure in (("cost", "cost_total"), ("child-year", UNIT_COST)):
        if numbers.has(measure):
            columns.append((head, "amount", measure))
    rows = [
        [plan.title, *(_cell(phrases, kind, key, plan.name) for _, kind, key in columns)]
        for plan in numbers.plans
    ]
    return ["programme", *(head for head, _, _ in columns)], rows


def legend(result: ComparisonResult, *, wide: bool = True) -> str:
    """Explain the columns of the table."""
    phrases = Phrases(Numbers(result))
    first = "of 100 children of 5 to 17, in child labour when the programme ends; " if wide else ""
    return (
        f"{first}fewer of 100 in child labour then than without it ({phrases.word}); later: what "
        "is left of that; child-year: cost of one year of one child out of child labour; "
        f"{UNCLEAR}: {phrases.unsure}."
    )


def _cell(phrases: Phrases, kind: str, measure: str, plan: str) -> str:
    """Write a cell: an average; for the effect also its range."""
    phrase: Markup = getattr(phrases, f"{kind}_text")(measure, plan)
    if plain(phrase) == phrases.unsure:
        return UNCLEAR
    middle, span = (plain(part) for part in split_range(phrase))
    span = span.removeprefix(f"{phrases.word} ")
    return f"{middle} ({span})" if kind == "fewer" and span else middle
