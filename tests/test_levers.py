"""The lever table and how movers are combined."""

import numpy as np
import pytest
from clfz.programme.interventions import Intervention, registry
from clfz.programme.levers import INDEX, LEVERS, Calendar, FloatArray, lever_path, neutral
from clfz.programme.shocks import registry as shock_registry
from hypothesis import given
from hypothesis import strategies as st

from tests.programme.blocks import parse, parse_shock

CALENDAR = Calendar(months=60, programme_months=36, children=2000, households=900, villages=9)
KINDS = list(registry())


class Mover:
    def __init__(self, **paths: FloatArray | float) -> None:
        self.paths = {
            name: np.broadcast_to(np.asarray(path, float), 60) for name, path in paths.items()
        }

    def lever_paths(self, calendar: Calendar) -> dict[str, FloatArray]:
        return self.paths


def column(path: FloatArray, name: str) -> FloatArray:
    return path[:, INDEX[name]]


def test_table_is_sound() -> None:
    assert len({lever.name for lever in LEVERS}) == len(LEVERS) == 36
    assert list(INDEX.values()) == list(range(len(LEVERS)))
    for lever in LEVERS:
        assert lever.low <= 0.0 < lever.high
        # A `max` lever below zero would lose against neutral.
        assert lever.combine == "sum" or lever.low == 0.0
        assert lever.unit
        assert lever.meaning


def test_nothing_is_neutral_to_the_bit() -> None:
    path = lever_path([], [], CALENDAR)
    assert path.dtype == np.float64
    assert path.tobytes() == neutral(60).tobytes()
    assert path.flags.c_contiguous


@pytest.mark.parametrize("kind", KINDS)
def test_intensity_zero_is_neutral_to_the_bit(kind: str) -> None:
    off = parse({"kind": kind, "intensity": 0})
    assert lever_path([off], [], CALENDAR).tobytes() == neutral(60).tobytes()


def test_shock_without_severity_is_neutral_to_the_bit() -> None:
    calm = [parse_shock({"kind": kind, "severity": 0}) for kind in shock_registry()]
    assert lever_path([], calm, CALENDAR).tobytes() == neutral(60).tobytes()


@pytest.mark.parametrize("kind", KINDS)
@given(start=st.integers(1, 70), length=st.one_of(st.none(), st.integers(0, 70)))
def test_months_are_cut(kind: str, start: int, length: int | None) -> None:
    end = None if length is None else start + length
    path = lever_path([parse({"kind": kind, "start_month": start, "end_month": end})], [], CALENDAR)
    month = np.arange(1, 61)
    inside = (month >= start) & (month <= (36 if end is None else end))
    assert path[inside].any(axis=1).all()
    assert path[~inside].tobytes() == np.zeros_like(path[~inside]).tobytes()


@pytest.mark.parametrize("kind", KINDS)
@given(weak=st.floats(0.01, 2.5), factor=st.floats(1.0, 2.0))
def test_more_intensity_never_moves_a_lever_less(kind: str, weak: float, factor: float) -> None:
    low = lever_path([parse({"kind": kind, "intensity": weak})], [], CALENDAR)
    high = lever_path([parse({"kind": kind, "intensity": weak * factor})], [], CALENDAR)
    assert (high >= low).all()
    assert (high <= [lever.high for lever in LEVERS]).all()


def test_sums_and_maxima() -> None:
    one = Mover(teachers=0.2, bridge_support=0.7, demand_farm=-0.6)
    two = Mover(teachers=0.3, bridge_support=0.5, demand_farm=-0.6)
    path = lever_path([one], [two], CALENDAR)
    assert column(path, "teachers") == pytest.approx(0.5)
    assert column(path, "bridge_support") == pytest.approx(0.7)
    assert column(path, "demand_farm") == pytest.approx(-0.95)
    assert lever_path([two], [one], CALENDAR).tobytes() == path.tobytes()


