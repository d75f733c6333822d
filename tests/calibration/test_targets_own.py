"""A file of one's own: what is taken from the shipped data, what is not, and what is said about the rest."""

import numpy as np
import pytest
from clfz.analysis.calibration.targets import DATA, Reading, Targets, load_targets
from clfz.inputs.problems import InputError

SHIPPED = (DATA / "records.csv").read_text(encoding="utf-8")
HEAD = (
    "record,country,zone_candidates,period_start,period_end,withdrawn_to_school,"
    "protected_from_dropout,in_bridge_school"
)
ZWE = "ZWE-1,ZWE,,2015-05,2016-04,151,0,151"


def load(tmp_path, *rows, head=HEAD):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return load_targets(path)


def same(one, other):
    assert (one.records, one.countries, one.readings) == (
        other.records,
        other.countries,
        other.readings,
    )
    assert one.starts == other.starts
    np.testing.assert_array_equal(one.counts, other.counts)


def test_a_copy_of_the_shipped_records_is_the_same():
    same(load_targets(DATA / "records.csv"), load_targets())
    assert load_targets().warnings == ()


def test_shipped_names_need_no_country(tmp_path):
    path = tmp_path / "mine.csv"
    lines = [line.split(",") for line in SHIPPED.splitlines()]
    path.write_text("\n".join(",".join(cells[:1] + cells[2:7]) for cells in lines))
    same(load_targets(path), load_targets())


def test_a_shipped_start_belongs_to_the_shipped_record_of_its_year(tmp_path):
    shipped = load(tmp_path, "IND-2,IND,,2015-05,2016-04,600,300,200", ZWE)
    assert shipped.starts == {
        "Budhpura": ("out_of_school_5_14", 1019.0),
        "Chipinge": ("work_only_5_17", 189.0),
    }
    own = load(tmp_path, "X-1,IND,Budhpura,2015-05,2016-04,600,300,200", ZWE)
    assert list(own.starts) == ["Chipinge"]
    assert not own.warnings


def test_a_shipped_record_of_another_year_says_that_the_start_is_not_used(tmp_path):
    later = load(tmp_path, "IND-2,IND,,2019-05,2020-04,600,300,200", ZWE)
    assert list(later.starts) == ["Chipinge"]
    (warning,) = later.warnings
    assert ":2:4: row 2: IND-2 counts 2019-05 to 2020-04" in warning
    assert "Budhpura" in warning


def test_what_is_not_used_is_said(tmp_path):
    found = load(
        tmp_path,
        f"{ZWE},300,fit",
        "IND-2,IND,Atlantis,2015-05,2016-04,600,300,200,,fit",
        "UGA-1,UGA,,2015-05,2016-04,1,1,1,,check",
        head=f"{HEAD},out_of_school_children,use",
    )
    assert found.records == ("ZWE-1", "IND-2")
    stock, places, check = sorted(found.warnings)
    assert ":2:9: row 2: out_of_school_children" in stock
    assert "not used" in stock
    assert ":3:3: row 3: zone_candidates of IND-2 is not used" in places
    assert ":4:10: row 4: UGA-1 says check" in check


def test_candidates_of_shipped_records_are_told_once(tmp_path):
    rows = [f"IND-{k},IND,Atlantis,2015-05,2016-04,1,2,3" for k in (1, 2, 3)]
    (warning,) = load(tmp_path, *rows).warnings
    assert "zone_candidates of IND-1, IND-2, IND-3 is not used" in warning


def many(records, places):
    """Records of one country, each at any of the places."""
    readings = [
        Reading(at, f"place {k}", "budhpura", 1.0, 1.0)
        for at in range(records)
        for k in range(places)
    ]
    names = tuple(f"X-{at}" for at in range(records))
    return Targets(names, ("IND",) * records, np.ones((records, 3)), tuple(readings), {}, {})


def test_more_ways_than_can_be_counted_in_are_refused_at_once():
    assert len(many(6, 6).matchings("IND")[1]) == 720
    with pytest.raises(InputError, match="more than 10000 ways") as caught:
        many(30, 40).matchings("IND")
    assert "name fewer places for a record in zone_candidates" in str(caught.value)


def test_ways_with_one_place_each_are_found_at_once():
    readings = tuple(Reading(at, f"place {at}", "budhpura", 1.0, 1.0) for at in range(40))
    names = tuple(f"X-{at}" for at in range(40))
    targets = Targets(names, ("IND",) * 40, np.ones((40, 3)), readings, {}, {})
    assert targets.matchings("IND")[1] == [tuple(range(40))]


def test_ways_come_in_the_order_of_permutations():
    from itertools import permutations

    targets = load_targets()
    for code in targets.codes:
        members, ways, _ = targets.matchings(code)
        own = [
            {r.place: k for k, r in enumerate(targets.readings) if r.record == at} for at in members
        ]
        names = list(dict.fromkeys(place for each in own for place in each))
        assert ways == [
            tuple(each[place] for each, place in zip(own, order, strict=True))
            for order in permutations(names, len(members))
            if all(place in each for each, place in zip(own, order, strict=True))
        ]


def test_more_records_than_places_are_refused():
    with pytest.raises(InputError, match="cannot all be given to different places"):
        many(12, 11).matchings("IND")
