"""From an event to a function and back."""
