"""The state machines, in Amazon States Language: one a module, as plain data."""
