"""Fakes for the doors: the database, the bucket, the clock, the providers."""
