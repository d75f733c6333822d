"""What is asked of many runs: sensitivity, discovery, best mix, sweeps, calibration, evaluation.

from clfz.analysis import best_mix, discovery, sensitivity

found = sensitivity.run(sensitivity.plan("budhpura", "area-based"), "results/drivers")
found = discovery.discover("budhpura", "area-based", "results/where", goal="kept_5y_school at least 50%")
best = best_mix.optimise("budhpura", [50_000, 150_000], "results/mix")
"""
