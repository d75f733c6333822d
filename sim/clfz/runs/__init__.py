"""One chain from a scenario to its numbers: levers by month, runs of the model, measures, costs, results."""
