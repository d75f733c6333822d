"""The cost book: money adds up and grows with what is done."""

import math

import numpy as np
import pytest
from clfz.programme.costs import cost_book, discount_factors, line_catalogue
from clfz.programme.interventions import CostLine, Intervention, Usage, parse, registry
from clfz.programme.levers import Calendar, FloatArray
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = Calendar(months=60, programme_months=36, children=2000, households=900, villages=9)
KINDS = list(registry())


def usage(scale: float = 1.0) -> Usage:
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
    return Usage.of(60, **counts, **wages, wage_bill_tier1=5000 * scale)


def everything(**fields: object) -> list[Intervention]:
    return [parse({"kind": kind, **fields}) for kind in KINDS]


def test_lines_add_up_to_the_total() -> None:
    book = cost_book(everything(), usage(), CALENDAR)
    assert book.total() > 0
    assert math.fsum(book.by_line().values()) == pytest.approx(book.total(), rel=1e-14)
    assert book.by_month().sum() == pytest.approx(book.total(), rel=1e-14)
    assert book.by_year().shape == (5,)
    assert book.by_year().sum() == pytest.approx(book.total(), rel=1e-14)
    assert math.fsum(amount for _, _, amount in book.rows()) == pytest.approx(book.total())
    assert {line for _, line, _ in book.rows()} <= set(book.names)


def test_an_empty_programme_costs_nothing() -> None:
    book = cost_book([], usage(), CALENDAR)
    assert book.total() == 0.0
    assert book.months == 60
    assert list(book.rows()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_intensity_zero_costs_nothing_to_the_bit(kind: str) -> None:
    book = cost_book([parse({"kind": kind, "intensity": 0})], usage(), CALENDAR)
    assert book.amounts.tobytes() == np.zeros_like(book.amounts).tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_costs_fall_in_its_months_only(kind: str) -> None:
    book = cost_book([parse({"kind": kind, "start_month": 7, "end_month": 18})], usage(), CALENDAR)
    month = np.arange(1, 61)
    inside = (month >= 7) & (month <= 18)
    assert (book.by_month()[inside] > 0).all()
    assert not book.amounts[~inside].any()
    to_the_end = cost_book([parse({"kind": kind})], usage(), CALENDAR)
    assert (to_the_end.by_month()[:36] > 0).all()
    assert not to_the_end.amounts[36:].any()


@pytest.mark.parametrize("kind", KINDS)
@given(
    weak=st.floats(0.01, 2.5),
    more=st.floats(1.0, 2.0),
    used=st.floats(0.0, 3.0),
    extra=st.floats(0.0, 2.0),
)
def test_more_never_costs_less(
    kind: str, weak: float, more: float, used: float, extra: float
) -> None:
    low = cost_book([parse({"kind": kind, "intensity": weak})], usage(used), CALENDAR)
    high = cost_book([parse({"kind": kind, "intensity": weak * more})], usage(used), CALENDAR)
    busy = cost_book([parse({"kind": kind, "intensity": weak})], usage(used + extra), CALENDAR)
    assert (high.amounts >= low.amounts).all()
    assert (busy.amounts >= low.amounts).all()


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
    before = cost_book([plain], usage(), CALENDAR).total()
    for name in type(plain.unit_costs).model_fields:
        doubled = parse({**block, "costs": {name: 2 * getattr(plain.unit_costs, name)}})
        after = cost_book([doubled], usage(), CALENDAR).total()
        if name == "pupils_per_class":
            assert after < before
        else:
            assert after > before, name


def test_perspectives_and_transfers() -> None:
    book = cost_book(everything(), usage(), CALENDAR)
    mine, ours = book.seen_by("programme"), book.seen_by("society")
    assert set(ours.names) - set(mine.names) == {"adult_wages.wage_bill"}
    assert ours.total() - mine.total() == pytest.approx(book.by_line()["adult_wages.wage_bill"])
    without = book.seen_by("programme", count_transfers=False)
    assert set(mine.names) - set(without.names) == {"cash_transfer.transfers"}
    with pytest.raises(ValueError, match="programme or society"):
        book.seen_by("donor")  # type: ignore[arg-type]


def test_cash_administration_is_the_cost_transfer_ratio() -> None:
    full = parse({"kind": "cash_transfer", "conditional": 1.0})
    by_line = cost_book([full], usage(), CALENDAR).by_line()
    paid = by_line["cash_transfer.transfers"]
    assert paid == pytest.approx(36 * 3500)
    assert by_line["cash_transfer.administration"] == pytest.approx(0.20 * paid)
    assert by_line["cash_transfer.monitoring"] == pytest.approx(0.05 * paid)


def test_employers_pay_the_rise_and_no_administration_on_it() -> None:
    block = {"kind": "adult_wages", "rise": {"tier1": 0.2, "tier2": 0, "tier3": 0}}
    book = cost_book([parse({**block, "ramp_up_months": 0})], usage(), CALENDAR)
    by_line = book.by_line()
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
    full = Usage.of(60, bridge_pupils=120)
    for school, price in ((day, 100), (home, 280)):
        lines = cost_book([school], full, CALENDAR).by_line()
        yearly = (lines["bridge_schools.teachers"] + lines["bridge_schools.pupils"]) / 3 / 120
        assert yearly == pytest.approx(price)


def test_mapping_is_paid_once() -> None:
    book = cost_book([parse({"kind": "community_group", "start_month": 5})], usage(), CALENDAR)
    census = book.amounts[:, book.names.index("community_group.mapping")]
    assert np.flatnonzero(census).tolist() == [4]
    assert census[4] == pytest.approx(900 * 0.7)


def test_discounting() -> None:
    factors = discount_factors(25, 0.03)
    assert factors[0] == 1.0
    assert factors[12] == pytest.approx(1 / 1.03)
    assert factors[24] == pytest.approx(1 / 1.03**2)
    assert (discount_factors(25, 0.0) == 1.0).all()
    book = cost_book(everything(), usage(), CALENDAR)
    assert book.discounted(0.0).amounts.tobytes() == book.amounts.tobytes()
    assert book.discounted(0.05).total() < book.discounted(0.03).total() < book.total()
    assert book.discounted(0.03).by_month()[12] == pytest.approx(book.by_month()[12] / 1.03)


def test_two_of_a_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="combine them"):
        cost_book([parse({"kind": "awareness"})] * 2, usage(), CALENDAR)


class Odd(Intervention):
    kind = "odd"
    title = "Odd"
    lines = (CostLine("own", "own"),)

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray | float]:
        return {"own": -1.0}


class Undeclared(Odd):
    lines = ()


def test_a_negative_cost_and_an_undeclared_line_are_refused() -> None:
    with pytest.raises(ValueError, match=r"odd.own: a cost must be a number >= 0"):
        cost_book([Odd()], usage(), CALENDAR)
    with pytest.raises(ValueError, match="cost lines"):
        cost_book([Undeclared()], usage(), CALENDAR)


def test_catalogue_covers_every_line() -> None:
    catalogue = line_catalogue(registry().values())
    book = cost_book(everything(), usage(), CALENDAR)
    assert set(book.names) == set(catalogue)
    assert catalogue["cash_transfer.transfers"].transfer
    assert catalogue["adult_wages.wage_bill"].payer == "employers"


def test_usage_refuses_an_unknown_count() -> None:
    with pytest.raises(TypeError, match="no such count: pupil"):
        Usage.of(12, pupil=1)
