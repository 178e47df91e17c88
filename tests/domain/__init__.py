"""Rules that several functions share."""
