"""What stands around the answer: warnings, how to read it, what it does not tell."""

from __future__ import annotations

from clfz.analysis.evaluation.evaluation import Evaluation
from clfz.analysis.evaluation.observe import stated

_FEW = 200


def warnings(found: Evaluation) -> list[str]:
    """What stands before everything else."""
    lines = [_seen(found.seen)] if found.seen else []
    if found.runs < _FEW:
        lines.append(
            f"Only {found.runs} runs: ranges and chances are rough. Take --draws 500 --replicates 2."
        )
    if found.effective is None and not found.reached:
        lines.append(
            "Taken together, the figures lie outside what the model reaches, so it cannot learn from them: "
            "what became of the children, and the child-years, are as before the data. Look at the zone file and "
            "the programme file first."
        )
    return lines


def _seen(records: tuple[str, ...]) -> str:
    return (
        f"This posterior learned from these very figures ({', '.join(records)}), so they agree with it too well. "
        "Leave --posterior out, or calibrate without them: clfz calibrate FILE, with a FILE of records that lacks "
        f"{records[0] if len(records) == 1 else 'these'}."
    )


def reading(found: Evaluation) -> str:
    """What a range and a run are."""
    return (
        f"“Likely” is the range of 9 in 10 of {found.runs:,} runs, as far as the model holds. Assumptions come from "
        f"{found.sets.told}."
    )


def learned(found: Evaluation) -> str:
    """How the figures were used for what became of the children."""
    if found.effective is None:
        return "The reported figures were not used to choose among the runs."
    return (
        f"Runs that would have reported nearly the same count most: they are worth {found.effective:.0f} runs of equal "
        "weight."
    )


def limits(found: Evaluation) -> list[str]:
    """What an evaluation does not tell, the largest first."""
    zone = found.manifest["zone"]
    said = any(each.row.kind == "count" and stated(each) for each in found.placed)
    unsaid = not said and not all(map(stated, found.placed))
    lines = [
        "The report was counted by those who ran the programme. The model allows for missed and double entries and for "
        "errors of counting; it cannot know of entries that were made up.",
        "“Without the programme” is the same model without it: no other change of the place, its schools or its "
        "economy is in either.",
        "Work that is hidden, or that moves out of the area, is not seen.",
        "A programme that looks better will find more cases: the number on its list can rise while child labour falls.",
        "What became of the children is told of the model’s own list: every child that its programme first counted, as "
        "withdrawn, as kept from dropping out or in a bridge school. The reported list may be made up otherwise.",
        "What a further survey is worth holds within the model. A survey can also show that the model is wrong, "
        "and that is not counted here.",
    ]
    if unsaid:
        lines.insert(
            1,
            "The file does not say with what part of the children of the area the programme worked, so the model takes "
            "many values of it, and its numbers of children have wide ranges. Rates are taken as those of all children "
            "of the area, reached or not. If you know that part, write it under “coverage”.",
        )
    if any(worth.survey.elsewhere for worth in found.worths):
        lines.append(
            "A like area without the programme is simulated with all the figures of this zone, and differs by luck "
            "alone. A real one is less alike, so a survey there tells less than is said here."
        )
    if zone.get("place_certainty") not in {None, "matched"}:
        text = f"Which place the record {zone.get('record', '')} describes is not certain ({zone['place_certainty']})."
        lines.append(text)
    return lines
