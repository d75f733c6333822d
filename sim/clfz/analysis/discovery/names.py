"""What varies between the points of a study: names, plain words, and how a limit is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydantic import BaseModel

    from clfz.analysis.discovery.box import Limit
    from clfz.runs.store import Results
    from clfz.runs.study import Study

KEYS = ("point", "draw", "row", "zone")


@dataclass(frozen=True)
class Varied:
    """Everything that differs between the points of a study.

    Attributes:
        names: Columns.
        labels: The same in words.
        values: [points, names].
        points: [points] numbers of the points.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    values: NDArray[np.float64]
    points: NDArray[np.int64]

    def share(self, limit: Limit) -> float:
        """Share of the points that keep a limit."""
        return float(limit.holds(self.values).mean())

    def told(self, limit: Limit) -> str:
        """A limit in words."""
        side, end = ("above", "highest") if limit.above else ("at most", "lowest")
        return (
            f"“{self.labels[limit.factor]}” ({self.names[limit.factor]}) is {side} {limit.at:.3g}, among "
            f"the {end} {100 * self.share(limit):.0f} of 100 values tried"
        )


def varied(done: Results) -> Varied:
    """The factors of a study and everything that was drawn, without what never changes."""
    import pandas as pd

    table = done.points.set_index("point")
    columns = {name: table[name] for name in done.study.factors}
    if len(done.draws):
        drawn = done.points[["point", "draw", "zone"]].merge(done.draws, on=["draw", "zone"])
        drawn = drawn.set_index("point")
        columns |= {n: drawn[n] for n in drawn.columns if n not in (*KEYS, *columns)}
    frame = pd.DataFrame(columns, index=table.index).astype(float)
    frame = frame.loc[:, frame.max() > frame.min()]
    words = labels(done.study)
    return Varied(
        tuple(frame.columns),
        tuple(words.get(name, name.replace("_", " ").replace(".", ": ")) for name in frame.columns),
        np.ascontiguousarray(frame.to_numpy(np.float64)),
        frame.index.to_numpy(np.int64),
    )


def labels(study: Study) -> dict[str, str]:
    """Name -> words of every parameter, zone figure and field of an intervention."""
    found = {each.name: _bare(each.meaning) for each in study.parameters}
    for zone in study.zones:
        found |= {name: _bare(text) for name, text in _described(zone, "")}
    for programme in study.programmes[1:]:
        for item in programme.interventions:
            for name, field in type(item).model_fields.items():
                if field.title:
                    found[f"{item.kind}.{name}"] = f"{item.title}: {field.title.lower()}"
    return found


def _described(model: BaseModel, above: str) -> Iterator[tuple[str, str]]:
    from clfz.inputs.zone import Quantity

    for name, field in type(model).model_fields.items():
        value: Any = getattr(model, name)
        if isinstance(value, Quantity):
            yield above + name, field.description or field.title or name
        elif hasattr(type(value), "model_fields"):
            yield from _described(value, f"{above}{name}.")


def _bare(text: str) -> str:
    """A sentence without its full stop and what stands in brackets."""
    return text.split(" (")[0].split(", mean")[0].strip().rstrip(".")
