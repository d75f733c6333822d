"""The best mix of interventions for a budget, and how sure that is."""

from clfz.analysis.best_mix.run import Best, optimise

__all__ = ["Best", "optimise"]
