"""Runs the compiled engine and the readable twin side by side and compares them every month."""

import numpy as np
import pytest
from clfz.model.layout import BRIDGED, COUNTS, KNOWN, PROTECTED, RETURNED, SUMS, WITHDRAWN
from clfz.model.run import begin_zone, live
from clfz.programme.levers import LEVERS
from clfz.reference import Twin
from clfz.reference.codes import (
    BANDS,
    PLACE_NAMES,
    SEXES,
    TIER1,
    TIER2,
    TIER3,
    TIERS_CHECKED_IN_ORDER,
    TRADES,
)

TIERS_OF_THE_ENGINE = (TIER3, TIER2, TIER1)
TOLERANCE = 1e-9


class Engine:
    """The compiled month, one call at a time, as `run_world` strings them together."""

    def __init__(self, z, p, levers, seed):
        self._z, self._p, self._levers = z, p, levers
        self.state, self._scratch = begin_zone(z, p, np.uint64(seed), len(levers), len(LEVERS))
        self._totals = np.zeros((len(levers) + 1, 2, 3, len(COUNTS)), np.int64)
        self._sums = np.zeros((len(levers) + 1, len(SUMS)))
        self.live(0)

    @property
    def counts(self):
        return self._totals[self._month]

    @property
    def sums(self):
        return dict(zip(SUMS, self._sums[self._month], strict=True))

    def live(self, month):
        self._month = month
        books = (self._totals, self._sums)
        live(self.state, self._z, self._p, self._levers, month, month, self._scratch, *books)


CHILD_ARRAYS = {
    "key": "key",
    "activity": "activity",
    "place": "place",
    "grade": "grade",
    "bridge_clock": "bridge_clock",
    "first_counted": "counted",
}
HOUSEHOLD_ARRAYS = {
    "present": "present",
    "base": "base",
    "x": "transitory",
    "buffer": "buffer",
    "message": "message",
    "income": "resources",
}
VILLAGE_ARRAYS = {"seen_school": "seen_school", "seen_work": "seen_work"}
SCHOOL_ARRAYS = {
    "quality": "quality",
    "pupils": "pupils",
    "bridge_pupils": "bridge_pupils",
    "pupils_at_start": "pupils_start",
}
EMPLOYER_ARRAYS = {"places": "places", "filled": "filled", "filled_under_age": "filled_under"}


def pairs(twin, engine):
    """What must be equal: name, in the twin, in the engine, how far apart it may be."""
    s, book, villages = engine.state, twin.books[-1], twin.villages
    yield from arrays(CHILD_ARRAYS, twin.children, s, 0)
    lasting = s.marks & (KNOWN | RETURNED | WITHDRAWN | PROTECTED | BRIDGED)
    yield "marks", [marks(child) for child in twin.children], lasting, 0
    yield from arrays(HOUSEHOLD_ARRAYS, twin.households, s, TOLERANCE)
    yield from arrays(VILLAGE_ARRAYS, villages, s, TOLERANCE)
    yield from arrays({"credit": "visit_credit"}, [v.group for v in villages], s, TOLERANCE)
    yield from arrays(SCHOOL_ARRAYS, [v.school for v in villages], s, TOLERANCE)
    for column, tier in enumerate(TIERS_OF_THE_ENGINE):
        employers = [village.employers[tier] for village in villages]
        for name, ours, theirs, _ in arrays(EMPLOYER_ARRAYS, employers, s, 0):
            yield f"{name} of {PLACE_NAMES[tier]}", ours, theirs[:, column], 0
    for sex in SEXES:
        for band in BANDS:
            ours = [book["counts"][sex, band][name] for name in COUNTS]
            yield f"counts of {sex}, {band}", ours, engine.counts[sex, band], 0
    for name, ours in sums(twin, book).items():
        yield name, ours, engine.sums[name], TOLERANCE * max(1.0, abs(ours))


def arrays(names, agents, state, tolerance):
    for ours, theirs in names.items():
        values = [float(getattr(agent, ours)) for agent in agents]
        yield theirs, values, getattr(state, theirs), tolerance


def marks(child):
    return (
        KNOWN * child.known
        | RETURNED * child.returned
        | WITHDRAWN * ("withdrawn" in child.counted)
        | PROTECTED * ("protected" in child.counted)
        | BRIDGED * ("bridged" in child.counted)
    )


def sums(twin, book):
    """The zone's sums under the names of the engine."""
    same = set(SUMS) & set(book)
    wages = zip(TRADES, book["wage_index"], book["wage_bill"], strict=True)
    by_trade = {
        f"{kind}_{PLACE_NAMES[trade]}": value
        for trade, index, bill in wages
        for kind, value in (("wage", index), ("wage_bill", bill))
    }
    checked = {
        f"places_checked_{PLACE_NAMES[tier]}": book["places_checked"][tier]
        for tier in TIERS_CHECKED_IN_ORDER
    }
    everything = {name: book[name] for name in same} | by_trade | checked
    assert set(everything) == set(SUMS)
    return everything


def compare(twin, engine):
    for name, ours, theirs, tolerance in pairs(twin, engine):
        if name == "resources" and twin.month == 0:
            continue  # no one has earned yet
        ours, theirs = np.atleast_1d(ours), np.atleast_1d(theirs)
        assert ours.shape == theirs.shape, name
        apart = np.flatnonzero(~(np.abs(ours - theirs) <= tolerance))
        if apart.size:
            text = f"{name}, month {twin.month}: {apart.size} of {ours.size} differ. "
            text += f"Rows {apart[:5]}: twin {ours[apart[:5]]}, engine {theirs[apart[:5]]}"
            pytest.fail(text)


def live_together(z, p, levers, seed):
    """Run both and compare them in every month."""
    twin = Twin(z, p, levers, seed, len(levers))
    engine = Engine(z, p, levers, seed)
    intercepts = [[twin.delta[sex][age] for age in range(5, 18)] for sex in SEXES]
    np.testing.assert_allclose(intercepts, engine.state.intercepts, rtol=0, atol=TOLERANCE)
    references = [twin.usual_school, twin.usual_work]
    np.testing.assert_allclose(references, engine.state.references, rtol=0, atol=TOLERANCE)
    compare(twin, engine)
    for month in range(1, len(levers) + 1):
        twin.step()
        engine.live(month)
        compare(twin, engine)
    return twin
