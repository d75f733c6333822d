"""Fixtures and settings that all tests share."""

import os
import shutil
import signal

import hypothesis
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")

# A shell that starts the tests in the background makes them deaf to Ctrl-C, and with them every process they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: the first call of a compiled function takes seconds.
hypothesis.settings.register_profile("clfz", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("clfz")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium-like browser; use it in tests marked `browser`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing = "no Chromium or Chrome found on the PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
