"""Programme files (a name and a list of interventions) and shock files (what hits a zone for some months)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic.json_schema import SkipJsonSchema

from clfz.inputs.problems import DataPath, Wrong, nearest
from clfz.inputs.validate import Line, Name, Prose, one_of
from clfz.programme import shocks
from clfz.programme.interventions import Intervention, registry
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Strict

_Block = Annotated[Intervention, one_of(registry(), "intervention")]


class Programme(Strict):
    """What is done in a zone: a list of interventions with their months and sizes."""

    name: Name = Field(description="The file's name without .yaml", examples=["my-plan"])
    title: Line = Field(
        description="Name of the programme in reports", examples=["Bridge schools and better wages"]
    )
    summary: Prose = Field(
        description="One to three plain sentences: who does what for whom",
        examples=["Bridge schools take the older children back to class."],
    )
    interventions: tuple[_Block, ...] = Field(
        description="What is done; each kind once. An empty list is no programme at all",
        examples=[[{"kind": "bridge_schools", "seats_per_1000_children": 60}]],
    )

    @model_validator(mode="after")
    def _each_kind_once(self) -> Self:
        if found := repeated_kinds([item.kind for item in self.interventions]):
            raise Wrong(found)
        return self

    def outside(self, programme_months: int, months: int) -> tuple[list[str], list[str]]:
        """Why some of its steps would never run, and what of others is cut.

        Args:
            programme_months: Months until the programme leaves.
            months: Months of the whole run.
        """
        never, cut = [], []
        for step in self.interventions:
            late = f"{self.name}: {step.kind} starts in month {step.start_month}, but the"
            end = programme_months if step.end_month is None else step.end_month
            if step.start_month > months:
                never.append(f"{late} run ends with month {months}. It would never run.")
            elif step.end_month is None and step.start_month > programme_months:
                never.append(
                    f"{late} programme leaves after month {programme_months}. It would never run; "
                    "a step that others carry on has an end_month of its own."
                )
            elif end > months:
                cut.append(
                    f"{self.name}: {step.kind} has end_month {end}, but the comparison ends after "
                    f"{months} months. It is cut there."
                )
        return never, cut


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


_OWN = ("name", "title", "summary")


class Shock(Strict):
    """A shock with its name; the file says the fields of the event beside the name."""

    name: Name = Field(description="The file's name without .yaml", examples=["dry-year"])
    title: Line = Field(description="Name of the shock in reports", examples=["A dry year"])
    summary: Prose = Field(
        description="One or two plain sentences: what happens and when",
        examples=["The rains fail in the second year."],
    )
    event: SkipJsonSchema[Annotated[shocks.Shock, one_of(shocks.registry(), "shock")]]

    @model_validator(mode="before")
    @classmethod
    def _apart(cls, data: Any) -> Any:
        """Take the fields of the event out of the file's one list of settings."""
        if not isinstance(data, dict) or "event" in data:
            return data
        known = {name for event in shocks.registry().values() for name in event.model_fields}
        known.add("kind")
        own = {key for key in data if key in _OWN or (key not in known and nearest(key, _OWN))}
        event = {key: value for key, value in data.items() if key not in own}
        return {**{key: data[key] for key in data if key in own}, "event": event}

    @model_serializer(mode="wrap")
    def _together(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        event = data.pop("event")
        return {**data, **event}

    def lever_paths(self, calendar: Calendar) -> Mapping[str, FloatArray]:
        """Lever name -> path over the horizon [months]."""
        return self.event.lever_paths(calendar)

    def outside(self, _programme_months: int, months: int) -> tuple[list[str], list[str]]:
        """Why it would never happen in a run of so many months, and what of it is cut, as in `Programme`."""
        start = self.event.start_month
        text = f"{self.name} starts in month {start}, but the run ends with month {months}. It would never happen."
        return [text] if start > months else [], []
