"""The cost book: what a scenario costs, by month and line.

All amounts are EUR of price year 2015. Costs follow the conventions of CHEERS 2022 and J-PAL: say
whose money it is, whether cash handed to families counts, and at what rate later years are
discounted. What one unit of gain costs is reckoned in `clfz.runs.summary`, over worlds.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from typing import Literal, Self

import numpy as np

from clfz.programme.interventions.base import CostLine, Intervention, Usage
from clfz.programme.levers import Calendar, FloatArray

Perspective = Literal["programme", "society"]


def discount_factors(months: int, rate: float = 0.03) -> FloatArray:
    """What one euro (or one child-year) of each month is worth in month 1 [months].

    Args:
        months: Length of the horizon.
        rate: Discount rate per year; month m counts (1 + rate)^(-(m - 1) / 12).
    """
    return _discount_factors(months, rate)


@cache
def _discount_factors(months: int, rate: float) -> FloatArray:
    """In decimals, since `np.power` differs in the last bit from processor to processor."""
    with localcontext(prec=28):
        year = Decimal(1.0 + rate)
        factors = np.array([float(year ** (Decimal(-since) / 12)) for since in range(months)])
    factors.setflags(write=False)
    return factors


@dataclass(frozen=True, slots=True)
class CostBook:
    """Budget of one run.

    Attributes:
        names: Line names, `kind.line`, one per column.
        lines: Payer and title of each column.
        amounts: EUR of 2015 [months, lines], not discounted.
    """

    names: tuple[str, ...]
    lines: tuple[CostLine, ...]
    amounts: FloatArray

    @property
    def months(self) -> int:
        """Months in the book."""
        return int(self.amounts.shape[0])

    def by_line(self) -> dict[str, float]:
        """Line -> EUR over the whole horizon."""
        return {name: math.fsum(self.amounts[:, column]) for column, name in enumerate(self.names)}

    def by_month(self) -> FloatArray:
        """EUR in each month [months]."""
        total: FloatArray = self.amounts.sum(axis=1)
        return total

    def by_year(self) -> FloatArray:
        """EUR in each year of the run [years]; the last year may be short."""
        return np.add.reduceat(self.by_month(), np.arange(0, self.months, 12))

    def total(self) -> float:
        """EUR over the whole horizon: the exact sum of every entry, so lines add up to it."""
        return math.fsum(self.amounts.ravel())

    def seen_by(self, perspective: Perspective = "programme", count_transfers: bool = True) -> Self:
        """Only the lines that count in a perspective.

        Args:
            perspective: `programme` is what its funders pay; `society` adds what employers pay.
            count_transfers: Whether cash handed to families is a cost.
        """
        if perspective not in ("programme", "society"):
            raise ValueError(f"perspective is programme or society, not {perspective!r}")
        keep = [
            column
            for column, line in enumerate(self.lines)
            if (perspective == "society" or line.payer == "programme")
            and (count_transfers or not line.transfer)
        ]
        return type(self)(
            tuple(self.names[column] for column in keep),
            tuple(self.lines[column] for column in keep),
            self.amounts[:, keep],
        )

    def discounted(self, rate: float = 0.03) -> Self:
        """The same book in values of month 1, at a yearly rate."""
        factors = discount_factors(self.months, rate)[:, np.newaxis]
        return type(self)(self.names, self.lines, self.amounts * factors)

    def rows(self) -> Iterator[tuple[int, str, float]]:
        """(month, line, EUR) for each entry that is not zero; month 1 is the first."""
        for month, column in np.argwhere(self.amounts != 0.0):
            yield int(month) + 1, self.names[column], float(self.amounts[month, column])


def cost_book(interventions: Sequence[Intervention], usage: Usage, calendar: Calendar) -> CostBook:
    """Write the budget of one run.

    Args:
        interventions: The programme's interventions, at most one of a kind.
        usage: What the engine counted.
        calendar: Horizon and size of the zone.

    Returns:
        One column per line of each intervention, in the programme's order.

    Raises:
        ValueError: Two interventions of one kind, or a cost below zero or not a number.
    """
    kinds = [intervention.kind for intervention in interventions]
    if len(set(kinds)) < len(kinds):
        raise ValueError("two interventions of one kind in a programme: combine them in one")
    names: list[str] = []
    lines: list[CostLine] = []
    columns: list[FloatArray] = []
    for intervention in interventions:
        by_line = intervention.cost_lines(usage, calendar)
        for line in intervention.all_lines():
            amount = by_line[line.name]
            if not (np.isfinite(amount).all() and (amount >= 0.0).all()):
                raise ValueError(f"{intervention.kind}.{line.name}: a cost must be a number >= 0")
            names.append(f"{intervention.kind}.{line.name}")
            lines.append(line)
            columns.append(amount)
    amounts = np.column_stack(columns) if columns else np.zeros((calendar.months, 0))
    return CostBook(tuple(names), tuple(lines), amounts)


def line_catalogue(classes: Iterable[type[Intervention]]) -> dict[str, CostLine]:
    """Line name `kind.line` -> payer and title, to read a table of costs again."""
    return {f"{cls.kind}.{line.name}": line for cls in classes for line in cls.all_lines()}
