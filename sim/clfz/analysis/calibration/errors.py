"""What can go wrong in a calibration besides bad input."""


class CalibrationError(Exception):
    """One sentence that says what is wrong and what to do."""
