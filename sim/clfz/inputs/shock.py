"""A shock file: something that hits a zone for some months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from clfz.inputs.by_kind import pick
from clfz.inputs.figures import Line, Name, Prose
from clfz.inputs.problems import nearest
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.registry import Strict
from clfz.programme.shocks import Shock as ShockEvent
from clfz.programme.shocks import registry

_OWN = ("name", "title", "summary")


def _event(block: Any) -> Any:
    return pick(block, registry(), "shock")


class Shock(Strict):
    """A shock with its name; the file says the fields of the event beside the name."""

    name: Name = Field(
        title="Name", description="The file's name without .yaml", examples=["dry-year"]
    )
    title: Line = Field(
        title="Title", description="Name of the shock in reports", examples=["A dry year"]
    )
    summary: Prose = Field(
        title="Summary",
        description="One or two plain sentences: what happens and when",
        examples=["The rains fail in the second year."],
    )
    event: SkipJsonSchema[Annotated[ShockEvent, BeforeValidator(_event)]]

    @model_validator(mode="before")
    @classmethod
    def _apart(cls, data: Any) -> Any:
        """Take the fields of the event out of the file's one list of settings."""
        if not isinstance(data, dict) or "event" in data:
            return data
        known = {name for event in registry().values() for name in event.model_fields} | {"kind"}
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
