"""The compiled engine and the readable twin live the same months, child by child.

Both are written from `docs/odd.md`. They share the random words, the scalar functions and their
inputs, and nothing else, so that a slip in either shows here.
"""

import numpy as np
import pytest

from sim.engine.books import cutoffs
from sim.engine.figures import expected_households, figure_record, figure_values, parameter_record
from sim.engine.layout import BRIDGED, COUNTS, KNOWN, PROTECTED, RETURNED, SUMS, WITHDRAWN
from sim.engine.month import start_month, village_month
from sim.engine.run import close_books
from sim.engine.start import scratch_for, zone_at_start
from sim.inputs import load_programme, load_shock, load_zone
from sim.levers import LEVERS, Calendar, lever_path, neutral
from sim.parameters import draw, load_parameters
from sim.twin import Twin
from sim.twin.codes import BANDS, PLACE_NAMES, SEXES, TIERS_CHECKED_IN_ORDER, TRADES

MONTHS, PROGRAMME_MONTHS = 42, 28
ZONES = ("budhpura", "india-3", "uganda-1", "chipinge", "mali-1")
SCENARIOS = {
    "drought": ("none", ["drought"]),
    "area-based": ("area-based", []),
    "cash-transfer": ("cash-transfer", ["drought"]),
    "bridge-schools": ("bridge-schools", []),
    "supply-chain": ("supply-chain", []),
}
QUICK = [("budhpura", scenario, 0) for scenario in ("drought", "area-based", "supply-chain")]
QUICK += [("mali-1", scenario, 1) for scenario in ("area-based", "cash-transfer", "bridge-schools")]
ALL = [(zone, scenario, seed) for zone in ZONES for scenario in SCENARIOS for seed in range(3)]
TIERS_OF_THE_ENGINE = (3, 4, 5)
TOLERANCE = 1e-9


# --- the same inputs for both ---


def small_world(zone_name, number):
    """A zone of 500-700 children in 3-6 villages and its parameters: figures and parameters drawn."""
    luck = np.random.default_rng(number)
    zone, parameters = load_zone(zone_name), load_parameters()
    drawn = draw(parameters, 7, number, zone=zone_name)
    values = figure_values(zone, 7, number)
    values["population", "children"] = luck.integers(500, 701)
    values["population", "villages"] = luck.integers(3, 7)
    z = figure_record(zone, values, drawn)
    seed = int(luck.integers(0, 2**64, dtype=np.uint64))
    return zone, z, parameter_record(drawn, parameters), seed


def scenario_levers(scenario, zone, z):
    programme, shocks = SCENARIOS[scenario]
    calendar = Calendar(
        months=MONTHS,
        programme_months=PROGRAMME_MONTHS,
        children=float(z["children"]),
        households=expected_households(z),
        villages=int(z["villages"]),
        start=zone.start_year_month,
    )
    movers = load_programme(programme).interventions
    return lever_path(movers, [load_shock(name) for name in shocks], calendar)


def any_levers(number):
    """Levers that no programme would move together, changed every few months, often neutral."""
    luck = np.random.default_rng(1000 + number)
    table = neutral(MONTHS)
    largest = {"bridge_seats": 60.0, "bridge_months": 14.0, "group_visits": 60.0}
    for column, lever in enumerate(LEVERS):
        low = max(lever.low, -0.6)
        high = largest.get(lever.name, 25.0 if "EUR" in lever.unit else min(lever.high, 1.5))
        turns = np.sort(luck.integers(0, MONTHS + 1, 6))
        for start, end in zip(turns[:-1], turns[1:], strict=True):
            if luck.random() < 0.6:
                table[start:end, column] = luck.uniform(low, high)
    return table


# --- both, month by month ---


class Engine:
    """The compiled month, one call at a time, as `run_world` strings them together."""

    def __init__(self, z, p, levers, seed):
        self._z, self._p, self._levers = z, p, levers
        self._cuts = cutoffs(z)
        self._village_counts = np.zeros((int(z["villages"]), 6, len(COUNTS)), np.int32)
        self._history = np.zeros(0, np.uint8)
        state = zone_at_start(
            z,
            p,
            np.uint64(seed),
            len(levers),
            self._village_counts,
            self._cuts,
            self._history,
            np.zeros(len(LEVERS)),
        )
        self.state = state._replace(seed=np.uint64(seed))
        self._scratch = scratch_for(self.state)
        self._close()

    def live(self, month):
        m = start_month(self.state, self._z, self._p, self._levers, month)
        for v in range(len(self.state.places)):
            village_month(
                self.state,
                self._z,
                self._p,
                m,
                v,
                self._village_counts,
                self._cuts,
                self._history,
                self._scratch,
            )
        self._close()

    def _close(self):
        self.counts = np.zeros((2, 3, len(COUNTS)), np.int64)
        sums = np.zeros(len(SUMS))
        close_books(self.state, self._village_counts, self.counts, sums)
        self.sums = dict(zip(SUMS, sums, strict=True))


