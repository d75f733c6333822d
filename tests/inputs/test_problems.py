import pickle

import pytest
from clfz.inputs import InputError, Problem
from clfz.inputs.problems import did_you_mean, nearest, shown


def test_a_problem_says_where_as_far_as_it_is_known():
    assert str(Problem("a.yaml", 3, 5, "text")) == "a.yaml:3:5: text"
    assert str(Problem("a.yaml", 3, 0, "text")) == "a.yaml:3: text"
    assert str(Problem("a.yaml", 0, 0, "text")) == "a.yaml: text"
    assert str(Problem("", 0, 0, "text")) == "text"


def test_problems_are_ordered_by_line_not_by_text():
    error = InputError([Problem("a", 10, 1, "x"), Problem("a", 9, 4, "y"), Problem("a", 9, 2, "z")])
    assert str(error).splitlines() == ["a:9:2: z", "a:9:4: y", "a:10:1: x"]


def test_an_error_survives_the_way_from_a_worker():
    error = InputError([Problem("a", 1, 2, "x")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


@pytest.mark.parametrize(
    ("name", "known", "guess"),
    [
        ("bridge_school", ["bridge_schools", "awareness"], "bridge_schools"),
        ("Bridge-Schools", ["bridge_schools", "awareness"], "bridge_schools"),
        ("start", ["start_month", "end_month"], "start_month"),
        ("month", ["start_month", "end_month"], "end_month"),
        ("seats", ["costs", "seats_per_1000_children"], "seats_per_1000_children"),
        ("budapura", ["budhpura", "india-1"], "budhpura"),
        ("xyz", ["budhpura", "india-1"], None),
        ("", ["budhpura"], None),
        ("a", [], None),
    ],
)
def test_the_nearest_name(name, known, guess):
    assert nearest(name, known) == guess
    assert did_you_mean(name, known) == (f'Did you mean "{guess}"? ' if guess else "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "empty"),
        (True, "true"),
        (2.5, "2.5"),
        ("a\nb", '"a b"'),
        ({}, "a group of settings"),
        ([], "an empty list"),
        ([1], "a list"),
    ],
)
def test_values_as_they_were_written(value, text):
    assert shown(value) == text


def test_long_values_are_cut():
    assert len(shown("x" * 1000)) < 70
