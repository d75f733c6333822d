import pytest
from clfz.report.rounding import finer, money, number, step, step_in_100
from hypothesis import given
from hypothesis import strategies as st

from tests.report.fake import to_number

width = st.floats(1e-6, 1e9)


@given(width)
def test_a_range_holds_six_to_thirty_steps(size: float) -> None:
    by = step(0.0, size)
    assert 5.99 <= size / by <= 30.01


@given(st.floats(-1e7, 1e7), width)
def test_a_written_number_is_within_half_a_step(value: float, size: float) -> None:
    by = step(value, value + size)
    if by < 1e-4:
        return
    assert abs(to_number(number(value, by)) - value) <= by / 2 * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize(
    ("value", "by", "text"),
    [
        (7.4, 1, "7"),
        (7.5, 1, "8"),
        (-7.5, 1, "−8"),
        (-0.2, 1, "0"),
        (1234567, 1000, "1,235,000"),
        (0.05, 0.01, "0.05"),
        (12.26, 0.1, "12.3"),
        (246, 50, "250"),
    ],
)
def test_numbers_as_people_write_them(value: float, by: float, text: str) -> None:
    assert number(value, by) == text


def test_money() -> None:
    assert money(310_400, 1000, "EUR") == "€310,000"
    assert money(-40, 10, "USD") == "−US$40"
    assert money(9.5, 0.5, "UGX") == "UGX\N{NO-BREAK SPACE}9.5"


def test_without_a_range_three_digits_are_kept() -> None:
    assert step(5.0, 5.0, 123_456) == 1000
    assert step(0.0, 0.0, 0.0) == 1.0
    assert step(float("nan"), float("nan")) == 1.0


def test_children_in_100_are_whole_unless_the_range_is_narrow() -> None:
    assert step_in_100(5, 9) == 1
    assert step_in_100(0, 40) == 1
    assert step_in_100(6.9, 7.7) == 0.1
    assert step_in_100(7, 7) == 1


def test_rounding_never_turns_a_price_or_a_gain_into_nothing() -> None:
    assert [finer(10_000, 2_900, 70_000, value) for value in (2_900, 70_000)] == [1_000, 10_000]
    assert [finer(10, 2.7, 130, value) for value in (2.7, 50)] == [1, 10]
    assert finer(10, -2.7, 130, -2.7) == 10  # zero lies in the range and may be shown
    assert finer(10, 0.0, 130, 0.0) == 10
