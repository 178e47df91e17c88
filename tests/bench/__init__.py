"""Benchmarks: what a call costs beside the least it could cost. `make bench` runs them."""
