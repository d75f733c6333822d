"""The Mesa face of the engine: everything that `clfz.ZoneModel` is made of."""