def of(people, *names):
    return [np.array([getattr(one, name) for one in people], float) for name in names]


def marks(child):
    return (
        KNOWN * child.known
        | RETURNED * child.returned
        | WITHDRAWN * ("withdrawn" in child.counted)
        | PROTECTED * ("protected" in child.counted)
        | BRIDGED * ("bridged" in child.counted)
    )


def pairs(twin, engine):
    """What must be equal: name -> (twin, engine, tolerance)."""
    s, book = engine.state, twin.books[-1]
    for name, ours in zip(
        ("key", "activity", "place", "grade", "bridge_clock", "counted"),
        of(
            twin.children, "key", "activity", "place", "grade", "bridge_clock", "first_counted"
        ),
        strict=True,
    ):
        yield name, ours, getattr(s, name), 0
    lasting = s.marks & (KNOWN | RETURNED | WITHDRAWN | PROTECTED | BRIDGED)
    yield "marks", [marks(child) for child in twin.children], lasting, 0
    yield "present", *of(twin.households, "present"), s.present, 0
    for name, ours in zip(
        ("base", "transitory", "buffer", "message", "resources"),
        of(twin.households, "base", "x", "buffer", "message", "income"),
        strict=True,
    ):
        if name != "resources" or twin.month > 0:
            yield name, ours, getattr(s, name), TOLERANCE
    yield from village_pairs(twin, s)
    for sex in SEXES:
        for band in BANDS:
            ours = [book["counts"][sex, band][name] for name in COUNTS]
            yield f"counts of {sex}, {band}", ours, engine.counts[sex, band], 0
    for name, ours in sums(twin, book).items():
        yield name, ours, engine.sums[name], TOLERANCE * max(1.0, abs(ours))


def village_pairs(twin, s):
    villages = twin.villages
    for name in ("seen_school", "seen_work"):
        yield name, *of(villages, name), getattr(s, name), TOLERANCE
    groups, schools = [v.group for v in villages], [v.school for v in villages]
    yield "visit_credit", *of(groups, "credit"), s.visit_credit, TOLERANCE
    yield "quality", *of(schools, "quality"), s.quality, TOLERANCE
    for name, ours in zip(
        ("pupils", "bridge_pupils", "pupils_start"),
        of(schools, "pupils", "bridge_pupils", "pupils_at_start"),
        strict=True,
    ):
        yield name, ours, getattr(s, name), 0
    for k, tier in enumerate(TIERS_OF_THE_ENGINE):
        employers = [village.employers[tier] for village in villages]
        for name, ours in zip(
            ("places", "filled", "filled_under"),
            of(employers, "places", "filled", "filled_under_age"),
            strict=True,
        ):
            yield f"{name} of tier {k}", ours, getattr(s, name)[:, k], 0


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
        ours, theirs = np.atleast_1d(ours), np.atleast_1d(theirs)
        assert ours.shape == theirs.shape, name
        apart = np.flatnonzero(~(np.abs(ours - theirs) <= tolerance))
        if apart.size:
            text = f"{name}, month {twin.month}: {apart.size} of {ours.size} differ. "
            text += f"Rows {apart[:5]}: twin {ours[apart[:5]]}, engine {theirs[apart[:5]]}"
            pytest.fail(text)


def live_together(z, p, levers, seed):
    """Run both and compare them in every month."""
    twin = Twin(z, p, levers, seed, MONTHS)
    engine = Engine(z, p, levers, seed)
    intercepts = [[twin.delta[sex][age] for age in range(5, 18)] for sex in SEXES]
    np.testing.assert_allclose(intercepts, engine.state.intercepts, rtol=0, atol=TOLERANCE)
    references = [twin.usual_school, twin.usual_work]
    np.testing.assert_allclose(references, engine.state.references, rtol=0, atol=TOLERANCE)
    compare(twin, engine)
    for month in range(1, MONTHS + 1):
        twin.step()
        engine.live(month)
        compare(twin, engine)
    return twin


def play(zone_name, scenario, number):
    zone, z, p, seed = small_world(zone_name, number)
    return live_together(z, p, scenario_levers(scenario, zone, z), seed)


@pytest.mark.parametrize(("zone", "scenario", "number"), QUICK)
def test_they_are_equal(zone, scenario, number):
    twin = play(zone, scenario, number)
    assert any(child.first_counted for child in twin.children) == (scenario not in ("drought", "supply-chain"))


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "scenario", "number"), ALL)
def test_they_are_equal_everywhere(zone, scenario, number):
    play(zone, scenario, number)


def test_they_are_equal_whatever_moves():
    zone, z, p, seed = small_world("uganda-1", 5)
    live_together(z, p, any_levers(5), seed)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_they_are_equal_whatever_moves_wherever(number):
    zone, z, p, seed = small_world(ZONES[number % len(ZONES)], 100 + number)
    live_together(z, p, any_levers(number), seed)
