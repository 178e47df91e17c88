"""What people pay for, as Autumn keeps it."""
