"""Sound files, changed at random: they are read, or every mistake is told. Nothing else happens."""

import copy
from pathlib import Path

from clfz.inputs import check_text, find, to_yaml
from clfz.inputs.yaml_reader import parse_yaml
from hypothesis import given, settings
from hypothesis import strategies as st

ZONE = parse_yaml((Path(__file__).parent / "good" / "zone.yaml").read_text("utf-8"), "zone").data
DOCUMENTS = [
    ZONE,
    *(
        parse_yaml(find.locate(kind, name).read_text("utf-8"), name).data
        for kind, name in [
            ("programme", "area-based"),
            ("programme", "cash-transfer"),
            ("shock", "wage-slump"),
            ("comparison", "headline"),
        ]
    ),
]
VALUES = [None, True, 0, -1, 23, 1.5, 1e300, "", "x", "50%", "0,5", "1.250,00", "NO", "2014-13"]
values = st.sampled_from([*VALUES, [], {}, [1], {"a": 1}, [[]], [{}], ["none"]])


def paths(data, here=()):
    """The path of everything in some data."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for step, value in pairs:
        yield (*here, step)
        if isinstance(value, dict | list):
            yield from paths(value, (*here, step))


@settings(max_examples=100)
@given(st.data())
def test_a_changed_file_is_read_or_told_about(data):
    document = copy.deepcopy(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 3))):
        *around, last = data.draw(st.sampled_from(list(paths(document))))
        group = document
        for step in around:
            group = group[step]
        change = data.draw(st.sampled_from(["value", "drop", "rename"]))
        if change == "value":
            group[last] = data.draw(values)
        elif change == "drop" or isinstance(group, list):
            group.pop(last)
        else:
            group[f"{last}x"] = group.pop(last)
        if not document:
            break
    checked = check_text(to_yaml(document), "file")
    assert (checked.value is None) == bool(checked.problems)
    assert checked.problems == sorted(checked.problems)
    for problem in checked.problems:
        assert "Input should" not in problem.message
        assert "{here}" not in problem.message


share = st.floats(0.01, 1)


@settings(max_examples=30)
@given(st.lists(share, min_size=4, max_size=4), st.lists(share, min_size=5, max_size=5))
def test_any_shares_that_sum_to_one_are_a_zone(four, five):
    zone = copy.deepcopy(ZONE)
    names = ["school_only", "school_and_work", "work_only", "neither"]
    row = dict(zip(names, (part / sum(four) for part in four), strict=True))
    zone["activity"]["girls"]["5-11"] = row
    for trade, part in zip(["farm", "home", "tier3", "tier2", "tier1"], five, strict=True):
        value = part / sum(five)
        zone["livelihoods"][trade] = {"value": value, "low": 0, "high": "100%", "source": "test"}
    checked = check_text(to_yaml(zone), "file")
    assert checked.problems == []
    again = check_text(to_yaml(checked.value), "file")
    assert again.value == checked.value
    assert abs(sum(again.value.activity.shares()[0][0]) - 1) < 1e-12
