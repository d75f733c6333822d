"""What the pattern tests share."""

from collections.abc import Callable

import pytest


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Write down the numbers of a pattern; `pytest tests/patterns -rP` shows them."""

    def note(**numbers: object) -> None:
        for name, value in numbers.items():
            record_property(name, str(value))
            print(f"{name.replace('_', ' ')}: {value}")

    return note
