"""Priors, reported data and the fit of the model to them."""


class CalibrationError(Exception):
    """One sentence that says what is wrong, besides bad input, and what to do."""

    MISSING = "Calibration needs more libraries. Install them: pip install 'clfz[calibrate]'"
