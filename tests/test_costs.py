"""The cost book: money adds up and grows with what is done."""

import math

import numpy as np
import pytest
from clfz.programme.costs import discount_factors
from clfz.programme.interventions import CostLine, Intervention, Usage, registry
from clfz.programme.levers import Calendar, FloatArray
from hypothesis import given
from hypothesis import strategies as st

from tests.programme.blocks import by_month, costs, parse, usage

CALENDAR = Calendar(months=60, programme_months=36, children=2000, households=900, villages=9)
KINDS = list(registry())


def used(scale: float = 1.0) -> Usage:
    """Plausible counts of a zone in which everything is used."""
    counts = {
        "children": 2000,
        "households": 900,
        "villages": 9,
        "pupils": 1100,
        "extra_teachers": 4 * scale,
        "bridge_pupils": 90 * scale,
        "bridge_starts": 10 * scale,
        "transfers_paid": 3500 * scale,
        "visits": 225 * scale,
        "contacts": 200 * scale,
        "places_checked_tier1": 40 * scale,
        "places_checked_tier2": 30 * scale,
        "places_checked_tier3": 20 * scale,
    }
    wages = {f"wage_bill_{trade}": 9000 * scale for trade in ("farm", "home", "tier3", "tier2")}
    return usage(60, **counts, **wages, wage_bill_tier1=5000 * scale)


def _sums(book: dict[str, FloatArray]) -> dict[str, float]:
    return {line: math.fsum(amount) for line, amount in book.items()}


def everything(**fields: object) -> list[Intervention]:
    return [parse({"kind": kind, **fields}) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_intensity_zero_costs_nothing_to_the_bit(kind: str) -> None:
    book = costs([parse({"kind": kind, "intensity": 0})], used(), CALENDAR)
    assert all(amount.tobytes() == np.zeros(60).tobytes() for amount in book.values())


@pytest.mark.parametrize("kind", KINDS)
def test_costs_fall_in_its_months_only(kind: str) -> None:
    book = costs([parse({"kind": kind, "start_month": 7, "end_month": 18})], used(), CALENDAR)
    month = np.arange(1, 61)
    inside = (month >= 7) & (month <= 18)
    assert (by_month(book)[inside] > 0).all()
    assert not by_month(book)[~inside].any()
    to_the_end = costs([parse({"kind": kind})], used(), CALENDAR)
    assert (by_month(to_the_end)[:36] > 0).all()
    assert not by_month(to_the_end)[36:].any()


@pytest.mark.parametrize("kind", KINDS)
@given(
    weak=st.floats(0.01, 2.5),
    more=st.floats(1.0, 2.0),
    share=st.floats(0.0, 3.0),
    extra=st.floats(0.0, 2.0),
)
def test_more_never_costs_less(
    kind: str, weak: float, more: float, share: float, extra: float
) -> None:
    low = costs([parse({"kind": kind, "intensity": weak})], used(share), CALENDAR)
    high = costs([parse({"kind": kind, "intensity": weak * more})], used(share), CALENDAR)
    busy = costs([parse({"kind": kind, "intensity": weak})], used(share + extra), CALENDAR)
    assert all((high[line] >= low[line]).all() and (busy[line] >= low[line]).all() for line in low)


@pytest.mark.parametrize("kind", KINDS)
def test_every_price_counts(kind: str) -> None:
    """A price that changes nothing would mislead whoever fills it in."""
    extras = {
        "bridge_schools": {"residential": True},
        "cash_transfer": {"conditional": 0.5, "labelled": 0.5},
        "age_checks": {"tier1": 0.5, "tier2": 0.5, "tier3": 0.5},
    }
    block = {"kind": kind, **extras.get(kind, {})}
    plain = parse(block)
    before = by_month(costs([plain], used(), CALENDAR)).sum()
    for name in type(plain.unit_costs).model_fields:
        doubled = parse({**block, "costs": {name: 2 * getattr(plain.unit_costs, name)}})
        after = by_month(costs([doubled], used(), CALENDAR)).sum()
        if name == "pupils_per_class":
            assert after < before
        else:
            assert after > before, name


def test_cash_administration_is_the_cost_transfer_ratio() -> None:
    full = parse({"kind": "cash_transfer", "conditional": 1.0})
    by_line = _sums(costs([full], used(), CALENDAR))
    paid = by_line["cash_transfer.transfers"]
    assert paid == pytest.approx(36 * 3500)
    assert by_line["cash_transfer.administration"] == pytest.approx(0.20 * paid)
    assert by_line["cash_transfer.monitoring"] == pytest.approx(0.05 * paid)


def test_employers_pay_the_rise_and_no_administration_on_it() -> None:
    block = {"kind": "adult_wages", "rise": {"tier1": 0.2, "tier2": 0, "tier3": 0}}
    book = costs([parse({**block, "ramp_up_months": 0})], used(), CALENDAR)
    by_line = _sums(book)
    assert by_line["adult_wages.wage_bill"] == pytest.approx(36 * 5000 * 0.2)
    organising, fixed = 36 * 5000 * 0.01, 3 * 6000
    assert by_line["adult_wages.organising"] == pytest.approx(organising)
    assert by_line["adult_wages.administration"] == pytest.approx(0.15 * (organising + fixed))


def test_a_bridge_pupil_year_costs_what_the_evidence_says() -> None:
    """EUR 100 a full day place; INR 20 200 (EUR 284) a residential one before administration."""
    day = parse({"kind": "bridge_schools", "costs": {"administration_share": 0}})
    home = parse(
        {"kind": "bridge_schools", "residential": True, "costs": {"administration_share": 0}}
    )
    full = usage(60, bridge_pupils=120)
    for school, price in ((day, 100), (home, 280)):
        lines = _sums(costs([school], full, CALENDAR))
        yearly = (lines["bridge_schools.teachers"] + lines["bridge_schools.pupils"]) / 3 / 120
        assert yearly == pytest.approx(price)


def test_mapping_is_paid_once() -> None:
    book = costs([parse({"kind": "community_group", "start_month": 5})], used(), CALENDAR)
    census = book["community_group.mapping"]
    assert np.flatnonzero(census).tolist() == [4]
    assert census[4] == pytest.approx(900 * 0.7)


def test_discounting() -> None:
    factors = discount_factors(25, 0.03)
    assert factors[0] == 1.0
    assert factors[12] == pytest.approx(1 / 1.03)
    assert factors[24] == pytest.approx(1 / 1.03**2)
    assert (discount_factors(25, 0.0) == 1.0).all()


class Odd(Intervention):
    kind = "odd"
    title = "Odd"
    lines = (CostLine("own", "own"),)

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray | float]:
        return {"own": -1.0}


class Undeclared(Odd):
    lines = ()


def test_an_undeclared_line_is_refused() -> None:
    with pytest.raises(ValueError, match="cost lines"):
        costs([Undeclared()], used(), CALENDAR)


def test_every_line_is_declared_in_the_order_of_a_budget() -> None:
    lines = {
        f"{cls.kind}.{line.name}": line for cls in registry().values() for line in cls.all_lines()
    }
    assert list(costs(everything(), used(), CALENDAR)) == list(lines)
    assert lines["cash_transfer.transfers"].transfer
    assert lines["adult_wages.wage_bill"].payer == "employers"
