"""What is asked of many runs: sensitivity, discovery, best mix, calibration, evaluation."""
