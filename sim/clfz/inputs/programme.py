"""A programme file: a name and a list of interventions."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from clfz.inputs.by_kind import pick
from clfz.inputs.figures import Line, Name, Prose
from clfz.inputs.problems import DataPath, Wrong
from clfz.programme.interventions import Intervention, registry
from clfz.programme.registry import Strict


def _intervention(block: Any) -> Any:
    return pick(block, registry(), "intervention")


class Programme(Strict):
    """What is done in a zone: a list of interventions with their months and sizes."""

    name: Name = Field(
        title="Name", description="The file's name without .yaml", examples=["my-plan"]
    )
    title: Line = Field(
        title="Title",
        description="Name of the programme in reports",
        examples=["Bridge schools and better wages"],
    )
    summary: Prose = Field(
        title="Summary",
        description="One to three plain sentences: who does what for whom",
        examples=["Bridge schools take the older children back to class."],
    )
    interventions: tuple[Annotated[Intervention, BeforeValidator(_intervention)], ...] = Field(
        title="Interventions",
        description="What is done; each kind once. An empty list is no programme at all",
        examples=[[{"kind": "bridge_schools", "seats_per_1000_children": 60}]],
    )

    @model_validator(mode="after")
    def _each_kind_once(self) -> Self:
        if found := repeated_kinds([item.kind for item in self.interventions]):
            raise Wrong(found)
        return self


def repeated_kinds(kinds: list[Any]) -> list[tuple[DataPath, str]]:
    """Every kind that stands in the list for a second time."""
    return [
        (
            ("interventions", at, "kind"),
            f"{kind} stands twice (entries {kinds.index(kind) + 1} and {at + 1}); "
            "combine them in one.",
        )
        for at, kind in enumerate(kinds)
        if isinstance(kind, str) and kinds.index(kind) != at
    ]
