"""What one caller may take of the deployment: how often, and how much."""
