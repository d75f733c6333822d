"""The page of a calibration: what was learned, what is predicted, and every check."""

from clfz.analysis.calibration.report.page import build

__all__ = ["build"]
