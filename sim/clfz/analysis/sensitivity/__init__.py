"""Which uncertain inputs move the results, and which cannot be told from zero.

Two tables of runs, each an ordinary study that resumes: trajectories of Morris, which sort out what hardly matters, and
the crossed samples of Saltelli, which give Sobol indices. SALib makes the samples and computes the indices; here every
point is run with several common seeds, so that an index is about inputs and not about chance.

    from clfz.analysis import sensitivity

    plan = sensitivity.plan("budhpura", "area-based", samples=32)
    found = sensitivity.run(plan, "results/drivers")   # the same call resumes
    found.indices                                      # pandas: method, factor, index, value, low, high, ...
    sensitivity.build(found)                           # report.html
"""

from clfz.analysis.sensitivity.page import build, facts, paragraphs, stories
from clfz.analysis.sensitivity.plan import Factor, Plan, plan, problem_spec
from clfz.analysis.sensitivity.run import Found, load, run

__all__ = ["Factor", "Found", "Plan", "build", "facts", "load", "paragraphs", "plan"]
__all__ += ["problem_spec", "run", "stories"]
