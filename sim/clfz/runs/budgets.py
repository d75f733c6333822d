"""Budgets: what the programmes of a block cost, from what the engine counted. Shapes as in `clfz.runs.replications`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clfz.model.layout import SUMS
from clfz.programme.costs import discount_factors
from clfz.programme.interventions.base import Usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.levers import FloatArray
    from clfz.runs.replications import Block


def usage(block: Block, scenario: int) -> dict[str, FloatArray]:
    """What budgets are made from: the engine's counts of one scenario [W, M], money in EUR."""
    inputs, sums = block.inputs, block.sums[:, scenario, 1:]
    eur = np.asarray(inputs.zone_data["eur"])[:, None]
    found: dict[str, FloatArray] = {}
    for k, name in enumerate(SUMS):
        if name in Usage.__dataclass_fields__:
            paid = name.startswith("wage_bill_") or name == "transfers_paid"
            found[name] = sums[:, :, k] / eur if paid else sums[:, :, k]
    pupils = block.sums[:, scenario, 0, SUMS.index("pupils")]
    teachers = (pupils / inputs.pupils_per_teacher)[:, None]
    found["children"] = block.totals[:, scenario, 1:, :, :, 0].sum(axis=(2, 3)).astype(float)
    villages = np.asarray(inputs.zone_data["villages"], np.float64)[:, None]
    found["villages"] = np.broadcast_to(villages, sums.shape[:2])
    found["extra_teachers"] = teachers * block.lever("teachers")[:, scenario]
    return found


def budgets(
    block: Block, scenario: int
) -> Iterator[tuple[NDArray[np.int64], tuple[str, ...], FloatArray]]:
    """The budgets of one scenario of a block, those of one lever plan at a time.

    Yields:
        Replications; lines, `kind.line`; EUR of 2015 by replication, month and line, only lines that count in the
        study's perspective.

    Raises:
        ValueError: A cost below 0, or none.
    """
    counted, reporting = usage(block, scenario), block.inputs.horizon.reporting
    for number, plan in enumerate(block.inputs.plans):
        replications = np.flatnonzero(block.inputs.plan_of == number)
        used = Usage(**{name: values[replications] for name, values in counted.items()})
        names, columns = [], []
        for intervention in plan.programmes[block.scenarios[scenario]].interventions:
            by_line = intervention.cost_lines(used, plan.calendar)
            for line in intervention.all_lines():
                # a line that no count moves is [M]
                amount = np.broadcast_to(by_line[line.name], used.children.shape)
                name = f"{intervention.kind}.{line.name}"
                if not (amount.min() >= 0.0 and amount.max() < np.inf):  # NaN is neither
                    raise ValueError(f"{name}: a cost must be a number >= 0")
                ours = reporting.perspective == "society" or line.payer == "programme"
                if ours and (reporting.count_transfers or not line.transfer):
                    names.append(name)
                    columns.append(amount)
        empty = np.zeros((*used.children.shape, 0))
        yield replications, tuple(names), np.stack(columns, axis=-1) if columns else empty


def costs(block: Block) -> dict[str, FloatArray]:
    """The outcomes of cost [W, S]: exact sums of every entry, as they are and in values of month 1."""
    horizon = block.inputs.horizon
    spent = np.zeros(block.totals.shape[:2])
    discounted = np.zeros_like(spent)
    factors = discount_factors(horizon.months, horizon.reporting.discount_rate_costs)[:, None]
    for scenario in range(len(block.scenarios)):
        for replications, _, amounts in budgets(block, scenario):
            for w, lines in zip(replications.tolist(), amounts, strict=True):
                present = lines * factors
                spent[w, scenario] = math.fsum(lines[lines != 0.0].tolist())
                discounted[w, scenario] = math.fsum(present[present != 0.0].tolist())
    children = np.maximum(1, block.totals[:, :, 0, :, :, 0].sum(axis=(2, 3)))
    return {
        "cost_spent": spent,
        "cost_total": discounted,
        "cost_per_child": np.asarray(discounted / children, np.float64),
    }
