"""Names that are in files and in columns everywhere: sexes, age bands, trades, tiers of the supply chain."""

from typing import Final

SEXES: Final = ("girls", "boys")
AGE_BANDS: Final = ("5-11", "12-14", "15-17")
TRADES: Final = ("farm", "home", "tier3", "tier2", "tier1")
TIERS: Final = ("tier1", "tier2", "tier3")
