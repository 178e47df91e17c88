"""What administrators do: looking at all rows, changing single ones, and seeing how the deployment fares."""
