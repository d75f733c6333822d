"""Where a programme misses its goal: boxes in what we do not know that hold in points the search has not seen."""
