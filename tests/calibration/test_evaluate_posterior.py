"""Assumptions of an evaluation: from the priors, or from the draws of a posterior."""

import json

import numpy as np
import pandas as pd
import pytest
from clfz.analysis.evaluation.runs import already_seen, draws
from clfz.inputs import InputError, load_zone
from clfz.inputs.parameters import draw, load_parameters


@pytest.fixture
def zone():
    return load_zone("budhpura")


def test_without_a_posterior_they_are_those_of_a_comparison(zone):
    found = draws(zone, 3, seed=9)
    for index in range(3):
        own = draw(load_parameters(), 9, index, zone=zone.name, country=zone.country)
        assert own.items() <= found.values[index].items()
    assert found.learned == ()


def test_a_posterior_takes_the_place_of_the_priors(zone, tmp_path):
    table = pd.DataFrame(
        {
            "norm_school": np.linspace(0.7, 0.8, 50),
            "report_missed[IND]": np.linspace(0.1, 0.2, 50),
            "report_missed[MLI]": 0.0,
            "report_noise": 0.1,
            "reach_level": 0.3,
            "protected_spread": 0.4,
            "visits_level": 2.0,
            "bridge_share": 0.6,
            "protected_share": 0.9,
            "chain": 0,
        }
    )
    table.to_parquet(tmp_path / "posterior.parquet")
    prior = draws(zone, 20, seed=9)
    found = draws(zone, 20, seed=9, posterior=tmp_path)
    reach = {"reach_level", "protected_spread"}
    assert set(found.learned) == {"norm_school", "report_missed", "report_noise"} | reach
    assert {each["reach_level"] for each in found.values} == {0.3}
    assert "2 parameters of the model; with how many children programmes work (reach_level)" in (
        found.told
    )
    assert "errors of counting (report_noise). The rest comes from the priors" in found.told
    assert "(visits_level, bridge_share) is not used, because the programme file says" in found.told
    school = [each["norm_school"] for each in found.values]
    assert set(school) <= set(table["norm_school"])
    assert len(set(school)) == 20  # no draw twice while there are enough
    # what belongs to one draw stays together
    rows = table.set_index("norm_school")
    for each in found.values:
        assert each["report_missed"] == rows.loc[each["norm_school"], "report_missed[IND]"]
    untouched = {"inertia_school", "report_double"}
    for name in untouched:
        assert [each[name] for each in found.values] == [each[name] for each in prior.values]
    assert draws(zone, 20, seed=9, posterior=tmp_path / "posterior.parquet").values == found.values


def test_more_draws_than_the_posterior_has(zone, tmp_path):
    pd.DataFrame({"norm_school": [0.7, 0.8, 0.9]}).to_parquet(tmp_path / "posterior.parquet")
    values = [each["norm_school"] for each in draws(zone, 7, 1, tmp_path).values]
    assert sorted(set(values)) == [0.7, 0.8, 0.9]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "there is no posterior in .*Make one: clfz calibrate"),
        (b"not parquet", "no table of draws"),
        ({"x": [1.0]}, "no column is a parameter"),
        ({"visits_level": [2.0]}, "no column is a parameter that an evaluation uses"),
        ({"norm_school": []}, "holds no draws"),
        (
            {"norm_school": [9.0]},
            "norm_school is 9 in row 1, but it must be a number from 0.6 to 2",
        ),
        ({"norm_school": ["high"]}, 'norm_school is "high" in row 1'),
        ({"norm_school": [float("nan")]}, "norm_school is empty in row 1"),
    ],
)
def test_a_posterior_that_cannot_be_used_is_told(zone, tmp_path, table, said):
    file = tmp_path / "posterior.parquet"
    if isinstance(table, bytes):
        file.write_bytes(table)
    elif table is not None:
        pd.DataFrame(table).to_parquet(file)
    with pytest.raises(InputError, match=said):
        draws(zone, 2, 1, tmp_path)


COUNTS = [("withdrawn_to_school", 593.0), ("protected_from_dropout", 361.0)]


@pytest.mark.parametrize(
    ("names", "counts", "seen"),
    [
        (("IND-2", "budhpura"), [], ["IND-2"]),
        (("", "somewhere"), COUNTS, ["IND-2"]),
        (("", "somewhere"), COUNTS[:1], []),  # one number may be the same by chance
        (("", "somewhere"), [(COUNTS[0][0], 361.0), (COUNTS[1][0], 593.0)], []),
        (("", ""), [("protected_from_dropout", 0.0), ("withdrawn_to_school", 151.0)], []),
        (("IND-9", "elsewhere"), [("withdrawn_to_school", 12.0)], []),
    ],
)
def test_figures_that_a_posterior_learned_from_are_known_again(tmp_path, names, counts, seen):
    told = {"records": ["IND-2", "ZWE-1"], "counts": [[593, 361, 219], [151, 0, 151]]}
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    file = tmp_path / "posterior.parquet"
    file.write_bytes(b"")
    for posterior in (tmp_path, file):
        assert already_seen(posterior, names, counts) == seen


@pytest.mark.parametrize(
    "text", ["", "[]", "no json", '{"records": ["A"]}', '{"records": 3, "counts": 4}']
)
def test_of_a_posterior_without_a_record_of_itself_nothing_is_known(tmp_path, text):
    if text:
        (tmp_path / "manifest.json").write_text(text)
    assert already_seen(tmp_path, ["IND-2"], COUNTS) == []
