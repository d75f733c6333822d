"""The Mesa model: everything that `clfz.ZoneModel` is made of.

Importing Mesa 3.3 sets how this process starts others. It is imported here first, and the setting put back.
"""

import multiprocessing

_before = multiprocessing.get_start_method(allow_none=True)
import mesa as _mesa  # noqa: E402, F401

multiprocessing.set_start_method(_before, force=True)
