"""Nobody is lost or counted twice, no limit is broken, and money adds up: any zone, parameters, levers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from clfz.programme.levers import INDEX
from clfz.programme.names import TIERS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.recount import TRADE_COLUMNS, WAGE_COLUMNS, Recount
from tests.model.zones import (
    PROGRAMMES,
    ZONES,
    any_levers,
    batch,
    column,
    count,
    parameters,
    programme_levers,
    run,
    zone,
    zone_data,
)

MONTHS, PROGRAMME_MONTHS = 40, 26
ACTIVITIES = ("school_only", "school_and_work", "work_only", "neither")
PLACES = ("farm", "home", "tier3", "tier2", "tier1")
MARKS = {"withdrawn": 8, "protected": 16, "bridged": 32}


@dataclass(frozen=True)
class Replication:
    """A zone that might exist, often small enough for villages and trades to stand empty."""

    place: str
    children: int
    villages: int
    draw: int  # of zone inputs and parameters from their ranges
    start: int
    school_start: int
    school_end: int
    entry_age: int
    minimum_age: int
    migrants: float | None
    programme: str | None  # None: levers that no programme would move together
    strength: float
    seed: int

    @cached_property
    def z(self):
        place = zone(self.place)
        school = {
            "entry_age": self.entry_age,
            "start_month": self.school_start,
            "end_month": self.school_end,
        }
        changes = {
            "school": place.school.model_copy(update=school),
            "law": place.law.model_copy(update={"minimum_age": self.minimum_age}),
            "start": f"2014-{self.start:02d}",
        }
        changed = {} if self.migrants is None else {"migrant_share": self.migrants}
        place = place.model_copy(update=changes)
        return zone_data(place, self.children, self.villages, self.draw, **changed)

    @cached_property
    def p(self):
        return parameters(self.draw, self.place)

    @cached_property
    def levers(self):
        if self.programme is None:
            return any_levers(self.draw, MONTHS)
        return programme_levers(self.programme, self.z, MONTHS, PROGRAMME_MONTHS, self.strength)

    @cached_property
    def ran(self):
        return run(self.z, self.p, self.levers, self.seed)

    @cached_property
    def again(self):
        return Recount(self.z, self.p, self.levers, self.ran)

    def sums(self, name):
        return self.ran.sums[:, column(name)]

    def lever(self, name):
        return self.again.lever(name)


month = st.integers(1, 12)
replications = st.builds(
    Replication,
    place=st.sampled_from(ZONES),
    children=st.integers(60, 450),
    villages=st.integers(1, 9),
    draw=st.integers(0, 10_000),
    start=month,
    school_start=month,
    school_end=month,
    entry_age=st.integers(5, 7),
    minimum_age=st.integers(12, 18),
    migrants=st.sampled_from([None, 0.0, 0.5, 1.0]),
    programme=st.sampled_from([None, None, None, *PROGRAMMES]),
    strength=st.floats(0.2, 3.0),
    seed=st.integers(0, 2**64 - 1),
)


def the_books_are_what_the_children_do(w):
    ran, again = w.ran, w.again
    np.testing.assert_array_equal(ran.codes > 0, again.here)
    bridge = count("bridge")
    np.testing.assert_array_equal(
        np.delete(ran.totals, bridge, axis=3), np.delete(again.counts, bridge, axis=3)
    )
    in_bridge = ran.totals[..., bridge].sum(axis=(1, 2))
    np.testing.assert_array_equal(in_bridge, w.sums("bridge_pupils"))
    np.testing.assert_array_equal(w.sums("households"), again.families.sum(axis=1))
    at_school = again.school.sum(axis=1)
    np.testing.assert_array_equal(w.sums("pupils") + w.sums("bridge_pupils"), at_school)
    assert (w.sums("pupils") >= 0).all()
    assert (w.sums("bridge_pupils") >= 0).all()
    assert not ran.codes[~again.of_age].any()  # nobody under 5 or over 17


def activities_and_places_add_up(w):
    totals, again = w.ran.totals, w.again
    of = {name: totals[..., count(name)] for name in (*ACTIVITIES, *PLACES)}
    children = totals[..., count("children")]
    assert (totals >= 0).all()
    np.testing.assert_array_equal(sum(of[name] for name in ACTIVITIES), children)
    working = of["school_and_work"] + of["work_only"]
    np.testing.assert_array_equal(sum(of[name] for name in PLACES), working)
    np.testing.assert_array_equal(again.working, again.here & (again.place > 0))
    labour = totals[..., count("child_labour")]
    chores = totals[..., count("child_labour_with_chores")]
    assert (totals[..., count("hazardous")] <= labour).all()
    assert (labour <= np.minimum(working, chores)).all()
    assert (chores <= children).all()
    assert (totals[..., count("bridge")] <= of["school_only"]).all()
    farms = again.state.trade[again.state.household] == 0
    assert (farms | (again.place != 1)).all()  # on farms work only those who live there


def children_come_and_go_by_age_and_migration(w):
    birth, of_age = w.again.state.birth.astype(int), w.again.of_age
    away = w.again.away[:, w.again.state.household]
    children = w.ran.totals[..., 0].sum(axis=(1, 2))
    for t in range(1, MONTHS + 1):
        five, eighteen = t - birth == 60, t - birth == 216
        back = away[t - 1] & ~away[t] & of_age[t] & ~five
        gone = ~away[t - 1] & away[t] & of_age[t - 1] & ~eighteen
        entered = (five & ~away[t]).sum() + back.sum()
        left = (eighteen & ~away[t - 1]).sum() + gone.sum()
        assert children[t] - children[t - 1] == entered - left, t


def places_are_filled_up_to_what_there_is(w):
    filled, under = w.again.held
    offered = w.again.state.places
    assert (filled >= under).all()
    assert (filled <= offered).all()
    np.testing.assert_array_equal(w.again.state.filled, filled[-1])
    np.testing.assert_array_equal(w.again.state.filled_under, under[-1])
    at_start = np.floor(filled[0] * (1.0 + float(w.p["vacancy_share"])) + 1.0)
    np.testing.assert_array_equal(offered, at_start * (w.z["livelihood"][2:] > 0))
    for k, tier in enumerate(reversed(TIERS)):
        asked = w.lever(f"age_check_{tier}")
        checked = asked * (1.0 - float(w.p["check_leak"]))
        limit = np.floor(offered[:, k] * (1.0 - checked[:, None]) + 0.5)
        assert (under[:, :, k] <= np.where(asked[:, None] > 0, limit, offered[:, k])).all(), tier
        paid_for = asked * offered[:, k].sum()
        np.testing.assert_allclose(w.sums(f"places_checked_{tier}"), paid_for, rtol=1e-12)
    checks = sum(w.lever(f"age_check_{tier}") for tier in TIERS)
    assert (w.sums("lost_place")[checks == 0] == 0).all()


def money_is_what_the_rules_hand_out(w):
    paid = w.again.paid
    np.testing.assert_allclose(w.sums("transfers_paid"), paid.sum(axis=1), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(w.sums("transfer_children"), (paid > 0).sum(axis=1))
    bill = w.ran.sums[:, [column(name) for name in TRADE_COLUMNS]]
    np.testing.assert_allclose(bill, w.again.wage_bill, rtol=1e-9, atol=1e-9)


def wages_follow_the_labour_of_the_month_before(w):
    found = w.ran.sums[:, [column(name) for name in WAGE_COLUMNS]]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, w.again.wages, rtol=1e-9)
    np.testing.assert_array_equal(w.again.state.supply_start, w.again.supply[0])


def levels_stay_within_their_bounds(w):
    s, sums = w.ran.state, w.ran.sums
    for seen in (s.seen_school, s.seen_work):
        assert ((seen >= 0) & (seen <= 1)).all()
    assert ((s.message >= 0) & (s.message <= float(w.p["message_cap"]))).all()
    largest = float(w.p["buffer_months"]) * s.base
    assert ((s.buffer >= 0) & (s.buffer <= largest * (1 + 1e-12))).all()
    oldest = w.again.class_age.max(axis=0)
    assert ((s.grade >= 0) & (s.grade <= np.minimum(12, oldest - 3))).all()
    assert ((s.bridge_clock >= 0) & (s.bridge_clock <= 36)).all()
    assert (np.isfinite(s.quality) & (s.quality > 0)).all()
    assert np.isfinite(s.intercepts).all()
    assert np.isfinite(sums).all()
    assert (sums >= 0).all()


def nobody_does_more_in_a_month_than_the_levers_pay_for(w):
    present = w.sums("households")
    assert (w.sums("norm_support") <= present).all()
    assert (w.sums("contacts") <= present).all()
    assert (w.sums("contacts")[w.lever("awareness_contacts") == 0] == 0).all()
    credit = np.cumsum(w.lever("group_visits") / 100 * present)
    assert (np.cumsum(w.sums("visits")) <= credit + 1e-6).all()
    seats = w.levers[:, INDEX["bridge_seats"]]
    bridged = w.sums("bridge_pupils")[1:]
    assert (bridged <= np.floor(np.maximum.accumulate(seats) + 0.5)).all()
    assert (bridged[seats == 0] == 0).all()
    assert (w.sums("bridged") <= w.sums("bridge_starts")).all()


def every_child_is_counted_once_for_each_event(w):
    s, here = w.ran.state, w.again.here
    listed = np.zeros(s.key.size, bool)
    for name, mark in MARKS.items():
        marked = (s.flags & mark) > 0
        assert marked.sum() == w.sums(name).sum(), name
        listed |= marked
    np.testing.assert_array_equal(listed, s.counted > 0)
    who = np.flatnonzero(listed)
    assert here[s.counted[who], who].all()  # in the zone and 5-17 when first counted


def classes_of_attribution_add_up_to_the_children_seen(w):
    both = np.stack([np.zeros_like(w.levers), w.levers])
    totals, _, classes = batch(w.z, w.p, both, [w.seed], PROGRAMME_MONTHS)
    np.testing.assert_array_equal(totals[0, 1], w.ran.totals)
    seen = w.again.here[1 : PROGRAMME_MONTHS + 1].any(axis=0).sum()
    counted = w.again.state.counted
    assert (classes >= 0).all()
    assert classes[0, 0, 7] == seen  # nothing happens to anybody without a programme
    assert classes[0].sum(axis=1).tolist() == [seen, seen]
    assert classes[0, 1, :4].sum() == ((counted > 0) & (counted <= PROGRAMME_MONTHS)).sum()


def the_history_is_that_of_the_month(w):
    """The last month of the history is what the state says at the end."""
    s, last = w.ran.state, w.ran.codes[-1]
    here = w.again.here[-1]
    np.testing.assert_array_equal(last[here] & 3, s.activity[here])
    np.testing.assert_array_equal((last[here] >> 2) & 7, s.place[here])


RULES = (
    the_books_are_what_the_children_do,
    activities_and_places_add_up,
    children_come_and_go_by_age_and_migration,
    places_are_filled_up_to_what_there_is,
    money_is_what_the_rules_hand_out,
    wages_follow_the_labour_of_the_month_before,
    levels_stay_within_their_bounds,
    nobody_does_more_in_a_month_than_the_levers_pay_for,
    every_child_is_counted_once_for_each_event,
    classes_of_attribution_add_up_to_the_children_seen,
    the_history_is_that_of_the_month,
)


@settings(max_examples=60)
@given(replication=replications)
def test_every_rule_holds_in_any_replication(replication):
    for rule in RULES:
        rule(replication)


@pytest.mark.slow
@settings(max_examples=2000)
@given(replication=replications)
def test_every_rule_holds_in_very_many_replications(replication):
    for rule in RULES:
        rule(replication)
