"""What all agents of the twin have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from clfz.reference.model import Twin


class Agent(mesa.Agent):  # type: ignore[misc]  # Mesa has no type information
    """A Mesa agent that knows the twin as its model."""

    model: Twin

    def __init__(self, model: Twin) -> None:
        super().__init__(model)
