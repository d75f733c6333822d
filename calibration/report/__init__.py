"""The page of a calibration: what was learned, what is predicted, and every check."""

from calibration.report.page import build

__all__ = ["build"]
