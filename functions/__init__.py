"""What the app does: one module per noun, one Lambda per decorated name."""
