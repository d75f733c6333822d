import pytest
from clfz.inputs.number_text import advice, number_from_text
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "number"),
    [("23%", 0.23), ("23 %", 0.23), ("7%", 0.07), ("12.5%", 0.125), ("0.4", 0.4), ("12", 12)],
)
def test_shares(text, number):
    assert number_from_text(text, share=True) == number


@pytest.mark.parametrize(
    "text", ["", "%", "a", "1,5", "1 000", "1e", "0x1", "nan", "1e999", "1" * 50]
)
def test_what_is_no_number(text):
    assert number_from_text(text, share=True) is None


@given(st.floats(0, 1))
def test_a_share_is_the_same_in_both_ways_of_writing(share):
    assert number_from_text(repr(share), share=True) == share
    per_cent = number_from_text(f"{share * 100:.6f}%", share=True)
    assert per_cent == pytest.approx(share, abs=1e-8)


@pytest.mark.parametrize(
    ("text", "write"),
    [
        ("1.250,00", "Write 1250.00 (a point"),
        ("1,250.50", "Write 1250.50 (a point"),
        ("1.250.000", "Write 1250000 (a point"),
        ("1,250,000", "Write 1250000 (a point"),
        ("1,250", "Write 1250 (or 1.250 if the comma is for decimals)"),
        ("0,4", "Write 0.4 (a point"),
        ("-0,4", "Write -0.4 (a point"),
        ("1 000", "Write 1000 (a point"),
        ("1'000", "Write 1000 (a point"),
        ("1_000", "Write 1000 (a point"),
        ("1\u202f000,5", "Write 1000.5 (a point"),
        ("12,5%", 'Write "12.5%" (a point'),
        ("€5", "Write 5 (the number alone, without its unit)"),
        ("3000 EUR", "Write 3000 (the number alone, without its unit)"),
        ("4 km", "Write 4 (the number alone, without its unit)"),
        ("50%", "takes a plain number. Write 0.5"),
    ],
)
def test_what_to_write_instead(text, write):
    assert write in (advice(text, "setting") or "")


@pytest.mark.parametrize("text", ["many", "", "10-20", "5 or 6", "2014-05", "1,2,3", "x" * 100])
def test_no_advice_without_an_idea(text):
    assert advice(text, "setting") is None


@given(st.text("0123456789.,-+% '’_€x", max_size=45))
def test_advice_never_fails(text):
    advice(text, "setting")
    number_from_text(text, share=True)
