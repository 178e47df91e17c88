"""Lambdas that run jobs, and what looks after jobs."""
