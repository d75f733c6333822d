"""What stands around the answer: warnings, how to read it, what it does not tell."""

from __future__ import annotations

from calibration.evaluate.evaluation import Evaluation

_FEW = 200


def warnings(found: Evaluation) -> list[str]:
    """What stands before everything else."""
    lines = []
    if found.runs < _FEW:
        lines.append(
            f"Only {found.runs} runs: ranges and chances are rough. Take --draws 500 --replicates 2."
        )
    if found.effective is None and found.together is not None and found.together < 0.01:
        lines.append(
            "Taken together, the figures lie outside what the model reaches, so it cannot learn from them: "
            "what became of the children, and the child-years, are as before the data. Look at the zone file and "
            "the programme file first."
        )
    return lines


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
    lines = [
        "The report was counted by those who ran the programme. The model allows for missed and double entries and for "
        "errors of counting; it cannot know of entries that were made up.",
        "“Without the programme” is the same model without it: no other change of the place, its schools or its "
        "economy is in either.",
        "Work that is hidden, or that moves out of the area, is not seen.",
        "A programme that looks better will find more cases: the number on its list can rise while child labour falls.",
        "What a further survey is worth holds within the model. A survey can also show that the model is wrong, "
        "and that is not counted here.",
    ]
    if zone.get("place_certainty") not in {None, "matched"}:
        text = f"Which place the record {zone.get('record', '')} describes is not certain ({zone['place_certainty']})."
        lines.append(text)
    return lines
