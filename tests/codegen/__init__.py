"""What the generated documents promise."""
