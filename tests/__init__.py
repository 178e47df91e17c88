"""What the backend promises."""
