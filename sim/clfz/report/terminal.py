"""What the command line says of a result: the answer in sentences, the programmes in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.report.numbers import COST, HEADLINE, UNIT_COST, Numbers
from clfz.report.phrases import Phrase, Phrases, plain
from clfz.report.sentences import Sentences

if TYPE_CHECKING:
    from clfz.runs.results import ComparisonResult

UNCLEAR = "unclear"


def sentences(result: ComparisonResult, *, together: bool = False) -> list[str]:
    """Return warnings (that runs are missing first), answer and remarks of the report as plain text.

    Args:
        result: the numbers.
        together: put the sentences of the answer into one paragraph.
    """
    say = Sentences(Numbers(result))
    warnings, answer, remarks = (
        [plain(line) for line in say(key)] for key in ("warnings", "answer", "remarks")
    )
    if not result.complete:
        reason = result.manifest.get("incomplete_reason") or "some runs are missing"
        start = f"Not complete: {reason}."
        warnings.insert(0, f"{start} The numbers stand on the runs that are finished.")
    return [*warnings, *([" ".join(answer)] if together else answer), *remarks]


def table(
    result: ComparisonResult, *, wide: bool = True
) -> tuple[list[str], list[list[str]]] | None:
    """Return (head, rows) of the programmes; None without any. Not wide: within 80 columns."""
    numbers = Numbers(result)
    if not numbers.plans:
        return None
    phrases = Phrases(numbers)
    columns = [("of 100", phrases.of_100, HEADLINE)] if wide else []
    columns.append(("fewer", phrases.fewer, HEADLINE))
    for measure, _ in numbers.later[-1:]:
        columns.append((f"{measure.split('_')[1]} later", phrases.fewer, measure))
    for head, measure in (("cost", COST), ("child-year", UNIT_COST)):
        if numbers.has(measure):
            columns.append((head, phrases.amount, measure))

    def cell(head: str, phrase: Phrase) -> str:
        """An average; for the effect also its range."""
        middle, span = plain(phrase.middle), plain(phrase.span)
        if middle == phrases.unsure:
            return UNCLEAR
        return f"{middle} ({span})" if head == "fewer" and span else middle

    rows = [
        [plan.title, *(cell(head, said(measure, plan.name)) for head, said, measure in columns)]
        for plan in numbers.plans
    ]
    return ["programme", *(head for head, _, _ in columns)], rows


def legend(result: ComparisonResult, *, wide: bool = True) -> str:
    """Explain the columns of the table."""
    return plain(Sentences(Numbers(result))("legend", wide)[0])
