"""Where it runs: the stacks, derived from the schema and from the functions' declarations."""
