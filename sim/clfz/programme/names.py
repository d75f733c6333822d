"""Names that are in files and in columns everywhere: sexes, age bands, trades, tiers of the supply chain."""

from collections import namedtuple
from collections.abc import Iterable
from typing import Any, Final

SEXES: Final = ("girls", "boys")
AGE_BANDS: Final = ("5-11", "12-14", "15-17")
TRADES: Final = ("farm", "home", "tier3", "tier2", "tier1")
TIERS: Final = ("tier1", "tier2", "tier3")


def numbered(names: Iterable[str]) -> Any:
    """The names of some columns with their numbers, from 0; compiled code reads them as constants.

    `numbered(("girls", "boys")).boys` is 1.
    """
    columns = tuple(names)
    return namedtuple("Columns", columns)(*range(len(columns)))
