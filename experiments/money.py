"""Costs of a block of worlds: the budgets of all worlds of one lever plan are written at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.costs import discount_factors
from sim.engine.layout import SUMS
from sim.interventions.base import Usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.inputs import Programme
    from sim.levers import Calendar, FloatArray
    from sim.measures import Block


def money(
    block: Block,
    programmes: Sequence[Sequence[Programme]],
    calendars: Sequence[Calendar],
    plans: NDArray[np.int64],
) -> Block:
    """The block with its costs.

    Args:
        block: What the engine counted.
        programmes: [K][S] the programme of each lever plan and scenario.
        calendars: [K].
        plans: [W] the lever plan of each world.
    """
    spent = np.zeros(block.totals.shape[:2])
    discounted = np.zeros_like(spent)
    for k, (calendar, row) in enumerate(zip(calendars, programmes, strict=True)):
        worlds = np.flatnonzero(plans == k)
        for scenario, programme in enumerate(row):
            if programme.interventions:
                lines = amounts(block, worlds, scenario, programme, calendar)
                spent[worlds, scenario], discounted[worlds, scenario] = added_up(lines, block)
    return replace(block, spent=spent, discounted=discounted)


def amounts(
    block: Block,
    worlds: NDArray[np.int64],
    scenario: int,
    programme: Programme,
    calendar: Calendar,
) -> FloatArray:
    """EUR by world, month and those lines that count [worlds, M, lines]."""
    reporting = block.horizon.reporting
    used = usage(block, worlds, scenario)
    shape = (len(worlds), calendar.months)
    columns = []
    for intervention in programme.interventions:
        by_line = intervention.cost_lines(used, calendar)
        for line in intervention.all_lines():
            amount = by_line[line.name]
            if not (np.isfinite(amount).all() and (amount >= 0.0).all()):
                raise ValueError(f"{intervention.kind}.{line.name}: a cost must be a number >= 0")
            ours = reporting.perspective == "society" or line.payer == "programme"
            if ours and (reporting.count_transfers or not line.transfer):
                columns.append(np.broadcast_to(amount, shape))
    return np.stack(columns, axis=-1)


def added_up(lines: FloatArray, block: Block) -> tuple[FloatArray, FloatArray]:
    """Exact sums of every entry [worlds]: as they are, and in values of month 1."""
    rate = block.horizon.reporting.discount_rate_costs
    factors = discount_factors(lines.shape[1], rate)[:, None]
    spent = np.array([math.fsum(world[world != 0.0].tolist()) for world in lines])
    worth = lines * factors
    return spent, np.array([math.fsum(world[world != 0.0].tolist()) for world in worth])


def usage(block: Block, worlds: NDArray[np.int64], scenario: int) -> Usage:
    """What budgets are made from: the engine's counts [worlds, M], money in EUR."""
    sums = block.sums[worlds, scenario, 1:]
    eur = np.asarray(block.figures["eur"][worlds])[:, None]
    counts = {name: sums[:, :, k] for k, name in enumerate(SUMS)}
    paid = {
        name: counts[name] / eur
        for name in SUMS
        if name.startswith("wage_bill_") or name == "transfers_paid"
    }
    known = {name: counts[name] for name in counts if name in Usage.__dataclass_fields__}
    pupils = block.sums[worlds, scenario, 0, SUMS.index("pupils")]
    teachers = (pupils / block.pupils_per_teacher[worlds])[:, None]
    shape = (len(worlds), sums.shape[1])
    whole = {
        **known,
        **paid,
        "children": block.totals[worlds, scenario, 1:, :, :, 0].sum(axis=(2, 3)).astype(float),
        "villages": np.asarray(block.figures["villages"][worlds], np.float64)[:, None],
        "extra_teachers": teachers * block.more_teachers[worlds, scenario],
    }
    return Usage(**{name: np.broadcast_to(values, shape) for name, values in whole.items()})
