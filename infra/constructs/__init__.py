"""The kinds of thing the stacks are made of."""
