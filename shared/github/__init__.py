"""GitHub's REST API, as much of it as imports and exports need; an Enterprise Server speaks it too."""
