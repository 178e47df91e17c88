"""Functions for the app's own servers: all of them together are the wire module `system`."""
