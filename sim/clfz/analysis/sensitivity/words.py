"""What the indices say, in plain words: what matters, how sure that is, what cannot be told from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.indices import ALL
from clfz.analysis.sensitivity.outcomes import LOG_VARIANCE, MEAN
from clfz.report.labels import spelled

if TYPE_CHECKING:
    import pandas as pd

    from clfz.analysis.sensitivity.chain import Found

FIVE = 5
WIDE = 0.1
"""Half an interval of a total index; wider ones call for more samples."""
TRIES = 2000
MOMENTS = {
    "start": "at the start",
    "end": "at the end of the programme",
    "last": "in the last month",
    "mean": "on average",
}
SURE = 0.9


@dataclass(frozen=True)
class Story:
    """One measure of one programme.

    Attributes:
        scenario: The programme.
        measure: Its name.
        label: The measure in words.
        facts: What `sensitivity.json` says of it.
        rows: One row a factor, what matters most first: ST and S1 with low and high, `zero`, `five` (share of
            resamplings in which it is among the five), the surrogate's, mu* and PAWN.
        sentences: The answer.
        checks: What other ways of looking say.
    """

    scenario: str
    measure: str
    label: str
    facts: dict[str, Any]
    rows: Any  # a data frame
    sentences: tuple[str, ...]
    checks: tuple[str, ...] = ()

    @property
    def five(self) -> list[str]:
        """The factors that matter most and can be told from zero."""
        told = self.rows[self.rows["ST"].notna() & ~self.rows["ST_zero"].astype(bool)]
        return [str(name) for name in told.index[:FIVE]]


def stories(found: Found) -> list[Story]:
    """Every measure that has indices."""
    return [_story(found, facts) for facts in found.facts["measures"] if facts["analysed"]]


def words_of(factor: str) -> str:
    """A factor as one reads it."""
    return factor.replace(".", ": ").replace("_", " ")


def percent(share: float) -> str:
    """A share in per cent, whole ones from 2 up."""
    value = 100.0 * share
    text = f"{value:.0f}" if abs(value) >= 2 or value == 0 else f"{value:.1f}"
    return f"{text}\u00a0%"


def between(three: Sequence[float]) -> str:
    """A share with its range: 5 % (2 to 18)."""
    value, low, high = three
    ends = [f"{100 * max(0.0, min(1.0, end)):.0f}" for end in (low, high)]
    return f"{percent(value)} ({ends[0]} to {ends[1]})"


def _story(found: Found, facts: dict[str, Any]) -> Story:
    from clfz.runs.summary import describe

    scenario, measure = facts["scenario"], facts["measure"]
    x = found.indices
    mine = x[(x["scenario"] == scenario) & (x["measure"] == measure)]
    rows = _rows(mine, found.plan.spec.seed)
    entry = describe(measure.partition("@")[0])
    label = entry.label or measure
    if "@" in measure:
        moment = measure.partition("@")[2]
        label += f", {MOMENTS.get(moment, f'at {moment}')}"
    story = Story(scenario, measure, label, facts, rows, ())
    sentences = (
        *_matters(story),
        *_zero(story),
        *_luck(story, found),
    )
    checks = (*_wide(story, found.plan.samples), *_checks(story), *_spread(mine))
    return Story(scenario, measure, label, facts, rows, sentences, checks)


def _rows(mine: pd.DataFrame, seed: int) -> Any:
    """One row a factor."""
    import pandas as pd

    whole = mine[(mine["seed"] == ALL) & (mine["quantity"] == MEAN)]
    crossed = whole[whole["method"] == "sobol"]
    last = crossed[crossed["n"] == crossed["n"].max()]
    parts = [
        *_columns(last, ("ST", "S1"), ""),
        *_columns(whole[whole["method"] == "surrogate"], ("ST", "S1"), "surrogate_"),
        *_columns(whole[whole["method"] == "morris"], ("mu_star",), ""),
        *_columns(whole[whole["method"] == "pawn"], ("median",), "pawn_"),
    ]
    rows = pd.concat(parts, axis=1)
    rows = rows.reindex(
        columns=[*dict.fromkeys([*rows.columns, "ST", "ST_zero", "S1", "mu_star", "pawn_median"])]
    )
    rows = rows.sort_values(["ST", "mu_star"], ascending=False, na_position="last", kind="stable")
    rows["five"] = _among_five(rows, seed)
    return rows


def _columns(part: pd.DataFrame, names: Sequence[str], prefix: str) -> list[Any]:
    found = []
    for name in names:
        each = part[part["index"] == name].set_index("factor")[["value", "low", "high", "zero"]]
        if len(each):
            each.columns = [
                prefix + name,
                *(f"{prefix}{name}_{end}" for end in ("low", "high", "zero")),
            ]
            found.append(each)
    return found


def _among_five(rows: Any, seed: int) -> Any:
    """Share of draws within the intervals of the total indices in which a factor is among the largest five."""
    value = rows["ST"].to_numpy(np.float64)
    half = (rows["ST_high"] - rows["ST"]).to_numpy(np.float64)
    known = np.isfinite(value) & np.isfinite(half)
    found = np.full(len(rows), np.nan)
    generator = np.random.default_rng(seed)
    drawn = value[known] + half[known] / 1.96 * generator.normal(size=(TRIES, int(known.sum())))
    order = np.argsort(-drawn, axis=1)[:, :FIVE]
    found[known] = [(order == at).any(axis=1).mean() for at in range(int(known.sum()))]
    return found


def _matters(story: Story) -> list[str]:
    five = story.five
    rows = story.rows
    if not five:
        return [f"{story.label}: nothing that was varied can be told from zero."]
    named = [f"{words_of(name)} ({percent(rows.loc[name, 'ST'])})" for name in five]
    many = spelled(len(five))
    text = (
        f"{story.label}: {many} of {len(rows)} uncertain things matter most: {_list(named)}. The number is "
        "the part of the spread that goes with it, alone or together with others; so the parts may add up to more "
        "than all."
    )
    found = [text]
    unsure = [name for name in five if rows.loc[name, "five"] < SURE]
    rivals = [
        name for name in rows.index if name not in five and rows.loc[name, "five"] > 1.0 - SURE
    ]
    if unsure and rivals:
        found.append(
            f"Not sure: {_list([words_of(name) for name in unsure])} could change places with "
            f"{_list([words_of(name) for name in rivals])}."
        )
    elif len(five) == FIVE:
        found.append(
            "That it is these five is sure as far as the intervals go (9 in 10 or more for each)."
        )
    return found


def _wide(story: Story, samples: int) -> list[str]:
    """Whether more samples are called for."""
    rows, five = story.rows, story.five
    if not five:
        return []
    half = (rows["ST_high"] - rows["ST"]).loc[five].max()
    if half <= WIDE:
        return []
    return [
        f"The widest interval of the five is {percent(half)} up and down; four times the samples "
        f"(--samples {4 * samples}) would halve it."
    ]


def _zero(story: Story) -> list[str]:
    rows = story.rows
    known = rows[rows["ST"].notna()]
    zero = [words_of(str(name)) for name in known.index[known["ST_zero"].astype(bool)]]
    told = []
    if zero:
        some = _list(zero[:8]) + (f" and {len(zero) - 8} more" if len(zero) > 8 else "")
        told.append(f"{len(zero)} of {len(known)} cannot be told from zero: {some}.")
    left = rows[rows["ST"].isna()]
    if len(left):
        share = left["mu_star"].max() / rows["mu_star"].max()
        told.append(
            f"{len(left)} more were left out after the screening and stay at their middle values; the strongest "
            f"of them ({words_of(str(left['mu_star'].idxmax()))}) moves it {percent(share)} as far as the strongest "
            "of all."
        )
    return told


def _luck(story: Story, found: Found) -> list[str]:
    facts = story.facts
    lucks = found.plan.spec.replicates
    whole = f"Luck makes {between(facts['luck'])} of the spread of single runs"
    common = f"of it {between(facts['luck_common'])} is luck that hits all points alike"
    return [f"{whole}, {common}, of which {lucks} seeds say little."]


def _checks(story: Story) -> list[str]:
    rows, five = story.rows, story.five
    told = []
    pawn = rows["pawn_median"].dropna().sort_values(ascending=False).index[:FIVE]
    if len(pawn) and five:
        same = len(set(five) & {str(name) for name in pawn})
        told.append(
            f"PAWN, which looks at whole distributions and not at variances, has {same} of these {len(five)} among its "
            "first five."
        )
    model = story.facts["surrogate"]
    best = model["foretold"][model["taken"]]
    if not model["shown"]:
        told.append(
            f"No surrogate is shown: the better one foretells only {percent(max(0.0, best))} of the spread of "
            "points it has not seen."
        )
    elif five and "surrogate_ST" in rows:
        first = rows["surrogate_ST"].dropna().sort_values(ascending=False).index[:FIVE]
        same = len(set(five) & {str(name) for name in first})
        told.append(
            f"The surrogate ({model['taken']}), which foretells {percent(best)} of the spread of points it has not "
            f"seen, has {same} of them among its first five."
        )
    return told


def _spread(mine: pd.DataFrame) -> list[str]:
    """What moves the spread by luck."""
    part = mine[
        (mine["quantity"] == LOG_VARIANCE) & (mine["index"] == "ST") & (mine["seed"] == ALL)
    ]
    if not len(part):
        return []
    last = part[part["n"] == part["n"].max()].sort_values("value", ascending=False)
    told = last[~last["zero"].astype(bool)]
    if not len(told):
        return ["Nothing can be told to move how widely luck spreads it."]
    named = _list([words_of(str(name)) for name in told["factor"].iloc[:3]])
    return [f"How widely luck spreads it depends most on {named}; a rough finding."]


def _list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
