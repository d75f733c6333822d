"""JAX as it is used here: one thread, so that the same numbers come out on any machine's number of cores."""

from __future__ import annotations

import os

_FLAGS = "--xla_cpu_multi_thread_eigen=false"
if "xla_cpu_multi_thread_eigen" not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {_FLAGS}".strip()
os.environ.setdefault("JAX_PLATFORMS", "cpu")

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:  # told by the command line
    from clfz.analysis.calibration.errors import CalibrationError

    raise CalibrationError(
        "Calibration needs more libraries. Install them: pip install 'clfz[calibrate]'"
    ) from error

__all__ = ["jax", "jnp"]
