"""The files that ship: they can be read, they are honest, and they cost what they say."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clfz.programme.interventions import Intervention, Usage
from clfz.programme.levers import INDEX, Calendar, lever_path, neutral
from clfz.programme.names import TIERS
from ruamel.yaml import YAML

from tests.programme.blocks import by_month, costs, parse, parse_shock, usage

SCENARIOS = Path(__file__).parents[2] / "scenarios"
# Budhpura, the zone of the headline comparison, in round figures of its zone file.
CALENDAR = Calendar(months=108, programme_months=48, children=2200, households=1100, villages=10)
LIVELIHOODS = {"farm": 0.12, "home": 0.57, "tier3": 0.11, "tier2": 0.14, "tier1": 0.06}
PLACES = {"tier1": 65, "tier2": 150, "tier3": 120}


def read(folder: str, name: str) -> dict[str, Any]:
    block: dict[str, Any] = YAML(typ="safe").load(SCENARIOS / folder / f"{name}.yaml")
    return block


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (SCENARIOS / folder).glob("*.yaml"))


def programme(name: str) -> list[Intervention]:
    return [parse(block) for block in read("programmes", name)["interventions"]]


def full_use(programme: list[Intervention]) -> Usage:
    """What a zone would use if every place were filled: the upper end of a budget."""
    path = lever_path(programme, [], CALENDAR)

    def at(name: str) -> Any:
        return path[:, INDEX[name]]

    children = {"5_11": 2200 * 7 / 13 / 2, "12_14": 2200 * 3 / 13 / 2, "15_17": 2200 * 3 / 13 / 2}
    cash = sum(
        at(f"transfer_{sex}_{band}") * number
        for sex in ("girls", "boys")
        for band, number in children.items()
    )
    counts = {
        "households": 1100.0,
        "villages": 10.0,
        "pupils": 1000.0,
        "extra_teachers": at("teachers") * 1000 / 50,
        "bridge_pupils": at("bridge_seats"),
        "bridge_starts": at("bridge_seats") / np.maximum(at("bridge_months"), 1),
        "transfers_paid": cash * at("transfer_coverage"),
        "visits": at("group_visits") * 11,
        "contacts": at("awareness_contacts") * 1100,
    }
    wages = {
        f"wage_bill_{trade}": 1100 * 100 * share * at("adult_wage_coverage")
        for trade, share in LIVELIHOODS.items()
    }
    checks = {f"places_checked_{tier}": PLACES[tier] * at(f"age_check_{tier}") for tier in TIERS}
    return usage(108, **counts, **wages, **checks)


@pytest.mark.parametrize("name", names("programmes"))
def test_programme(name: str) -> None:
    block = read("programmes", name)
    assert set(block) == {"name", "title", "summary", "interventions"}
    assert block["name"] == name
    interventions = programme(name)
    assert len({one.kind for one in interventions}) == len(interventions)
    path = lever_path(interventions, [], CALENDAR)
    assert not path[48:].any(), "nothing goes on after the programme has left"
    assert path.any() == (name not in {"none", "zero"})


@pytest.mark.parametrize("name", names("programmes"))
def test_budget_in_the_comment_is_the_budget(name: str) -> None:
    text = (SCENARIOS / "programmes" / f"{name}.yaml").read_text(encoding="utf-8")
    interventions = programme(name)
    book = costs(interventions, full_use(interventions), CALENDAR)
    said = re.search(r"Budget[^:]*: (?:about )?EUR (\d+)(?: to (\d+))? ?per", text)
    if said is None:
        assert name in {"none", "zero", "cash-labelled", "cash-unconditional"}
        return
    low, high = float(said[1]), float(said[2] or said[1])
    yearly = by_month(book, "programme").sum() / 4 / 2200
    assert low - 0.15 * low <= yearly <= high + 0.15 * high


def test_whole_area_costs_what_an_organisation_can_raise() -> None:
    interventions = programme("area-based")
    book = costs(interventions, full_use(interventions), CALENDAR)
    assert 30 <= by_month(book, "programme").sum() / 4 / 2200 <= 80


def test_zero_is_none_to_the_bit() -> None:
    interventions = programme("zero")
    assert all(one.intensity == 0.0 for one in interventions)
    assert lever_path(interventions, [], CALENDAR).tobytes() == neutral(108).tobytes()
    assert not by_month(costs(interventions, full_use(interventions), CALENDAR)).any()


def test_flavours_of_cash_hand_out_the_same_money() -> None:
    amounts = [
        {name: path for name, path in one.lever_paths(CALENDAR).items() if "_1" in name}
        for flavour in ("cash-transfer", "cash-labelled", "cash-unconditional")
        for one in programme(flavour)
    ]
    for other in amounts[1:]:
        assert all((other[name] == path).all() for name, path in amounts[0].items())


@pytest.mark.parametrize("part", ["bridge-schools", "awareness", "school-strengthening"])
def test_a_part_of_the_area_programme_is_as_strong_as_alone(part: str) -> None:
    """Otherwise a comparison of the whole with its part would compare doses."""
    (alone,) = programme(part)
    (within,) = [one for one in programme("area-based") if one.kind == alone.kind]
    assert within.model_copy(update={"start_month": 1}) == alone


@pytest.mark.parametrize("name", names("shocks"))
def test_shock(name: str) -> None:
    block = read("shocks", name)
    assert block["name"] == name
    shock = parse_shock(
        {key: value for key, value in block.items() if key not in {"name", "title", "summary"}}
    )
    assert lever_path([], [shock], CALENDAR).any()
    assert shock.sentence().endswith(".")


@pytest.mark.parametrize("name", names("comparisons"))
def test_comparison_names_files_that_exist(name: str) -> None:
    block = read("comparisons", name)
    assert block["name"] == name
    assert block["programmes"][0] == "none"
    assert set(block["programmes"]) <= set(names("programmes"))
    assert set(block["shocks"]) <= set(names("shocks"))
    assert block["zone"] in names("zones")


def test_headline() -> None:
    block = read("comparisons", "headline")
    assert (block["draws"], block["replicates"], block["seed"]) == (25, 4, 1)
    assert (block["programme_months"], block["after_months"]) == (48, 60)
    assert len(block["programmes"]) == 8
