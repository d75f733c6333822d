"""Studies made of many runs: sweeps, sensitivity, benchmarks."""
