"""Scenario discovery: where a programme fails to reach its goal."""

from clfz.analysis.discovery.run import Discovery, discover, search

__all__ = ["Discovery", "discover", "search"]
