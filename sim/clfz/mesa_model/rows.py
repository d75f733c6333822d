"""Mesa agents that are views: each knows its row and reads the engine's arrays, nothing is copied.

What happens to them happens in the compiled month, so they have no `step` of their own. Money is in
poverty lines of the zone (per equivalent adult and month), as everywhere in the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from clfz.mesa_model.mesa_import import mesa

if TYPE_CHECKING:
    from clfz.mesa_model.zone_model import ZoneModel
    from clfz.model.layout import State


class _Numbers:
    """Numbers of agents, kept by their model: Mesa 3.3 would keep every model alive for them."""

    def __getitem__(self, model: ZoneModel) -> Iterator[int]:
        return model.agent_numbers


class RowAgent(mesa.Agent):  # type: ignore[misc]  # Mesa has no type information
    """A view on one row of the engine's arrays.

    Attributes:
        model: The model.
        row: Row in the arrays; the same in every run with the same seed, zone and months.
    """

    model: ZoneModel
    _ids: ClassVar[Any] = _Numbers()

    def __init__(self, model: ZoneModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def _state(self) -> State:
        return self.model.engine.state
