import contextlib

import pytest
from clfz.inputs import InputError, check_text, to_yaml
from clfz.inputs.load import KINDS
from clfz.inputs.yaml_reader import decode, parse_yaml
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("010", 10),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2014-05", "2014-05"),
        ("2014-02-30", "2014-02-30"),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("23%", "23%"),
        ('"12"', "12"),
        ("'null'", "null"),
        ("5-11", "5-11"),
        ("=", "="),
    ],
)
def test_values_are_what_a_careful_reader_takes_them_for(written, value):
    data = parse_yaml(f"key: {written}\n", "file").data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


def test_everything_has_its_place():
    document = parse_yaml(
        "# first\na: 1\nb:\n  c: [x, y]\n  - 1: z\n".replace("  - 1: z\n", ""), "f"
    )
    assert document.places[("a",)].key == (2, 1)
    assert document.places[("a",)].value == (2, 4)
    assert document.places[("b", "c")].key == (4, 3)
    assert document.places[("b", "c", 1)].value == (4, 10)
    assert str(document.problem(("b", "c", 1), "here")) == "f:4:10: here"
    assert str(document.problem(("b", "d", "e"), "here")) == "f:3:1: here"  # the nearest that is


def test_a_few_repeated_parts_are_fine():
    data = parse_yaml("a: &part {x: 1}\nb: *part\nc: [*part, *part]\n", "file").data
    assert data == {"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": 1}]}


def test_the_first_of_two_keys_counts_and_the_second_is_told():
    document = parse_yaml("a: {x: 1}\na: {x: .nan}\n", "file")
    assert document.data == {"a": {"x": 1}}
    assert [str(problem) for problem in document.problems] == [
        "file:2:1: a is given twice (lines 1 and 2); keep one.",
        "file:2:8: .nan is not a number that can be used here.",
    ]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
numbers = st.integers(-(10**14), 10**14) | st.floats(allow_nan=False, allow_infinity=False)
data = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(texts, data, max_size=5))
def test_what_is_written_reads_back_the_same(mapping):
    assert parse_yaml(to_yaml(mapping), "file").data == mapping


# Words of YAML and of our files, so that random texts come close to real ones.
SIGNS = [*"-:?[]{},\"'|>#%@`~*&!\t\x85\u2028\ufeff\U0001f600", ": ", "\n", "  ", "---", "...", "<<"]
NAMES = ["name", "kind", "interventions", "programmes", "zone", "none", "drought", "population"]
NUMBERS = [".nan", "1e999", "0,5", "50%", "9" * 20, "a", "parameters", "prior", "set", "shocks"]
pieces = st.sampled_from([*SIGNS, *NAMES, *NUMBERS])
near_yaml = st.lists(pieces | st.text(max_size=3), max_size=60).map("".join)


@settings(max_examples=300)
@given(st.text() | near_yaml, st.sampled_from([None, *KINDS]))
def test_no_text_does_worse_than_being_told_about(text, kind):
    checked = check_text(text, "file", kind)
    assert checked.problems
    assert all("\x00" not in str(problem) for problem in checked.problems)


@pytest.mark.parametrize("end", ["", "zone: chipinge\n"])
def test_a_text_may_begin_with_a_line_of_blanks(end):
    checked = check_text(
        f"name: my-plan\nsummary: |\n  \n    Two plans.\nzone: budhpura\n{end}", "f"
    )
    told = [problem.message for problem in checked.problems]
    assert any("zone is given twice" in each for each in told) == bool(end)
    assert not any("not valid YAML" in each for each in told)


@pytest.mark.parametrize("sign", ["\\a", "\\0", "\\x1b", "\\uffff"])
def test_signs_that_cannot_be_shown_are_told_also_when_they_are_escaped(sign):
    checked = check_text(f'name: a\ntitle: "Bell {sign} plan"\n', "f")
    assert any(
        problem.line == 2 and "cannot be shown" in problem.message for problem in checked.problems
    )


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_either(raw):
    with contextlib.suppress(InputError):
        parse_yaml(decode(raw, "file"), "file")
