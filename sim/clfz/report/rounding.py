"""How many digits a number deserves, and how it is written.

A number is rounded to one significant step of its likely range: a range from 5 to 9 in 100 does not
support decimals, a range of 90 000 euros does not support single euros.
"""

from __future__ import annotations

from math import floor, isfinite, log10

MINUS = "−"
_SYMBOLS = {"EUR": "€", "USD": "US$", "GBP": "£", "INR": "₹"}


def step(lower: float, upper: float, value: float | None = None) -> float:
    """Return the step to which a number with that range is rounded: 1 or 5 times a power of ten.

    The range holds at least six and at most thirty steps. No more than three digits of the value
    are kept, however narrow its range.
    """
    size = abs(value) if value is not None and isfinite(value) else 0.0
    finest = float(10.0 ** (floor(log10(size)) - 2)) if size > 0 else 0.0
    width = abs(upper - lower)
    if isfinite(width) and width > 0:
        power = float(10.0 ** floor(log10(width / 6)))
        return max(5 * power if width / 6 >= 5 * power else power, finest)
    return finest or 1.0


def step_in_100(lower: float, upper: float) -> float:
    """Return the step for children in 100: whole children, tenths only for a narrow range.

    Args:
        lower: children in 100.
        upper: children in 100.
    """
    width = abs(upper - lower)
    return 1.0 if width >= 2.0 or width == 0.0 else 0.1


def number(value: float, by: float) -> str:
    """Write a number rounded to a step, with commas between thousands and a true minus sign."""
    rounded = floor(abs(value) / by + 0.5) * by
    decimals = max(0, -floor(log10(by) + 1e-9))
    text = f"{rounded:,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def money(value: float, by: float, currency: str) -> str:
    """Write an amount rounded to a step, with the sign or code of its currency."""
    sign = _SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    text = number(value, max(by, 0.01))
    return f"{MINUS}{sign}{text[1:]}" if text.startswith(MINUS) else f"{sign}{text}"
