"""The Mesa face of the engine: everything that `sim.ZoneModel` is made of."""
