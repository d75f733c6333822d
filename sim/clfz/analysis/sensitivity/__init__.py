"""Which of the things we do not know moves the answer, and which cannot be told from zero.

Two tables of runs, each an ordinary study that resumes: trajectories of Morris, which sort out what hardly matters, and
the crossed samples of Saltelli, which give Sobol indices. SALib makes the samples and reckons the indices; here every
point is run with several common lucks, so that an index is about what we do not know and not about chance.

    from clfz.analysis import sensitivity

    plan = sensitivity.plan("budhpura", "area-based", samples=32)
    found = sensitivity.run(plan, "results/drivers")   # the same call resumes
    found.indices                                      # pandas: method, factor, index, value, low, high, ...

It needs SALib and scikit-learn: pip install 'clfz[sensitivity]'.
"""

from clfz.analysis.sensitivity.chain import Found, load, run
from clfz.analysis.sensitivity.factors import Factor, problem_spec
from clfz.analysis.sensitivity.plan import Plan, plan

__all__ = ["Factor", "Found", "Plan", "load", "plan", "problem_spec", "run"]
