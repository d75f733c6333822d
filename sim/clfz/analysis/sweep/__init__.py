"""The page of a sweep: what moves the measure that matters, one small picture a factor."""

from clfz.analysis.sweep.page import build

__all__ = ["build"]
