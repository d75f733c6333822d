"""The best mix of interventions for a budget, and what is nearly as good."""
