"""Small programs whose speed tells what a machine can do, to measure the engine against."""
