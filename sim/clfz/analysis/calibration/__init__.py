"""Priors, reported data and the fit of the model to them."""
