"""The figures of the report, one function each; every one carries its own data."""
