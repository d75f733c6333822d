"""Without a programme a zone stands still at its profile: otherwise every effect would be drift.

Shares are means over the months of a year and over replications, by completed age. What is asserted is the claim of the
design: no share moves by more than one percentage point a year. How far each year lies from the profile itself
is printed by the slow test.
"""

import numpy as np
import pytest
from clfz.model.burn_in import shifted
from clfz.model.layout import COUNTS
from clfz.programme.levers import neutral
from clfz.runs.zone_data import zone_values

from tests.model.test_rules import profile_of
from tests.model.zones import ZONES, batch, parameters, seeds, zone, zone_data

YEARS = 10
POINT = 0.01
BANDS, ACTIVITIES = ("5-11", "12-14", "15-17"), ("school only", "both", "work only", "neither")


def shares(z, p, replications):
    """Yearly mean shares [replications, years, sex, band, activity]."""
    levers = neutral(12 * YEARS)[None]
    totals, _, _ = batch(z, p, levers, seeds(replications, 5))
    monthly = totals[:, 0, 1:, :, :, 1:5] / np.maximum(1, totals[:, 0, 1:, :, :, :1])
    assert COUNTS[1:5] == ("school_only", "school_and_work", "work_only", "neither")
    return monthly.reshape(replications, YEARS, 12, *monthly.shape[2:]).mean(axis=2)


def trend(yearly):
    """Slope of a straight line through the years [sex, band, activity]."""
    years = np.arange(YEARS) - (YEARS - 1) / 2
    return np.tensordot(years, yearly, axes=(0, 0)) / (years**2).sum()


def goal(name, number=None):
    """The profile, in a draw with the share out of school that was drawn."""
    profile = profile_of(name)
    if number is None:
        return profile
    return shifted(profile, zone_values(zone(name), 11, number)["activity_range",])


@pytest.mark.parametrize("number", [None, 0], ids=["central", "drawn"])
@pytest.mark.parametrize("name", ZONES)
def test_shares_do_not_drift(name, number):
    z = zone_data(name, 2500, number=number)
    yearly = shares(z, parameters(number, name), replications=5).mean(axis=0)
    assert np.abs(trend(yearly)).max() < POINT
    assert np.abs(yearly[-1] - yearly[0]).max() < (YEARS - 1) * POINT
    # and they stand near the profile: sampling noise of 12 500 children is up to a point
    assert np.abs(yearly.mean(axis=0) - goal(name, number)).max() < 4.5 * POINT


def worst(table):
    at = np.unravel_index(np.abs(table).argmax(), table.shape)
    sex, band, activity = ("girls", "boys")[at[0]], BANDS[at[1]], ACTIVITIES[at[2]]
    return f"{100 * table[at]:+5.2f} {sex} {band} {activity}"


@pytest.mark.slow
@pytest.mark.parametrize("number", [None, 1, 2, 3], ids=["central", "draw1", "draw2", "draw3"])
@pytest.mark.parametrize("name", ZONES)
def test_shares_do_not_drift_from_year_to_year(name, number, capsys):
    z, profile = zone_data(name, number=number), goal(name, number)
    replications = int(np.ceil((300_000 if number is None else 100_000) / float(z["children"])))
    each = shares(z, parameters(number, name), max(4, replications))
    yearly, change = each.mean(axis=0), np.diff(each, axis=1)
    noise = change.std(axis=0, ddof=1) / np.sqrt(len(each))
    steps = change.mean(axis=0)
    with capsys.disabled():
        who = (
            f"{name} {'central' if number is None else f'draw {number}'}, {len(each)} replications"
        )
        far = "; ".join(f"year {k} {worst(yearly[k - 1] - profile)}" for k in (1, 5, 10))
        print(f"\n{who}: {far}; trend a year {worst(trend(yearly))}", end="")
    assert np.abs(trend(yearly)).max() < POINT / 2
    assert (np.abs(steps) < POINT + 4 * noise).all()
