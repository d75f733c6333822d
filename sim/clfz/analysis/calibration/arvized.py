"""ArviZ, loaded when it is needed and without its daily notice."""

from __future__ import annotations

from typing import Any


def arviz() -> Any:
    """The module.

    Raises:
        CalibrationError: It is not installed.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            import arviz as module
        except ImportError as error:
            from clfz.analysis.calibration.errors import CalibrationError

            text = "Calibration needs more libraries. Install them: pip install 'clfz[calibrate]'"
            raise CalibrationError(text) from error
    return module
