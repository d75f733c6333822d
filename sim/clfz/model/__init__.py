"""The compiled engine: people are arrays, rules are small scalar functions, a month is `run.py`.

Nothing in this package draws a random number that is not a pure function of (seed, who, month, purpose),
and nothing here knows an intervention: programmes arrive as levers by month. `docs/odd.md` (element 7) is the
specification; `clfz.reference` is the same model written from that page for reading rather than for speed.
"""
