"""The page of a sweep: what moves the measure that matters, one small picture a factor."""

from experiments.report.page import build

__all__ = ["build"]
