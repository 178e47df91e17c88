"""What the data layer promises."""
