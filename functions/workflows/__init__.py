"""The Lambdas of the state machines' states, and what starts, stops and watches the machines."""
