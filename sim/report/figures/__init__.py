"""The figures of the report, one function each; every one carries its own data.

Matplotlib is imported inside functions: it takes half a second that a command line can spare.
"""
