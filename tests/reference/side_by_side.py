"""Runs the compiled engine and the reference implementation side by side and compares them every month."""

import numpy as np
import pytest
from clfz.model.layout import BRIDGED, COUNTS, KNOWN, PROTECTED, RETURNED, SUMS, WITHDRAWN
from clfz.model.run import begin_zone, live
from clfz.programme.levers import LEVERS
from clfz.reference import ReferenceModel
from clfz.reference.shared import BANDS, PLACE_NAMES, SEXES, TIER1, TIER2, TIER3, TIERS, TRADES

TIERS_OF_THE_ENGINE = (TIER3, TIER2, TIER1)
TOLERANCE = 1e-9

# attribute of the reference implementation: array of the engine
CHILDREN = {name: name for name in ("key", "activity", "place", "grade", "bridge_clock")}
CHILDREN |= {"first_counted": "counted"}
HOUSEHOLDS = {name: name for name in ("present", "base", "buffer", "message")}
HOUSEHOLDS |= {"x": "transitory", "income": "resources"}
SCHOOLS = {name: name for name in ("quality", "pupils", "bridge_pupils")}
SCHOOLS |= {"pupils_at_start": "pupils_start"}
EMPLOYERS = {"places": "places", "filled": "filled", "filled_under_age": "filled_under"}


def pairs(model, state, counts, sums):
    """What must be equal: name, here, in the engine, how far apart it may be."""
    tally, villages = model.tallies[-1], model.villages
    agents = (
        (CHILDREN, model.children, 0),
        (HOUSEHOLDS, model.households, TOLERANCE),
        ({"seen_school": "seen_school", "seen_work": "seen_work"}, villages, TOLERANCE),
        ({"credit": "visit_credit"}, [village.group for village in villages], TOLERANCE),
        (SCHOOLS, [village.school for village in villages], TOLERANCE),
    )
    for names, some, tolerance in agents:
        for ours, theirs in names.items():
            values = [float(getattr(agent, ours)) for agent in some]
            yield theirs, values, getattr(state, theirs), tolerance
    for column, tier in enumerate(TIERS_OF_THE_ENGINE):
        for ours, theirs in EMPLOYERS.items():
            values = [getattr(village.employers[tier], ours) for village in villages]
            name = f"{theirs} of {PLACE_NAMES[tier]}"
            yield name, values, getattr(state, theirs)[:, column], 0
    lasting = state.flags & (KNOWN | RETURNED | WITHDRAWN | PROTECTED | BRIDGED)
    yield "flags", [flags(child) for child in model.children], lasting, 0
    for sex in SEXES:
        for band in BANDS:
            ours = [tally["counts"][sex, band][name] for name in COUNTS]
            yield f"counts of {sex}, {band}", ours, counts[sex, band], 0
    ours = zone_sums(tally)
    assert set(ours) == set(SUMS)
    for name, theirs in zip(SUMS, sums, strict=True):
        yield name, ours[name], theirs, TOLERANCE * max(1.0, abs(ours[name]))


def flags(child):
    return (
        KNOWN * child.known
        | RETURNED * child.returned
        | WITHDRAWN * ("withdrawn" in child.counted)
        | PROTECTED * ("protected" in child.counted)
        | BRIDGED * ("bridged" in child.counted)
    )


def zone_sums(tally):
    """The zone's sums under the names of the engine."""
    sums = {name: tally[name] for name in SUMS if name in tally}
    for k, trade in enumerate(TRADES):
        sums[f"wage_{PLACE_NAMES[trade]}"] = tally["wage_index"][k]
        sums[f"wage_bill_{PLACE_NAMES[trade]}"] = tally["wage_bill"][k]
    for tier in TIERS:
        sums[f"places_checked_{PLACE_NAMES[tier]}"] = tally["places_checked"][tier]
    return sums


def live_together(zone, parameters, levers, seed):
    """Run both and compare them in every month."""
    months = len(levers)
    model = ReferenceModel(zone, parameters, levers, seed, months)
    state, scratch = begin_zone(zone, parameters, np.uint64(seed), months, len(LEVERS))
    totals = np.zeros((months + 1, 2, 3, len(COUNTS)), np.int64)
    sums = np.zeros((months + 1, len(SUMS)))
    intercepts = [[model.delta[sex][age] for age in range(5, 18)] for sex in SEXES]
    np.testing.assert_allclose(intercepts, state.intercepts, rtol=0, atol=TOLERANCE)
    usual = [model.usual_school, model.usual_work]
    np.testing.assert_allclose(usual, state.references, rtol=0, atol=TOLERANCE)
    for month in range(months + 1):
        if month:
            model.step()
        live(state, zone, parameters, levers, month, month, scratch, totals, sums)
        for name, ours, theirs, tolerance in pairs(model, state, totals[month], sums[month]):
            if name == "resources" and month == 0:
                continue  # no one has earned yet
            ours, theirs = np.atleast_1d(ours), np.atleast_1d(theirs)
            assert ours.shape == theirs.shape, name
            apart = np.flatnonzero(~(np.abs(ours - theirs) <= tolerance))
            if apart.size:
                text = (
                    f"{name}, month {month}: {apart.size} of {ours.size} differ. Rows {apart[:5]}: "
                )
                text += f"reference {ours[apart[:5]]}, engine {theirs[apart[:5]]}"
                pytest.fail(text)
