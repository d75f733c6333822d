"""Interventions and shocks from blocks of a file, and what a programme costs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from clfz.programme import interventions, shocks
from clfz.programme.interventions import Intervention, Usage
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.shocks import Shock


def parse(block: Mapping[str, Any]) -> Intervention:
    return interventions.registry()[block["kind"]].model_validate(block)


def parse_shock(block: Mapping[str, Any]) -> Shock:
    return shocks.registry()[block["kind"]].model_validate(block)


def usage(months: int, **counts: FloatArray | float) -> Usage:
    """What is known: a number counts for every month, the rest is 0."""
    everything = dict.fromkeys(Usage.__dataclass_fields__, 0.0) | counts
    return Usage(**{name: np.broadcast_to(count, months) for name, count in everything.items()})


def costs(
    programme: Sequence[Intervention], usage: Usage, calendar: Calendar
) -> dict[str, FloatArray]:
    """EUR of 2015 in each month by line, `kind.line`."""
    return {
        f"{one.kind}.{line}": amount
        for one in programme
        for line, amount in one.cost_lines(usage, calendar).items()
    }


def by_month(book: Mapping[str, FloatArray], payer: str | None = None) -> FloatArray:
    """EUR in each month, of all lines or of those of one payer."""
    lines = {
        f"{kind}.{line.name}": line
        for kind, cls in interventions.registry().items()
        for line in cls.all_lines()
    }
    kept = [amount for name, amount in book.items() if payer in (None, lines[name].payer)]
    total: FloatArray = np.sum(kept, axis=0)
    return total
