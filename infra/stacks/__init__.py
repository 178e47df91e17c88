"""What is deployed together; each stack only connects constructs."""
