"""One figure of a field file: what was counted, where, when, among whom, by which definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from clfz.inputs.field import values
from clfz.inputs.field.columns import COUNTS
from clfz.inputs.field.values import Bad, Month
from clfz.runs.indicators import INDICATORS

Kind = Literal["count", "stock", "rate", "total"]
T = TypeVar("T")

# Children in a state at one time, as a list or census finds them: indicator -> the rate of that state.
STOCKS = {
    "out_of_school_children": "out_of_school_rate",
    "working_children": "working_rate",
    "children_in_child_labour": "child_labour_rate",
}
TOTAL = "reported_total"
RATES = {entry.name: entry for entry in INDICATORS if entry.unit == "share"}
NAMES = (*COUNTS, TOTAL, *STOCKS, *RATES)
REPORTED = "programme:reported-counts"
USES = ("fit", "check", "ignore")
BY_GROUP = "the model counts girls and boys of all ages on the list together"
"""Why a count of one sex or age has no number of the model."""
PARTS = "it is the total of other rows"
"""Why a count of a long period is left out beside those of its parts."""
ROUGH = 30
"""Interviews that a rate is taken to stand on when nobody says (assumed: wide)."""


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        line: Row of the file.
        area: Place, or the name of a record.
        country: Three-letter code, or "".
        start: First month.
        end: Last month.
        indicator: A count (`withdrawn_to_school`), a stock (`out_of_school_children`), a rate, or `reported_total`.
        kind: Which of these.
        definition_id: Who is counted.
        sex: all, girls or boys.
        age_band: 5-17 and so on.
        value: Children, or a share from 0 to 1.
        n: Interviews that a rate is worth; None for counts.
        low: Lower end of the interval that was given.
        high: Upper end.
        coverage: Share of the children of the area (of a rate: of those asked) with whom the programme worked, 0-1;
            None: the file does not say.
        use: fit, or check (compared, never learned from).
        method: How, in the words of the file.
        source: From where.
        notes: Remarks.
        not_compared: Why the model has no number for it; "" when it has.
    """

    line: int
    area: str
    country: str
    start: Month
    end: Month
    indicator: str
    kind: Kind
    definition_id: str
    sex: str
    age_band: str
    value: float
    n: float | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    use: str = "fit"
    method: str = ""
    source: str = ""
    notes: str = ""
    not_compared: str = ""

    @property
    def months(self) -> int:
        """Months in the period."""
        return 12 * (self.end[0] - self.start[0]) + self.end[1] - self.start[1] + 1

    @property
    def period(self) -> str:
        """The period as text."""
        first, last = (f"{year}-{month:02d}" for year, month in (self.start, self.end))
        return first if first == last else f"{first} to {last}"


@dataclass
class Cells:
    """The cells of one row by column, and what was found wrong or odd with them."""

    line: int
    cells: Mapping[str, str]
    mark: str | None
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def text(self, column: str) -> str:
        """A cell as written; "" when empty."""
        cell = self.cells.get(column, "")
        return "" if values.is_empty(cell) else cell

    def wrong(self, column: str, sentence: str) -> None:
        """Keep a problem."""
        self.problems.append((column, sentence))

    def number(self, column: str) -> tuple[float, bool] | None:
        """A number and whether it was per cent; None when empty or wrong."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return values.number(cell, self.mark)
        except Bad as why:
            self.wrong(column, values.named(column, cell, why))
            return None

    def read(self, column: str, reader: Callable[[str], T], default: T) -> T:
        """A cell through a reader; the default when it is empty or wrong."""
        cell = self.text(column)
        if not cell:
            return default
        try:
            return reader(cell)
        except Bad as why:
            self.wrong(column, values.named(column, cell, why))
            return default
