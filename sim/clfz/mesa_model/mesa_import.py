"""Mesa without its side effect: importing Mesa 3.3 sets how this process starts others."""

import multiprocessing
from importlib import import_module
from typing import Any

_before = multiprocessing.get_start_method(allow_none=True)
mesa: Any = import_module("mesa")
multiprocessing.set_start_method(_before, force=True)
