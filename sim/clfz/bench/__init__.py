"""How fast the model is, beside yardsticks measured on the same machine in the same minute."""
