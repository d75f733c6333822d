"""Models that are chosen by `kind:` in a file and found by the folder they lie in.

Interventions and shocks share this: one class, one file, and the name of the file is the kind.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, Any, ClassVar, TypeVar, Union

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


def _number(value: object) -> object:
    """Read "60%" as 0.6 and refuse true and false, which are not numbers."""
    if isinstance(value, bool):
        raise ValueError("write a number, not true or false")
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip()[:-1]) / 100.0
    return value


# The bounds stand before the reader of text, or they would not show in the JSON Schema.
Share = Annotated[float, Field(ge=0.0, le=1.0), BeforeValidator(_number)]
"""A share between 0 and 1; Python code may also say "60%"."""
Some = Annotated[float, Field(ge=0.001, le=1.0), BeforeValidator(_number)]
"""A share that is not 0: at least one in a thousand."""
Rise = Annotated[float, Field(ge=0.0, le=3.0), BeforeValidator(_number)]
"""A proportional rise: 0.2 means a fifth more."""
Euros = Annotated[float, Field(ge=0.0), BeforeValidator(_number)]
"""EUR of price year 2015."""
Amount = Annotated[float, Field(ge=0.0), BeforeValidator(_number)]
"""Any other number from 0 up."""


def with_example(default: float, **says: Any) -> Any:
    """A field whose default is also its example; what else it says is as in `pydantic.Field`."""
    return Field(default, examples=[int(default) if default == int(default) else default], **says)


class Strict(BaseModel):
    """What every block of a file has in common: no unknown keys, no NaN, no change afterwards."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )


class Kinded(Strict):
    """A block of a file that says `kind:`; the kind picks the class.

    Attributes:
        kind: Name in files, equal to the name of the module.
        title: Name for readers.
    """

    kind: ClassVar[str]
    title: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _take_kind(cls, data: Any) -> Any:
        """Let a block carry its own `kind:`, and no other."""
        if not isinstance(data, Mapping) or "kind" not in data:
            return data
        if data["kind"] != cls.kind:
            raise ValueError(f"kind is {data['kind']!r}, but these are the fields of {cls.kind!r}")
        return {key: value for key, value in data.items() if key != "kind"}

    @model_serializer(mode="plain")
    def as_block(self) -> dict[str, Any]:
        """The block as a file would say it, `kind` first; reading it back gives the same model."""
        block: dict[str, Any] = {"kind": self.kind}
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, BaseModel):
                value = value.model_dump()
            elif isinstance(value, tuple):
                value = list(value)
            block[info.alias or name] = value
        return block

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add `kind` to the schema that editors use to help a writer."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        if hasattr(cls, "kind") and "properties" in schema:
            kind = {"type": "string", "const": cls.kind, "title": "Kind", "description": cls.title}
            schema["properties"] = {"kind": kind, **schema["properties"]}
            schema["required"] = ["kind", *schema.get("required", [])]
        return schema


K = TypeVar("K", bound=Kinded)


def discover(package: ModuleType, base: type[K]) -> dict[str, type[K]]:
    """Import every module of a package and return its classes by kind, sorted.

    Args:
        package: The folder to look in; its module `base` is skipped.
        base: The class that each module must subclass exactly once.

    Raises:
        TypeError: A module without exactly one such class, or whose kind is not the file's name.
    """
    found: dict[str, type[K]] = {}
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        if name == "base":
            continue
        module = importlib.import_module(f"{package.__name__}.{name}")
        classes = [
            item
            for item in vars(module).values()
            if isinstance(item, type)
            and issubclass(item, base)
            and item.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise TypeError(f"{module.__name__}: needs one {base.__name__}, has {len(classes)}")
        kind = getattr(classes[0], "kind", None)
        if kind != name:
            raise TypeError(f"{module.__name__}: kind must be {name!r}, the file's name")
        found[name] = classes[0]
    return found


def _kind_of(block: Any) -> str | None:
    kind = block.get("kind") if isinstance(block, Mapping) else getattr(block, "kind", None)
    return kind if isinstance(kind, str) else None


def union_of(classes: Mapping[str, type[K]]) -> Any:
    """One pydantic type for "any of these, by kind", for models that hold a list of them.

    Errors then carry the path of the field, and the JSON Schema is a `oneOf` of all kinds.
    """
    members = tuple(Annotated[cls, Tag(kind)] for kind, cls in classes.items())
    # Built at run time from the folder, so there is no type for mypy to read.
    return Annotated[Union[members], Discriminator(_kind_of)]  # noqa: UP007
