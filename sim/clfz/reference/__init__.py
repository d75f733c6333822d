"""The reference implementation: the rules of the model in plain Python, one object a person.

Written from `docs/odd.md`, not from the compiled engine, so that each checks the other. It is slow
(thousands of children take minutes) and meant for reading, testing and small experiments with a
rule. Begin with `model` (a month in nine steps), then `decision`; `people`, `places` and `money` hold
the rest of the rules, `burn_in` what happens before month 0.
"""

from clfz.reference.model import ReferenceModel

__all__ = ["ReferenceModel"]
