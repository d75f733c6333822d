"""What is written down each month (ODD 7.9, step 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clfz.reference.codes import (
    ACTIVITY_NAMES,
    BANDS,
    PLACE_NAMES,
    SEXES,
    TIERS_CHECKED_IN_ORDER,
    TRADES,
    age_band,
)

if TYPE_CHECKING:
    from clfz.reference.child import Child
    from clfz.reference.model import Twin

Counts = dict[str, int]
EVENTS = (
    "visits",
    "contacts",
    "withdrawn",
    "protected",
    "bridged",
    "bridge_starts",
    "lost_place",
)


def month_book(model: Twin) -> dict[str, Any]:
    """Everything that is counted at the end of a month.

    Returns:
        `counts` by (sex, band); sums over the zone, money in poverty lines; `wage_index`, `supply`
        and `wage_bill` by trade, farm first; `villages`, in order, with perceived norms and
        quality of next month.
    """
    children = [child for child in model.children if child.present]
    on_list = [child for child in children if child.household.eligible]
    payments = [child.transfer_now for child in on_list]
    families = [household for household in model.households if household.present]
    schools = [village.school for village in model.villages]
    return {
        "month": model.month,
        "counts": {
            (sex, band): count([c for c in children if c.sex == sex and age_band(c.years) == band])
            for sex in SEXES
            for band in BANDS
        },
        "pupils": sum(school.pupils for school in schools),
        "bridge_pupils": sum(school.bridge_pupils for school in schools),
        "households": len(families),
        "norm_support": sum(household.is_against_work for household in families),
        "transfers_paid": sum(payments),
        "transfer_children": sum(payment > 0 for payment in payments),
        **{event: model.events[event] for event in EVENTS},
        "wage_index": [model.wages.index(trade) for trade in TRADES],
        "supply": [model.wages.supply[trade] for trade in TRADES],
        "wage_bill": [
            sum(h.base for h in families if h.covered and h.trade == trade) for trade in TRADES
        ],
        "places_checked": {
            tier: sum(village.employers[tier].places_checked for village in model.villages)
            for tier in TIERS_CHECKED_IN_ORDER
        },
        "villages": [
            {
                "seen_school": village.seen_school,
                "seen_work": village.seen_work,
                "quality": village.school.quality,
                "pupils": village.school.pupils,
                "bridge_pupils": village.school.bridge_pupils,
                "places": {t: e.places for t, e in village.employers.items()},
                "filled": {t: e.filled for t, e in village.employers.items()},
                "filled_under_age": {t: e.filled_under_age for t, e in village.employers.items()},
            }
            for village in model.villages
        ],
    }


def count(children: list[Child]) -> Counts:
    """The counts of one group of present children."""
    counts = {"children": len(children)}
    for activity, name in enumerate(ACTIVITY_NAMES):
        counts[name] = sum(child.activity == activity for child in children)
    counts["child_labour"] = sum(child.in_child_labour for child in children)
    counts["child_labour_with_chores"] = sum(c.in_child_labour_with_chores for c in children)
    counts["hazardous"] = sum(child.in_hazardous_work for child in children)
    for trade in TRADES:
        counts[PLACE_NAMES[trade]] = sum(child.place == trade for child in children)
    counts["bridge"] = sum(child.in_bridge_class for child in children)
    return counts
