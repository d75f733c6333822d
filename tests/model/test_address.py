"""Compiled functions by their address: what goes in, comes out and is raised is as in a plain call."""

import numpy as np
import pytest
from clfz.model.address import address, call
from clfz.model.compiling import addressed, kernel
from numba import boolean, float64, int64
from numba.core.errors import TypingError

SIGNATURE = float64(float64[::1], int64, boolean)


@addressed
def weighted(numbers, weight, twice):
    if weight < 0:
        raise ValueError("a negative weight")
    return numbers.sum() * weight * (2.0 if twice else 1.0)


@kernel
def ask(where, numbers, weight):
    return call(where, (numbers, weight, True))


@kernel
def ask_with_too_little(where, numbers):
    return call(where, (numbers, 1))


def test_it_gives_what_a_plain_call_gives():
    where = address(weighted, SIGNATURE)
    assert ask(where, np.array([1.0, 2.5]), 3) == 21.0


def test_numbers_are_turned_into_what_is_taken():
    assert ask(address(weighted, SIGNATURE), np.ones(2), np.int8(3)) == 12.0


def test_what_it_raises_is_raised():
    with pytest.raises(ValueError, match="a negative weight"):
        ask(address(weighted, SIGNATURE), np.ones(2), -1)


@pytest.mark.parametrize("numbers", [np.ones((2, 2)), np.ones(2, np.float32), np.ones(4)[::2]])
def test_other_arrays_are_refused(numbers):
    with pytest.raises(TypingError):
        ask(address(weighted, SIGNATURE), numbers, 1)


@pytest.mark.parametrize("weight", [2.9, 2.0])
def test_a_number_that_would_lose_something_is_refused(weight):
    with pytest.raises(TypingError, match="int64 is taken and float64 given"):
        ask(address(weighted, SIGNATURE), np.ones(2), weight)


def test_a_wrong_result_is_refused():
    with pytest.raises(TypingError):
        address(weighted, int64(float64[::1], int64, boolean))


def test_a_missing_argument_is_refused():
    with pytest.raises(TypingError):
        ask_with_too_little(address(weighted, SIGNATURE), np.ones(2))
