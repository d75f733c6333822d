"""Field data of an evaluator against the model: agrees or not, why, and what to find out next."""

from __future__ import annotations

from clfz.analysis.evaluation.evaluation import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
