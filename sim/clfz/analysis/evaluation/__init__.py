"""Field data of an evaluator against the model: agrees or not, why, and what to find out next.

months -> draws -> runs -> observe -> agree, learn, attribution, fall, surveys -> result -> report
"""

from __future__ import annotations

from clfz.analysis.evaluation.evaluation import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
