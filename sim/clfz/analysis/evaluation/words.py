"""The sentences of an evaluation: plain words, numbers out of 100, rounded to what their range supports.

They stand in `words.txt`, a Jinja template with one macro each; what is here are its filters.
"""

from __future__ import annotations

from functools import cache
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from clfz.analysis.evaluation.answers import UNLIKE, listed_children
from clfz.report.labels import spelled
from clfz.report.rounding import number, step, step_in_100

if TYPE_CHECKING:
    from clfz.analysis.evaluation.evaluation import Evaluation

Three = tuple[float, float, float]
FEWEST_SETS = 50
"""Sets of assumptions from which on surveys are weighed: the errors of fewer are not to be trusted (assumed)."""


def ranged(three: Three, share: bool = False) -> str:
    """Middle and range, of children or children in 100: `40, likely 29 to 52`."""
    _, low, high = three
    if share:
        texts = [number(100 * value, step_in_100(100 * low, 100 * high)) for value in three]
    else:
        texts = []
        for value in three:
            by = max(1.0, step(low, high, value))
            while by > 1 and 0 < value < 2.5 * by:  # in a wide range the small numbers keep a digit
                by = max(1.0, by / 10)
            texts.append(number(value, by))
    return _likely(*texts)


def in_100(three: Three) -> str:
    """A share of listed children: whole children of 100."""
    return _likely(*(number(100 * value, 1.0) for value in three))


def _likely(middle: str, low: str, high: str) -> str:
    return f"{middle}, likely {low} to {high}" if low != high else middle


def in_brackets(text: str) -> str:
    """A range for use in a sentence: `40 (likely 29 to 52)`."""
    middle, *ends = text.split(", likely ", 1)
    return f"{middle} (likely {ends[0]})" if ends else middle


def of_100(share: float) -> str:
    """A share of runs out of 100, without pretending to know what never came."""
    count = 100 * share
    if 0 < count < 1:
        return "fewer than 1"
    return f"{min(round(count), 99)}" if count < 100 else "100"


def reported(verdict: Any) -> str:
    """The number of a row of `agree.verdicts` as reported, with its unit."""
    if verdict.unit != "share":
        return f"{verdict.reported:,.0f}"
    text = f"{100 * verdict.reported:.3g} in 100"
    if not isnan(verdict.survey_low + verdict.survey_high):
        text += f" ({100 * verdict.survey_low:.3g} to {100 * verdict.survey_high:.3g})"
    return text


def modelled(verdict: Any) -> str:
    """What the model would have reported in place of a row of `agree.verdicts`."""
    share = verdict.unit == "share"
    text = ranged((verdict.p50, verdict.low, verdict.high), share)
    return text.replace(",", " in 100,", 1) if share else text


def said(name: str, *given: Any) -> str:
    """A sentence of `words.txt`; "" when there is nothing to say."""
    return " ".join(str(getattr(_macros(), name)(*given)).split())


def listed(name: str, found: Evaluation) -> list[str]:
    """The sentences of a list of `words.txt`: warnings or limits."""
    return [text.strip() for text in said(name, found).split("¶") if text.strip()]


def of_figure(name: str) -> tuple[str, str, str, str]:
    """Title and unit of a figure, how to read it, and what its marks mean."""
    title, unit, how, meaning = _macros().figures[name]
    return title, unit, how, meaning


@cache
def _macros() -> Any:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True)
    filters = (ranged, in_100, in_brackets, of_100, reported, modelled, spelled)
    environment.filters |= {each.__name__: each for each in filters}
    environment.filters["whole"] = "{:,.0f}".format
    environment.globals |= {"fewest_sets": FEWEST_SETS, "listed_children": listed_children}
    environment.globals["unlike"] = UNLIKE
    return environment.get_template("words.txt").module


def sentences(found: Evaluation) -> list[str]:
    """The answer in plain words."""
    texts = [said(name, found) for name in ("agreement", "attribution", "mixed")]
    return [*filter(None, texts), *could_have(found), said("next_survey", found)]


def could_have(found: Evaluation) -> list[str]:
    """Of each change, whether it may have come without the programme."""
    return [said("could_have", one, found.runs, found.reached) for one in found.falls]
