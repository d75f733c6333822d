"""The committed JSON Schemas are those of the models, in words that editors understand."""

import pytest
from clfz.inputs.load import KINDS
from clfz.inputs.schema import json_schema, schema_file, schema_text
from clfz.programme.interventions import registry as interventions
from clfz.programme.shocks import registry as shocks


def nodes(node):
    """Every part of a schema."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


@pytest.fixture(params=KINDS)
def schema(request):
    return json_schema(request.param)


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_one_of_the_models(kind):
    told = "renew with: python -m clfz.inputs.schema"
    assert schema_file(kind).read_text(encoding="utf-8") == schema_text(kind), told


def test_every_reference_leads_somewhere_and_stands_alone(schema):
    for node in nodes(schema):
        if "$ref" in node:
            assert list(node) == ["$ref"]
            assert node["$ref"].removeprefix("#/$defs/") in schema["$defs"]


def test_nothing_is_newer_than_draft_7(schema):
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    newer = {"prefixItems", "unevaluatedProperties", "dependentRequired", "discriminator"}
    assert not [node for node in nodes(schema) if newer & set(node)]


def test_every_setting_is_explained(schema):
    for node in nodes(schema):
        for name, setting in node.get("properties", {}).items():
            if isinstance(setting, dict):
                assert setting.get("description"), name


def test_shares_may_be_written_as_per_cent():
    share = json_schema("zone")["$defs"]["ActivityShares"]["properties"]["neither"]
    assert [branch["type"] for branch in share["anyOf"]] == ["number", "string"]


def test_each_kind_of_intervention_has_its_own_settings():
    schema = json_schema("programme")
    branches = schema["properties"]["interventions"]["items"]["oneOf"]
    found = [schema["$defs"][branch["$ref"].removeprefix("#/$defs/")] for branch in branches]
    assert [each["properties"]["kind"]["const"] for each in found] == list(interventions())
    for each, cls in zip(found, interventions().values(), strict=True):
        names = {info.alias or name for name, info in cls.model_fields.items()}
        assert set(each["properties"]) == names | {"kind"}
        assert each["additionalProperties"] is False


def test_a_shock_has_its_name_beside_its_own_settings():
    branches = json_schema("shock")["oneOf"]
    assert [branch["properties"]["kind"]["const"] for branch in branches] == list(shocks())
    for branch in branches:
        assert {"name", "title", "summary", "kind"} <= set(branch["required"])
