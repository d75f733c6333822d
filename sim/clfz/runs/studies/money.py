"""Costs of a block of worlds: the budgets of all worlds of one lever plan are written at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clfz.model.layout import SUMS
from clfz.programme.costs import discount_factors
from clfz.programme.interventions.base import Usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.inputs import Programme
    from clfz.inputs.comparison import Reporting
    from clfz.programme.levers import Calendar, FloatArray
    from clfz.runs.measures import Block


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
    order = [np.flatnonzero(plans == k) for k in range(len(programmes))]
    for scenario in range(len(programmes[0])):
        if not any(row[scenario].interventions for row in programmes):
            continue
        counted = usage(block, scenario)
        for worlds, calendar, row in zip(order, calendars, programmes, strict=True):
            if row[scenario].interventions:
                mine = Usage(**{name: values[worlds] for name, values in counted.items()})
                lines = amounts(mine, row[scenario], calendar, block.horizon.reporting)
                spent[worlds, scenario], discounted[worlds, scenario] = added_up(lines, block)
    return replace(block, spent=spent, discounted=discounted)


def amounts(
    used: Usage, programme: Programme, calendar: Calendar, reporting: Reporting
) -> FloatArray:
    """EUR by world, month and those lines that count [worlds, M, lines]."""
    shape = used.children.shape
    names, counts, columns = [], [], []
    for intervention in programme.interventions:
        by_line = intervention.cost_lines(used, calendar)
        for line in intervention.all_lines():
            ours = reporting.perspective == "society" or line.payer == "programme"
            names.append(f"{intervention.kind}.{line.name}")
            counts.append(ours and (reporting.count_transfers or not line.transfer))
            columns.append(by_line[line.name])
    lines = np.empty((*shape, len(columns)))
    for k, amount in enumerate(columns):
        lines[..., k] = amount
    if not (lines.min() >= 0.0 and lines.max() < np.inf):  # NaN is neither
        sound = ((lines >= 0.0) & (lines < np.inf)).all(axis=(0, 1))
        raise ValueError(f"{names[int(np.argmin(sound))]}: a cost must be a number >= 0")
    return lines[..., counts]


def added_up(lines: FloatArray, block: Block) -> tuple[FloatArray, FloatArray]:
    """Exact sums of every entry [worlds]: as they are, and in values of month 1."""
    rate = block.horizon.reporting.discount_rate_costs
    factors = discount_factors(lines.shape[1], rate)[:, None]
    spent = np.array([math.fsum(world[world != 0.0].tolist()) for world in lines])
    worth = lines * factors
    return spent, np.array([math.fsum(world[world != 0.0].tolist()) for world in worth])


def usage(block: Block, scenario: int) -> dict[str, FloatArray]:
    """What budgets are made from: the engine's counts of all worlds [W, M], money in EUR."""
    sums = block.sums[:, scenario, 1:]
    eur = np.asarray(block.figures["eur"])[:, None]
    found: dict[str, FloatArray] = {}
    for k, name in enumerate(SUMS):
        if name in Usage.__dataclass_fields__:
            paid = name.startswith("wage_bill_") or name == "transfers_paid"
            found[name] = sums[:, :, k] / eur if paid else sums[:, :, k]
    pupils = block.sums[:, scenario, 0, SUMS.index("pupils")]
    teachers = (pupils / block.pupils_per_teacher)[:, None]
    found["children"] = block.totals[:, scenario, 1:, :, :, 0].sum(axis=(2, 3)).astype(float)
    villages = np.asarray(block.figures["villages"], np.float64)[:, None]
    found["villages"] = np.broadcast_to(villages, sums.shape[:2])
    found["extra_teachers"] = teachers * block.more_teachers[:, scenario]
    return found
