"""Rates: a share from 0 to 1 out of per cent, shares, or parts and wholes; and how sure a survey makes it."""

from __future__ import annotations

from clfz.inputs.field.rows import ROUGH, Cells
from clfz.inputs.problems import shown

SHARES = frozenset({"share", "proportion", "fraction"})
PERCENT = frozenset({"percent", "per cent", "%", "pct", "percentage", "per 100", "in 100"})
Z95 = 1.959964  # half a 95 % interval, in standard errors


def rate(cells: Cells) -> float | None:
    """A share from 0 to 1, from the value, or from its numerator and denominator."""
    unit = cells.text("unit").lower()
    if unit and unit not in SHARES | PERCENT:
        text = f"unit is {shown(cells.text('unit'))}, but {cells.text('indicator')} is a rate. "
        cells.wrong("unit", text + "Write percent or share.")
    parts = _parts(cells)
    if not cells.text("value"):
        if parts is None and not cells.problems:
            cells.wrong(
                "value",
                "value is empty, and there is no numerator and denominator to make it from.",
            )
        return parts
    value = in_share(cells, "value")
    if value is not None and parts is not None and abs(value - parts) > 0.006:
        text = f"value says {100 * value:.1f} in 100, numerator and denominator give {100 * parts:.1f} in 100; "
        cells.warnings.append(("value", text + "the value is used."))
    return value


def in_share(cells: Cells, column: str) -> float | None:
    """A rate in any unit as a share; a number above 1 without a unit is refused."""
    found = cells.number(column)
    if found is None:
        return None
    value, percent = found
    unit = cells.text("unit").lower()
    percent = percent or unit in PERCENT
    share = value / 100 if percent else value
    written = shown(cells.text(column))
    if column == "value" and value == 1 and not percent and not unit:
        cells.wrong(
            column, f"value is {written}: 1 in 100, or all? Write percent or share under unit."
        )
    if column == "value" and percent and 0 < value < 1:
        text = f"value is {written} percent, that is {value:g} in 100; was {100 * value:g} meant?"
        cells.warnings.append((column, text))
    if 0 <= share <= 1:
        return share
    if percent or value < 0 or value > 100:
        cells.wrong(column, f"{column} is {written}, but a rate lies between 0 and 100 in 100.")
    else:
        text = f'{column} is {written}, but a share lies between 0 and 1. Write percent under unit, or "{value:g}%".'
        cells.wrong(column, text)
    return None


def _parts(cells: Cells) -> float | None:
    top, bottom = cells.number("numerator"), cells.number("denominator")
    if top is None or bottom is None:
        return None
    if bottom[0] <= 0:
        cells.wrong("denominator", f"denominator is {bottom[0]:g}, but it must be above 0.")
    elif not 0 <= top[0] <= bottom[0]:
        text = f"numerator is {top[0]:g} and denominator {bottom[0]:g}; the part must lie between 0 and the whole."
        cells.wrong("numerator", text)
    else:
        return top[0] / bottom[0]
    return None


def sureness(cells: Cells, value: float | None) -> tuple[float | None, float | None, float | None]:
    """Interviews that a rate is worth, and its interval; the interval counts when both are given."""
    size = cells.number("n_sample")
    if size is not None and (size[0] < 1 or not float(size[0]).is_integer()):
        written = shown(cells.text("n_sample"))
        cells.wrong(
            "n_sample", f"n_sample is {written}, but it must be a whole number of interviews."
        )
        return None, None, None
    low, high = in_share(cells, "ci_low"), in_share(cells, "ci_high")
    if value is None:
        return None, None, None
    if (low is None) != (high is None) and not cells.problems:
        empty = "ci_low" if low is None else "ci_high"
        cells.wrong(empty, f"{empty} is empty; an interval needs both ends (95 in 100).")
    if low is not None and high is not None:
        if low > high:
            cells.wrong("ci_low", f"ci_low {low:g} is above ci_high {high:g}; were they exchanged?")
        elif not low <= value <= high:
            text = f"value {value:g} does not lie between ci_low {low:g} and ci_high {high:g}."
            cells.wrong("value", text)
        elif high > low:
            middle = min(max(value, 0.005), 0.995)
            error = (high - low) / (2 * Z95)
            return max(1.0, middle * (1 - middle) / error**2), low, high
    if size is not None:
        return float(size[0]), low, high
    if not cells.problems:
        text = f"there is neither n_sample nor an interval: treated as a rough figure, as of {ROUGH} interviews."
        cells.warnings.append(("n_sample", text))
    return float(ROUGH), low, high
