import numpy as np
import pytest
from clfz.inputs.indicators import (
    CATALOGUE,
    DEFINITIONS,
    INDICATORS,
    OUTCOMES,
    RATIOS,
    definition,
    find,
    from_counts,
)
from hypothesis import given
from hypothesis import strategies as st

CONTRACT = """
children school_only_rate works_and_school_rate work_only_rate neither_rate school_attendance_rate
out_of_school_rate working_rate child_labour_rate child_labour_with_chores_rate hazardous_work_rate
full_time_school_rate working_farm working_home working_tier3 working_tier2 working_tier1
adult_wage_index pupils_per_teacher norm_support_rate
"""


def test_the_catalogue_holds_every_monthly_indicator_once() -> None:
    assert [entry.name for entry in INDICATORS] == CONTRACT.split()
    names = [entry.name for entry in CATALOGUE]
    assert len(names) == len(set(names))
    assert len(CATALOGUE) == len(INDICATORS) + len(OUTCOMES) + len(RATIOS)


def test_every_entry_can_be_explained() -> None:
    known = {each.definition_id for each in DEFINITIONS}
    for entry in CATALOGUE:
        assert entry.label, entry
        assert entry.unit, entry
        assert entry.source, entry
        assert entry.direction in {-1, 0, 1}, entry
        assert entry.definition_id in known, entry


def test_a_definition_of_a_user_describes_itself() -> None:
    assert definition("national:KEN").title == "national:KEN"


def test_find_looks_through_moments_and_years() -> None:
    assert find("child_labour_rate@5y") is find("child_labour_rate")
    assert find("in_bridge_school_year3") is find("in_bridge_school")
    assert find("child_years_in_school_gained").unit == "child-years"
    with pytest.raises(KeyError):
        find("happiness")
    with pytest.raises(KeyError):
        find("_year1")


counts = st.integers(0, 5000)


@given(counts, counts, counts, counts)
def test_the_four_activities_add_up(only: int, both: int, work: int, neither: int) -> None:
    states = {"school_only": only, "school_and_work": both, "work_only": work, "neither": neither}
    people = {name: np.array([float(value)]) for name, value in states.items()}
    people["children"] = np.array([float(sum(states.values()))])
    shares = [
        from_counts(f"{name}_rate", people)
        for name in ("school_only", "works_and_school", "work_only", "neither")
    ]
    expected = 1.0 if sum(states.values()) else 0.0
    assert sum(shares) == pytest.approx(expected)
    attending = from_counts("school_attendance_rate", people)
    assert attending + from_counts("out_of_school_rate", people) == pytest.approx(expected)


def test_counts_stay_counts_and_odd_requests_are_refused() -> None:
    people = {"children": np.array([[3.0, 0.0]]), "pupils": np.ones(2), "teachers": np.zeros(2)}
    assert from_counts("children", people).tolist() == [[3.0, 0.0]]
    assert from_counts("pupils_per_teacher", people).tolist() == [0.0, 0.0]
    with pytest.raises(KeyError, match="not made from counts"):
        from_counts("adult_wage_index", people)
