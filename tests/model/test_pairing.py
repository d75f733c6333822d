"""Pairing pays: the same people and random draws make the effect of a mild programme visible.

Measured in 1500 children on school attendance in the last month of a programme of four years: the variance of
the effect with independent seeds (that of the one scenario plus that of the other) over its variance in pairs.
"""

import numpy as np
import pytest
from clfz.programme.levers import neutral

from tests.model.zones import (
    PROGRAMMES,
    batch,
    count,
    parameters,
    programme_levers,
    seeds,
    zone_data,
)

MONTHS, CHILDREN, REPLICATES = 48, 1500, 60
MILD, MIDDLING = 0.01, 0.05  # effect on the share at school
PAIRING_CUTS, STILL_CUTS = 20.0, 5.0


def attendance(z, levers):
    """Share of children at school in the last month [replications, scenarios]."""
    totals, _, _ = batch(z, parameters(), levers, seeds(REPLICATES), MONTHS)
    last = totals[:, :, MONTHS].sum(axis=(2, 3))
    school = last[..., count("school_only")] + last[..., count("school_and_work")]
    return school / last[..., count("children")]


def factors(z, scenarios):
    """Name -> (mean effect, factor by which pairing cuts its variance)."""
    share = attendance(z, np.stack([neutral(MONTHS), *scenarios.values()]))
    found = {}
    for k, name in enumerate(scenarios, start=1):
        effect = share[:, k] - share[:, 0]
        apart = share[:, k].var(ddof=1) + share[:, 0].var(ddof=1)
        paired = effect.var(ddof=1)
        found[name] = effect.mean(), apart / paired if paired > 0 else np.inf
    return found


def test_pairing_cuts_the_variance_of_mild_programmes():
    z = zone_data("budhpura", CHILDREN)
    half = ("cash-transfer", "cash-unconditional", "cash-labelled", "awareness", "supply-chain")
    found = factors(z, {name: programme_levers(name, z, MONTHS, strength=0.5) for name in half})
    for name, (effect, factor) in found.items():
        assert abs(effect) < MILD, name
        assert factor > PAIRING_CUTS, name


@pytest.mark.slow
@pytest.mark.parametrize("place", ["budhpura", "mali-1"])
def test_pairing_cuts_the_variance_of_every_programme(place, capsys):
    """Strong programmes move many children, each by a chance of its own: pairing cannot take that away."""
    z = zone_data(place, CHILDREN)
    scenarios = {
        f"{name} x {strength}": programme_levers(name, z, MONTHS, strength=strength)
        for name in PROGRAMMES
        for strength in (0.1, 0.5, 1.0)
    }
    found = factors(z, scenarios)
    with capsys.disabled():
        print(f"\n{place}: {REPLICATES} pairs of {CHILDREN} children")
        for name, (effect, factor) in found.items():
            print(f"{name:28s} effect {100 * effect:+6.2f} points, variance / {factor:8.1f}")
    for name, (effect, factor) in found.items():
        if abs(effect) < MIDDLING:
            assert factor > (PAIRING_CUTS if abs(effect) < MILD else STILL_CUTS), name
