"""The functions for the app's own servers."""
