"""The generator is the published one, and its numbers behave as chance in every direction used."""

import math

import numpy as np
import pytest
from clfz.model import random
from clfz.runs.zone_data import replication_seed
from hypothesis import example, given
from hypothesis import strategies as st

from tests.model.kernels import bells, table, uniforms

# Bounds are those of a sample of this size: each holds for true chance in all but one case in
# 100 000 or more, and the seeds are fixed, so a test that passes once always passes.
TOO_FAR = 4.9
SEED = 0x9F3A_71C2_55D0_E18B
PURPOSES = tuple(enumerate(random.PURPOSES))
PEOPLE = np.arange(1500, dtype=np.int64) * 16 + 4  # households one after another, as they stand
MONTHS = np.arange(60, dtype=np.int64)


def philox(counter, key):
    """Philox4x32-10 in whole numbers, written from the paper and not from the engine."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            (right >> 32) ^ c1 ^ k0,
            right & 0xFFFFFFFF,
            (left >> 32) ^ c3 ^ k1,
            left & 0xFFFFFFFF,
        )
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def engine_words(seed, who, month, purpose):
    drawn = table(np.uint64(seed), np.array([who]), np.array([month]), purpose)
    return tuple(int(word) for word in drawn[0, 0])


# --- the published generator ---


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_reference_gives_the_known_answers_of_random123(counter, key, answer):
    assert philox(counter, key) == answer


@given(
    seed=st.integers(0, 2**64 - 1),
    who=st.integers(0, 2**32 - 1),
    month=st.integers(-600, 100_000),
    purpose=st.sampled_from(range(9)),
)
@example(seed=0, who=0, month=0, purpose=0)  # the first known answer
@example(seed=2**64 - 1, who=2**32 - 1, month=-1, purpose=8)
@example(seed=2**63, who=2**31, month=-(2**31), purpose=1)
def test_the_engine_gives_the_words_of_the_reference(seed, who, month, purpose):
    counter = (who, month % 2**32, purpose, 0)
    expected = philox(counter, (seed % 2**32, seed // 2**32))
    assert engine_words(seed, who, month, purpose) == expected


def test_no_two_purposes_share_a_number():
    values = [getattr(random, name.upper()) for name in random.PURPOSES]
    assert values == list(range(len(random.PURPOSES)))


def test_uniform_numbers_lie_strictly_inside_and_keep_the_words_order():
    ends = uniforms(np.array([0, 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1], np.uint32))
    assert ends[0] == 2.0**-33
    assert ends[-1] == 1.0 - 2.0**-33
    assert (np.diff(ends) > 0).all()
    assert ends[2] + ends[3] == 1.0


# --- each stream is uniform ---


def chi_square_distance(counts):
    """How far counts are from equal ones, as a normal deviate (Wilson and Hilferty 1931)."""
    freedom = counts.size - 1
    expected = counts.sum() / counts.size
    ratio = ((counts - expected) ** 2).sum() / expected / freedom
    spread = 2.0 / (9.0 * freedom)
    return (ratio ** (1 / 3) - (1 - spread)) / math.sqrt(spread)


def kolmogorov(u):
    """Largest gap to the uniform distribution, times the root of the size of the sample."""
    n = u.size
    steps = np.arange(n + 1) / n
    ordered = np.sort(u)
    gap = max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max())
    return gap * math.sqrt(n)


@pytest.mark.parametrize(("purpose", "name"), PURPOSES)
def test_each_purpose_is_uniform(purpose, name):
    drawn = table(np.uint64(SEED), PEOPLE, MONTHS, purpose)
    for word in range(4):
        one = drawn[:, :, word].ravel()
        u = uniforms(one)
        assert kolmogorov(u) < 2.5, (name, word)
        assert abs(u.mean() - 0.5) < TOO_FAR * math.sqrt(1 / 12 / u.size)
        assert abs(u.var() - 1 / 12) < TOO_FAR * math.sqrt(1 / 180 / u.size)
        for shift in (0, 8, 16, 24):  # personal bytes are cut from words
            counts = np.bincount((one >> shift) & 0xFF, minlength=256)
            assert abs(chi_square_distance(counts)) < TOO_FAR, (name, word, shift)


def test_no_four_words_are_drawn_twice():
    everything = [table(np.uint64(SEED), PEOPLE, MONTHS, purpose) for purpose, _ in PURPOSES]
    rows = np.concatenate([drawn.reshape(-1, 4) for drawn in everything])
    pairs = rows[:, 0].astype(np.uint64) << np.uint64(32) | rows[:, 1]
    assert np.unique(pairs).size == pairs.size


# --- streams do not know of each other ---


def streams(seed=SEED, people=PEOPLE, months=MONTHS):
    """Uniform numbers [purpose and word, people, months]."""
    drawn = [table(np.uint64(seed), people, months, purpose) for purpose, _ in PURPOSES]
    return np.concatenate([np.moveaxis(d, 2, 0) for d in drawn]) * 2.0**-32


def correlations(left, right):
    """Of each row of one with each row of the other, in units of its standard error."""
    left = left.reshape(len(left), -1)
    right = right.reshape(len(right), -1)
    left = (left - left.mean(axis=1, keepdims=True)) / left.std(axis=1, keepdims=True)
    right = (right - right.mean(axis=1, keepdims=True)) / right.std(axis=1, keepdims=True)
    return left @ right.T / math.sqrt(left.shape[1])


@pytest.fixture(scope="module")
def numbers():
    return streams()


def test_purposes_and_words_are_independent(numbers):
    found = correlations(numbers, numbers)
    np.fill_diagonal(found, 0.0)
    assert np.abs(found).max() < TOO_FAR
    # centred squares: a dependence of the spread would not show in the means
    squares = (numbers - 0.5) ** 2
    found = correlations(squares, squares)
    np.fill_diagonal(found, 0.0)
    assert np.abs(found).max() < TOO_FAR


@pytest.mark.parametrize("apart", [1, 2, 16])
def test_neighbours_are_independent(numbers, apart):
    found = correlations(numbers[:, :-apart], numbers[:, apart:])
    assert np.abs(found).max() < TOO_FAR


def test_brothers_and_sisters_are_independent():
    children = np.arange(4000, dtype=np.int64)  # keys: household times 16 plus birth order
    drawn = streams(people=children, months=MONTHS[:12])
    found = correlations(drawn[:, :-1], drawn[:, 1:])
    assert np.abs(found).max() < TOO_FAR


@pytest.mark.parametrize("apart", [1, 2, 12])
def test_months_are_independent(numbers, apart):
    found = correlations(numbers[:, :, :-apart], numbers[:, :, apart:])
    assert np.abs(found).max() < TOO_FAR


@pytest.mark.parametrize("other", [SEED + 1, SEED - 1, SEED ^ 2**32, SEED ^ 2**63, SEED + 2**32])
def test_neighbouring_seeds_are_independent(numbers, other):
    found = correlations(numbers, streams(other))
    assert np.abs(found).max() < TOO_FAR


@pytest.mark.parametrize("lag", ["person", "month"])
def test_pairs_fill_the_square_evenly(numbers, lag):
    left, right = (
        (numbers[:, :-1], numbers[:, 1:])
        if lag == "person"
        else (numbers[:, :, :-1], numbers[:, :, 1:])
    )
    cells = np.floor(left * 16).astype(int) * 16 + np.floor(right * 16).astype(int)
    for stream in cells:
        counts = np.bincount(stream.ravel(), minlength=256)
        assert abs(chi_square_distance(counts)) < TOO_FAR


def test_every_bit_of_the_address_turns_half_of_the_answer():
    rng = np.random.default_rng(5)
    flips = []
    for bit in range(64 + 32 + 32):
        turned = 0
        for _ in range(40):
            seed, who, month = (int(rng.integers(2**k)) for k in (63, 32, 31))
            base = engine_words(seed, who, month, random.MONTH)
            other = [seed, who, month]
            part, at = (0, bit) if bit < 64 else (1, bit - 64) if bit < 96 else (2, bit - 96)
            other[part] ^= 1 << at
            changed = engine_words(*other, random.MONTH)
            turned += sum((a ^ b).bit_count() for a, b in zip(base, changed, strict=True))
        flips.append(turned / (40 * 128))
    assert np.abs(np.array(flips) - 0.5).max() < TOO_FAR * 0.5 / math.sqrt(40 * 128)


# --- the bell, and the seeds of replications ---


def test_the_bell_is_what_the_model_description_says():
    drawn = table(np.uint64(SEED), PEOPLE, MONTHS[:2], random.MONTH).reshape(-1, 4)
    halves = [half for word in drawn[:, :2].T for half in (word & 0xFFFF, word >> 16)]
    expected = (sum((h + 0.5) / 65536 for h in halves) - 2) * math.sqrt(3)
    np.testing.assert_allclose(bells(drawn[:, 0], drawn[:, 1]), expected, rtol=0, atol=1e-14)


def test_the_bell_has_mean_0_variance_1_and_the_tails_of_four_uniforms():
    drawn = table(np.uint64(SEED), PEOPLE, np.arange(200), random.MONTH).reshape(-1, 4)
    for first, second in ((0, 1), (2, 3)):
        x = bells(drawn[:, first], drawn[:, second])
        n = x.size
        assert abs(x.mean()) < TOO_FAR / math.sqrt(n)
        assert abs(x.var() - 1) < TOO_FAR * math.sqrt(1.7 / n)  # moments 4, 6, 8: 2.7, 10.93, 55.8
        assert abs((x**3).mean()) < TOO_FAR * math.sqrt(10.93 / n)
        assert abs((x**4).mean() - 2.7) < TOO_FAR * math.sqrt(48.5 / n)
        # P(sum of four uniforms < 1/2) = (1/2)^4 / 24
        share = (x < (0.5 - 2) * math.sqrt(3)).mean()
        assert abs(share - 1 / 384) < TOO_FAR * math.sqrt(1 / 384 / n)
    ends = np.array([0, 2**32 - 1], np.uint32)
    np.testing.assert_allclose(bells(ends, ends), [-3.4641, 3.4641], atol=1e-4)


def test_worlds_have_seeds_of_their_own():
    table = [
        replication_seed(study, draw, replicate)
        for study in range(12)
        for draw in range(40)
        for replicate in range(20)
    ]
    assert len(set(table)) == len(table)
    assert replication_seed(1, 11, 1) != replication_seed(11, 1, 1) != replication_seed(1, 1, 11)
    halves = np.array([[s % 2**32, s >> 32] for s in table]) * 2.0**-32
    for half in halves.T:
        assert kolmogorov(half) < 2.5
        follow = np.corrcoef(half[:-1], half[1:])[0, 1]
        assert abs(follow) < TOO_FAR / math.sqrt(half.size)
