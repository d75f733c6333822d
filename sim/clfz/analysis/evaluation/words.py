"""The sentences of an evaluation: plain words, numbers out of 100, rounded to what their range supports."""

from __future__ import annotations

from clfz.analysis.evaluation.agree import Verdict
from clfz.analysis.evaluation.attribution import Part, listed_children
from clfz.analysis.evaluation.evaluation import Evaluation
from clfz.analysis.evaluation.fall import Fall
from clfz.analysis.evaluation.labels import label
from clfz.report.labels import spelled
from clfz.report.rounding import number, step, step_in_100

Three = tuple[float, float, float]
FEWEST_SETS = 50
"""Sets of assumptions from which on surveys are weighed: the errors of fewer are not to be trusted (assumed)."""


def written(value: float, low: float, high: float, share: bool) -> str:
    """A number of a range: children, or children in 100."""
    if share:
        return number(100 * value, step_in_100(100 * low, 100 * high))
    by = max(1.0, step(low, high, value))
    while by > 1 and 0 < value < 2.5 * by:  # in a wide range the small numbers keep a digit
        by = max(1.0, by / 10)
    return number(value, by)


def ranged(three: Three, share: bool = False) -> str:
    """Middle and range: `40, likely 29 to 52`."""
    middle, low, high = (written(value, three[1], three[2], share) for value in three)
    return f"{middle}, likely {low} to {high}" if low != high else middle


def bracketed(three: Three, share: bool = False) -> str:
    """The same for sentences: `40 (likely 29 to 52)`."""
    return _in_brackets(ranged(three, share))


def _in_brackets(text: str) -> str:
    middle, *ends = text.split(", likely ", 1)
    return f"{middle} (likely {ends[0]})" if ends else middle


def in_100(three: Three) -> str:
    """A share of listed children: whole children of 100."""
    middle, low, high = (number(100 * value, 1.0) for value in three)
    return f"{middle}, likely {low} to {high}" if low != high else middle


def of_100(share: float) -> str:
    """A share of runs out of 100, without pretending to know what never came."""
    count = 100 * share
    if 0 < count < 1:
        return "fewer than 1"
    return f"{min(round(count), 99)}" if count < 100 else "100"


def reported(verdict: Verdict) -> str:
    """The figure as reported, with its unit."""
    row = verdict.placed.row
    if row.kind != "rate":
        return f"{row.value:,.0f}"
    text = f"{100 * row.value:.3g} in 100"
    if row.low is not None and row.high is not None:
        text += f" ({100 * row.low:.3g} to {100 * row.high:.3g})"
    return text


def modelled(verdict: Verdict) -> str:
    """What the model would have reported."""
    share = verdict.placed.row.kind == "rate"
    text = ranged((verdict.p50, verdict.low, verdict.high), share)
    return text.replace(",", " in 100,", 1) if share else text


def verdict(found: Verdict) -> str:
    """Agrees or not, and where the figure lies among the runs."""
    if found.agrees:
        return f"agrees: {of_100(found.lower)} in 100 runs report less"
    side = "less" if found.lower < 0.5 else "more"
    as_far = found.lower + found.same if side == "less" else 1.0 - found.lower
    return f"does not agree: {of_100(as_far)} in 100 runs report as {'little' if side == 'less' else 'much'}"


def title(found: Evaluation, where: str) -> str:
    """The answer as a headline."""
    there = len(found.verdicts)
    if there == 1:
        return f"{where}: the reported figure {'agrees' if found.agreeing else 'does not agree'} with the model"
    if found.agreeing == there:
        every = "both" if there == 2 else f"all {spelled(there)}"
        return f"{where}: {every} reported figures agree with the model"
    if not found.agreeing:
        return f"{where}: none of the {spelled(there)} reported figures agrees with the model"
    agree = "agrees" if found.agreeing == 1 else "agree"
    return f"{where}: {spelled(found.agreeing)} of {spelled(there)} reported figures {agree} with the model"


def agreement(found: Evaluation) -> str:
    """How many agree, which do not, and what is to be expected."""
    there, odd = len(found.verdicts), [v for v in found.verdicts if not v.agrees]
    text = f"{_count(found.agreeing, there)} where the model may well put {'it' if there == 1 else 'them'}; "
    text += "when a model is right, about 9 of 10 do."
    for each in odd:
        row = each.placed.row
        text += f" “{label(row)}”, {row.period}: reported {reported(each)}, model {modelled(each)}."
    if found.together is not None:
        text += f" All taken together, {of_100(found.together)} in 100 runs lie as far out as these figures"
        text += "." if found.reached else ": the model does not reach them."
    return text


def _count(agree: int, there: int) -> str:
    """`All four figures lie`, `Three of four figures lie`, `None of the four figures lies`."""
    if there == 1:
        return "The one figure lies" if agree else "The one figure does not lie"
    if agree == there:
        return f"{'Both' if there == 2 else f'All {spelled(there)}'} figures lie"
    if not agree:
        return f"None of the {spelled(there)} figures lies"
    return (
        f"{_capital(spelled(agree))} of {spelled(there)} figures {'lies' if agree == 1 else 'lie'}"
    )


