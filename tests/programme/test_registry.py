"""The folder is the list of interventions."""

import importlib
import json
import re
import sys
from pathlib import Path

import clfz.programme.interventions
import clfz.programme.shocks
import pytest
from clfz.programme.interventions import registry
from clfz.programme.levers import LEVERS, Calendar, lever_path
from clfz.programme.registry import discover, union_of
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.programme.blocks import parse, usage

CALENDAR = Calendar(months=24, programme_months=12, children=2000, households=1000, villages=8)
ROOT = Path(__file__).parents[2]


def files(package: object) -> set[str]:
    folder = Path(package.__file__).parent  # type: ignore[attr-defined]
    return {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}


@pytest.mark.parametrize("package", [clfz.programme.interventions, clfz.programme.shocks])
def test_registry_is_exactly_the_folder(package: object) -> None:
    found = package.registry()  # type: ignore[attr-defined]
    assert set(found) == files(package)
    assert all(cls.kind == kind and cls.title for kind, cls in found.items())


def test_documented_example_is_found_when_dropped_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page promises: one class, one file, nothing else. Take its code at its word."""
    page = (ROOT / "docs" / "interventions.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    (tmp_path / "school_meals.py").write_text(code.group(1), encoding="utf-8")
    monkeypatch.setattr(
        clfz.programme.interventions,
        "__path__",
        [*clfz.programme.interventions.__path__, str(tmp_path)],
    )
    importlib.invalidate_caches()
    try:
        assert set(registry()) == files(clfz.programme.interventions) | {"school_meals"}
        meals = parse({"kind": "school_meals", "attractiveness": "15%", "costs": {}})
        path = lever_path([meals], [], CALENDAR)
        names = [lever.name for lever in LEVERS]
        assert path[:12, names.index("school_attractiveness")].tolist() == [0.15] * 12
        assert not path[12:].any()
        book = meals.cost_lines(usage(24, pupils=1200), CALENDAR)
        assert book["meals"][0] == pytest.approx(2500.0)
    finally:
        sys.modules.pop("clfz.programme.interventions.school_meals", None)
    monkeypatch.undo()
    assert "school_meals" not in registry()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "needs one Intervention, has 0"),
        (
            "from clfz.programme.interventions.base import Intervention\n"
            "class Odd(Intervention):\n    kind = 'else'\n    title = 'Odd'\n",
            "kind must be 'odd'",
        ),
    ],
)
def test_a_file_that_breaks_the_rule_is_named(
    text: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(clfz.programme.interventions, "__path__", [str(tmp_path)])
    importlib.invalidate_caches()
    try:
        with pytest.raises(TypeError, match=f"clfz.programme.interventions.odd: {complaint}"):
            discover(clfz.programme.interventions, clfz.programme.interventions.Intervention)
    finally:
        sys.modules.pop("clfz.programme.interventions.odd", None)


def everything() -> list[type[BaseModel]]:
    return [*registry().values(), *clfz.programme.shocks.registry().values()]


@pytest.mark.parametrize("cls", everything(), ids=lambda cls: cls.__name__)
def test_schema_teaches(cls: type[BaseModel]) -> None:
    schema = cls.model_json_schema(by_alias=True)
    assert schema["properties"]["kind"]["const"] == cls.kind  # type: ignore[attr-defined]
    assert schema["additionalProperties"] is False
    blocks = [schema, *schema.get("$defs", {}).values()]
    assert all(block["description"] for block in blocks)
    # Bounds must be there under the names that editors know.
    assert not re.search(r'"(ge|le|gt|lt)":', json.dumps(schema))
    for block in blocks:
        for name, field in block["properties"].items():
            assert field.get("title"), name
            if block is schema or block["title"].endswith("Costs"):
                assert field.get("description") or name == "costs", name


@pytest.mark.parametrize("cls", registry().values(), ids=lambda cls: cls.kind)
def test_every_price_and_default_has_a_source(
    cls: type[clfz.programme.interventions.Intervention],
) -> None:
    prices = cls.model_fields["unit_costs"].annotation
    assert prices is not None
    for name, field in prices.model_fields.items():
        text = field.description or ""
        assert "assumed" in text or re.search(r"T\d-\d{3}", text), f"{cls.kind}.{name}"


@pytest.mark.parametrize("cls", everything(), ids=lambda cls: cls.__name__)
def test_defaults_make_a_sentence_and_survive_a_round_trip(cls: type[BaseModel]) -> None:
    made = cls()
    sentence = made.sentence()  # type: ignore[attr-defined]
    assert sentence.endswith(".")
    assert len(sentence) < 260
    block = made.model_dump(mode="json")
    assert block["kind"] == cls.kind  # type: ignore[attr-defined]
    assert cls.model_validate(block) == made


def test_what_is_told_has_the_months_and_the_strength() -> None:
    bridge = clfz.programme.interventions.registry()["bridge_schools"]
    plain = bridge().sentence()
    assert bridge().told() == plain
    assert bridge(start_month=7).told() == f"{plain} From month 7."
    halved = bridge(start_month=7, end_month=18, intensity=0.5)
    assert halved.told() == f"{plain} In months 7 to 18, at 0.5 times this strength."
    assert bridge(intensity=2).told() == f"{plain} At 2 times this strength."
    assert bridge(intensity=0).told() == f"Not done, since its intensity is 0: {plain}"


def test_the_sentence_on_schools_names_all_that_is_done() -> None:
    schools = clfz.programme.interventions.registry()["school_strengthening"]
    assert schools().sentence() == (
        "Schools get 15% more teachers, 15% better lessons and 10% more that draws children "
        "(sports, clubs); 30% of what school costs a family is paid."
    )
    only = schools(extra_teachers=0.2, quality=0, attractiveness=0, cost_relief=0)
    assert only.sentence().startswith("Schools get 20% more teachers; 0% ")


def test_union_finds_the_class_and_points_at_the_field() -> None:
    many = TypeAdapter(list[union_of(registry())])  # type: ignore[misc]
    read = many.validate_python([{"kind": "awareness", "ceiling": 0.5}])
    assert type(read[0]) is registry()["awareness"]
    assert many.dump_python(read)[0]["kind"] == "awareness"
    with pytest.raises(ValidationError) as caught:
        many.validate_python([{"kind": "awareness", "ceiling": 5}, {"kind": "awareness", "x": 1}])
    places = [error["loc"] for error in caught.value.errors()]
    assert places == [(0, "awareness", "ceiling"), (1, "awareness", "x")]
    assert len(many.json_schema()["items"]["oneOf"]) == len(registry())
    assert len(
        TypeAdapter(union_of(clfz.programme.shocks.registry())).json_schema()["oneOf"]
    ) == len(clfz.programme.shocks.registry())


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"kind": "awareness", "ceiling": True}, "not true or false"),
        ({"kind": "awareness", "ceiling": float("nan")}, "ceiling"),
        ({"kind": "awareness", "ceiling": "many"}, "ceiling"),
        ({"kind": "bridge_schools", "start_month": 9, "end_month": 4}, "never run"),
        ({"kind": "bridge_schools", "costs": {"cost_per_pupil": 1}}, "cost_per_pupil"),
        ({"kind": "cash_transfer", "ages": ["5-14"]}, "ages"),
        ({"kind": "cash_transfer", "amount_eur": -1}, "amount_eur"),
    ],
)
def test_mistakes_are_refused(block: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(block)


def test_a_block_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="fields of 'awareness'"):
        registry()["awareness"].model_validate({"kind": "drought"})