@pytest.mark.parametrize(
    ("mover", "complaint"),
    [
        (Mover(magic=1.0), "unknown lever 'magic'"),
        (Mover(teachers=np.nan), "finite"),
    ],
)
def test_bad_movers_are_refused(mover: Mover, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        lever_path([mover], [], CALENDAR)


def test_a_path_of_the_wrong_length_is_refused() -> None:
    short = Mover()
    short.paths = {"teachers": np.zeros(12)}
    with pytest.raises(ValueError, match="need 60 months"):
        lever_path([short], [], CALENDAR)


def test_an_intervention_that_moves_an_unknown_lever_is_refused() -> None:
    class Odd(Intervention):
        kind = "odd"
        title = "Odd"

        def levers(self, calendar: Calendar) -> dict[str, float]:
            return {"magic": 1.0}

    with pytest.raises(ValueError, match="odd moves the unknown lever 'magic'"):
        Odd().lever_paths(CALENDAR)


def test_quality_levers_are_switched_not_scaled() -> None:
    half = lever_path([parse({"kind": "bridge_schools", "intensity": 0.5})], [], CALENDAR)
    full = lever_path([parse({"kind": "bridge_schools"})], [], CALENDAR)
    assert column(half, "bridge_months")[0] == column(full, "bridge_months")[0] == 9.0
    assert column(half, "bridge_seats") == pytest.approx(column(full, "bridge_seats") / 2)


def test_cash_amounts_by_group() -> None:
    block = {
        "kind": "cash_transfer",
        "amount_eur": 5,
        "amounts": {"girls_12_14": 8, "boys_15_17": 9},
        "ages": ["5-11", "12-14"],
    }
    path = lever_path([parse(block)], [], CALENDAR)[0]
    paid = {
        name: path[INDEX[name]] for name in INDEX if name.startswith(("transfer_g", "transfer_b"))
    }
    assert paid == {
        "transfer_girls_5_11": 5.0,
        "transfer_girls_12_14": 8.0,
        "transfer_girls_15_17": 0.0,
        "transfer_boys_5_11": 5.0,
        "transfer_boys_12_14": 5.0,
        "transfer_boys_15_17": 0.0,
    }


def test_awareness_grows_like_the_scream_seminars() -> None:
    """18, 58, 103 and 123 teachers trained by months 0, 13, 21 and 23: within a third."""
    block = {"kind": "awareness", "initial_share": 0.001, "ceiling": 1.0, "contacts_per_month": 1.0}
    contacts = column(lever_path([parse(block)], [], CALENDAR), "awareness_contacts")
    for month, trained in ((13, 58), (21, 103), (23, 123)):
        assert contacts[month] / contacts[0] == pytest.approx(trained / 18, rel=1 / 3)


def test_awareness_starts_at_its_share_and_stays_below_its_ceiling() -> None:
    block = {"kind": "awareness", "initial_share": 0.1, "ceiling": 0.4, "monthly_growth": 0.5}
    contacts = column(lever_path([parse(block)], [], CALENDAR), "awareness_contacts")[:36]
    assert contacts[0] == pytest.approx(0.05)
    assert (np.diff(contacts) > 0).all()
    assert contacts[-1] < 0.2 < contacts[-1] + 1e-4


def test_ramp_is_a_straight_line() -> None:
    block = {"kind": "age_checks", "tier1": 0.6, "ramp_up_months": 6, "start_month": 4}
    checks = column(lever_path([parse(block)], [], CALENDAR), "age_check_tier1")
    assert checks[:10] == pytest.approx([0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6])


def test_a_shock_comes_stays_and_melts_away() -> None:
    block = {
        "kind": "drought",
        "start_month": 3,
        "months": 2,
        "recovery_months": 3,
        "severity": 0.4,
        "spill_over": 0.5,
    }
    path = lever_path([], [parse_shock(block)], CALENDAR)
    assert column(path, "demand_farm")[:9] == pytest.approx(
        [0, 0, -0.4, -0.4, -0.3, -0.2, -0.1, 0, 0]
    )
    assert column(path, "demand_home") == pytest.approx(column(path, "demand_farm") / 2)
    assert not column(path, "demand_tier1").any()
    assert not np.signbit(path[path == 0.0]).any()


def test_a_wage_slump_hits_its_trades_only() -> None:
    slump = parse_shock({"kind": "wage_slump", "trades": ["tier1"], "severity": 0.2})
    path = lever_path([], [slump], CALENDAR)
    assert column(path, "demand_tier1")[:12] == pytest.approx(-0.2)
    assert set(np.flatnonzero(path.any(axis=0))) == {INDEX["demand_tier1"]}
