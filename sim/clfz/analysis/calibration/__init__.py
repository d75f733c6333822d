"""Priors, reported data and the fit of the model to them."""

from clfz.runs.study import StudyError


class CalibrationError(StudyError):
    """One sentence that says what is wrong, besides bad input, and what to do."""

    MISSING = "Calibration needs more libraries. Install them: pip install 'clfz[calibrate]'"
