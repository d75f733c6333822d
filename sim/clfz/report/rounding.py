"""How many digits a number deserves, and how it is written.

A number is rounded to one significant step of its likely range: a range from 5 to 9 in 100 does not
support decimals, a range of 90 000 euros does not support single euros.
"""

from __future__ import annotations

from math import floor, isfinite, log10

MINUS = "−"
WORLD_ENGLISH = "en_001"


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
    """Return the step for children in 100: whole children, tenths only for a range narrower than 2."""
    width = abs(upper - lower)
    return 1.0 if width >= 2.0 or width == 0.0 else 0.1


def finer(by: float, lower: float, upper: float, value: float) -> float:
    """Return a finer step for a number that would be written as zero though its range holds no zero."""
    hidden = lower * upper > 0 and 0 < abs(value) < by / 2
    return float(10.0 ** floor(log10(abs(value)))) if hidden else by


def number(value: float, by: float) -> str:
    """Write a number rounded to a step, with commas between thousands and a true minus sign."""
    from babel.numbers import format_decimal

    return _signed(format_decimal(*_rounded(value, by), locale=WORLD_ENGLISH))


def money(value: float, by: float, currency: str) -> str:
    """Write an amount rounded to a step, with the sign or code of its currency."""
    from babel.numbers import format_currency, get_currency_symbol

    rounded, form = _rounded(value, max(by, 0.01))
    # Babel leaves out the space that belongs after letters (UGX 40).
    gap = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, WORLD_ENGLISH)[-1].isalpha() else ""
    text = format_currency(
        rounded, currency, f"¤{gap}{form}", locale=WORLD_ENGLISH, currency_digits=False
    )
    return _signed(text)


def _rounded(value: float, by: float) -> tuple[float, str]:
    """Round half away from zero; also return Babel's pattern with as many decimals as the step has."""
    decimals = max(0, -floor(log10(by) + 1e-9))
    rounded = round(floor(abs(value) / by + 0.5) * by, decimals)
    return (-rounded if value < 0 and rounded else rounded), f"#,##0.{'0' * decimals}".rstrip(".")


def _signed(text: str) -> str:
    return text.replace("-", MINUS, 1)