def attribution(found: Evaluation) -> str:
    """What became of the children on the list, and whose list it is."""
    if not found.parts:
        return "In the model this programme lists nobody, so nothing can be said of the children on its list."
    said = {part.name: _in_brackets(in_100(part.share)) for part in found.parts}
    changed = next(part for part in found.parts if part.name == "changed")
    text = (
        f"Of 100 children whom the model lists, about {said['changed']} are in school because of the programme and "
        f"{said['deadweight']} would be in school anyway. About {said['relapsed']} are out of school again within a "
        f"year, {said['displaced']} work in another place than before, and {said['twice']} are entries that stand on "
        "the list twice. The model lists every child that its programme first counted in the period: withdrawn, kept "
        "from dropping out, or in a bridge school."
    )
    total = listed_children(found.placed)
    if total:
        text += f" If the reported list is like that, {bracketed(_children(changed))} of the {total:,.0f} reported "
        text += "children owe it to the programme."
    return text


def mixed(found: Evaluation) -> str:
    """Whether the model's list is made up like the report, and which way the answer errs if not; "" when it is."""
    mix = found.mix
    if not found.parts or mix is None or not mix.apart:
        return ""
    more, fewer = ("more", "fewer") if mix.reported > mix.model else ("fewer", "more")
    return (
        f"The two lists are not alike: of 100 children withdrawn or kept from dropping out, {100 * mix.model:.0f} were "
        f"withdrawn in the model and {100 * mix.reported:.0f} in the report. A withdrawn child was out of school when "
        "it was listed, and one that was kept there was in school. So of the reported children probably "
        f"{more} are in school because of the programme, or out of school again, and {fewer} would be there anyway, "
        "than the numbers say."
    )


def _children(part: Part) -> Three:
    assert part.children is not None
    return part.children


def could_have(one: Fall, runs: int, reached: bool = True) -> str:
    """Whether a change may have come without the programme.

    Args:
        one: The change.
        runs: How many runs with the programme.
        reached: Whether the model reaches the figures of the file at all.
    """
    without, with_programme = round(one.chance_without * runs), round(one.chance_with * runs)
    by = f"{100 * one.reported:.3g} in 100" if one.share else f"{one.reported:,.0f} children"
    if one.measured and one.reported <= 0:
        return f"{one.title}: the reported figures show no change for the better ({one.of})."
    what = f"a change for the better by {by} ({one.of})"
    if not one.measured:
        what = (
            f"a net fall by as many as were reported as withdrawn ({one.reported:,.0f}; {one.of})"
        )
    text = (
        f"{one.title}: {what} came in {without:,} of {runs:,} runs without the programme, and in "
    )
    text += f"{with_programme:,} of {runs:,} with it."
    if not one.measured:
        return f"{text} {_listed_only(one)}"
    if one.chance_without >= 0.05:
        said = "So it could well have happened without the programme."
    elif one.chance_with >= 0.05:
        said = "Without the programme it is unlikely."
    else:
        said = "Neither explains it: the change is larger than the model knows, or the two did not look alike."
    if not reached:
        said += " But the model does not reach these figures, so it says little about them."
    return f"{text} {said}"


def _listed_only(one: Fall) -> str:
    """What a list says about a fall that nobody measured."""
    could = (
        ""
        if one.chance_without < 0.05
        else "So large a fall could well come without the programme. "
    )
    return (
        f"{could}But nobody measured a fall: a list adds up everybody who came to school, also who would have come "
        "anyway, and a net fall has lost those who left meanwhile. Whether fewer were out of school because of the "
        "programme, this list alone cannot tell; rates of two times can."
    )


def next_survey(found: Evaluation) -> str:
    """Which survey would narrow the answer most."""
    clear = [worth for worth in found.worths if worth.clear]
    sets = len(found.sets)
    if sets < FEWEST_SETS:
        return (
            f"{sets} sets of assumptions are too few to tell which survey would narrow the answer. Take --draws "
            f"{FEWEST_SETS} or more; 500 for a choice between surveys." + _left_out(found)
        )
    if not clear:
        text = "None of the surveys that were tried would narrow the answer so that it can be told from nothing."
        return text + _left_out(found)
    best = clear[0]
    of = "were tried" if best is found.worths[0] else "can be told from nothing"
    text = (
        f"Of the surveys that {of}, one would narrow what is known of the child-years gained most: "
        f"“{best.survey.title}”. The range becomes about {100 * best.narrower:.0f} in 100 narrower, "
        f"give or take {100 * best.error:.0f}."
    )
    rivals = [w for w in clear[1:] if best.narrower - w.narrower < 2 * max(best.error, w.error)]
    if rivals:
        names = "; ".join(f"“{worth.survey.title}”" for worth in rivals[:2])
        text += f" Not clearly less: {names}."
    return text + _left_out(found)


def _left_out(found: Evaluation) -> str:
    """Which surveys could not be tried."""
    if found.plan.comparison.replicates > 1:
        return ""
    return (
        " Surveys in a like area without the programme were not tried: with one roll of luck (--replicates 1) the "
        "model has no other area than this one."
    )


def gained(found: Evaluation) -> str:
    """Child-years gained, before and after the figures were looked at."""
    end = found.plan.comparison.months
    text = f"Child-years out of child labour gained in {end} months by all with whom the programme worked: "
    if found.answer.given is None:
        return f"{text}{ranged(found.answer.before)}. The reported figures were not used for this."
    before, after = found.answer.before, found.answer.given
    narrower = 1 - (after[2] - after[1]) / max(before[2] - before[1], 1e-9)
    said = f"{text}{ranged(after)}; before the reported figures were looked at, {ranged(before)}."
    if abs(narrower) < 0.05:
        return f"{said} The figures say little about it."
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
