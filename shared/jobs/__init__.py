"""Running jobs: the steps of state machines, and what starts and stops these."""
