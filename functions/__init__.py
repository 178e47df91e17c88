"""What the app does: one module per noun, one Lambda per decorated name."""

import gc

# Importing makes many objects and hardly any garbage: collecting as often as usual is 8 % of a cold start.
gc.set_threshold(100_000, 20, 20)
